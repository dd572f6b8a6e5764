/* SPDX-License-Identifier: GPL-3.0-or-later */
/* likelihood.h - the logarithm of the likelihood of a law's parameters, given what was recorded.
 *
 * For fit_law.h, which has the model. theta is free of bounds:
 *     LOGNORMAL         mean of the logarithm, log of its standard deviation
 *     GAMMA             log mean, log shape
 *     WEIBULL           log scale, log shape
 *     EXPONENTIAL       log mean
 *     PARETO            log scale, log (shape - 1): a Lomax law with a mean
 *     HYPEREXPONENTIAL  log mean of phase 1, log mean of phase 2, log odds of phase 1 */
#ifndef CAPSIM_SIM_STATS_LIKELIHOOD_H
#define CAPSIM_SIM_STATS_LIKELIHOOD_H

#include "sim/random/distribution.h"
#include "sim/stats/fit_data.h"

struct likelihood {
    const struct fit_data *data;
    enum distribution_kind kind;
    const double *log_low; /* of each value, -INFINITY for 0 */
};

/* Prepares the evaluation; arena: 8 bytes a value. */
struct likelihood likelihood_of(const struct fit_data *data, enum distribution_kind kind,
                                struct arena *arena);
/* How many parameters a law has. */
size_t likelihood_parameters(enum distribution_kind kind);
/* Is of the form that maximize.h wants; data: struct likelihood. -INFINITY outside of sensible
 * bounds, and where the sources would record less than a billionth of all values: a law fitted to
 * what is above a threshold may otherwise run away from it without end. */
double likelihood_log(const double *theta, void *data);
/* The law of these parameters. */
struct distribution likelihood_law(enum distribution_kind kind, const double *theta);
/* A start from the values as they stand: intervals count at their geometric middle here. Laws have
 * at least one start; which: 0, 1, 2 differ in spread. */
void likelihood_start(const struct likelihood *likelihood, int which, double *theta);

#endif
