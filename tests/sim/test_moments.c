/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/batch_means.h"
#include "sim/stats/snapshot.h"
#include "sim/stats/usl_fit.h"
#include "tests/support/support.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <string.h>

/* Bounds on what is simulated are so many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

/* ---- snapshots ------------------------------------------------------------------------------ */

static struct running_moments moments_of(const double *x, size_t count)
{
    double mean = gsl_stats_mean(x, 1, count);
    return (struct running_moments){(double)count, mean,
                                    sqrt(gsl_stats_variance_with_fixed_mean(x, 1, count, mean))};
}

static void a_difference_has_the_moments_of_what_was_between(void **state)
{
    enum { FIRST = 90000, ALL = 91500 };
    double *x = test_malloc(ALL * sizeof *x);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int i = 0; i < ALL; i++)
        x[i] = i < FIRST ? gsl_ran_lognormal(rng, -1, 1.2) : gsl_ran_gamma(rng, 2.385, 0.71);
    struct running_moments between = moments_of(x + FIRST, ALL - FIRST);
    struct snapshot_difference found =
        snapshot_between(moments_of(x, FIRST), moments_of(x, ALL), 15);
    assert_within(found.count, ALL - FIRST, 0);
    assert_within(found.mean, between.mean, 1e-9);
    assert_within(found.sd, between.sd, 1e-8);
    assert_within(found.mean_error, between.sd / sqrt(ALL - FIRST), 1e-9);
    assert_false(found.is_reset || found.is_lost);
    gsl_rng_free(rng);
    test_free(x);
}

static void rounded_snapshots_say_what_rounding_does(void **state)
{
    struct running_moments first = {1e6, 1.2346, 0.51}, second = {1e6 + 200, 1.2347, 0.51};
    struct snapshot_difference found = snapshot_between(first, second, 5);
    /* 1.2347 may be off by 0.00005: by 0.25 and once more in the mean of 200. */
    assert_within(found.rounding, 2 * 1e6 * 0.00005 / 200, 0.001);
    assert_true(found.rounding > 0.4 * found.mean * 0.5);
}

static void a_reset_and_a_lost_entry_are_seen(void **state)
{
    struct snapshot_difference found = snapshot_between((struct running_moments){500, 2.1, 0.7},
                                                        (struct running_moments){40, 1.7, 0.3}, 15);
    assert_true(found.is_reset && found.count == 40 && found.mean == 1.7);
    found = snapshot_between((struct running_moments){500, 2.1, 0.7},
                             (struct running_moments){900, 2.1, 0.2}, 15);
    assert_true(found.is_lost && isnan(found.sd));
    found = snapshot_between((struct running_moments){500, 2.1, 0.7},
                             (struct running_moments){500, 2.1, 0.7}, 15);
    assert_true(found.count == 0 && isnan(found.mean) && !found.is_lost);
    found = snapshot_between((struct running_moments){0, 0, 0},
                             (struct running_moments){8, 2.1, 0.7}, 15);
    assert_true(found.mean == 2.1);
    assert_within(found.sd, 0.7, 1e-12);
}

static void parts_merge_and_follow_one_another(void **state)
{
    static const double X[] = {1.7, 0.3, 2.385, 4.1, 0.9, 1.1, 7.3};
    struct running_moments parts[2] = {moments_of(X, 3), moments_of(X + 3, 4)};
    struct running_moments all = snapshot_merge(parts, 2), whole = moments_of(X, 7);
    assert_within(all.mean, whole.mean, 1e-12);
    assert_within(all.sd, whole.sd, 1e-12);
    struct running_moments sum = snapshot_sequence(
        (struct running_moments[]){{900, 2, 0.3}, {300, 5, 0.4}}, (double[]){3, 1}, 2);
    assert_within(sum.mean, 11, 1e-12);
    assert_within(sum.sd, sqrt(3 * 0.09 + 0.16), 1e-12);
    assert_within(sum.count, 300, 1e-12);
}

/* ---- batch means ---------------------------------------------------------------------------- */

