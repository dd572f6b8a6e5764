/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_limits.h"
#include "sim/random/distribution.h"
#include <string.h>

static bool add_limit(struct tally_limits *limits, int64_t limit, struct arena *arena)
{
    for (uint32_t i = 0; i < limits->count; i++)
        if (limits->limits[i] == limit)
            return false;
    if (limits->count == limits->room) {
        uint32_t room = limits->room ? 2 * limits->room : 4;
        int64_t *grown = arena_array(arena, room, sizeof *grown);
        if (limits->count > 0)
            memcpy(grown, limits->limits, limits->count * sizeof *grown);
        limits->limits = grown;
        limits->room = room;
    }
    limits->limits[limits->count++] = limit;
    return true;
}

/* Has tally count at limit, and whatever it is worked out from. */
static void need_limit(struct builder *builder, int tally, int64_t limit)
{
    const struct statistics_layout *layout = builder->layout;
    if (limit < 0 || !add_limit(&builder->metrics->limits[tally], limit, builder->arena))
        return;
    for (size_t d = 0; d < layout->derived_tallies; d++) {
        const struct derived *sum = &layout->tallies[d];
        for (int part = 0; sum->target == tally && part < sum->parts; part++)
            need_limit(builder, sum->first + part * sum->stride, limit);
    }
    for (size_t s = 0; s < layout->kinds[STATION_POOL].stations; s++)
        if (layout_station_tally(layout, STATION_POOL, s, POOL_QUEUEING) == tally)
            need_limit(builder, layout_station_tally(layout, STATION_POOL, s, POOL_WAIT), limit);
}

static void add_share_beyond(struct builder *builder, size_t number)
{
    struct metrics *metrics = builder->metrics;
    const struct criterion_spec *criterion = &builder->spec->criteria[number];
    struct column of = metrics->columns[metrics->criterion_columns[number]];
    int tally = metrics->sources[metrics->criterion_columns[number]].at[0];
    bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    bool is_strict = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_GREATER;
    struct beyond_claim claim =
        beyond_claim_of(of.quantile, is_upper, is_strict, distribution_to_ns(criterion->limit));
    const char *name = arena_printf(builder->arena, "%s beyond %s", of.name, criterion->limit_text);
    struct metric_source *source = metric_builder_add(builder, SOURCE_TALLY_BEYOND, name, "1");
    source->at[0] = tally;
    source->limit = claim.threshold;
    struct column *column = &metrics->columns[metrics->column_count - 1];
    column->kind = COLUMN_RATE;
    column->cluster_mean = of.mean;
    column->cluster_sd = of.mean + 1;
    metrics->criterion_beyond[number] = (int)metrics->column_count - 1;
    metrics->claims[number] = claim;
    need_limit(builder, tally, claim.threshold);
}

void metric_limits_add(struct builder *builder)
{
    struct metrics *metrics = builder->metrics;
    const struct scenario *spec = builder->spec;
    size_t count = spec->criterion_count, tallies = (size_t)builder->layout->tally_count;
    metrics->criterion_beyond = arena_array(builder->arena, count, sizeof(int));
    metrics->claims = arena_array(builder->arena, count, sizeof *metrics->claims);
    metrics->limits = arena_array(builder->arena, tallies, sizeof *metrics->limits);
    metrics->beyond_base = metrics->column_count;
    for (size_t i = 0; i < count; i++)
        if (spec->criteria[i].has_limit &&
            metrics->columns[metrics->criterion_columns[i]].kind == COLUMN_QUANTILE)
            add_share_beyond(builder, i);
}

void metric_limits_attach(const struct metrics *metrics, const struct statistics_layout *layout,
                          struct statistics *statistics, struct arena *arena)
{
    for (int t = 0; t < layout->tally_count; t++) {
        const struct tally_limits *limits = &metrics->limits[t];
        if (limits->count > 0)
            tally_set_limits(&statistics->tallies[t], limits->limits,
                             arena_array(arena, limits->count, sizeof(uint32_t)), limits->count);
    }
}
