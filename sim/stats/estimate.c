/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/estimate.h"
#include "sim/stats/neumaier.h"
#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

/* One number per replication: values[i * stride], or the paired difference values[i * stride] -
 * factor * from[i * stride_from] when from is not NULL. */
struct series {
    const double *values;
    size_t count, stride;
    const double *from;
    size_t stride_from;
    double factor;
};

static double series_at(const struct series *series, size_t i)
{
    double value = series->values[i * series->stride];
    return series->from == NULL ? value
                                : value - series->factor * series->from[i * series->stride_from];
}

/* What the numbers that are not NaN have in common. */
struct sample {
    size_t count;
    double mean, smallest, largest;
};

static struct sample sample_of(const struct series *series)
{
    struct sample sample = {0, NAN, INFINITY, -INFINITY};
    struct neumaier total = {0, 0};
    for (size_t i = 0; i < series->count; i++) {
        double value = series_at(series, i);
        if (isnan(value))
            continue;
        sample.count++;
        neumaier_add(&total, value);
        sample.smallest = fmin(sample.smallest, value);
        sample.largest = fmax(sample.largest, value);
    }
    /* The mean of equal values is that value to the last bit, so that a limit equal to it is
     * met. */
    if (sample.count > 0)
        sample.mean = sample.smallest == sample.largest
                          ? sample.smallest
                          : neumaier_total(&total) / (double)sample.count;
    return sample;
}

/* Sum of the squared distances to centre, NaN left out. */
static double squares_about(double centre, const struct series *series)
{
    struct neumaier total = {0, 0};
    for (size_t i = 0; i < series->count; i++) {
        double distance = series_at(series, i) - centre;
        if (!isnan(distance))
            neumaier_add(&total, distance * distance);
    }
    return neumaier_total(&total);
}

/* The t interval about centre, from `used` values whose squared distances add up to squares. */
static struct estimate interval_about(double centre, size_t used, double squares, double confidence)
{
    struct estimate result = {.estimate = centre,
                              .low = -INFINITY,
                              .high = INFINITY,
                              .standard_error = NAN,
                              .replications = used};
    if (used == 0)
        result.estimate = result.low = result.high = NAN;
    if (used < 2)
        return result;
    result.standard_error = sqrt(squares / (double)(used - 1) / (double)used);
    double half_width = estimate_t(confidence, used - 1) * result.standard_error;
    result.low = centre - half_width;
    result.high = centre + half_width;
    result.has_interval = true;
    return result;
}

double estimate_t(double confidence, size_t df)
{
    assert(df >= 1 && confidence > 0 && confidence < 1);
    return gsl_cdf_tdist_Qinv((1 - confidence) / 2, (double)df);
}

struct estimate estimate_mean(const double *values, size_t count, size_t stride, double confidence)
{
    struct series series = {.values = values, .count = count, .stride = stride};
    struct sample sample = sample_of(&series);
    double squares = squares_about(sample.mean, &series);
    return interval_about(sample.mean, sample.count, squares, confidence);
}

/* With fewer values their skewness says nothing, while t is wide. */
enum { MIN_FOR_SKEWNESS = 10 };

/* The skewness of the numbers that are not NaN, 3 or more; 0 when all are equal. */
static double skewness_of(const struct series *series, const struct sample *sample)
{
    double n = (double)sample->count;
    if (sample->smallest == sample->largest)
        return 0;
    double sd = sqrt(squares_about(sample->mean, series) / (n - 1));
    struct neumaier cubes = {0, 0};
    for (size_t i = 0; i < series->count; i++) {
        double distance = (series_at(series, i) - sample->mean) / sd;
        if (!isnan(distance))
            neumaier_add(&cubes, distance * distance * distance);
    }
    return neumaier_total(&cubes) * n / ((n - 1) * (n - 2));
}

/* t for the side on which the interval of values that are so skewed must be longer (estimate.h). */
static double known_t(double t, double skewness, size_t count)
{
    return t + skewness * (2 * t * t + 1) / (6 * sqrt((double)count));
}

/* The same by the skewness of a sample, beyond the noise of that of normal ones. */
static double skewed_t(double t, double skewness, size_t count)
{
    double n = (double)count;
    double noise = sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)));
    return known_t(t, fmax(0, fabs(skewness) - noise), count);
}

/* Mean of the weights of the replications that observed something. */
static double mean_weight(const double *values, const double *weights, size_t count, size_t stride)
{
    struct neumaier total = {0, 0};
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i * stride])) {
            neumaier_add(&total, weights[i * stride]);
            used++;
        }
    return used > 0 ? neumaier_total(&total) / (double)used : 0;
}

