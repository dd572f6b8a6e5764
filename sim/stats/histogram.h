/* SPDX-License-Identifier: GPL-3.0-or-later */
/* histogram.h - counts on the bits of the value, for quantiles with a known error.
 *
 * Values are int64 nanoseconds, >= 0. Zero has a bucket of its own. Values below 2^10 have exact
 * buckets; above, each power of two is split into 512 buckets, so a bucket is at most 1/512 of its
 * value wide and no value in it is further than 0.2 % from any other. All 63 octaves are covered:
 * nothing is out of range. Within its bucket a quantile is interpolated, so where the density is
 * smooth its error is far below that, and below any confidence interval. Merging adds integers, so
 * no order of merging can change a quantile. Cost of an addition: one shift, one increment. What is
 * never counted takes no memory: a replication's counts begin as histogram_empty, a merged
 * histogram has the octaves that were seen. Source:
 * the log-linear layout of HdrHistogram and DDSketch's relative-error guarantee (Masson et al.,
 * VLDB 2019). */
#ifndef CAPSIM_SIM_STATS_HISTOGRAM_H
#define CAPSIM_SIM_STATS_HISTOGRAM_H

#include "sim/base/arena.h"
#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_SUB_BITS = 9,
    HISTOGRAM_OCTAVES = 63 - HISTOGRAM_SUB_BITS + 1, /* 55 */
    HISTOGRAM_OCTAVE = 1 << HISTOGRAM_SUB_BITS,
    HISTOGRAM_BUCKETS = HISTOGRAM_OCTAVES << HISTOGRAM_SUB_BITS /* 28,160 */
};

/* The counts of nothing: what nobody has written to yet, and nobody may. */
extern uint32_t histogram_empty[HISTOGRAM_BUCKETS];

/* The bucket of value (ns, >= 0). */
static inline uint32_t histogram_bucket(int64_t value)
{
    uint64_t v = (uint64_t)value;
    uint32_t top = 63 ^ (uint32_t)__builtin_clzll(v | (1u << HISTOGRAM_SUB_BITS));
    uint32_t shift = top - HISTOGRAM_SUB_BITS;
    return (shift << HISTOGRAM_SUB_BITS) + (uint32_t)(v >> shift);
}

/* The value in the middle of a bucket [ns]; exact for buckets one wide. */
double histogram_value(uint32_t bucket);
/* The least value of a bucket [ns]. */
int64_t histogram_start(uint32_t bucket);

/* A merged histogram: 64-bit counts, of octave o for buckets from o * HISTOGRAM_OCTAVE on; NULL
 * where none was seen. octaves grow in arena, which nothing else uses meanwhile. */
struct histogram {
    uint64_t total;
    uint64_t *octaves[HISTOGRAM_OCTAVES];
};

/* Adds a replication's 32-bit counts[HISTOGRAM_BUCKETS] to sum. */
void histogram_merge(struct histogram *sum, const uint32_t *counts, struct arena *arena);
/* Adds count observations of that bucket. */
void histogram_add(struct histogram *sum, uint32_t bucket, uint64_t count, struct arena *arena);
/* How many are in the bucket. */
uint64_t histogram_count(const struct histogram *sum, uint32_t bucket);
/* A copy that shares nothing. */
void histogram_copy(struct histogram *copy, const struct histogram *of, struct arena *arena);

/* The q-quantile [ns] of counts that add up to total: observation number ceil(total * q), counting
 * from 1 (Hyndman & Fan type 1), those of one bucket taken to lie evenly in it. 0 < q < 1. NaN when
 * total is 0. */
double histogram_quantile(const uint32_t *counts, uint64_t total, double q);
double histogram_merged_quantile(const struct histogram *sum, double q);

#endif
