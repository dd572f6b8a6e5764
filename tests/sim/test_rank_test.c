/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/rank_test.h"
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

/* 19 simulated: one with 4 outside, two with 3 that are nearer than the real one's. */
static void the_rank_counts_those_at_least_as_far_outside(void **state)
{
    size_t outside[20] = {3, 4, 3, 3};
    double distance[20] = {31, 2, 30, 12};
    for (int i = 4; i < 20; i++) {
        outside[i] = (size_t)(i % 3);
        distance[i] = 100;
    }
    assert_within(rank_test_p(outside, distance, 20), 0.10, 1e-15);
    distance[2] = 31;
    assert_within(rank_test_p(outside, distance, 20), 0.15, 1e-15);
}

enum { COLUMNS = 15 };

/* Values with a correlation of 0.9, as those of a queue have. */
static void draw_run(gsl_rng *rng, double shift, double *values)
{
    double common = gsl_ran_ugaussian(rng);
    for (int c = 0; c < COLUMNS; c++)
        values[c] = 50 + shift + sqrt(0.9) * common + sqrt(0.1) * gsl_ran_ugaussian(rng);
}

/* Of that many realities, how many are refused. The real run is like the others, or shifted. */
static double share_refused(double shift, size_t realities)
{
    double values[(RANK_TEST_RUNS + 1) * COLUMNS];
    size_t refused = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < realities; i++) {
        for (int r = 0; r <= RANK_TEST_RUNS; r++)
            draw_run(rng, r == 0 ? shift : 0, values + r * COLUMNS);
        refused +=
            rank_test_judge(values, RANK_TEST_RUNS, COLUMNS, NULL, 0.95, arena).is_refused ? 1 : 0;
        arena_reset(arena);
    }
    gsl_rng_free(rng);
    return (double)refused / (double)realities;
}

static void a_right_model_is_refused_in_two_of_sixty(void **state)
{
    size_t realities = repetitions(1500, 300);
    assert_within(share_refused(0, realities), 2. / 60,
                  4.9 * sqrt(2. / 60 * 58 / 60 / (double)realities));
}

static void a_wrong_model_is_refused(void **state)
{
    assert_true(share_refused(4, 100) > 0.8);
}

static void what_is_usual_is_what_simulated_runs_show(void **state)
{
    double values[(RANK_TEST_RUNS + 1) * 2];
    for (int r = 0; r <= RANK_TEST_RUNS; r++) {
        values[2 * r] = r == 0 ? 1000 : (r * 37) % 59;
        values[2 * r + 1] = 7; /* constant */
    }
    struct rank_test_finding finding =
        rank_test_judge(values, RANK_TEST_RUNS, 2, NULL, 0.95, arena);
    assert_int_equal(finding.outside, 1);
    assert_within(finding.p, 1. / 60, 1e-15);
    assert_true(finding.is_refused && finding.usual <= 1);
    assert_int_equal(finding.runs, 59);
    values[1] = 7.2;
    assert_int_equal(rank_test_judge(values, RANK_TEST_RUNS, 2, NULL, 0.95, arena).outside, 2);
    const double half_digits[] = {2000, 0.5};
    finding = rank_test_judge(values, RANK_TEST_RUNS, 2, half_digits, 0.95, arena);
    assert_int_equal(finding.outside, 0);
    assert_within(finding.p, 1, 0);
    values[0] = values[1] = NAN;
    finding = rank_test_judge(values, RANK_TEST_RUNS, 2, NULL, 0.95, arena);
    assert_int_equal(finding.outside, 0);
}

/* Input a moves all columns alike, b only the first. */
static void the_input_that_explains_a_difference_is_found(void **state)
{
    double values[(RANK_TEST_RUNS + 1) * COLUMNS], all[COLUMNS], first[COLUMNS] = {10};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int r = 0; r <= RANK_TEST_RUNS; r++)
        for (int c = 0; c < COLUMNS; c++) {
            all[c] = 20 + c;
            values[r * COLUMNS + c] = 50 + gsl_ran_ugaussian(rng) + (r == 0 ? 0.3 * (20 + c) : 0);
        }
    gsl_rng_free(rng);
    struct rank_test_explanation right =
        rank_test_explain(values, RANK_TEST_RUNS, COLUMNS, all, arena);
    assert_true(right.explains > 0.9 && right.explains <= 1);
    assert_within(right.change, 0.3, 4.9 * right.change_error);
    assert_true(right.change_error < 0.02);
    struct rank_test_explanation wrong =
        rank_test_explain(values, RANK_TEST_RUNS, COLUMNS, first, arena);
    assert_true(wrong.explains < 0.5);
}

static void what_does_not_vary_explains_nothing(void **state)
{
    const double values[] = {1, 2, 2, 2}, slopes[] = {1};
    assert_true(isnan(rank_test_explain(values, 3, 1, slopes, arena).explains));
    const double varying[] = {2, 1, 2, 3}, none[] = {0};
    assert_true(isnan(rank_test_explain(varying, 3, 1, slopes, arena).explains));
    assert_true(isnan(rank_test_explain(varying, 3, 1, none, arena).explains));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rank_counts_those_at_least_as_far_outside),
        cmocka_unit_test(a_right_model_is_refused_in_two_of_sixty),
        cmocka_unit_test(a_wrong_model_is_refused),
        cmocka_unit_test(what_is_usual_is_what_simulated_runs_show),
        cmocka_unit_test(the_input_that_explains_a_difference_is_found),
        cmocka_unit_test(what_does_not_vary_explains_nothing),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
