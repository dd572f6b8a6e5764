/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution.h - how long, how many, how big: the laws a scenario can name.
 *
 * A distribution is immutable once made. Values are plain doubles in the unit of the scenario
 * reader (seconds for durations); distribution_fill gives int64 nanoseconds. All are >= 0.
 * Parameters (a, b) as in the scenario format; everything else is fitted from what the user knows
 * by distribution_fit.h. Sources: Law, Simulation Modeling and Analysis, 5th ed., ch. 6 and 8;
 * Marsaglia & Tsang (2000) for the ziggurat and for gamma; GSL for distribution functions and
 * quantiles. */
#ifndef CAPSIM_SIM_RANDOM_DISTRIBUTION_H
#define CAPSIM_SIM_RANDOM_DISTRIBUTION_H

#include "sim/base/arena.h"
#include "sim/random/stream.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum distribution_kind {
    DISTRIBUTION_CONSTANT,         /* a: value                                                 */
    DISTRIBUTION_UNIFORM,          /* a: lowest, b: highest                                    */
    DISTRIBUTION_EXPONENTIAL,      /* a: mean                                                  */
    DISTRIBUTION_ERLANG,           /* a: stages (integer), b: mean of one stage                */
    DISTRIBUTION_GAMMA,            /* a: shape, b: scale                                       */
    DISTRIBUTION_LOGNORMAL,        /* a: mean of the logarithm, b: its standard deviation      */
    DISTRIBUTION_WEIBULL,          /* a: shape, b: scale                                       */
    DISTRIBUTION_PARETO,           /* Lomax: a: shape (> 1), b: scale                          */
    DISTRIBUTION_HYPEREXPONENTIAL, /* two phases, balanced means: a: chance of phase 1, b: mean of
                                      phase 1, c: mean of phase 2 */
    DISTRIBUTION_EMPIRICAL,        /* values[count], ascending, each equally likely            */
    DISTRIBUTION_MIXTURE,          /* parts[count] with shares[count] adding up to 1           */
    DISTRIBUTION_SUM,              /* parts[count], independent, added                         */
    DISTRIBUTION_OF_REQUEST        /* not drawn: value number a of those that the request brings; b:
                                      their mean. Only distribution_mean may be asked of it  */
};

struct distribution {
    enum distribution_kind kind;
    double a, b, c;
    double lowest, highest; /* truncation: the law given that lowest <= x <= highest; 0 and INFINITY
                               when there is none                                              */
    bool is_truncated;
    size_t count;
    const struct distribution *const *parts;
    const double *shares;
    const double *values;
};

/* One value of the law from the random bits of draw; pure in (key, id, index, lap).
 *
 * A truncated law is sampled by rejection, after 16 tries by inversion: exact, and bounded in time.
 * A truncated law without a distribution function (a sum, a mixture with a sum in it) is tried
 * until half of the draw's 4096 counter blocks are used; then the last value is moved to the nearer
 * bound. That takes about 1000 rejections or more in a row: nothing to see where the truncation
 * keeps more than 2 %, wrong where it keeps almost nothing. */
double distribution_sample(const struct distribution *law, struct stream *draw);

/* Nanoseconds of a value in seconds, rounded to nearest; clamped to [0, 2^62]. */
int64_t distribution_to_ns(double seconds);

/* Fills ns[i], i 0..STREAM_BLOCK-1, with draws (id, first_index + i, lap 0) rounded to nanoseconds:
 * exactly what distribution_sample gives for each, done together because that is several times
 * faster. */
void distribution_fill(const struct distribution *law, struct stream_key key, uint32_t id,
                       uint32_t first_index, int64_t ns[STREAM_BLOCK]);

/* Mean and variance after truncation, to about 1e-9 of their value; INFINITY where the law has
 * none. NaN for a sum that is truncated itself, for a mixture truncated around a sum, and for what
 * is made of these: there is no closed form. */
double distribution_mean(const struct distribution *law);
/* The same, and where there is no closed form that of the parts together, moved between the bounds:
 * good enough to say how many requests come. */
double distribution_rough_mean(const struct distribution *law);
double distribution_variance(const struct distribution *law);
/* P(X <= x), after truncation. No closed form for a sum, nor a mixture with a sum in it: NaN. */
double distribution_cdf(const struct distribution *law, double x);
/* The p-quantile, 0 < p < 1, after truncation: the least x with P(X <= x) >= p. NaN where
 * distribution_cdf is. */
double distribution_quantile(const struct distribution *law, double p);
/* P(lowest <= X <= highest) of the law before its truncation, 1 if it has none: what the truncation
 * keeps. NaN where distribution_cdf is. */
double distribution_kept(const struct distribution *law);
/* True if every draw is the same value. */
bool distribution_is_constant(const struct distribution *law);

/* A constant. */
struct distribution distribution_constant(double value);
/* The law of `factor` > 0 times a value of law, in arena; parts are scaled with it. Not of values
 * that a request brings. */
struct distribution *distribution_scale(const struct distribution *law, double factor,
                                        struct arena *arena);

#endif
