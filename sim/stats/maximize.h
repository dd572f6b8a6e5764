/* SPDX-License-Identifier: GPL-3.0-or-later */
/* maximize.h - the maximum of a likelihood in a few parameters, and how sharp it is.
 *
 * GSL's simplex of Nelder and Mead from a given start, twice (a simplex that has collapsed starts
 * over from where it is), then Newton's steps on finite differences whose width is about half a
 * standard error: so the differences see the curvature and neither its rounding nor its change. All
 * is bounded: at most some 1,500 evaluations for three parameters. Sources: Nelder & Mead (1965);
 * Efron & Hinkley (1978) for the observed information. */
#ifndef CAPSIM_SIM_STATS_MAXIMIZE_H
#define CAPSIM_SIM_STATS_MAXIMIZE_H

#include <stdbool.h>
#include <stddef.h>

enum { MAXIMIZE_MAX = 6 }; /* parameters */

/* The logarithm of a likelihood at theta; -INFINITY or NaN where theta is not allowed. */
typedef double maximize_function(const double *theta, void *data);

struct maximum {
    double theta[MAXIMIZE_MAX];
    double value; /* -INFINITY: not even the start is allowed */
    /* Inverse of the observed information, [i * parameters + j]. */
    double covariance[MAXIMIZE_MAX * MAXIMIZE_MAX];
    bool has_covariance; /* false: flat in some direction, or at a bound */
};

/* The maximum near start[parameters]; scale[i] > 0: first steps of the simplex. */
struct maximum maximize(maximize_function *function, void *data, const double *start,
                        const double *scale, size_t parameters);

/* The standard error of g(theta) by the delta method, with differences of a tenth of a standard
 * error; NaN without a covariance. */
double maximize_error_of(const struct maximum *found, size_t parameters,
                         double (*g)(const double *theta, void *data), void *data);

#endif
