/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/maximize.h"
#include "tests/support/support.h"
#include <gsl/gsl_errno.h>
#include <math.h>

/* -1/2 (x - c)' A (x - c) with A the inverse of a covariance whose standard deviations are 0.003,
 * 1.7 and 240, and correlations 0.8, -0.5 and 0.1. */
static const double SD[3] = {0.003, 1.7, 240}, CENTRE[3] = {0.02, -3.1, 77};
static const double CORRELATION[3][3] = {{1, 0.8, -0.5}, {0.8, 1, 0.1}, {-0.5, 0.1, 1}};

static double determinant(double a[3][3])
{
    return a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) -
           a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) +
           a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
}

/* Cramer: z' C^-1 z. */
static double log_normal_density(const double *theta, void *data)
{
    double z[3], sum = 0, c[3][3];
    for (int i = 0; i < 3; i++)
        z[i] = (theta[i] - CENTRE[i]) / SD[i];
    for (int column = 0; column < 3; column++) {
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                c[i][j] = j == column ? z[i] : CORRELATION[i][j];
        sum += z[column] * determinant(c);
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            c[i][j] = CORRELATION[i][j];
    return -0.5 * sum / determinant(c);
}

static double weighted(const double *theta, void *data)
{
    return theta[0] / SD[0] - 2 * theta[1] / SD[1] + 0.5 * theta[2] / SD[2];
}

static void a_normal_density_gives_back_its_covariance(void **state)
{
    double start[3] = {0.03, 0, -300}, scale[3] = {0.01, 1, 100};
    struct maximum found = maximize(log_normal_density, NULL, start, scale, 3);
    assert_true(found.has_covariance);
    assert_within(found.value, 0, 1e-6);
    for (int i = 0; i < 3; i++) {
        assert_within(found.theta[i], CENTRE[i], 1e-3 * SD[i]);
        for (int j = 0; j < 3; j++)
            assert_within(found.covariance[3 * i + j] / (SD[i] * SD[j]), CORRELATION[i][j], 1e-5);
    }
    /* 1 + 4 + 1/4 - 4 0.8 - 0.5 - 2 0.1 */
    assert_within(maximize_error_of(&found, 3, weighted, NULL), sqrt(1.35), 1e-4);
}

static double ridge(const double *theta, void *data)
{
    double off = theta[0] + theta[1] - 1;
    return -off * off;
}

static double nowhere(const double *theta, void *data)
{
    return NAN;
}

static double beside_a_wall(const double *theta, void *data)
{
    return theta[0] > 0 ? -theta[0] : -INFINITY;
}

static void what_has_no_curvature_has_no_covariance(void **state)
{
    double start[2] = {0.3, 0.1}, scale[2] = {0.1, 0.1};
    struct maximum found = maximize(ridge, NULL, start, scale, 2);
    assert_true(!found.has_covariance && fabs(found.value) < 1e-9);
    assert_true(isnan(maximize_error_of(&found, 2, weighted, NULL)));
    found = maximize(nowhere, NULL, start, scale, 2);
    assert_true(!found.has_covariance && found.value == -INFINITY);
    found = maximize(beside_a_wall, NULL, start, scale, 1);
    assert_true(!found.has_covariance && found.theta[0] > 0 && found.theta[0] < 1e-3);
}

int main(void)
{
    /* GSL's handler stays on: it would end the program. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_normal_density_gives_back_its_covariance),
        cmocka_unit_test(what_has_no_curvature_has_no_covariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
