/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tails.h - both ends of a distribution function, and the standard laws by them.
 *
 * A probability near 1 has lost what 1 - p was. Here a point is known by what lies below it and
 * what lies above it, each to its own relative accuracy (about 1e-11, down to 1e-300), and
 * whichever is smaller is worked with.
 *
 * GSL computes the functions, but only where it can be relied upon: 2.7.1's gamma quantiles don't
 * converge for shapes below 0.1, above 10^5 and in deep tails, and its incomplete gamma functions
 * fail from shape 10^6 on (by calling the error handler). See tails_of_gamma,
 * tails_invert_gamma. */
#ifndef CAPSIM_SIM_RANDOM_TAILS_H
#define CAPSIM_SIM_RANDOM_TAILS_H

struct tails {
    double below; /* P(X <= x) */
    double above; /* P(X > x)  */
};

/* P(low < X <= high), from the tails at low and at high, low <= high. */
double tails_between(struct tails low, struct tails high);

/* Exponential of mean 1 at x; any x, also infinite. */
struct tails tails_of_exponential(double x);
/* Normal of mean 0 and variance 1 at x. */
struct tails tails_of_normal(double x);
/* Gamma of scale 1 at x. 0 < shape < 1e15. */
struct tails tails_of_gamma(double shape, double x);

/* The x at which the law has these tails; below + above = 1. 0 or INFINITY (normal: -INFINITY) at
 * the ends. */
double tails_invert_exponential(struct tails level);
double tails_invert_normal(struct tails level);
double tails_invert_gamma(double shape, struct tails level);

#endif
