/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/histogram.h"
#include <assert.h>
#include <float.h>
#include <math.h>

enum { EXACT_BUCKETS = 2 << HISTOGRAM_SUB_BITS }; /* below it a bucket is one wide */

/* The least value of a bucket; one past the last bucket: the end of the range. */
static double histogram_low(uint32_t bucket)
{
    if (bucket < EXACT_BUCKETS)
        return bucket;
    uint32_t shift = (bucket >> HISTOGRAM_SUB_BITS) - 1;
    return ldexp(bucket - (shift << HISTOGRAM_SUB_BITS), (int)shift);
}

double histogram_value(uint32_t bucket)
{
    assert(bucket < HISTOGRAM_BUCKETS);
    double low = histogram_low(bucket);
    return low + 0.5 * (histogram_low(bucket + 1) - low - 1);
}

int64_t histogram_start(uint32_t bucket)
{
    assert(bucket < HISTOGRAM_BUCKETS);
    return (int64_t)histogram_low(bucket);
}

void histogram_merge(struct histogram *sum, const uint32_t *counts)
{
    uint64_t added = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        sum->counts[i] += counts[i];
        added += counts[i];
    }
    sum->total += added;
}

/* Which of total observations is the q-quantile, from 1. q is not exact in binary: 0.07 * 100 comes
 * out above 7, so a product within its rounding error of an integer is that integer. */
static uint64_t quantile_rank(uint64_t total, double q)
{
    assert(q > 0 && q < 1);
    double product = (double)total * q, nearest = round(product);
    double rank = fabs(product - nearest) <= 2 * DBL_EPSILON * product ? nearest : ceil(product);
    if (rank < 1)
        return 1;
    return rank < (double)total ? (uint64_t)rank : total;
}

/* The value of the rank-th of the `count` observations in a bucket, before which `before` were
 * seen: they are taken to lie evenly in it. */
static double value_in_bucket(uint32_t bucket, uint64_t count, uint64_t before, uint64_t rank)
{
    double low = histogram_low(bucket), width = histogram_low(bucket + 1) - low;
    if (width <= 1)
        return low;
    return low + width * ((double)(rank - before) - 0.5) / (double)count;
}

double histogram_quantile(const uint32_t *counts, uint64_t total, double q)
{
    if (total == 0)
        return NAN;
    uint64_t rank = quantile_rank(total, q), before = 0;
    uint32_t bucket = 0;
    while (before + counts[bucket] < rank) {
        before += counts[bucket++];
        assert(bucket < HISTOGRAM_BUCKETS);
    }
    return value_in_bucket(bucket, counts[bucket], before, rank);
}

double histogram_merged_quantile(const struct histogram *sum, double q)
{
    if (sum->total == 0)
        return NAN;
    uint64_t rank = quantile_rank(sum->total, q), before = 0;
    uint32_t bucket = 0;
    while (before + sum->counts[bucket] < rank) {
        before += sum->counts[bucket++];
        assert(bucket < HISTOGRAM_BUCKETS);
    }
    return value_in_bucket(bucket, sum->counts[bucket], before, rank);
}
