/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tally.h - what is observed once per request: count, sum, spread, largest, a histogram for
 * quantiles, and exactly how many are beyond some limits (beyond.h).
 *
 * Sums are exact integers, so the order of observations cannot change them, and the spread of equal
 * observations is zero. The sum of squares may wrap round 2^128: the spread is still exact as long
 * as the squared deviations from the mean add up to less (2^32 observations with a spread of three
 * days). */
#ifndef CAPSIM_SIM_STATS_TALLY_H
#define CAPSIM_SIM_STATS_TALLY_H

#include "sim/base/wide.h"
#include "sim/stats/histogram.h"
#include <stdbool.h>

struct tally {
    wide_int sum;          /* [ns] */
    wide_uint sum_squares; /* modulo 2^128 [ns^2] */
    uint64_t count;
    int64_t largest;   /* [ns]; 0 when count is 0 */
    uint32_t *buckets; /* HISTOGRAM_BUCKETS counts; histogram_empty: no observation yet. A
                              replication has fewer than 2^32 observations */
    bool is_new;       /* no buckets of its own yet                                           */
    bool has_more;     /* to do than to count: it has limits, or is new                       */
    uint32_t limit_count;
    const int64_t *limits; /* [limit_count] for most tallies none                               */
    uint32_t *beyond;      /* [limit_count] observations greater than each, unless it is negative */
    struct arena *arena;   /* of buckets, once there are any */
};

/* An empty tally, whose buckets will be in arena. */
struct tally tally_make(struct arena *arena);
/* The tally has buckets of its own from here on. */
void tally_begin(struct tally *tally);
/* Gives an empty tally limits[count], of which beyond[count] will be counted. */
void tally_set_limits(struct tally *tally, const int64_t *limits, uint32_t *beyond, uint32_t count);

/* What few tallies have to do with a value: one test for all of it. */
static inline void tally_do_more(struct tally *tally, int64_t value)
{
    if (tally->is_new)
        tally_begin(tally);
    for (uint32_t i = 0; i < tally->limit_count; i++)
        tally->beyond[i] += value > tally->limits[i] ? 1 : 0;
}

/* Adds one observation [ns, >= 0]. */
static inline void tally_add(struct tally *tally, int64_t value)
{
    tally->count++;
    wide_add(&tally->sum, (uint64_t)value);
    tally->sum_squares += (wide_uint)(uint64_t)value * (uint64_t)value;
    if (value > tally->largest)
        tally->largest = value;
    if (__builtin_expect(tally->has_more, 0))
        tally_do_more(tally, value);
    tally->buckets[histogram_bucket(value)]++;
}

/* Takes back one observation that was added; `largest` stays. */
static inline void tally_take_back(struct tally *tally, int64_t value)
{
    tally->count--;
    tally->sum -= value;
    tally->sum_squares -= (wide_uint)(uint64_t)value * (uint64_t)value;
    tally->buckets[histogram_bucket(value)]--;
    for (uint32_t i = 0; i < tally->limit_count; i++)
        tally->beyond[i] -= value > tally->limits[i] ? 1 : 0;
}

/* Adds one observation of zero: most waits are, and it costs two increments; it is beyond none of
 * the limits. */
static inline void tally_add_zero(struct tally *tally)
{
    tally->count++;
    if (__builtin_expect(tally->is_new, 0))
        tally_begin(tally);
    tally->buckets[0]++;
}

/* Mean and standard deviation (n - 1 below) [ns]; NaN when there are too few: none for a mean, one
 * for a standard deviation. */
double tally_mean(const struct tally *tally);
double tally_sd(const struct tally *tally);
/* How many are greater than limit [ns], one of limits[], or any that is negative. */
uint64_t tally_beyond(const struct tally *tally, int64_t limit);
/* Adds to sum those of part that are beyond sum's limits, which are among part's. */
void tally_add_beyond(struct tally *sum, const struct tally *part);
/* Forgets all observations; the limits stay. */
void tally_reset(struct tally *tally);

#endif
