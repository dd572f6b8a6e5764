/* histogram.h - counts on the bits of the value, for quantiles with a known error.
 *
 * Values are int64 nanoseconds, >= 0. Zero has a bucket of its own. Values below 2^9 have exact
 * buckets; above, each power of two is split into 256 buckets, so a bucket is at most 1/256 of its
 * value wide and its middle is within 0.2 % of any value in it. All 63 octaves are covered: nothing
 * is out of range. Merging adds integers, so no order of merging can change a quantile. Cost of an
 * addition: one shift, one increment. Source: the log-linear layout of HdrHistogram and DDSketch's
 * relative-error guarantee (Masson et al., VLDB 2019). */
#ifndef CAPSIM_SIM_STATS_HISTOGRAM_H
#define CAPSIM_SIM_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_SUB_BITS = 8,
    HISTOGRAM_BUCKETS = (63 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS /* 14,336 */
};

/* The bucket of value (ns, >= 0). */
static inline uint32_t histogram_bucket(int64_t value)
{
    uint64_t v = (uint64_t)value;
    uint32_t shift =
        (uint32_t)(63 - __builtin_clzll(v | (1u << HISTOGRAM_SUB_BITS))) - HISTOGRAM_SUB_BITS;
    return (shift << HISTOGRAM_SUB_BITS) + (uint32_t)(v >> shift);
}

/* The value in the middle of a bucket [ns]; exact for buckets one wide. */
double histogram_value(uint32_t bucket);

/* A merged histogram: 64-bit counts. counts[HISTOGRAM_BUCKETS]. */
struct histogram {
    uint64_t total;
    uint64_t *counts;
};

/* Adds a replication's 32-bit counts[HISTOGRAM_BUCKETS] to sum. */
void histogram_merge(struct histogram *sum, const uint32_t *counts);

/* The q-quantile [ns] of counts that add up to total: the value of the bucket that holds
 * observation number ceil(total * q), counting from 1 (Hyndman & Fan type 1). 0 < q < 1. NaN when
 * total is 0. */
double histogram_quantile(const uint32_t *counts, uint64_t total, double q);
double histogram_merged_quantile(const struct histogram *sum, double q);

#endif
