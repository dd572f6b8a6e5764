/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goodness.h - does a sample follow a law? Every bound is set for one false alarm in a million
 * assertions, seeds are fixed, and so each passes always or never. */
#ifndef CAPSIM_TESTS_SUPPORT_GOODNESS_H
#define CAPSIM_TESTS_SUPPORT_GOODNESS_H

#include "tests/support/support.h"

/* A distribution function P(X <= x) of law. */
typedef double goodness_cdf(const void *law, double x);

/* Kolmogorov-Smirnov: fails if the empirical distribution function of value[count] is further than
 * 2.7 / sqrt(count) from cdf, which is exceeded with probability 2 exp(-2 * 2.7^2) = 9.3e-7
 * (Massart 1990, a bound for every count and law). Sorts value. Looks at every 100th value when
 * there are more than 10^4: what that misses is below a tenth of the bound. */
void assert_follows(double *value, size_t count, goodness_cdf *cdf, const void *law,
                    const char *name);

/* Pearson: fails if count[bins], of draws in equally likely bins, has a chi-square beyond the
 * quantiles at 5e-7 and 1 - 5e-7: too uneven, or too even. */
void assert_even(const uint64_t *count, size_t bins, const char *name);

/* Fails if count of draws is further than 5 standard deviations (5.7e-7) from draws * chance. */
void assert_share(uint64_t count, uint64_t draws, double chance, const char *name);

/* Fails if the sample's mean is further than 5 standard errors from mean, by the law's variance
 * (5.7e-7 where the mean is near enough to normal: not for laws whose fourth moment is infinite).
 */
void assert_mean(const double *value, size_t count, double mean, double variance, const char *name);

/* Fails if the mean of (value - mean)^2 is further than 5 standard errors from variance, by the
 * sample's own fourth moment: only for laws whose eighth moment is moderate. */
void assert_variance(const double *value, size_t count, double mean, double variance,
                     const char *name);

#endif
