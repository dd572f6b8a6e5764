/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution_moments.c - mean and variance, also of truncated laws.
 *
 * The moments between two bounds are closed forms: the k-th moment of a gamma, lognormal or Weibull
 * up to x is its whole k-th moment times a distribution function of the same family. Where the
 * bounds are close or the law is narrow these cancel; there the density is smooth between the
 * bounds and is integrated instead. Mixtures are put together from the slices of their parts. */
#include "sim/base/arena.h"
#include "sim/random/distribution_cdf.h"
#include <assert.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* What a whole law has between two bounds: its probability, and mean and variance given that. */
struct slice {
    double mass, mean, variance;
};

/* The same for both together. A slice without mass may have any moments. */
static struct slice merge_slices(struct slice first, struct slice second)
{
    if (second.mass == 0)
        return first;
    if (first.mass == 0)
        return second;
    double mass = first.mass + second.mass, distance = second.mean - first.mean;
    double share_1 = first.mass / mass, share_2 = second.mass / mass;
    return (struct slice){mass, first.mean + share_2 * distance,
                          share_1 * first.variance + share_2 * second.variance +
                              share_1 * share_2 * distance * distance};
}

/* ---- whole laws ---------------------------------------------------------------------------- */

static struct slice whole_gamma(double shape, double scale)
{
    return (struct slice){1, shape * scale, shape * scale * scale};
}

static struct slice whole_lognormal(const struct distribution *law)
{
    double spread = law->b * law->b, mean = exp(law->a + 0.5 * spread);
    return (struct slice){1, mean, mean * mean * expm1(spread)};
}

double distribution_weibull_log_second_moment(double t)
{
    if (t > 1e-3)
        return gsl_sf_lngamma(1 + 2 * t) - 2 * gsl_sf_lngamma(1 + t);
    /* The series of log gamma(1 + t): Abramowitz & Stegun 6.1.33, with zeta(2) to zeta(5). */
    const double zeta[] = {1.6449340668482264, 1.2020569031595943, 1.0823232337111382,
                           1.0369277551433699};
    return t * t * (zeta[0] - t * (2 * zeta[1] - t * (3.5 * zeta[2] - t * 6 * zeta[3])));
}

static struct slice whole_weibull(const struct distribution *law)
{
    double t = 1 / law->a, mean = law->b * exp(gsl_sf_lngamma(1 + t));
    double square_of_cv = expm1(distribution_weibull_log_second_moment(t));
    return (struct slice){1, mean, mean * mean * square_of_cv};
}

static struct slice whole_pareto(const struct distribution *law)
{
    double mean = law->a > 1 ? law->b / (law->a - 1) : INFINITY;
    return (struct slice){1, mean, law->a > 2 ? mean * mean * law->a / (law->a - 2) : INFINITY};
}

/* ---- between two bounds -------------------------------------------------------------------- */

/* P(low < X <= high) and the raw moments of a law over it, each as the whole law's moment times the
 * probability under the law weighted by x^k. */
struct weighted {
    double mass[3], moment[3];
};

static struct slice slice_of_weighted(const struct weighted *w)
{
    double first = w->moment[1] * w->mass[1] / w->mass[0];
    double second = w->moment[2] * w->mass[2] / w->mass[0];
    return (struct slice){w->mass[0], first, second - first * first};
}

static struct slice gamma_between(double shape, double scale, double low, double high)
{
    struct weighted w = {.moment = {1, shape * scale, shape * (shape + 1) * scale * scale}};
    for (int k = 0; k < 3; k++)
        w.mass[k] = tails_between(tails_of_gamma(shape + k, low / scale),
                                  tails_of_gamma(shape + k, high / scale));
    return slice_of_weighted(&w);
}

static struct slice weibull_between(const struct distribution *law, double low, double high)
{
    double t = 1 / law->a, from = pow(low / law->b, law->a), to = pow(high / law->b, law->a);
    struct weighted w;
    for (int k = 0; k < 3; k++) {
        w.moment[k] = gsl_pow_int(law->b, k) * exp(gsl_sf_lngamma(1 + k * t));
        w.mass[k] = tails_between(tails_of_gamma(1 + k * t, from), tails_of_gamma(1 + k * t, to));
    }
    return slice_of_weighted(&w);
}

