/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_value.h"
#include <math.h>

static const double NS_PER_S = 1e9;

/* Quantile of what was observed since `from`; scratch[HISTOGRAM_BUCKETS] is for the difference. */
static double quantile_since(const struct tally *then, const struct tally *now, double q,
                             uint32_t *scratch)
{
    uint64_t count = now->count - then->count;
    const uint32_t *buckets = now->buckets;
    if (then->buckets && then->count > 0) {
        for (int b = 0; b < HISTOGRAM_BUCKETS; b++)
            scratch[b] = now->buckets[b] - then->buckets[b];
        buckets = scratch;
    }
    double value = histogram_quantile(buckets, count, q);
    if (value > (double)now->largest) /* the bucket is wider than what is in it */
        value = (double)now->largest;
    return value / NS_PER_S;
}

static double tally_value(const struct metric_source *source, const struct tally *then,
                          const struct tally *now, uint32_t *scratch)
{
    struct tally since = {.count = now->count - then->count,
                          .sum = now->sum - then->sum,
                          .sum_squares = now->sum_squares - then->sum_squares};
    switch (source->kind) {
    case SOURCE_TALLY_MEAN:
        return tally_mean(&since) / NS_PER_S / source->scale;
    case SOURCE_TALLY_SD:
        return tally_sd(&since) / NS_PER_S;
    case SOURCE_TALLY_QUANTILE:
        return quantile_since(then, now, source->quantile, scratch);
    case SOURCE_TALLY_NONZERO: {
        uint32_t zeros = now->buckets[0] - (then->buckets ? then->buckets[0] : 0);
        return since.count ? 1 - (double)zeros / (double)since.count : NAN;
    }
    default:
        return now->count ? (double)now->largest / NS_PER_S : NAN;
    }
}

static double count_since(int at, const struct snapshot *from, const struct statistics *statistics)
{
    return at == NO_COUNT ? 0 : (double)(statistics->counts[at] - from->counts[at]);
}

static double share_value(const struct metric_source *source, const struct snapshot *from,
                          const struct statistics *statistics, double *trials)
{
    *trials = 0;
    double events = 0;
    for (int i = 0; i < MAX_TRIALS; i++)
        *trials += count_since(source->over[i], from, statistics);
    for (int i = 0; i < MAX_EVENTS; i++)
        events += count_since(source->at[i], from, statistics);
    return *trials > 0 ? events / *trials : NAN;
}

/* What a mean level is divided by. A capacity that does not change while it is measured is what it
 * is, to the last bit. */
static double scale_of(const struct metric_source *source, const struct snapshot *from,
                       const struct statistics *statistics, int64_t now)
{
    if (!statistics->capacity || source->capacity < 0)
        return source->scale;
    const struct time_average *capacity = &statistics->capacity[source->capacity];
    wide_int area = time_average_integral(capacity, now) - from->capacities[source->capacity];
    if (area == (wide_int)capacity->level * (now - from->time))
        return (double)capacity->level;
    return (double)area / (double)(now - from->time);
}

static double value_of_one(const struct metric_source *source, const struct snapshot *from,
                           const struct statistics *statistics, int64_t now, const double *peaks,
                           uint32_t *scratch, double *weight)
{
    double length_ns = (double)(now - from->time), scale;
    int at = source->at[0];
    *weight = 1;
    switch (source->kind) {
    case SOURCE_LEVEL_MEAN:
        scale = scale_of(source, from, statistics, now);
        *weight = length_ns / NS_PER_S * scale;
        return (double)(time_average_integral(&statistics->levels[at], now) - from->integrals[at]) /
               length_ns / scale;
    case SOURCE_LEVEL_MAX:
        return (double)statistics->levels[at].largest / source->scale;
    case SOURCE_LEVEL_PEAK:
        return peaks[at] / source->scale;
    case SOURCE_PER_SECOND:
        *weight = length_ns / NS_PER_S;
        return count_since(at, from, statistics) / (length_ns / NS_PER_S);
    case SOURCE_TALLY_BEYOND:
        *weight = (double)statistics->tallies[at].count;
        return *weight > 0 ? (double)tally_beyond(&statistics->tallies[at], source->limit) / *weight
                           : NAN;
    case SOURCE_SHARE:
        return share_value(source, from, statistics, weight);
    case SOURCE_IN_EVERY:
    case SOURCE_OVER:
    case SOURCE_FOR:
    case SOURCE_SERIES:
    case SOURCE_CHECK:
        return NAN;
    default:
        *weight = (double)(statistics->tallies[at].count - from->tallies[at].count);
        return tally_value(source, &from->tallies[at], &statistics->tallies[at], scratch);
    }
}

void metric_value_next_copy(struct metric_source *source)
{
    source->capacity += source->capacity >= 0;
    for (int i = 0; i < MAX_EVENTS; i++)
        source->at[i] += source->at[i] == NO_COUNT ? 0 : source->stride;
    for (int i = 0; i < MAX_TRIALS; i++)
        source->over[i] += source->over[i] == NO_COUNT ? 0 : source->stride;
}

double metric_value(const struct metric_source *source, const struct snapshot *from,
                    const struct statistics *statistics, int64_t now, const double *peaks,
                    uint32_t *scratch, double *weight)
{
    double worst = value_of_one(source, from, statistics, now, peaks, scratch, weight);
    struct metric_source copy = *source;
    for (int c = 1; c < source->copies; c++) {
        double its_weight;
        metric_value_next_copy(&copy);
        double value = value_of_one(&copy, from, statistics, now, peaks, scratch, &its_weight);
        if (isnan(value) || value <= worst)
            continue;
        worst = value;
        *weight = its_weight;
    }
    return worst;
}
