/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/tally.h"
#include <assert.h>
#include <math.h>
#include <string.h>

struct tally tally_make(struct arena *arena)
{
    return (struct tally){
        .buckets = histogram_empty, .arena = arena, .is_new = true, .has_more = true};
}

void tally_begin(struct tally *tally)
{
    if (tally->is_new)
        tally->buckets = arena_array(tally->arena, HISTOGRAM_BUCKETS, sizeof *tally->buckets);
    tally->is_new = false;
    tally->has_more = tally->limit_count > 0;
}

void tally_set_limits(struct tally *tally, const int64_t *limits, uint32_t *beyond, uint32_t count)
{
    tally->limits = limits;
    tally->beyond = beyond;
    tally->limit_count = count;
    tally->has_more = count > 0 || tally->is_new;
}

double tally_mean(const struct tally *tally)
{
    return tally->count > 0 ? (double)tally->sum / (double)tally->count : NAN;
}

/* Deviations are taken from the mean rounded down to an integer, in integers modulo 2^128: nothing
 * cancels, however small the spread is beside the mean. */
double tally_sd(const struct tally *tally)
{
    if (tally->count < 2)
        return NAN;
    wide_uint count = tally->count, sum = (wide_uint)tally->sum;
    wide_uint centre = sum / count;
    wide_uint squares = tally->sum_squares - 2 * centre * sum + centre * centre * count;
    double rest = (double)(sum - centre * count), n = (double)tally->count;
    return sqrt(((double)squares - rest * rest / n) / (n - 1));
}

void tally_reset(struct tally *tally)
{
    *tally = (struct tally){.buckets = tally->buckets,
                            .arena = tally->arena,
                            .limits = tally->limits,
                            .beyond = tally->beyond,
                            .limit_count = tally->limit_count,
                            .is_new = tally->is_new,
                            .has_more = tally->has_more};
    if (!tally->is_new)
        memset(tally->buckets, 0, HISTOGRAM_BUCKETS * sizeof *tally->buckets);
    for (uint32_t i = 0; i < tally->limit_count; i++)
        tally->beyond[i] = 0;
}

uint64_t tally_beyond(const struct tally *tally, int64_t limit)
{
    if (limit < 0)
        return tally->count;
    uint32_t i = 0;
    while (i < tally->limit_count && tally->limits[i] != limit)
        i++;
    assert(i < tally->limit_count);
    return tally->beyond[i];
}

void tally_add_beyond(struct tally *sum, const struct tally *part)
{
    for (uint32_t i = 0; i < sum->limit_count; i++)
        sum->beyond[i] += (uint32_t)tally_beyond(part, sum->limits[i]);
}
