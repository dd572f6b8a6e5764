/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/histogram.h"
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

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

uint32_t histogram_empty[HISTOGRAM_BUCKETS];

static uint64_t *octave_of(struct histogram *sum, uint32_t octave, struct arena *arena)
{
    if (!sum->octaves[octave])
        sum->octaves[octave] = arena_array(arena, HISTOGRAM_OCTAVE, sizeof(uint64_t));
    return sum->octaves[octave];
}

static uint64_t sum_of(const uint32_t *counts)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HISTOGRAM_OCTAVE; i++)
        sum += counts[i];
    return sum;
}

void histogram_merge(struct histogram *sum, const uint32_t *counts, struct arena *arena)
{
    if (counts == histogram_empty)
        return;
    for (uint32_t octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
        const uint32_t *from = counts + octave * HISTOGRAM_OCTAVE;
        uint64_t added = sum_of(from);
        if (added == 0)
            continue;
        uint64_t *to = octave_of(sum, octave, arena);
        for (uint32_t i = 0; i < HISTOGRAM_OCTAVE; i++)
            to[i] += from[i];
        sum->total += added;
    }
}

void histogram_add(struct histogram *sum, uint32_t bucket, uint64_t count, struct arena *arena)
{
    assert(bucket < HISTOGRAM_BUCKETS);
    octave_of(sum, bucket / HISTOGRAM_OCTAVE, arena)[bucket % HISTOGRAM_OCTAVE] += count;
    sum->total += count;
}

uint64_t histogram_count(const struct histogram *sum, uint32_t bucket)
{
    const uint64_t *octave = sum->octaves[bucket / HISTOGRAM_OCTAVE];
    return octave ? octave[bucket % HISTOGRAM_OCTAVE] : 0;
}

void histogram_copy(struct histogram *copy, const struct histogram *of, struct arena *arena)
{
    *copy = (struct histogram){.total = of->total};
    for (uint32_t octave = 0; octave < HISTOGRAM_OCTAVES; octave++)
        if (of->octaves[octave])
            memcpy(octave_of(copy, octave, arena), of->octaves[octave],
                   HISTOGRAM_OCTAVE * sizeof(uint64_t));
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
    while (before + histogram_count(sum, bucket) < rank) {
        before += histogram_count(sum, bucket++);
        assert(bucket < HISTOGRAM_BUCKETS);
    }
    return value_in_bucket(bucket, histogram_count(sum, bucket), before, rank);
}
