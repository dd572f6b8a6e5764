/* SPDX-License-Identifier: GPL-3.0-or-later */
/* histogram.h - counts on the bits of the value, for quantiles with a known error.
 *
 * Values are int64 nanoseconds, >= 0. Zero has a bucket of its own. Values below 2^10 have exact
 * buckets; above, each power of two is split into 512 buckets, so a bucket is at most 1/512 of its
 * value wide and no value in it is further than 0.2 % from any other. All 63 octaves are covered:
 * nothing is out of range. Within its bucket a quantile is interpolated, so where the density is
 * smooth its error is far below that, and below any confidence interval. Merging adds integers, so
 * no order of merging can change a quantile. Cost of an addition: one shift, one increment. Source:
 * the log-linear layout of HdrHistogram and DDSketch's relative-error guarantee (Masson et al.,
 * VLDB 2019). */
#ifndef CAPSIM_SIM_STATS_HISTOGRAM_H
#define CAPSIM_SIM_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_SUB_BITS = 9,
    HISTOGRAM_BUCKETS = (63 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS /* 28,160 */
};

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

/* A merged histogram: 64-bit counts. counts[HISTOGRAM_BUCKETS]. */
struct histogram {
    uint64_t total;
    uint64_t *counts;
};

/* Adds a replication's 32-bit counts[HISTOGRAM_BUCKETS] to sum. */
void histogram_merge(struct histogram *sum, const uint32_t *counts);

/* The q-quantile [ns] of counts that add up to total: observation number ceil(total * q), counting
 * from 1 (Hyndman & Fan type 1), those of one bucket taken to lie evenly in it. 0 < q < 1. NaN when
 * total is 0. */
double histogram_quantile(const uint32_t *counts, uint64_t total, double q);
double histogram_merged_quantile(const struct histogram *sum, double q);

#endif