struct estimate estimate_quantile(double pooled, double q, const double *values,
                                  const double *weights, size_t count, size_t stride,
                                  double confidence)
{
    struct series series = {.values = values, .count = count, .stride = stride};
    struct sample sample = sample_of(&series);
    double squares = squares_about(pooled, &series);
    struct estimate result = interval_about(pooled, sample.count, squares, confidence);
    if (result.has_interval) {
        double t = estimate_t(confidence, sample.count - 1);
        if (sample.count >= MIN_FOR_SKEWNESS)
            t = skewed_t(t, skewness_of(&series, &sample), sample.count);
        double half_width = t * result.standard_error;
        result.low = fmax(pooled - half_width, 0);
        result.high = pooled + half_width;
    }
    double weight = mean_weight(values, weights, count, stride);
    result.is_unresolved =
        sample.smallest == sample.largest
            ? weight * (double)sample.count * log(fmax(q, 1 - q)) > log((1 - confidence) / 2)
            /* 1 - q is not exact: 4000 observations have 200 beyond p95, not 199.9999. */
            : weight * fmin(q, 1 - q) < ESTIMATE_MIN_TAIL * (1 - 1e-9);
    return result;
}

double estimate_design_effect(const double *means, const double *sds, const double *weights,
                              size_t count, size_t stride)
{
    struct neumaier independent = {0, 0};
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        double sd = sds[i * stride], weight = weights[i * stride];
        if (isnan(means[i * stride]) || isnan(sd) || weight <= 0)
            continue;
        neumaier_add(&independent, sd * sd / weight);
        used++;
    }
    struct series series = {.values = means, .count = count, .stride = stride};
    struct sample sample = sample_of(&series);
    if (used < 2 || sample.smallest == sample.largest)
        return 1;
    double between = squares_about(sample.mean, &series) / (double)(sample.count - 1);
    double ratio = between / (neumaier_total(&independent) / (double)used);
    /* At most, a replication is worth one observation; this also bounds a division by zero. */
    return fmax(1, fmin(ratio, mean_weight(means, weights, count, stride)));
}

struct estimate estimate_paired(const double *from, const double *to, size_t count,
                                size_t stride_from, size_t stride_to, double margin, double centre,
                                double skewness, double confidence)
{
    struct series series = {to, count, stride_to, from, stride_from, 1 + margin};
    struct sample sample = sample_of(&series);
    if (isnan(centre))
        centre = sample.mean;
    struct estimate result =
        interval_about(centre, sample.count, squares_about(centre, &series), confidence);
    if (!result.has_interval || sample.smallest == sample.largest)
        return result;
    double seen = sample.count < MIN_FOR_SKEWNESS ? 0 : skewness_of(&series, &sample);
    double t = estimate_t(confidence, sample.count - 1);
    double half_width = fmax(skewed_t(t, seen, sample.count), known_t(t, skewness, sample.count)) *
                        result.standard_error;
    result.low = centre - half_width;
    result.high = centre + half_width;
    return result;
}

/* Where the tail of Beta(a, b) on one side is alpha, between edge (where it is 0) and the other end
 * `beyond` (where it is more): bisection on GSL's tail, because GSL's own quantile fails from a
 * thousand events on. The tail itself is NaN only near the middle of a very narrow distribution, so
 * NaN counts as more than alpha. */
static double beta_bound(double (*tail)(double, double, double), double edge, double beyond,
                         double a, double b, double alpha)
{
    for (;;) {
        double middle = edge + (beyond - edge) / 2;
        if (middle == edge || middle == beyond)
            return middle;
        if (tail(middle, a, b) <= alpha)
            edge = middle;
        else
            beyond = middle;
    }
}

void estimate_binomial(double k, double n, double confidence, double *low, double *high)
{
    assert(n >= 1 && k >= 0 && k <= n);
    double alpha = (1 - confidence) / 2, share = k / n;
    if (k <= 0)
        *low = 0;
    else if (k >= n)
        *low = exp(log(alpha) / n);
    else
        *low = beta_bound(gsl_cdf_beta_P, 0, share, k, n - k + 1, alpha);
    if (k >= n)
        *high = 1;
    else if (k <= 0)
        *high = -expm1(log(alpha) / n);
    else
        *high = beta_bound(gsl_cdf_beta_Q, 1, share, k + 1, n - k, alpha);
}
