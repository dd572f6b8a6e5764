/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution_cdf.h - distribution functions by both tails, for what is computed from laws.
 *
 * distribution_cdf and distribution_quantile of distribution.h are made of these. "Whole" is the
 * law before its own truncation (the parts of a mixture keep theirs). Parameters must be valid:
 * whatever reads them checks them. */
#ifndef CAPSIM_SIM_RANDOM_DISTRIBUTION_CDF_H
#define CAPSIM_SIM_RANDOM_DISTRIBUTION_CDF_H

#include "sim/random/distribution.h"
#include "sim/random/tails.h"

/* False for a sum and for a mixture with a sum in it: their tails are NaN. */
bool distribution_has_curve(const struct distribution *law);

/* The tails at x; any x, also infinite. */
struct tails distribution_whole_tails(const struct distribution *law, double x);
struct tails distribution_tails(const struct distribution *law, double x);

/* P(low <= X <= high) of the whole law: both ends count. */
double distribution_whole_between(const struct distribution *law, double low, double high);

/* The least x with P(X <= x) >= level.below. */
double distribution_whole_invert(const struct distribution *law, struct tails level);
double distribution_invert(const struct distribution *law, struct tails level);

/* log(1 + cv^2) of a Weibull with shape 1 / t, to 1e-11 of itself. */
double distribution_weibull_log_second_moment(double t);

#endif
