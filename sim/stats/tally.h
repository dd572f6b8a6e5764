/* tally.h - what is observed once per request: count, sum, spread, largest, and a histogram for
 * quantiles.
 *
 * Sums are exact integers, so the order of observations cannot change them. */
#ifndef CAPSIM_SIM_STATS_TALLY_H
#define CAPSIM_SIM_STATS_TALLY_H

#include "sim/kernel/wide.h"
#include "sim/stats/histogram.h"

struct tally {
    uint64_t count;
    wide_int sum;       /* [ns] */
    double sum_squares; /* [ns^2] */
    int64_t largest;    /* [ns]; 0 when count is 0 */
    uint32_t
        *buckets; /* HISTOGRAM_BUCKETS counts; a replication has fewer than 2^32 observations */
};

/* Adds one observation [ns, >= 0]. */
static inline void tally_add(struct tally *tally, int64_t value)
{
    tally->count++;
    tally->sum += value;
    tally->sum_squares += (double)value * (double)value;
    if (value > tally->largest)
        tally->largest = value;
    tally->buckets[histogram_bucket(value)]++;
}

/* Adds one observation of zero: most waits are, and it costs two increments. */
static inline void tally_add_zero(struct tally *tally)
{
    tally->count++;
    tally->buckets[0]++;
}

/* Mean and standard deviation (n - 1 below) of count, sum, sum_squares [ns]; NaN when there are too
 * few. */
double tally_mean(const struct tally *tally);
double tally_sd(const struct tally *tally);
/* Forgets all observations. */
void tally_reset(struct tally *tally);

#endif
