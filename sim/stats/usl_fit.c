/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/usl_fit.h"
#include "sim/base/arena.h"
#include "sim/stats/maximize.h"
#include <assert.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

enum { RATE, SIGMA, KAPPA, PARAMETERS };

struct problem {
    const struct usl_level *level;
    size_t count;
    double servers, relative_error; /* where an error is not known */
    bool is_zero[PARAMETERS];
    double at[PARAMETERS]; /* all three, those at zero included */
};

static double throughput(const double at[PARAMETERS], double servers, double n)
{
    double slowed = 1 + at[SIGMA] * (n - 1) + at[KAPPA] * n * (n - 1);
    return slowed > 0 ? exp(at[RATE]) * fmin(n, servers) / slowed : NAN;
}

static double error_of(const struct problem *problem, const struct usl_level *level)
{
    return isfinite(level->error) && level->error > 0 ? level->error
                                                      : problem->relative_error * level->throughput;
}

static double minus_half_squares(const double *theta, void *data)
{
    struct problem *problem = data;
    double at[PARAMETERS], sum = 0;
    for (int i = 0, free = 0; i < PARAMETERS; i++)
        at[i] = problem->is_zero[i] ? 0 : theta[free++];
    for (size_t i = 0; i < problem->count; i++) {
        const struct usl_level *level = &problem->level[i];
        double z = (level->throughput - throughput(at, problem->servers, level->concurrency)) /
                   error_of(problem, level);
        sum += z * z;
    }
    return -0.5 * sum;
}

/* min(N, servers) / X is linear in 1 / rate, sigma / rate, kappa / rate. */
static void start_from_line(struct problem *problem)
{
    size_t n = problem->count;
    double chi_square;
    gsl_matrix *x = arena_library_memory(gsl_matrix_alloc(n, PARAMETERS));
    gsl_vector *y = arena_library_memory(gsl_vector_alloc(n));
    gsl_vector *w = arena_library_memory(gsl_vector_alloc(n));
    gsl_vector *c = arena_library_memory(gsl_vector_alloc(PARAMETERS));
    gsl_matrix *covariance = arena_library_memory(gsl_matrix_alloc(PARAMETERS, PARAMETERS));
    gsl_multifit_linear_workspace *work =
        arena_library_memory(gsl_multifit_linear_alloc(n, PARAMETERS));
    for (size_t i = 0; i < n; i++) {
        const struct usl_level *level = &problem->level[i];
        double N = level->concurrency, speed = fmin(N, problem->servers) / level->throughput;
        double error = speed * error_of(problem, level) / level->throughput;
        gsl_matrix_set(x, i, RATE, 1);
        gsl_matrix_set(x, i, SIGMA, N - 1);
        gsl_matrix_set(x, i, KAPPA, N * (N - 1));
        gsl_vector_set(y, i, speed);
        gsl_vector_set(w, i, 1 / (error * error));
    }
    gsl_multifit_wlinear(x, w, y, c, covariance, &chi_square, work);
    double inverse = gsl_vector_get(c, 0);
    if (!(inverse > 0))
        inverse = gsl_vector_get(y, 0);
    problem->at[RATE] = -log(inverse);
    problem->at[SIGMA] = fmax(gsl_vector_get(c, 1) / inverse, 0);
    problem->at[KAPPA] = fmax(gsl_vector_get(c, 2) / inverse, 0);
    gsl_multifit_linear_free(work);
    gsl_matrix_free(covariance);
    gsl_vector_free(c);
    gsl_vector_free(w);
    gsl_vector_free(y);
    gsl_matrix_free(x);
}

static struct maximum solve(struct problem *problem)
{
    static const double MIN_STEP[] = {0.05, 0.01, 0.0005};
    double start[PARAMETERS], scale[PARAMETERS];
    size_t free = 0;
    for (int i = 0; i < PARAMETERS; i++) {
        if (problem->is_zero[i])
            continue;
        start[free] = problem->at[i];
        scale[free++] = i == RATE ? MIN_STEP[i] : fmax(0.3 * problem->at[i], MIN_STEP[i]);
    }
    struct maximum found = maximize(minus_half_squares, problem, start, scale, free);
    for (int i = 0, k = 0; i < PARAMETERS; i++)
        problem->at[i] = problem->is_zero[i] ? 0 : found.theta[k++];
    return found;
}