static struct slice lognormal_between(const struct distribution *law, double low, double high)
{
    double from = (log(low) - law->a) / law->b, to = (log(high) - law->a) / law->b;
    struct weighted w;
    for (int k = 0; k < 3; k++) {
        w.moment[k] = exp(k * law->a + 0.5 * k * k * law->b * law->b);
        w.mass[k] =
            tails_between(tails_of_normal(from - k * law->b), tails_of_normal(to - k * law->b));
    }
    return slice_of_weighted(&w);
}

/* (exp(rate * length) - 1) / rate, length for rate 0: the integral of exp(rate * t) up to length,
 * which may be INFINITY. */
static double exponential_integral(double rate, double length)
{
    if (rate == 0)
        return length;
    return expm1(rate * length) / rate;
}

/* 1 + X / scale is a classic Pareto Y from 1: E[Y^k; Y > from] = shape times the integral of
 * y^(k - shape - 1), taken over log y. */
static struct slice pareto_between(const struct distribution *law, double low, double high)
{
    double from = 1 + low / law->b, shape = law->a;
    double length = isinf(high) ? INFINITY : log1p((high - low) / (law->b + low));
    double mass = exponential_integral(-shape, length); /* times shape * from^-shape */
    double first = from * exponential_integral(1 - shape, length) / mass;
    double second = from * from * exponential_integral(2 - shape, length) / mass;
    double mean = law->b * (first - 1), variance = law->b * law->b * (second - first * first);
    return (struct slice){shape * pow(from, -shape) * mass, mean,
                          isinf(second) ? INFINITY : variance};
}

static struct slice empirical_between(const struct distribution *law, double low, double high)
{
    struct slice sum = {0};
    for (size_t i = 0; i < law->count; i++)
        if (law->values[i] >= low && law->values[i] <= high)
            sum = merge_slices(sum, (struct slice){1, law->values[i], 0});
    sum.mass /= (double)law->count;
    return sum;
}

static struct slice uniform_between(const struct distribution *law, double low, double high)
{
    double from = fmax(low, law->a), to = fmin(high, law->b), width = to - from;
    if (width < 0)
        return (struct slice){0};
    double mass = law->a == law->b ? 1 : width / (law->b - law->a);
    return (struct slice){mass, from + 0.5 * width, width * width / 12};
}

static struct slice slice_between(const struct distribution *law, double low, double high);

static struct slice hyperexponential_between(const struct distribution *law, double low,
                                             double high)
{
    struct distribution phase_1 = {.kind = DISTRIBUTION_EXPONENTIAL, .a = law->b};
    struct distribution phase_2 = {.kind = DISTRIBUTION_EXPONENTIAL, .a = law->c};
    struct slice first = slice_between(&phase_1, low, high);
    struct slice second = slice_between(&phase_2, low, high);
    first.mass *= law->a;
    second.mass *= 1 - law->a;
    return merge_slices(first, second);
}

static struct slice mixture_between(const struct distribution *law, double low, double high)
{
    struct slice sum = {0};
    for (size_t i = 0; i < law->count; i++) {
        const struct distribution *part = law->parts[i];
        double from = low, to = high;
        if (part->is_truncated) {
            from = fmax(low, part->lowest);
            to = fmin(high, part->highest);
        }
        struct slice slice = slice_between(part, from, to);
        slice.mass *= law->shares[i];
        if (part->is_truncated && part->kind != DISTRIBUTION_SUM)
            slice.mass /= distribution_kept(part);
        sum = merge_slices(sum, slice);
    }
    return sum;
}

/* The parts' truncations count; bounds on the sum itself leave no closed form. */
static struct slice sum_between(const struct distribution *law, double low, double high)
{
    if (low > 0 || high < INFINITY)
        return (struct slice){NAN, NAN, NAN};
    struct slice sum = {1, 0, 0};
    for (size_t i = 0; i < law->count; i++) {
        sum.mean += distribution_mean(law->parts[i]);
        sum.variance += distribution_variance(law->parts[i]);
    }
    return sum;
}

