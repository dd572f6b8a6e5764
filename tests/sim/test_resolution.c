/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/resolution.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

/* Bounds on a simulated share are this many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

enum { TESTS = 20000 };

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

/* Figures around a truth of 0.4 whose logarithms are normal with that spread. */
static const double *draw_figures(double spread)
{
    double *figures = arena_array(arena, TESTS, sizeof *figures);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < TESTS; i++)
        figures[i] = 0.4 * gsl_ran_lognormal(rng, 0, spread);
    gsl_rng_free(rng);
    return figures;
}

static void assert_share(double share, double expected)
{
    assert_within(share, expected,
                  ONE_IN_A_MILLION * sqrt(expected * (1 - expected) / TESTS) + 1.0 / TESTS);
}

/* With a spread of s the figure of b is below a with chance Phi(-ln(b/a) / s), and above what a
 * shows in 95 % of tests with chance Phi(ln(b/a) / s - 1.645). */
static void chances_are_those_of_a_lognormal_figure(void **state)
{
    double shift = log(600.0 / 500) / 0.1;
    struct resolution found =
        resolution_of(draw_figures(0.1), TESTS, 1, 0.4, 0.5, 0.6, 0.95, arena);
    assert_int_equal(found.tests, TESTS);
    assert_share(found.missed, gsl_cdf_ugaussian_P(-shift));
    /* The threshold is itself a quantile of these figures: its error adds to that of the share. */
    assert_within(found.power, gsl_cdf_ugaussian_P(shift - gsl_cdf_ugaussian_Qinv(0.05)), 0.035);
    assert_within(found.low, exp(-0.1 * 1.95996), 0.005);
    assert_within(found.high, exp(0.1 * 1.95996), 0.008);
    assert_false(found.can_tell);
}

/* Power is as large as confidence where ln(b/a) = 2 * 1.645 s. */
static void a_test_so_many_times_as_large_can_just_tell(void **state)
{
    struct resolution found =
        resolution_of(draw_figures(0.1), TESTS, 1, 0.4, 0.5, 0.6, 0.95, arena);
    double expected = pow(0.1 * 2 * gsl_cdf_ugaussian_Qinv(0.05) / log(1.2), 2);
    assert_within(found.times_as_large, expected, ONE_IN_A_MILLION * expected * sqrt(2.0 / TESTS));
    double smaller = 0.1 / sqrt(1.1 * found.times_as_large);
    assert_true(
        resolution_of(draw_figures(smaller), TESTS, 1, 0.4, 0.5, 0.6, 0.95, arena).can_tell);
}

static void figures_that_never_vary_tell_everything(void **state)
{
    const double figures[] = {0.4, NAN, 0.4, 0.4};
    struct resolution found = resolution_of(figures, 4, 1, 0.4, 0.5, 0.6, 0.95, arena);
    assert_int_equal(found.tests, 3);
    assert_true(found.can_tell && found.missed == 0 && found.power == 1);
    assert_within(found.times_as_large, 0, 0);
}

static void one_figure_tells_nothing(void **state)
{
    const double figures[] = {0.4, NAN};
    struct resolution found = resolution_of(figures, 2, 1, 0.4, 0.5, 0.6, 0.95, arena);
    assert_true(isnan(found.missed) && !found.can_tell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chances_are_those_of_a_lognormal_figure),
        cmocka_unit_test(a_test_so_many_times_as_large_can_just_tell),
        cmocka_unit_test(figures_that_never_vary_tell_everything),
        cmocka_unit_test(one_figure_tells_nothing),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
