/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_distance.h - how far a law is from the distribution function of the data. */
#ifndef CAPSIM_SIM_STATS_FIT_DISTANCE_H
#define CAPSIM_SIM_STATS_FIT_DISTANCE_H

#include "sim/random/distribution.h"
#include "sim/stats/fit_data.h"

struct fit_distance {
    double anderson_darling; /* n int (F_n - F)^2 / (F (1 - F)) dF; 0 without values */
    double greatest_gap;     /* sup |F_n - F| */
};

/* Both functions given that a value is above curve->from. Where the data are exact F_n is a step
 * function and this is Anderson and Darling's A^2; in an interval F_n - F is taken to go in a
 * straight line, for nothing is known inside. What is censored at the end is left out. */
struct fit_distance fit_distance_of(const struct fit_curve *curve, const struct distribution *law);

#endif
