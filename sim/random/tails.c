/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/tails.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>
#include <stdbool.h>

static const struct tails ALL_ABOVE = {0, 1}, ALL_BELOW = {1, 0};

double tails_between(struct tails low, struct tails high)
{
    if (high.below <= 0.5)
        return high.below - low.below;
    if (low.above <= 0.5)
        return low.above - high.above;
    return 1 - low.below - high.above;
}

struct tails tails_of_exponential(double x)
{
    return x > 0 ? (struct tails){-expm1(-x), exp(-x)} : ALL_ABOVE;
}

struct tails tails_of_normal(double x)
{
    return (struct tails){gsl_cdf_ugaussian_P(x), gsl_cdf_ugaussian_Q(x)};
}

/* Temme (1979), "The asymptotic expansion of the incomplete gamma functions", with the terms of
 * order 1 and 1 / shape. Above the shape from which it is used the next one is below 1e-10 of the
 * correction, which is itself below 1e-2 of the tail unless that is below 1e-100. */
static const double TEMME_FROM_SHAPE = 1e4;

/* Below this the closed forms of the coefficients cancel, and their series in (x - shape) / shape
 * has no term that matters beyond those given. */
static const double TEMME_SERIES_BELOW = 7e-4;

static struct tails tails_by_temme(double shape, double x)
{
    double mu = (x - shape) / shape, log_term = gsl_sf_log_1plusx_mx(mu); /* log(1+mu) - mu */
    double eta = copysign(sqrt(-2 * log_term), mu), c_0, c_1;
    if (fabs(mu) < TEMME_SERIES_BELOW) {
        c_0 = -1. / 3 + mu * (1. / 12 - mu * (23. / 540 - mu * (353. / 12960 - mu * 589. / 30240)));
        c_1 = -1. / 540 - mu / 288;
    } else {
        double lambda = x / shape, eta_3 = gsl_pow_3(eta), mu_3 = gsl_pow_3(mu);
        c_0 = (1 - mu / eta) / mu;
        c_1 = -(eta_3 * (lambda * lambda + 10 * lambda + 1) - 12 * mu_3) / (12 * eta_3 * mu_3);
    }
    double correction = exp(shape * log_term) / sqrt(2 * M_PI * shape) * (c_0 + c_1 / shape);
    double z = eta * sqrt(shape);
    return (struct tails){gsl_cdf_ugaussian_P(z) - correction, gsl_cdf_ugaussian_Q(z) + correction};
}

struct tails tails_of_gamma(double shape, double x)
{
    if (!(x > 0))
        return ALL_ABOVE;
    if (isinf(x))
        return ALL_BELOW;
    /* Chernoff: the smaller tail is at most exp(-exponent). GSL reports an underflow as an
     * error. */
    double exponent = x - shape - shape * log(x / shape);
    if (exponent > 700)
        return x < shape ? ALL_ABOVE : ALL_BELOW;
    if (shape > TEMME_FROM_SHAPE)
        return tails_by_temme(shape, x);
    return (struct tails){gsl_sf_gamma_inc_P(shape, x), gsl_sf_gamma_inc_Q(shape, x)};
}

double tails_invert_exponential(struct tails level)
{
    return level.below < 0.5 ? -log1p(-level.below) : -log(level.above);
}

double tails_invert_normal(struct tails level)
{
    return level.below < 0.5 ? gsl_cdf_ugaussian_Pinv(level.below)
                             : gsl_cdf_ugaussian_Qinv(level.above);
}

/* The logarithm of a gamma quantile, roughly: Wilson & Hilferty (1931), or for small shapes and
 * deep lower tails P(X <= x) ~ x^shape / gamma(shape + 1). */
static double guess_log_gamma_quantile(double shape, struct tails level)
{
    double cube_root = 1 - 1 / (9 * shape) + tails_invert_normal(level) / (3 * sqrt(shape));
    if (shape > 0.3 && cube_root > 0.3)
        return log(shape) + 3 * log(cube_root);
    return (log(level.below) + gsl_sf_lngamma(shape + 1)) / shape;
}

/* Newton's method on the logarithm of the smaller tail as a function of y = log x. Both tails are
 * log-concave in y, so from the guess at most one step overshoots; the bracket and the limit on a
 * step guard against a tail that underflows to 0. */
double tails_invert_gamma(double shape, struct tails level)
{
    enum { MAX_STEPS = 200 };
    if (!(level.below > 0))
        return 0;
    if (!(level.above > 0))
        return INFINITY;
    bool is_lower = level.below <= level.above;
    double target = log(is_lower ? level.below : level.above), log_gamma = gsl_sf_lngamma(shape);
    double y = guess_log_gamma_quantile(shape, level), low = -INFINITY, high = INFINITY;
    if (y < -700) /* there x^shape is exact, and x is 0 for all purposes */
        return exp(y);
    for (int step = 0; step < MAX_STEPS; step++) {
        double x = exp(y);
        struct tails at = tails_of_gamma(shape, x);
        double tail = is_lower ? at.below : at.above, miss = log(tail) - target;
        bool is_too_far = is_lower == (miss > 0);
        if (is_too_far)
            high = y;
        else
            low = y;
        double slope = exp(shape * y - x - log_gamma) / tail;
        double change = (is_lower ? -miss : miss) / slope;
        if (fabs(change) <= 4e-16 * (1 + fabs(y)))
            return x;
        change = fmin(fmax(change, -2), 2);
        bool is_inside = y + change > low && y + change < high;
        y = is_inside ? y + change : 0.5 * (fmax(low, y - 2) + fmin(high, y + 2));
    }
    return exp(y);
}