/* x' = a x + noise: correlated over some 1 / (1 - a) samples. */
static double coverage_of(double a, size_t count, size_t trials, gsl_rng *rng, size_t *correlated)
{
    size_t covered = 0;
    double *x = test_malloc(count * sizeof *x);
    for (size_t t = 0; t < trials; t++) {
        double level = gsl_ran_gaussian(rng, 1 / sqrt(1 - a * a));
        for (size_t i = 0; i < count; i++) {
            level = a * level + gsl_ran_gaussian(rng, 1);
            x[i] = 2.385 + level;
        }
        struct batch_means found = batch_means(x, NULL, count, 1, 0.95);
        covered += found.low <= 2.385 && 2.385 <= found.high;
        *correlated += found.is_correlated;
    }
    test_free(x);
    return (double)covered / (double)trials;
}

static void intervals_of_sampled_levels_cover(void **state)
{
    size_t trials = repetitions(2000, 200), correlated = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double bound = ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / (double)trials);
    assert_within(coverage_of(0, 600, trials, rng, &correlated), 0.95, bound + 0.01);
    /* Batches that stop looking alike by chance are stopped at: up to 3 % too short. */
    assert_within(coverage_of(0.8, 1200, trials, rng, &correlated), 0.95, bound + 0.03);
    correlated = 0;
    /* A memory of 100 samples in 300: nothing can be right; it is said, and not far off. */
    double share = coverage_of(0.99, 300, trials, rng, &correlated);
    assert_true(share > 0.6 && correlated > trials / 3);
    gsl_rng_free(rng);
}

static void levels_are_weighed_by_how_long_they_held(void **state)
{
    double value[12], weight[12];
    for (int i = 0; i < 12; i++) {
        value[i] = i;
        weight[i] = i < 6 ? 3 : 1;
    }
    value[11] = NAN;
    struct batch_means found = batch_means(value, weight, 12, 1, 0.95);
    assert_within(found.mean, (3 * 15 + 40) / 23., 1e-12);
    assert_int_equal(found.batches, 10);
    assert_true(isnan(batch_means(value, NULL, 5, 1, 0.95).error));
    assert_true(isnan(batch_means(value, NULL, 0, 1, 0.95).mean));
}

/* ---- USL ------------------------------------------------------------------------------------ */

static double usl(double rate, double sigma, double kappa, double servers, double n)
{
    return rate * fmin(n, servers) / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

static void usl_is_recovered_within_its_errors(void **state)
{
    static const double N[] = {1, 2, 4, 8, 16, 32};
    enum { LEVELS = 6 };
    size_t sets = repetitions(500, 100), covered[3] = {0};
    double rate = 812, sigma = 0.0385, kappa = 0.00117, share = 0.01;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t set = 0; set < sets; set++) {
        struct usl_level level[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            double x = usl(rate, sigma, kappa, INFINITY, N[i]);
            level[i] = (struct usl_level){N[i], x * (1 + gsl_ran_gaussian(rng, share)), share * x};
        }
        struct usl_fit fit = usl_fit(level, LEVELS, INFINITY);
        assert_true(fit.is_fitted && fit.is_identified);
        covered[0] += fabs(fit.rate - rate) < 1.96 * fit.rate_error;
        covered[1] += fabs(fit.sigma - sigma) < 1.96 * fit.sigma_error;
        covered[2] += fabs(fit.kappa - kappa) < 1.96 * fit.kappa_error;
    }
    for (int i = 0; i < 3; i++)
        assert_within((double)covered[i] / (double)sets, 0.95,
                      ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / (double)sets));
    gsl_rng_free(rng);
}

static const struct usl_level PGBENCH[] = {{1, 846.3, NAN},  {2, 1634.4, NAN}, {4, 3746.9, NAN},
                                           {8, 3594.7, NAN}, {16, 3461, NAN},  {32, 3281.4, NAN},
                                           {64, 3228.1, NAN}};

static int residuals(const gsl_vector *p, void *data, gsl_vector *f)
{
    for (size_t i = 0; i < 7; i++) {
        double x = usl(gsl_vector_get(p, 0), gsl_vector_get(p, 1), gsl_vector_get(p, 2), 4,
                       PGBENCH[i].concurrency);
        gsl_vector_set(f, i, (x - PGBENCH[i].throughput) / (0.01 * PGBENCH[i].throughput));
    }
    return GSL_SUCCESS;
}

