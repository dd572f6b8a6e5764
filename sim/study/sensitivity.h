/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity.h - how much of a result's spread comes from inputs that are known only so well, how
 * much from simulating, and from which inputs.
 *
 * Draws of the inputs are a Latin hypercube: each input's quantiles lie one in each of D equal
 * strata, in an order of their own (McKay, Beckman & Conover 1979), fixed by the seed. Every draw
 * is simulated with the same replications 1..R (common random numbers), so the results y[d][r] are
 * a crossed layout: y = mean + draw d + replication r + the rest. Variance components by the
 * analysis of variance of that layout (Searle, Casella & McCulloch, Variance Components, 1992, ch.
 * 4), with the F interval of the ratio of draw to rest. */
#ifndef CAPSIM_SIM_STUDY_SENSITIVITY_H
#define CAPSIM_SIM_STUDY_SENSITIVITY_H

#include "sim/base/arena.h"
#include <stddef.h>
#include <stdint.h>

/* u[d * inputs + k], 0 < u < 1: quantile of input k in draw d. */
void sensitivity_design(uint64_t seed, size_t draws, size_t inputs, double *u, struct arena *arena);

struct sensitivity_split {
    double mean;
    double input_variance;      /* of the result, over what the inputs may be; >= 0    */
    double simulation_variance; /* of one draw's mean over the replications            */
    double share, low, high;    /* input_variance over both; with its interval         */
    size_t draws;               /* that were used: all replications observed something */
};

/* From y[draws * replications], row d is draw d; NaN: nothing observed. At least 2 of each, or
 * NaN. */
struct sensitivity_split sensitivity_split(const double *y, size_t draws, size_t replications,
                                           double confidence, struct arena *arena);

/* What one input does. */
struct sensitivity_effect {
    double effect, low, high; /* change of the result by one standard error of the input */
    double share, share_low, share_high; /* of the variance by all inputs: its main effect, as far
                                            as it is a straight line */
};

/* Regresses the draws' means y[draws] (NaN: left out) on the inputs x[draws * inputs], fills
 * effects[inputs] and returns the share of the variance of y that the straight lines explain
 * (adjusted R^2); NaN, and effects of NaN, when there are too few draws or nothing varies. */
double sensitivity_regress(const double *y, const double *x, size_t draws, size_t inputs,
                           double confidence, struct sensitivity_effect *effects,
                           struct arena *arena);

#endif