/* ---- where the closed forms cancel --------------------------------------------------------- */

/* The density at mode + distance over the density at mode, for the laws that slice_by_density
 * takes. In logarithms of ratios, which stay exact for narrow laws. */
static double relative_density(const struct distribution *law, double mode, double distance)
{
    double log_ratio = log1p(distance / mode), z, power;
    switch (law->kind) {
    case DISTRIBUTION_EXPONENTIAL:
        return exp(-distance / law->a);
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return exp((law->a - 1) * log_ratio - distance / law->b);
    case DISTRIBUTION_LOGNORMAL:
        z = (log(mode) - law->a) / law->b;
        return exp(-log_ratio - log_ratio / law->b * (z + 0.5 * log_ratio / law->b));
    case DISTRIBUTION_WEIBULL:
        power = pow(mode / law->b, law->a);
        return exp((law->a - 1) * log_ratio - power * expm1(law->a * log_ratio));
    default: /* Pareto */
        assert(law->kind == DISTRIBUTION_PARETO);
        return exp(-(law->a + 1) * log1p(distance / (law->b + mode)));
    }
}

/* The most likely value of the whole law. */
static double mode_of(const struct distribution *law)
{
    switch (law->kind) {
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return fmax(law->a - 1, 0) * law->b;
    case DISTRIBUTION_LOGNORMAL:
        return exp(law->a - law->b * law->b);
    case DISTRIBUTION_WEIBULL:
        return law->a > 1 ? law->b * pow(1 - 1 / law->a, 1 / law->a) : 0;
    default:
        return 0;
    }
}

/* The stretch of [low, high] outside which lies 1e-17 of the mass at each end. A bound stays where
 * it is unless that is much nearer: computed from a probability it would be rounded. */
static void clip_bounds(const struct distribution *law, double *low, double *high)
{
    struct distribution cut = *law;
    cut.is_truncated = true;
    cut.lowest = *low;
    cut.highest = *high;
    double from = distribution_invert(&cut, (struct tails){1e-17, 1});
    double to = distribution_invert(&cut, (struct tails){1, 1e-17}), near = 1e-3 * (to - from);
    if (from - *low > near)
        *low = from;
    if (*high - to > near)
        *high = to;
}

/* Gauss-Legendre: PANELS of NODES each. The origin is at the mode, which is within a few deviations
 * of the mean, so that the variance does not cancel. */
static struct slice slice_by_density(const struct distribution *law, double low, double high)
{
    enum { PANELS = 32, NODES = 16 };
    double mass = distribution_whole_between(law, low, high);
    clip_bounds(law, &low, &high);
    double mode = fmin(fmax(mode_of(law), low), high), width = (high - low) / PANELS;
    gsl_integration_glfixed_table *table =
        arena_library_memory(gsl_integration_glfixed_table_alloc(NODES));
    double moment[3] = {0};
    for (int panel = 0; panel < PANELS; panel++)
        for (size_t node = 0; node < NODES; node++) {
            double start = low - mode + panel * width, at, weight;
            gsl_integration_glfixed_point(start, start + width, node, &at, &weight, table);
            weight *= relative_density(law, mode, at);
            moment[0] += weight;
            moment[1] += weight * at;
            moment[2] += weight * at * at;
        }
    gsl_integration_glfixed_table_free(table);
    double first = moment[1] / moment[0];
    return (struct slice){mass, mode + first, moment[2] / moment[0] - first * first};
}

/* True if the closed forms may have lost digits: the square of a mean was subtracted from a second
 * moment hardly greater. The density is then a bell far from 0 or hardly bends between the bounds,
 * and 0, where a gamma of shape below 1 has its pole, is none of them. */
static bool has_cancelled(struct slice slice)
{
    return !(slice.variance > 1e-2 * slice.mean * slice.mean);
}

