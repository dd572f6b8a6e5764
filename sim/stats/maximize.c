/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/maximize.h"
#include "sim/base/arena.h"
#include <assert.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <string.h>

/* What is not allowed costs so much, and not INFINITY, which GSL's simplex takes for an error. */
static const double FORBIDDEN = 1e300;

struct maximize_target {
    maximize_function *function;
    void *data;
    size_t parameters;
};

static double value_at(const struct maximize_target *target, const double *theta)
{
    double value = target->function(theta, target->data);
    return isnan(value) ? -INFINITY : value;
}

static double cost_at(const gsl_vector *at, void *data)
{
    double theta[MAXIMIZE_MAX];
    const struct maximize_target *target = data;
    for (size_t i = 0; i < target->parameters; i++)
        theta[i] = gsl_vector_get(at, i);
    double value = value_at(target, theta);
    return isfinite(value) ? -value : FORBIDDEN;
}

/* ---- simplex -------------------------------------------------------------------------------- */

static void descend(struct maximize_target *target, double *theta, const double *scale,
                    double shrink)
{
    enum { MAX_STEPS = 250 };
    size_t k = target->parameters;
    gsl_vector *start = arena_library_memory(gsl_vector_alloc(k));
    gsl_vector *steps = arena_library_memory(gsl_vector_alloc(k));
    for (size_t i = 0; i < k; i++) {
        gsl_vector_set(start, i, theta[i]);
        gsl_vector_set(steps, i, scale[i] * shrink);
    }
    gsl_multimin_function function = {.f = cost_at, .n = k, .params = target};
    gsl_multimin_fminimizer *simplex =
        arena_library_memory(gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, k));
    gsl_multimin_fminimizer_set(simplex, &function, start, steps);
    for (int step = 0; step < MAX_STEPS; step++)
        if (gsl_multimin_fminimizer_iterate(simplex) != GSL_SUCCESS ||
            gsl_multimin_fminimizer_size(simplex) < 1e-7)
            break;
    if (gsl_multimin_fminimizer_minimum(simplex) < FORBIDDEN)
        for (size_t i = 0; i < k; i++)
            theta[i] = gsl_vector_get(gsl_multimin_fminimizer_x(simplex), i);
    gsl_multimin_fminimizer_free(simplex);
    gsl_vector_free(steps);
    gsl_vector_free(start);
}

/* ---- curvature ------------------------------------------------------------------------------ */

/* The width at which the function has dropped by about 1/8 on both sides, that of half a standard
 * error; false where it does not drop. */
static bool find_width(const struct maximize_target *target, double *theta, double top, size_t i,
                       double *width)
{
    enum { MAX_TRIES = 40 };
    const double WANTED = 0.125;
    double centre = theta[i], h = 1e-3 * fmax(fabs(centre), 0.1);
    for (int trial = 0; trial < MAX_TRIES; trial++) {
        theta[i] = centre + h;
        double right = value_at(target, theta);
        theta[i] = centre - h;
        double left = value_at(target, theta);
        theta[i] = centre;
        double drop = top - 0.5 * (left + right);
        *width = h;
        if (isfinite(drop) && drop > WANTED / 4 && drop < WANTED * 4)
            return true;
        if (!isfinite(drop))
            h /= 10;
        else
            h *= drop > 0 ? fmin(fmax(sqrt(WANTED / drop), 0.05), 20) : 4;
        if (h > 20 * fmax(fabs(centre), 1) || h < 1e-10)
            return false;
    }
    return false;
}

static double at_two(const struct maximize_target *target, double *theta, size_t i, double di,
                     size_t j, double dj)
{
    double kept_i = theta[i], kept_j = theta[j];
    theta[i] += di;
    theta[j] += dj;
    double value = value_at(target, theta);
    theta[j] = kept_j;
    theta[i] = kept_i;
    return value;
}

/* Gradient and information (the negative of the second derivatives) at theta. */
static bool differentiate(const struct maximize_target *target, double *theta, double top,
                          double *gradient, gsl_matrix *information)
{
    double h[MAXIMIZE_MAX];
    size_t k = target->parameters;
    for (size_t i = 0; i < k; i++) {
        if (!find_width(target, theta, top, i, &h[i]))
            return false;
        double right = at_two(target, theta, i, h[i], i, 0);
        double left = at_two(target, theta, i, -h[i], i, 0);
        gradient[i] = (right - left) / (2 * h[i]);
        gsl_matrix_set(information, i, i, (2 * top - left - right) / (h[i] * h[i]));
    }
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < i; j++) {
            double both = at_two(target, theta, i, h[i], j, h[j]) +
                          at_two(target, theta, i, -h[i], j, -h[j]) -
                          at_two(target, theta, i, h[i], j, -h[j]) -
                          at_two(target, theta, i, -h[i], j, h[j]);
            double mixed = -both / (4 * h[i] * h[j]);
            if (!isfinite(mixed))
                return false;
            gsl_matrix_set(information, i, j, mixed);
            gsl_matrix_set(information, j, i, mixed);
        }
    }
    return true;
}

