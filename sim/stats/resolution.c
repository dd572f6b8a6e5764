/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/resolution.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quantile of sorted[count], the lowest that at least that share is at or below. */
static double quantile(const double *sorted, size_t count, double share)
{
    double rank = ceil(share * (double)count - 1e-9);
    size_t at = rank < 1 ? 0 : (size_t)rank - 1;
    return sorted[at < count ? at : count - 1];
}

/* Standard deviation of the ratios' logarithms; figures of 0 have none. */
static double spread_of_logs(const double *sorted, size_t count)
{
    double sum = 0, squares = 0;
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (sorted[i] > 0) {
            sum += log(sorted[i]);
            used++;
        }
    double mean = sum / (double)used;
    for (size_t i = 0; i < count; i++)
        if (sorted[i] > 0)
            squares += (log(sorted[i]) - mean) * (log(sorted[i]) - mean);
    return used > 1 ? sqrt(squares / (double)(used - 1)) : NAN;
}

struct resolution resolution_of(const double *figures, size_t count, size_t stride, double truth,
                                double a, double b, double confidence, struct arena *arena)
{
    struct resolution found = {
        .low = NAN, .high = NAN, .missed = NAN, .power = NAN, .times_as_large = NAN};
    double *ratios = arena_array(arena, count, sizeof *ratios);
    for (size_t i = 0; i < count; i++)
        if (!isnan(figures[i * stride]))
            ratios[found.tests++] = figures[i * stride] / truth;
    if (found.tests < 2)
        return found;
    qsort(ratios, found.tests, sizeof *ratios, by_value);
    double alpha = 1 - confidence;
    found.low = quantile(ratios, found.tests, alpha / 2);
    found.high = quantile(ratios, found.tests, 1 - alpha / 2);
    double threshold = a * quantile(ratios, found.tests, confidence);
    size_t below_a = 0, above_threshold = 0;
    for (size_t i = 0; i < found.tests; i++) {
        below_a += b * ratios[i] < a;
        above_threshold += b * ratios[i] > threshold;
    }
    found.missed = (double)below_a / (double)found.tests;
    found.power = (double)above_threshold / (double)found.tests;
    found.can_tell = found.power >= confidence;
    double needed = log(b / a) / (2 * gsl_cdf_ugaussian_Qinv(alpha));
    double spread = spread_of_logs(ratios, found.tests);
    found.times_as_large = spread * spread / (needed * needed);
    return found;
}
