/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/control.h"
#include "tests/support/support.h"
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

static const double ys[] = {0.61, 0.82, 1.0, 1.19, 0.40}, cs[] = {-0.2, -0.1, 0, 0.1, -0.3};

static void a_control_takes_out_what_it_explains(void **state)
{
    const double mean = 0;
    struct control_estimate found = control_estimate(ys, 5, 1, cs, 1, &mean, 0.95);
    assert_within(found.estimate.estimate, 1.001, 1e-12);
    assert_within(found.estimate.high - 1.001, 0.0208687, 5e-8);
    assert_within(1.001 - found.estimate.low, 0.0208687, 5e-8);
    struct estimate plain = estimate_mean(ys, 5, 1, 0.95);
    assert_within(plain.estimate, 0.804, 1e-12);
    assert_within(plain.high - 0.804, 0.38697, 5e-6);
    assert_true(found.explained > 0.99 && found.explained <= 1);
}

/* Two controls that give Y exactly: nothing is left. */
static void several_controls_are_fitted_together(void **state)
{
    double y[8], c[16];
    const double means[] = {1, 2};
    for (int i = 0; i < 8; i++) {
        c[2 * i] = i * 0.3;
        c[2 * i + 1] = i * i * 0.1;
        y[i] = 5 + 2 * c[2 * i] - 3 * c[2 * i + 1];
    }
    struct control_estimate found = control_estimate(y, 8, 1, c, 2, means, 0.95);
    assert_within(found.estimate.estimate, 5 + 2 - 6, 1e-9);
    assert_within(found.estimate.standard_error, 0, 1e-6);
    assert_within(found.explained, 1, 1e-9);
}

static void incomplete_rows_and_useless_controls_are_told(void **state)
{
    const double mean = 0;
    double values[6] = {0.61, NAN, 0.82, 1.0, 1.19, 0.40}, row[6] = {-0.2, 9, -0.1, 0, 0.1, -0.3};
    struct control_estimate found = control_estimate(values, 6, 1, row, 1, &mean, 0.95);
    assert_int_equal(found.estimate.replications, 5);
    assert_within(found.estimate.estimate, 1.001, 1e-12);
    assert_false(control_estimate(values, 3, 1, row, 1, &mean, 0.95).estimate.has_interval);
    const double constant[5] = {1, 1, 1, 1, 1};
    struct control_estimate none = control_estimate(ys, 5, 1, constant, 1, &mean, 0.95);
    assert_true(!none.estimate.has_interval && isnan(none.explained));
    assert_within(none.estimate.estimate, 0.804, 1e-12);
    double twice[10];
    for (int i = 0; i < 5; i++)
        twice[2 * i + 1] = 2 * (twice[2 * i] = cs[i]);
    const double two[] = {0, 0};
    assert_false(control_estimate(ys, 5, 1, twice, 2, two, 0.95).estimate.has_interval);
}

static void few_replications_bear_few_controls(void **state)
{
    assert_int_equal(control_allowed(2), 0);
    assert_int_equal(control_allowed(6), 0);
    assert_int_equal(control_allowed(7), 1);
    assert_int_equal(control_allowed(10), 2);
    assert_int_equal(control_allowed(1000), 3);
}

/* Normal values and controls: the interval is exact. */
static void coverage_is_exact_for_normal_values(void **state)
{
    enum { R = 10 };
    size_t studies = repetitions(20000, 2000), covered = 0;
    const double mean = 3;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t s = 0; s < studies; s++) {
        double y[R], c[R];
        for (int r = 0; r < R; r++) {
            c[r] = 3 + gsl_ran_ugaussian(rng);
            y[r] = 7 + 2 * (c[r] - 3) + gsl_ran_ugaussian(rng);
        }
        struct estimate e = control_estimate(y, R, 1, c, 1, &mean, 0.95).estimate;
        covered += e.low <= 7 && 7 <= e.high ? 1 : 0;
    }
    gsl_rng_free(rng);
    double n = (double)studies;
    assert_within((double)covered / n, 0.95, 4.9 * sqrt(0.95 * 0.05 / n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_control_takes_out_what_it_explains),
        cmocka_unit_test(several_controls_are_fitted_together),
        cmocka_unit_test(incomplete_rows_and_useless_controls_are_told),
        cmocka_unit_test(few_replications_bear_few_controls),
        cmocka_unit_test(coverage_is_exact_for_normal_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
