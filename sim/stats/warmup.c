/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/warmup.h"
#include <math.h>

enum { BATCH = 5, MIN_BATCHES = 4 };

static double batch_mean(const double *series, size_t batch)
{
    const double *value = series + batch * BATCH;
    return (value[0] + value[1] + value[2] + value[3] + value[4]) / BATCH;
}

/* From the end to the front each step adds one batch, so the mean and the squared deviations of
 * what would be kept are updated (Welford) instead of summed afresh: linear time, no
 * cancellation. */
size_t warmup_mser5(const double *series, size_t count, bool *has_settled, double *mser)
{
    size_t batches = count / BATCH, latest = batches / 2, best = latest;
    double mean = 0, squares = 0, smallest = NAN;
    for (size_t first = batches; first-- > 0;) {
        double value = batch_mean(series, first), kept = (double)(batches - first);
        double deviation = value - mean;
        mean += deviation / kept;
        squares += deviation * (value - mean);
        double criterion = squares / (kept * kept);
        if (first <= latest && (first == latest || criterion <= smallest)) {
            smallest = criterion;
            best = first;
        }
    }
    *has_settled = batches >= MIN_BATCHES && best < latest;
    if (mser != NULL)
        *mser = smallest;
    return BATCH * best;
}
