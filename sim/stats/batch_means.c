/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/batch_means.h"
#include "sim/stats/estimate.h"
#include <math.h>

enum { MAX_BATCHES = 30, MIN_BATCHES = 10 };

struct samples {
    const double *value, *weight;
    size_t count, stride, known; /* known: those that are not NaN */
};

/* mean[batches] of as many samples each, the first `known % batches` one more. */
static void fill_means(const struct samples *samples, size_t batches, double *mean)
{
    double sum[MAX_BATCHES] = {0}, weight[MAX_BATCHES] = {0};
    size_t place = 0;
    for (size_t i = 0; i < samples->count; i++) {
        double value = samples->value[i * samples->stride];
        if (isnan(value))
            continue;
        double w = samples->weight ? samples->weight[i * samples->stride] : 1;
        size_t b = place++ * batches / samples->known;
        sum[b] += w * value;
        weight[b] += w;
    }
    for (size_t b = 0; b < batches; b++)
        mean[b] = weight[b] > 0 ? sum[b] / weight[b] : 0;
}

static double correlate(const double *mean, size_t batches, double *variance)
{
    double centre = 0, square = 0, product = 0;
    for (size_t b = 0; b < batches; b++)
        centre += mean[b] / (double)batches;
    for (size_t b = 0; b < batches; b++) {
        square += (mean[b] - centre) * (mean[b] - centre);
        if (b > 0)
            product += (mean[b] - centre) * (mean[b - 1] - centre);
    }
    *variance = square / ((double)batches - 1);
    /* The estimate of an r of 0 is about -1 / batches. */
    return square > 0 ? product / square + 1 / (double)batches : 0;
}

struct batch_means batch_means(const double *value, const double *weight, size_t count,
                               size_t stride, double confidence)
{
    static const size_t BATCHES[] = {MAX_BATCHES, 20, 15, MIN_BATCHES};
    struct samples samples = {value, weight, count, stride, 0};
    struct batch_means found = {.mean = NAN, .error = NAN, .low = -INFINITY, .high = INFINITY};
    double sum = 0, all = 0, mean[MAX_BATCHES], variance = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(value[i * stride]))
            continue;
        double w = weight ? weight[i * stride] : 1;
        samples.known++;
        sum += w * value[i * stride];
        all += w;
    }
    if (all > 0)
        found.mean = sum / all;
    if (samples.known < MIN_BATCHES)
        return found;
    for (int i = 0; i < 4; i++) {
        /* Batches of one sample are the samples: at least two in each, where there are enough. */
        if (BATCHES[i] > MIN_BATCHES && samples.known < 2 * BATCHES[i])
            continue;
        found.batches = BATCHES[i];
        fill_means(&samples, found.batches, mean);
        found.lag_1 = correlate(mean, found.batches, &variance);
        found.is_correlated = found.lag_1 > 1.645 / sqrt((double)found.batches);
        if (!found.is_correlated)
            break;
    }
    found.size = samples.known / found.batches;
    double r = found.is_correlated ? fmin(found.lag_1, 0.9) : 0;
    found.error = sqrt(variance / (double)found.batches * (1 + r) / (1 - r));
    double half = estimate_t(confidence, found.batches - 1) * found.error;
    found.low = found.mean - half;
    found.high = found.mean + half;
    return found;
}
