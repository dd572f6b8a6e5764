/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much averages over a run vary from run to run, against exact values. */
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <gsl/gsl_cdf.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* The variance of an average over a run, times the length of the run: for long runs a constant,
 * which says how long is long. The sample variance over RUNS runs is a chi-square over its degrees
 * of freedom, within the bounds but for once in a million; what the finite length and the empty
 * start leave is less than 1 %. */
static void assert_variance(const char *id, const char *row, const char *metric, double rate_per_s,
                            double length_s, double per_length)
{
    enum { RUNS = 1000 };
    struct scenario *scenario =
        build_queue(arena, law_exponential(arena, 1 / rate_per_s), law_exponential(arena, 1),
                    build_pool("pool", POOL_THREADS, 1));
    scenario->run.duration_ns = scenario->run.window_ns = distribution_to_ns(length_s);
    scenario->run.warmup_ns = distribution_to_ns(500);
    scenario->run.seed = stream_id(id);
    double sum = 0, squares = 0, center = rate_per_s / (1 - rate_per_s);
    struct arena *each = arena_open();
    for (uint32_t r = 0; r < RUNS; r++) {
        struct once once = replicate_once(scenario, r, each);
        double off = once_value(&once, metric) - center;
        sum += off;
        squares += off * off;
        arena_reset(each);
    }
    arena_close(each);
    double variance = (squares - sum * sum / RUNS) / (RUNS - 1) * per_length;
    double exact = exact_value(id, row), ratio = variance / exact;
    print_message("%s: %.4g, exact %.4g\n", id, variance, exact);
    assert_true(ratio * 1.01 > gsl_cdf_chisq_Pinv(5e-7, RUNS - 1) / (RUNS - 1));
    assert_true(ratio / 1.01 < gsl_cdf_chisq_Qinv(5e-7, RUNS - 1) / (RUNS - 1));
}

static void averages_vary_from_run_to_run_as_they_must(void **state)
{
    assert_variance("mm1-avar-W-0.5", "asym_var_wait_in_queue", "pool.wait.mean", 0.5, 1e4, 5e3);
    assert_variance("mm1-avar-W-0.8", "asym_var_wait_in_queue", "pool.wait.mean", 0.8, 4e4, 3.2e4);
    assert_variance("mm1-avar-L-0.8", "asym_var_number_in_system", "w.in_system", 0.8, 4e4, 4e4);
    assert_variance("mm1-avar-L-0.9", "asym_var_number_in_system", "w.in_system", 0.9, 8e4, 8e4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(averages_vary_from_run_to_run_as_they_must),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
