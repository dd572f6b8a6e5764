/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/arena.h"
#include "sim/stats/prediction.h"
#include "tests/support/support.h"
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

/* Bounds on a simulated share are this many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

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

/* The share of further values that fall into the interval made of n values before them. */
static double coverage(size_t n, double confidence, double (*draw)(gsl_rng *), int trials)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct arena *own = arena_open();
    double values[200];
    int covered = 0;
    for (int trial = 0; trial < trials; trial++) {
        for (size_t i = 0; i < n; i++)
            values[i] = draw(rng);
        struct prediction prediction = prediction_of_next(values, n, 1, confidence, own);
        double next = draw(rng);
        covered += prediction.low <= next && next <= prediction.high;
        arena_reset(own);
    }
    arena_close(own);
    gsl_rng_free(rng);
    return (double)covered / trials;
}

static double draw_normal(gsl_rng *rng)
{
    return 2.385 + gsl_ran_gaussian(rng, 0.41);
}

static double draw_lognormal(gsl_rng *rng)
{
    return gsl_ran_lognormal(rng, 0.3, 1.1);
}

static void assert_share(double share, double expected, int trials)
{
    assert_within(share, expected, ONE_IN_A_MILLION * sqrt(expected * (1 - expected) / trials));
}

static void ranks_cover_the_next_value_whatever_its_law(void **state)
{
    enum { TRIALS = 40000 };
    /* 39 values: first and last, 38 of 40 places. 100: second and last but one, 97 of 101. */
    assert_share(coverage(39, 0.95, draw_lognormal, TRIALS), 0.95, TRIALS);
    assert_share(coverage(100, 0.95, draw_lognormal, TRIALS), 97 / 101.0, TRIALS);
    assert_share(coverage(19, 0.9, draw_normal, TRIALS), 0.9, TRIALS);
}

static void few_normal_values_predict_the_next_by_students_t(void **state)
{
    enum { TRIALS = 40000 };
    assert_share(coverage(5, 0.95, draw_normal, TRIALS), 0.95, TRIALS);
    assert_share(coverage(38, 0.95, draw_normal, TRIALS), 0.95, TRIALS);
}

static void the_ranks_are_the_ones_said(void **state)
{
    double values[80];
    for (int i = 0; i < 80; i++)
        values[i] = i < 40 ? 39 - i : (double)NAN;
    struct prediction forty = prediction_of_next(values, 80, 1, 0.95, arena);
    assert_true(forty.is_by_rank);
    assert_int_equal(forty.replications, 40);
    assert_true(forty.low == 0 && forty.high == 39);
    for (int i = 0; i < 79; i++)
        values[i] = 78 - i;
    struct prediction seventy_nine = prediction_of_next(values, 79, 1, 0.95, arena);
    assert_true(seventy_nine.low == 1 && seventy_nine.high == 77);
    struct prediction strided = prediction_of_next(values, 39, 2, 0.95, arena);
    assert_true(strided.low == 2 && strided.high == 78);
    assert_false(prediction_of_next(values, 38, 1, 0.95, arena).is_by_rank);
}

static void one_value_predicts_nothing(void **state)
{
    double values[] = {0.7, NAN};
    struct prediction prediction = prediction_of_next(values, 2, 1, 0.95, arena);
    assert_int_equal(prediction.replications, 1);
    assert_true(prediction.low == -INFINITY && prediction.high == INFINITY);
}

/* P(Poisson(0.4) > 2) = 0.0079, P(> 1) = 0.0616. */
static void a_rare_event_may_come_in_the_next_run(void **state)
{
    assert_within(prediction_of_rare(4e-7, 1e6, 0.95), 2e-6, 1e-18);
    assert_within(prediction_of_rare(4e-7, 1e6, 0.8), 1e-6, 1e-18);
    assert_within(prediction_of_rare(0, 1e6, 0.95), 0, 0);
    assert_within(prediction_of_rare(0.999, 2, 0.95), 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_cover_the_next_value_whatever_its_law),
        cmocka_unit_test(few_normal_values_predict_the_next_by_students_t),
        cmocka_unit_test(the_ranks_are_the_ones_said),
        cmocka_unit_test(one_value_predicts_nothing),
        cmocka_unit_test(a_rare_event_may_come_in_the_next_run),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
