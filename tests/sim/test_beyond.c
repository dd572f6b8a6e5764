/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/beyond.h"
#include "sim/stats/pseudo.h"
#include "tests/support/support.h"
#include <math.h>

static const int64_t MS = 1000000;

enum { RUNS = 4 };

/* Four runs of 1,000 values, `at` of them 200 ms, the others 75 ms; judged as a study would. */
static enum beyond_answer judge(double q, bool is_upper, bool is_strict, int64_t limit,
                                const double at[RUNS], int64_t low, int64_t high)
{
    struct beyond_claim claim = beyond_claim_of(q, is_upper, is_strict, limit);
    double counts[RUNS], weights[RUNS], ratios[RUNS], pseudo[RUNS];
    for (int r = 0; r < RUNS; r++) {
        weights[r] = 1000;
        counts[r] =
            (high > claim.threshold ? at[r] : 0) + (low > claim.threshold ? weights[r] - at[r] : 0);
        ratios[r] = counts[r] / weights[r];
    }
    struct pseudo_law law = {PSEUDO_SKEW_SHARE, 0, 0, 0, 1, true};
    double theta =
        pseudo_of_ratio((struct pseudo_ratio){ratios, weights, 1}, RUNS, pseudo).estimate;
    struct estimate share = pseudo_interval(pseudo, RUNS, theta, &law, 0.95);
    return beyond_judge(&claim, &share, ratios, weights, RUNS, 1);
}

static const double some[RUNS] = {49, 52, 50, 51};

static void a_limit_on_an_atom_is_judged_exactly(void **state)
{
    assert_int_equal(judge(0.75, true, false, 75 * MS, some, 75 * MS, 200 * MS), BEYOND_HOLDS);
    assert_int_equal(judge(0.95, true, false, 75 * MS, some, 75 * MS, 200 * MS), BEYOND_OPEN);
    assert_int_equal(judge(0.75, true, true, 75 * MS, some, 75 * MS, 200 * MS), BEYOND_BREAKS);
    assert_int_equal(judge(0.75, false, false, 75 * MS, some, 75 * MS, 200 * MS), BEYOND_HOLDS);
    assert_int_equal(judge(0.75, false, true, 75 * MS, some, 75 * MS, 200 * MS), BEYOND_BREAKS);
    const double none[RUNS] = {0};
    assert_int_equal(judge(0.75, false, false, 100 * MS, none, 100 * MS, 0), BEYOND_HOLDS);
    assert_int_equal(judge(0.75, false, true, 100 * MS, none, 100 * MS, 0), BEYOND_BREAKS);
}

/* 5 % to the last value: 0.95 in binary is a little less than that. */
static void exactly_the_allowed_share_is_within(void **state)
{
    const double exact[RUNS] = {50, 50, 50, 50}, more[RUNS] = {51, 51, 51, 51};
    assert_int_equal(judge(0.95, true, false, 75 * MS, exact, 75 * MS, 200 * MS), BEYOND_HOLDS);
    assert_int_equal(judge(0.95, true, false, 75 * MS, more, 75 * MS, 200 * MS), BEYOND_BREAKS);
    assert_int_equal(judge(0.95, false, true, 75 * MS, exact, 75 * MS, 200 * MS), BEYOND_BREAKS);
    assert_int_equal(judge(0.95, false, true, 75 * MS, more, 75 * MS, 200 * MS), BEYOND_HOLDS);
}

static void shares_are_those_that_were_written(void **state)
{
    assert_int_equal(beyond_claim_of(0.95, true, false, 1).allowed, 50000000);
    assert_int_equal(beyond_claim_of(0.999, true, false, 1).allowed, 1000000);
    assert_int_equal(beyond_claim_of(0.99999, true, false, 1).allowed, 10000);
    assert_int_equal(beyond_claim_of(0.5, true, true, 0).threshold, -1);
}

static void the_effective_tail_is_counted_in_clusters(void **state)
{
    /* p = 0.01; d = (-1, 1, -1, 1) * 5 of 1000 each: variance 100 / 3 over 9.9. */
    const double counts[] = {5, 15, 5, 15, NAN}, weights[] = {1000, 1000, 1000, 1000, 0};
    assert_within(beyond_effective(counts, weights, 5, 1), 40 / (100 / 3. / 9.9), 1e-9);
    const double even[] = {10, 10, 10};
    assert_within(beyond_effective(even, weights, 3, 1), 30, 0);
    const double none[] = {0, 0, 0};
    assert_within(beyond_effective(none, weights, 3, 1), 0, 0);
    assert_true(isnan(beyond_effective(counts, weights, 1, 1)));
}

static void as_many_may_be_beyond_as_the_rank_leaves(void **state)
{
    assert_int_equal(beyond_allowed(100, 0.95), 5);
    assert_int_equal(beyond_allowed(99, 0.95), 4);
    assert_int_equal(beyond_allowed(1000, 0.999), 1);
    assert_int_equal(beyond_allowed(1, 0.5), 0);
    assert_int_equal(beyond_allowed(0, 0.5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_on_an_atom_is_judged_exactly),
        cmocka_unit_test(exactly_the_allowed_share_is_within),
        cmocka_unit_test(shares_are_those_that_were_written),
        cmocka_unit_test(the_effective_tail_is_counted_in_clusters),
        cmocka_unit_test(as_many_may_be_beyond_as_the_rank_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