/* The ratio of the greatest to the least eigenvalue of the correlations. */
static double condition_of(const struct maximum *found)
{
    gsl_matrix *matrix = arena_library_memory(gsl_matrix_alloc(PARAMETERS, PARAMETERS));
    gsl_vector *values = arena_library_memory(gsl_vector_alloc(PARAMETERS));
    gsl_eigen_symm_workspace *work = arena_library_memory(gsl_eigen_symm_alloc(PARAMETERS));
    const double *c = found->covariance;
    for (size_t i = 0; i < PARAMETERS; i++)
        for (size_t j = 0; j < PARAMETERS; j++)
            gsl_matrix_set(matrix, i, j,
                           c[i * PARAMETERS + j] /
                               sqrt(c[i * PARAMETERS + i] * c[j * PARAMETERS + j]));
    gsl_eigen_symm(matrix, values, work);
    double low, high;
    gsl_vector_minmax(values, &low, &high);
    gsl_eigen_symm_free(work);
    gsl_vector_free(values);
    gsl_matrix_free(matrix);
    return low > 0 ? high / low : INFINITY;
}

/* In its standard errors. */
static int further_below_zero(const struct problem *problem, const struct maximum *whole)
{
    double sigma = problem->at[SIGMA], kappa = problem->at[KAPPA];
    if (sigma >= 0 || kappa >= 0 || !whole->has_covariance)
        return sigma < kappa ? SIGMA : KAPPA;
    const double *c = whole->covariance;
    return sigma / sqrt(c[SIGMA * (PARAMETERS + 1)]) < kappa / sqrt(c[KAPPA * (PARAMETERS + 1)])
               ? SIGMA
               : KAPPA;
}

static size_t count_levels(const struct usl_level *level, size_t count)
{
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (before < i && level[before].concurrency != level[i].concurrency)
            before++;
        different += before == i;
    }
    return different;
}

/* The covariance of the unrestricted fit, also for a coefficient that ended at 0: what the data do
 * not tell from 0. */
static void fill_errors(const struct maximum *found, double scale, struct usl_fit *fit)
{
    double error[PARAMETERS];
    for (size_t i = 0; i < PARAMETERS; i++)
        error[i] =
            found->has_covariance ? scale * sqrt(found->covariance[i * PARAMETERS + i]) : INFINITY;
    fit->rate_error = fit->rate * error[RATE];
    fit->sigma_error = error[SIGMA];
    fit->kappa_error = error[KAPPA];
    fit->condition = found->has_covariance ? condition_of(found) : INFINITY;
    fit->is_identified = fit->condition < 1000;
}

struct usl_fit usl_fit(const struct usl_level *level, size_t count, double servers)
{
    struct usl_fit fit = {.why = ""};
    bool has_errors = true;
    if (count > USL_FIT_MAX || count_levels(level, count) < USL_FIT_MIN) {
        fit.why = count > USL_FIT_MAX ? "more than 64 levels"
                                      : "three coefficients need at least four levels";
        return fit;
    }
    for (size_t i = 0; i < count; i++) {
        assert(level[i].concurrency > 0 && level[i].throughput > 0);
        has_errors = has_errors && isfinite(level[i].error) && level[i].error > 0;
    }
    struct problem problem = {level, count, servers, 0.01, {false, false, false}, {0, 0, 0}};
    start_from_line(&problem);
    struct maximum whole = solve(&problem), last = whole;
    size_t free = PARAMETERS;
    for (int round = 0; round < 2 && (problem.at[SIGMA] < 0 || problem.at[KAPPA] < 0); round++) {
        int worst = further_below_zero(&problem, &whole);
        problem.is_zero[worst] = true;
        problem.at[worst] = 0;
        last = solve(&problem);
        free--;
    }
    fit.is_fitted = true;
    fit.rate = exp(problem.at[RATE]);
    fit.sigma = problem.at[SIGMA];
    fit.kappa = problem.at[KAPPA];
    fit.is_sigma_zero = problem.is_zero[SIGMA];
    fit.is_kappa_zero = problem.is_zero[KAPPA];
    fit.degrees = count - free;
    fit.misfit = -2 * last.value / (double)fit.degrees;
    fill_errors(&whole, has_errors ? 1 : sqrt(fit.misfit), &fit);
    fit.peak = fit.kappa > 0 ? sqrt(fmax(1 - fit.sigma, 0) / fit.kappa) : INFINITY;
    return fit;
}

double usl_throughput(const struct usl_fit *fit, double servers, double concurrency)
{
    double at[PARAMETERS] = {log(fit->rate), fit->sigma, fit->kappa};
    return throughput(at, servers, concurrency);
}
