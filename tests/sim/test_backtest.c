/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/backtest.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

/* Bounds on what is simulated are so many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

static struct arena *arena;
static gsl_rng *rng;

static int open_all(void **state)
{
    arena = arena_open();
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    return 0;
}

static int close_all(void **state)
{
    gsl_rng_free(rng);
    arena_close(arena);
    return 0;
}

/* A ledger whose figures miss by `spread` normal deviations where their intervals are made for one,
 * `shared` of the variance being that of the pair. */
static struct backtest_entry *ledger(size_t pairs, size_t metrics, double spread, double shared,
                                     double bias)
{
    struct backtest_entry *entry = arena_array(arena, pairs * metrics, sizeof *entry);
    for (size_t p = 0; p < pairs; p++) {
        double common = gsl_ran_gaussian(rng, 1);
        for (size_t m = 0; m < metrics; m++) {
            double z = sqrt(shared) * common + sqrt(1 - shared) * gsl_ran_gaussian(rng, 1);
            double sd = 0.05, predicted = 2.385 * (double)(m + 1);
            entry[p * metrics + m] =
                (struct backtest_entry){p,
                                        m,
                                        predicted,
                                        predicted * (1 - 1.96 * sd),
                                        predicted * (1 + 1.96 * sd),
                                        predicted * bias * (1 + sd * spread * z)};
        }
    }
    return entry;
}

/* Of 500 ledgers of 15 pairs whose figures go together, the interval of the coverage has the truth
 * in 95 %: not fewer, but for the bound and what 15 pairs leave unknown of their spread. */
static void the_interval_of_the_coverage_covers(void **state)
{
    size_t sets = repetitions(500, 100), covered = 0, naive = 0;
    double truth = 2 * gsl_cdf_ugaussian_P(1.96 / 1.6) - 1;
    gsl_rng_set(rng, 41);
    for (size_t set = 0; set < sets; set++) {
        struct backtest found = backtest_judge(ledger(15, 8, 1.6, 0.6, 1), 120, 0.95, 0.95, arena);
        covered += found.all.coverage_low <= truth && truth <= found.all.coverage_high;
        double off = fabs(found.all.coverage - truth);
        naive += off < 1.96 * sqrt(truth * (1 - truth) / 120);
        arena_reset(arena);
    }
    double bound = ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / (double)sets);
    assert_true((double)covered / (double)sets > 0.95 - bound - 0.02);
    /* That of 120 independent figures is far too short. */
    assert_true((double)naive / (double)sets < 0.85);
}

static void honest_intervals_are_left_alone_and_others_inflated(void **state)
{
    static const double SPREAD[] = {1, 2};
    for (int i = 0; i < 2; i++) {
        gsl_rng_set(rng, 17 + (unsigned long)i);
        enum { PAIRS = 2000 };
        struct backtest found =
            backtest_judge(ledger(PAIRS, 1, SPREAD[i], 0, 1), PAIRS, 0.95, 0.95, arena);
        /* sd of the 0.95-quantile of |z|: sqrt(0.95 0.05 / n) / density (2 phi(1.96) = 0.117). */
        double error = SPREAD[i] * sqrt(0.95 * 0.05 / PAIRS) / 0.117 / 1.96;
        assert_true(found.is_inflation_known);
        assert_within(found.inflation, SPREAD[i], ONE_IN_A_MILLION * error);
        assert_int_equal(found.is_overconfident, i == 1);
    }
}

static void few_entries_do_not_know_the_factor(void **state)
{
    gsl_rng_set(rng, 3);
    struct backtest found = backtest_judge(ledger(18, 1, 1, 0, 1), 18, 0.95, 0.95, arena);
    assert_true(!found.is_inflation_known && isinf(found.inflation));
    assert_within(found.greatest_out, found.out[found.worst[0]], 0);
    found = backtest_judge(ledger(19, 1, 1, 0, 1), 19, 0.95, 0.95, arena);
    assert_true(found.is_inflation_known);
    assert_within(found.inflation, found.greatest_out, 0);
    assert_int_equal(backtest_judge(NULL, 0, 0.95, 0.95, arena).all.count, 0);
}

static void bias_and_spread_are_found_by_metric(void **state)
{
    gsl_rng_set(rng, 29);
    enum { PAIRS = 400 };
    struct backtest found =
        backtest_judge(ledger(PAIRS, 3, 1, 0.2, 1.09), 3 * PAIRS, 0.95, 0.95, arena);
    assert_int_equal(found.metrics, 3);
    for (int m = 0; m < 3; m++) {
        const struct backtest_metric *metric = &found.metric[m];
        assert_int_equal(metric->count, PAIRS);
        /* The median of a normal: sd sqrt(pi / 2 / n). */
        assert_within(metric->bias, 1.09, ONE_IN_A_MILLION * 1.09 * 0.05 * sqrt(M_PI / 2 / PAIRS));
        assert_true(metric->bias_low < metric->bias && metric->bias < metric->bias_high);
        assert_true(metric->bias_low > 1.07 && metric->bias_high < 1.11);
        assert_within(log(metric->spread), 0.05, 0.012);
    }
}

static void the_worst_come_first(void **state)
{
    struct backtest_entry entry[] = {{0, 0, 10, 8, 12, 11},
                                     {0, 1, 10, 8, 14, 18},
                                     {1, 0, 10, 8, 12, 3},
                                     {1, 1, 5, 5, 5, 5},
                                     {2, 1, 5, 5, 5, 5.1}};
    struct backtest found = backtest_judge(entry, 5, 0.5, 0.95, arena);
    assert_int_equal(found.worst[0], 4);
    assert_int_equal(found.worst[1], 2);
    assert_int_equal(found.worst[2], 1);
    assert_int_equal(found.worst[4], 3);
    assert_within(found.out[2], 3.5, 1e-12);
    assert_within(found.out[1], 2, 1e-12);
    assert_int_equal(found.all.inside, 2);
}

/* tau of a model that gets better by the month; and Kendall's p for 5 pairs in falling order:
 * z = (10 - 1) / sqrt(5 4 15 / 18) = 2.2045. */
static void a_trend_is_seen(void **state)
{
    struct backtest_entry entry[5];
    for (size_t p = 0; p < 5; p++)
        entry[p] = (struct backtest_entry){p, 0, 10, 8, 12, 10 + 3. / (double)(p + 1)};
    struct backtest found = backtest_judge(entry, 5, 0.95, 0.95, arena);
    assert_within(found.trend, -1, 1e-12);
    assert_within(found.trend_p, 2 * gsl_cdf_ugaussian_Q(9 / sqrt(300 / 18.)), 1e-12);
    assert_true(isnan(backtest_judge(entry, 3, 0.95, 0.95, arena).trend));
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_of_the_coverage_covers),
        cmocka_unit_test(honest_intervals_are_left_alone_and_others_inflated),
        cmocka_unit_test(few_entries_do_not_know_the_factor),
        cmocka_unit_test(bias_and_spread_are_found_by_metric),
        cmocka_unit_test(the_worst_come_first),
        cmocka_unit_test(a_trend_is_seen),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