/* One of the laws with a density, low < high. */
static struct slice continuous_between(const struct distribution *law, double low, double high)
{
    struct slice slice;
    switch (law->kind) {
    case DISTRIBUTION_EXPONENTIAL:
        slice = gamma_between(1, law->a, low, high);
        break;
    case DISTRIBUTION_LOGNORMAL:
        slice = lognormal_between(law, low, high);
        break;
    case DISTRIBUTION_WEIBULL:
        slice = weibull_between(law, low, high);
        break;
    case DISTRIBUTION_PARETO:
        slice = pareto_between(law, low, high);
        break;
    default:
        slice = gamma_between(law->a, law->b, low, high);
    }
    return has_cancelled(slice) ? slice_by_density(law, low, high) : slice;
}

static struct slice continuous_whole(const struct distribution *law)
{
    switch (law->kind) {
    case DISTRIBUTION_EXPONENTIAL:
        return whole_gamma(1, law->a);
    case DISTRIBUTION_LOGNORMAL:
        return whole_lognormal(law);
    case DISTRIBUTION_WEIBULL:
        return whole_weibull(law);
    case DISTRIBUTION_PARETO:
        return whole_pareto(law);
    default:
        return whole_gamma(law->a, law->b);
    }
}

/* ---- any law ------------------------------------------------------------------------------- */

static struct slice point_between(double value, double low, double high)
{
    return (struct slice){value >= low && value <= high ? 1 : 0, value, 0};
}

/* Of the law before its own truncation. */
static struct slice slice_between(const struct distribution *law, double low, double high)
{
    low = fmax(low, 0);
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        return point_between(law->a, low, high);
    case DISTRIBUTION_UNIFORM:
        return uniform_between(law, low, high);
    case DISTRIBUTION_EMPIRICAL:
        return empirical_between(law, low, high);
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return hyperexponential_between(law, low, high);
    case DISTRIBUTION_MIXTURE:
        return mixture_between(law, low, high);
    case DISTRIBUTION_SUM:
        return sum_between(law, low, high);
    case DISTRIBUTION_LOGNORMAL:
        if (law->b == 0)
            return point_between(exp(law->a), low, high);
        break;
    default:
        break;
    }
    if (low == 0 && isinf(high))
        return continuous_whole(law);
    if (low < high)
        return continuous_between(law, low, high);
    return (struct slice){0, low, 0};
}

static struct slice slice_of(const struct distribution *law)
{
    if (law->is_truncated)
        return slice_between(law, law->lowest, law->highest);
    return slice_between(law, 0, INFINITY);
}

double distribution_mean(const struct distribution *law)
{
    if (law->kind == DISTRIBUTION_OF_REQUEST)
        return law->b;
    return slice_of(law).mean;
}

double distribution_rough_mean(const struct distribution *law)
{
    double mean = distribution_mean(law), sum = 0;
    if (!isnan(mean))
        return mean;
    for (size_t i = 0; i < law->count; i++)
        sum += (law->kind == DISTRIBUTION_MIXTURE ? law->shares[i] : 1) *
               distribution_rough_mean(law->parts[i]);
    return law->is_truncated ? fmin(fmax(sum, law->lowest), law->highest) : sum;
}

double distribution_variance(const struct distribution *law)
{
    return slice_of(law).variance;
}

bool distribution_is_constant(const struct distribution *law)
{
    if (law->is_truncated && law->lowest == law->highest)
        return true;
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        return true;
    case DISTRIBUTION_UNIFORM:
        return law->a == law->b;
    case DISTRIBUTION_LOGNORMAL:
        return law->b == 0;
    case DISTRIBUTION_EMPIRICAL:
        return law->values[0] == law->values[law->count - 1];
    case DISTRIBUTION_MIXTURE:
    case DISTRIBUTION_SUM:
        break;
    default:
        return false;
    }
    for (size_t i = 0; i < law->count; i++) {
        if (!distribution_is_constant(law->parts[i]))
            return false;
        bool is_choice = law->kind == DISTRIBUTION_MIXTURE;
        if (is_choice && distribution_mean(law->parts[i]) != distribution_mean(law->parts[0]))
            return false;
    }
    return true;
}