/* The rows of tests/measured, a machine of four cores, against GSL's least squares. */
static void measured_rows_give_what_gsls_least_squares_give(void **state)
{
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *work =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, 7, 3);
    gsl_multifit_nlinear_fdf problem = {.f = residuals, .n = 7, .p = 3};
    gsl_vector *start = gsl_vector_alloc(3);
    gsl_vector_set(start, 0, 900);
    gsl_vector_set(start, 1, 0.01);
    gsl_vector_set(start, 2, 0.0001);
    gsl_multifit_nlinear_init(start, &problem, work);
    int info;
    gsl_multifit_nlinear_driver(500, 1e-12, 1e-12, 0, NULL, NULL, &info, work);
    gsl_matrix *covariance = gsl_matrix_alloc(3, 3);
    gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work), 0, covariance);
    const gsl_vector *p = gsl_multifit_nlinear_position(work);
    double chi_square;
    gsl_blas_ddot(gsl_multifit_nlinear_residual(work), gsl_multifit_nlinear_residual(work),
                  &chi_square);
    struct usl_fit fit = usl_fit(PGBENCH, 7, 4);
    if (fit.is_sigma_zero || fit.is_kappa_zero)
        print_message("rate %g sigma %g kappa %g; GSL %g %g %g\n", fit.rate, fit.sigma, fit.kappa,
                      gsl_vector_get(p, 0), gsl_vector_get(p, 1), gsl_vector_get(p, 2));
    double scale = sqrt(chi_square / 4);
    assert_within(fit.rate, gsl_vector_get(p, 0), 1e-3 * fit.rate_error);
    assert_within(fit.sigma, fmax(gsl_vector_get(p, 1), 0), 1e-3 * fit.sigma_error);
    assert_within(fit.kappa, fmax(gsl_vector_get(p, 2), 0), 1e-3 * fit.kappa_error);
    assert_within(fit.sigma_error, scale * sqrt(gsl_matrix_get(covariance, 1, 1)),
                  0.05 * fit.sigma_error);
    assert_within(fit.kappa_error, scale * sqrt(gsl_matrix_get(covariance, 2, 2)),
                  0.05 * fit.kappa_error);
    gsl_matrix_free(covariance);
    gsl_vector_free(start);
    gsl_multifit_nlinear_free(work);
}

static void what_is_not_there_is_zero_and_three_levels_are_too_few(void **state)
{
    struct usl_level level[4];
    static const double N[] = {1, 2, 4, 8}, NOISE[] = {1.004, 0.997, 1.002, 1.003};
    for (int i = 0; i < 4; i++)
        level[i] = (struct usl_level){N[i], 100 * N[i] * NOISE[i], 0.4 * N[i]};
    struct usl_fit fit = usl_fit(level, 4, INFINITY);
    assert_true(fit.is_fitted && fit.sigma >= 0 && fit.kappa >= 0);
    assert_true(fit.is_sigma_zero || fit.is_kappa_zero);
    assert_true(fit.sigma_error > 0 && isfinite(fit.sigma_error));
    assert_within(fit.rate, 100, 1);
    assert_false(usl_fit(level, 3, INFINITY).is_fitted);
    assert_true(strstr(usl_fit(level, 3, INFINITY).why, "four") != NULL);
    level[3] = level[2];
    assert_false(usl_fit(level, 4, INFINITY).is_fitted);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_has_the_moments_of_what_was_between),
        cmocka_unit_test(rounded_snapshots_say_what_rounding_does),
        cmocka_unit_test(a_reset_and_a_lost_entry_are_seen),
        cmocka_unit_test(parts_merge_and_follow_one_another),
        cmocka_unit_test(intervals_of_sampled_levels_cover),
        cmocka_unit_test(levels_are_weighed_by_how_long_they_held),
        cmocka_unit_test(usl_is_recovered_within_its_errors),
        cmocka_unit_test(measured_rows_give_what_gsls_least_squares_give),
        cmocka_unit_test(what_is_not_there_is_zero_and_three_levels_are_too_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