/* Replaces the information by its inverse; false unless it is positive definite. The scales of the
 * parameters differ by orders of magnitude, so its diagonal is made 1 first. */
static bool invert(gsl_matrix *information)
{
    size_t k = information->size1;
    double scale[MAXIMIZE_MAX];
    for (size_t i = 0; i < k; i++) {
        double diagonal = gsl_matrix_get(information, i, i);
        if (!(diagonal > 0) || !isfinite(diagonal))
            return false;
        scale[i] = 1 / sqrt(diagonal);
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            *gsl_matrix_ptr(information, i, j) *= scale[i] * scale[j];
    /* By hand: gsl_linalg_cholesky_decomp calls the error handler where it fails. */
    for (size_t j = 0; j < k; j++) {
        double rest = gsl_matrix_get(information, j, j);
        for (size_t i = 0; i < j; i++)
            rest -= gsl_pow_2(gsl_matrix_get(information, j, i));
        if (!(rest > 1e-10))
            return false;
        gsl_matrix_set(information, j, j, sqrt(rest));
        for (size_t r = j + 1; r < k; r++) {
            double sum = gsl_matrix_get(information, r, j);
            for (size_t i = 0; i < j; i++)
                sum -= gsl_matrix_get(information, r, i) * gsl_matrix_get(information, j, i);
            gsl_matrix_set(information, r, j, sum / sqrt(rest));
        }
    }
    gsl_linalg_cholesky_invert(information);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            *gsl_matrix_ptr(information, i, j) *= scale[i] * scale[j];
    return true;
}

static void newton_step(const struct maximize_target *target, struct maximum *found,
                        const double *gradient, const gsl_matrix *inverse, double *moved)
{
    size_t k = target->parameters;
    double to[MAXIMIZE_MAX];
    *moved = 0;
    for (size_t i = 0; i < k; i++) {
        double step = 0;
        for (size_t j = 0; j < k; j++)
            step += gsl_matrix_get(inverse, i, j) * gradient[j];
        to[i] = found->theta[i] + step;
        *moved = fmax(*moved, fabs(step) / sqrt(gsl_matrix_get(inverse, i, i)));
    }
    double value = value_at(target, to);
    if (value > found->value) {
        memcpy(found->theta, to, k * sizeof *to);
        found->value = value;
    } else {
        *moved = 0;
    }
}

static void polish(const struct maximize_target *target, struct maximum *found)
{
    enum { MAX_STEPS = 6 };
    size_t k = target->parameters;
    double gradient[MAXIMIZE_MAX], moved = 1;
    gsl_matrix *information = arena_library_memory(gsl_matrix_alloc(k, k));
    for (int step = 0; step < MAX_STEPS && moved > 1e-3; step++) {
        found->has_covariance =
            differentiate(target, found->theta, found->value, gradient, information) &&
            invert(information);
        if (!found->has_covariance)
            break;
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++)
                found->covariance[i * k + j] = gsl_matrix_get(information, i, j);
        newton_step(target, found, gradient, information, &moved);
    }
    gsl_matrix_free(information);
}

struct maximum maximize(maximize_function *function, void *data, const double *start,
                        const double *scale, size_t parameters)
{
    assert(parameters >= 1 && parameters <= MAXIMIZE_MAX);
    struct maximize_target target = {function, data, parameters};
    struct maximum found = {.value = -INFINITY};
    memcpy(found.theta, start, parameters * sizeof *start);
    if (!isfinite(value_at(&target, found.theta)))
        return found;
    descend(&target, found.theta, scale, 1);
    descend(&target, found.theta, scale, 0.1);
    found.value = value_at(&target, found.theta);
    polish(&target, &found);
    return found;
}

double maximize_error_of(const struct maximum *found, size_t parameters,
                         double (*g)(const double *theta, void *data), void *data)
{
    if (!found->has_covariance)
        return NAN;
    double slope[MAXIMIZE_MAX], theta[MAXIMIZE_MAX], variance = 0;
    memcpy(theta, found->theta, sizeof theta);
    for (size_t i = 0; i < parameters; i++) {
        double h = 0.1 * sqrt(found->covariance[i * parameters + i]);
        theta[i] = found->theta[i] + h;
        double right = g(theta, data);
        theta[i] = found->theta[i] - h;
        double left = g(theta, data);
        theta[i] = found->theta[i];
        slope[i] = (right - left) / (2 * h);
    }
    for (size_t i = 0; i < parameters; i++)
        for (size_t j = 0; j < parameters; j++)
            variance += slope[i] * slope[j] * found->covariance[i * parameters + j];
    return variance >= 0 ? sqrt(variance) : NAN;
}
