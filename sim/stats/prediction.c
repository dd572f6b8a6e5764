/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/prediction.h"
#include "sim/stats/estimate.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The values that are not NaN, ascending; their number in *count. */
static double *sort_values(const double *values, size_t *count, size_t stride, struct arena *arena)
{
    double *sorted = arena_array(arena, *count, sizeof *sorted);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (!isnan(values[i * stride]))
            sorted[kept++] = values[i * stride];
    *count = kept;
    if (kept > 0)
        qsort(sorted, kept, sizeof *sorted, by_value);
    return sorted;
}

struct prediction prediction_of_next(const double *values, size_t count, size_t stride,
                                     double confidence, struct arena *arena)
{
    double *sorted = sort_values(values, &count, stride, arena);
    struct prediction prediction = {-INFINITY, INFINITY, count, false};
    if (count < 2)
        return prediction;
    /* 40 * 0.025 must count as 1 although 1 - 0.95 is a little less than 0.05. */
    double rank = floor((double)(count + 1) * (1 - confidence) / 2 + 1e-9);
    if (rank >= 1) {
        prediction.low = sorted[(size_t)rank - 1];
        prediction.high = sorted[count - (size_t)rank];
        prediction.is_by_rank = true;
        return prediction;
    }
    struct estimate mean = estimate_mean(sorted, count, 1, confidence);
    double n = (double)count, sd = mean.standard_error * sqrt(n);
    double half_width = estimate_t(confidence, count - 1) * sd * sqrt(1 + 1 / n);
    prediction.low = mean.estimate - half_width;
    prediction.high = mean.estimate + half_width;
    return prediction;
}

double prediction_of_rare(double rate_high, double trials, double confidence)
{
    double mean = rate_high * trials;
    unsigned count = 0;
    while (mean > 0 && gsl_cdf_poisson_Q(count, mean) > (1 - confidence) / 2)
        count++;
    return fmin(1, count / trials);
}
