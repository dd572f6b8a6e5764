/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/run_count.h"
#include "tests/support/support.h"
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

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

static const size_t to_160[] = {10, 20, 40, 80, 160}, to_400[] = {10, 20, 40, 80, 160, 320, 400};

static struct run_count_plan plan_of(const size_t *runs, size_t looks)
{
    return run_count_plan_make(runs, looks, 0.95, 0.0375, 0.05, arena);
}

static void boundaries_are_exact(void **state)
{
    struct run_count_plan plan = plan_of(to_160, 5);
    const long pass[] = {-1, -1, -1, 0, 2}, fail[] = {4, 5, 7, 9, 14};
    assert_int_equal(plan.looks, 5);
    for (int k = 0; k < 5; k++) {
        assert_int_equal(plan.pass_up_to[k], pass[k]);
        assert_int_equal(plan.fail_from[k], fail[k]);
    }
    assert_within(plan.pass_spent[3], 0.01652, 5e-6);
    assert_within(plan.pass_spent[4], 0.02489, 5e-6);
    assert_within(plan.fail_spent[4], 0.04276, 5e-6);
}

static void more_looks_move_the_boundaries(void **state)
{
    struct run_count_plan plan = plan_of(to_400, 7);
    const long pass[] = {-1, -1, -1, 0, 2, 7, 10}, fail[] = {4, 6, 7, 10, 16, 25, 29};
    for (int k = 0; k < 7; k++) {
        assert_int_equal(plan.pass_up_to[k], pass[k]);
        assert_int_equal(plan.fail_from[k], fail[k]);
    }
    assert_within(plan.pass_spent[6], 0.03452, 5e-6);
    assert_within(plan.fail_spent[6], 0.04436, 5e-6);
}

static void what_a_plan_decides_is_known_before_it_starts(void **state)
{
    struct run_count_plan short_plan = plan_of(to_160, 5), long_plan = plan_of(to_400, 7);
    const double failing[] = {0.002, 0.005, 0.01, 0.02};
    const double by_160[] = {0.996, 0.958, 0.805, 0.420}, by_400[] = {1, 1, 0.998, 0.850};
    for (int i = 0; i < 4; i++) {
        assert_within(run_count_forecast(&short_plan, failing[i], arena).pass, by_160[i], 6e-4);
        assert_within(run_count_forecast(&long_plan, failing[i], arena).pass, by_400[i], 6e-4);
    }
    const double often[] = {0.10, 0.15, 0.20};
    const double fails_160[] = {0.757, 0.994, 1}, fails_400[] = {0.979, 1, 1};
    for (int i = 0; i < 3; i++) {
        assert_within(run_count_forecast(&short_plan, often[i], arena).fail, fails_160[i], 6e-4);
        assert_within(run_count_forecast(&long_plan, often[i], arena).fail, fails_400[i], 6e-4);
    }
    assert_within(run_count_forecast(&short_plan, 0, arena).expected_runs, 80, 1e-9);
    assert_within(run_count_forecast(&short_plan, 1, arena).expected_runs, 10, 1e-9);
}

static void two_of_160_failed_passes_at_the_last_look(void **state)
{
    struct run_count_plan plan = plan_of(to_160, 5);
    const size_t failed[] = {0, 0, 1, 2, 2};
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(run_count_judge(&plan, k, failed[k], plan.runs[k] - failed[k]),
                         RUN_COUNT_OPEN);
    assert_int_equal(run_count_judge(&plan, 4, 2, 158), RUN_COUNT_PASS);
    assert_int_equal(run_count_judge(&plan, 4, 2, 157), RUN_COUNT_OPEN); /* one saw nothing */
    assert_int_equal(run_count_judge(&plan, 4, 14, 100), RUN_COUNT_FAIL);
    assert_int_equal(run_count_judge(&plan, 0, 10, 0), RUN_COUNT_FAIL);
    assert_int_equal(run_count_judge(&plan, 5, 0, 0), RUN_COUNT_OPEN);
}

static void few_runs_can_never_pass_by_counting(void **state)
{
    assert_int_equal(run_count_least(0.95, 0.0375), 65);
    assert_int_equal(run_count_least(0.95, 0.05), 59);
    const size_t runs[] = {10, 20, 40};
    struct run_count_plan plan = plan_of(runs, 3);
    for (int k = 0; k < 3; k++)
        assert_int_equal(plan.pass_up_to[k], -1);
    /* one look of 59: Clopper-Pearson at 5 % */
    const size_t single = 59;
    struct run_count_plan one = run_count_plan_make(&single, 1, 0.95, 0.05, 0.05, arena);
    assert_int_equal(one.pass_up_to[0], 0);
}

/* When a run fails with exactly 5 %, no more studies are decided than is spent; by simulation. */
static void no_more_is_spent_than_said(void **state)
{
    struct run_count_plan plan = plan_of(to_160, 5);
    size_t studies = repetitions(40000, 4000), passed = 0, failed = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t s = 0; s < studies; s++) {
        size_t failures = 0, runs = 0;
        enum run_count_answer answer = RUN_COUNT_OPEN;
        for (size_t k = 0; k < plan.looks && answer == RUN_COUNT_OPEN; k++) {
            failures += gsl_ran_binomial(rng, 0.05, (unsigned)(plan.runs[k] - runs));
            runs = plan.runs[k];
            answer = run_count_judge(&plan, k, failures, runs - failures);
        }
        passed += answer == RUN_COUNT_PASS ? 1 : 0;
        failed += answer == RUN_COUNT_FAIL ? 1 : 0;
    }
    gsl_rng_free(rng);
    double n = (double)studies;
    assert_within((double)passed / n, 0.02489, 4.9 * sqrt(0.02489 / n));
    assert_within((double)failed / n, 0.04276, 4.9 * sqrt(0.04276 / n));
}

static void plans_of_any_size_stay_within_their_levels(void **state)
{
    const size_t many[] = {100, 1000, 10000, 100000};
    struct run_count_plan plan = run_count_plan_make(many, 4, 0.99, 0.0375, 0.05, arena);
    assert_int_equal(plan.looks, 3);
    assert_true(plan.pass_spent[2] <= 0.0375 && plan.pass_spent[2] > 0.025);
    assert_true(plan.fail_spent[2] <= 0.05 && plan.fail_spent[2] > 0.04);
    const size_t few[] = {1, 2};
    struct run_count_plan small = run_count_plan_make(few, 2, 0.5, 0.0375, 0.05, arena);
    assert_int_equal(small.pass_up_to[1], -1);
    assert_int_equal(small.fail_from[1], 3);
    assert_int_equal(run_count_judge(&small, 1, 2, 0), RUN_COUNT_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boundaries_are_exact),
        cmocka_unit_test(more_looks_move_the_boundaries),
        cmocka_unit_test(what_a_plan_decides_is_known_before_it_starts),
        cmocka_unit_test(two_of_160_failed_passes_at_the_last_look),
        cmocka_unit_test(few_runs_can_never_pass_by_counting),
        cmocka_unit_test(no_more_is_spent_than_said),
        cmocka_unit_test(plans_of_any_size_stay_within_their_levels),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
