/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/sliding_window.h"
#include "models/metrics/metric_value.h"
#include <assert.h>
#include <string.h>

struct tally_part {
    uint64_t count;
    wide_int sum;
    wide_uint sum_squares;
};

struct bucket_part {
    uint32_t bucket, count;
};

struct bucket_list {
    struct bucket_part *parts;
    uint32_t count, room;
};

struct window_part {
    int64_t length;
    wide_int *integrals;
    struct tally_part *tallies;
    uint64_t *counts;
    struct bucket_list *histograms;
    wide_int *capacities;
};

/* What is needed, by number. */
struct needs {
    bool *levels, *tallies, *counts, *histograms, *capacities;
};

static void mark_counts(struct needs *needs, const struct metric_source *source)
{
    for (int i = 0; i < MAX_EVENTS; i++)
        if (source->at[i] != NO_COUNT)
            needs->counts[source->at[i]] = true;
    for (int i = 0; i < MAX_TRIALS; i++)
        if (source->over[i] != NO_COUNT)
            needs->counts[source->over[i]] = true;
}

static void mark_source(struct needs *needs, struct metric_source source)
{
    for (int copy = 0; copy < source.copies; copy++) {
        switch (source.kind) {
        case SOURCE_LEVEL_MEAN:
            needs->levels[source.at[0]] = true;
            if (source.capacity >= 0)
                needs->capacities[source.capacity] = true;
            break;
        case SOURCE_PER_SECOND:
        case SOURCE_SHARE:
            mark_counts(needs, &source);
            break;
        case SOURCE_TALLY_QUANTILE:
        case SOURCE_TALLY_NONZERO:
            needs->histograms[source.at[0]] = true;
            needs->tallies[source.at[0]] = true;
            break;
        default:
            needs->tallies[source.at[0]] = true;
        }
        metric_value_next_copy(&source);
    }
}

static int *list_marked(const bool *marks, int count, int *listed, struct arena *arena)
{
    int *list = arena_array(arena, (size_t)count, sizeof *list);
    *listed = 0;
    for (int i = 0; i < count; i++)
        if (marks[i])
            list[(*listed)++] = i;
    return list;
}

static void make_ring(struct sliding_window *sliding)
{
    struct arena *arena = sliding->arena;
    sliding->ring = arena_array(arena, sliding->steps, sizeof *sliding->ring);
    for (uint32_t i = 0; i < sliding->steps; i++) {
        struct window_part *part = &sliding->ring[i];
        part->integrals = arena_array(arena, (size_t)sliding->level_count, sizeof *part->integrals);
        part->tallies = arena_array(arena, (size_t)sliding->tally_count, sizeof *part->tallies);
        part->counts = arena_array(arena, (size_t)sliding->count_count, sizeof *part->counts);
        part->histograms =
            arena_array(arena, (size_t)sliding->histogram_count, sizeof *part->histograms);
        part->capacities =
            arena_array(arena, (size_t)sliding->capacity_count, sizeof *part->capacities);
    }
}

static wide_int capacity_now(const struct sliding_window *sliding, int i,
                             const struct statistics *statistics, int64_t now)
{
    return time_average_integral(&statistics->capacity[sliding->capacities[i]], now);
}

static void begin_capacities(struct sliding_window *sliding, const bool *needs, int count,
                             const struct statistics *statistics, int64_t now)
{
    int marked, *list = list_marked(needs, count, &marked, sliding->arena);
    sliding->capacities = list;
    sliding->capacity_count = marked;
    assert(sliding->then.capacities);
    for (int i = 0; i < marked; i++)
        sliding->then.capacities[list[i]] = capacity_now(sliding, i, statistics, now);
}

struct sliding_window *sliding_window_make(const struct metrics *metrics,
                                           const struct statistics_layout *layout,
                                           const struct statistics *statistics, uint32_t steps,
                                           int64_t now, struct arena *arena)
{
    struct sliding_window *sliding = arena_alloc(arena, sizeof *sliding);
    size_t levels = (size_t)layout->level_count, tallies = (size_t)layout->tally_count;
    size_t counts = (size_t)layout->count_count, capacities = layout->capacity_count;
    struct needs needs = {
        arena_array(arena, levels, sizeof(bool)), arena_array(arena, tallies, sizeof(bool)),
        arena_array(arena, counts, sizeof(bool)), arena_array(arena, tallies, sizeof(bool)),
        arena_array(arena, capacities, sizeof(bool))};
    *sliding = (struct sliding_window){.steps = steps, .arena = arena};
    for (size_t w = 0; w < metrics->watch_count; w++)
        if (metrics->watches[w].steps == steps)
            mark_source(&needs, metrics->sources[metrics->watches[w].of]);
    sliding->levels = list_marked(needs.levels, (int)levels, &sliding->level_count, arena);
    sliding->tallies = list_marked(needs.tallies, (int)tallies, &sliding->tally_count, arena);
    sliding->counts = list_marked(needs.counts, (int)counts, &sliding->count_count, arena);
    sliding->histograms =
        list_marked(needs.histograms, (int)tallies, &sliding->histogram_count, arena);
    sliding->then = snapshot_make(layout, needs.histograms, arena);
    sliding->then.time = now;
    if (statistics->capacity)
        begin_capacities(sliding, needs.capacities, (int)capacities, statistics, now);
    make_ring(sliding);
    return sliding;
}

static void add_bucket(struct bucket_list *list, uint32_t bucket, uint32_t count,
                       struct arena *arena)
{
    if (list->count == list->room) {
        uint32_t room = list->room ? 2 * list->room : 64;
        struct bucket_part *parts = arena_array(arena, room, sizeof *parts);
        if (list->count > 0)
            memcpy(parts, list->parts, list->count * sizeof *parts);
        list->parts = parts;
        list->room = room;
    }
    list->parts[list->count++] = (struct bucket_part){bucket, count};
}

/* Fills a place of the ring with what was added since `before`. */
static void note_part(const struct sliding_window *sliding, struct window_part *part,
                      const struct snapshot *before, const struct statistics *statistics,
                      int64_t now)
{
    part->length = now - before->time;
    for (int i = 0; i < sliding->level_count; i++) {
        int level = sliding->levels[i];
        part->integrals[i] =
            time_average_integral(&statistics->levels[level], now) - before->integrals[level];
    }
    for (int i = 0; i < sliding->tally_count; i++) {
        const struct tally *tally = &statistics->tallies[sliding->tallies[i]];
        const struct tally *old = &before->tallies[sliding->tallies[i]];
        part->tallies[i] = (struct tally_part){tally->count - old->count, tally->sum - old->sum,
                                               tally->sum_squares - old->sum_squares};
    }
    for (int i = 0; i < sliding->count_count; i++) {
        int count = sliding->counts[i];
        part->counts[i] = statistics->counts[count] - before->counts[count];
    }
    for (int i = 0; i < sliding->histogram_count; i++) {
        int tally = sliding->histograms[i];
        const uint32_t *buckets = statistics->tallies[tally].buckets;
        const uint32_t *old = before->tallies[tally].buckets;
        part->histograms[i].count = 0;
        for (uint32_t b = 0; b < HISTOGRAM_BUCKETS; b++)
            if (buckets[b] != old[b])
                add_bucket(&part->histograms[i], b, buckets[b] - old[b], sliding->arena);
    }
    for (int i = 0; i < sliding->capacity_count; i++)
        part->capacities[i] =
            capacity_now(sliding, i, statistics, now) - before->capacities[sliding->capacities[i]];
}

/* `then` moves on by a window, or (sign -1) back. Counts wrap, so it may be before all counting. */
static void move_by(struct sliding_window *sliding, const struct window_part *part, int sign)
{
    struct snapshot *then = &sliding->then;
    then->time += sign * part->length;
    for (int i = 0; i < sliding->level_count; i++)
        then->integrals[sliding->levels[i]] += sign * part->integrals[i];
    for (int i = 0; i < sliding->tally_count; i++) {
        struct tally *tally = &then->tallies[sliding->tallies[i]];
        tally->count += (uint64_t)sign * part->tallies[i].count;
        tally->sum += sign * part->tallies[i].sum;
        tally->sum_squares += (wide_uint)(wide_int)sign * part->tallies[i].sum_squares;
    }
    for (int i = 0; i < sliding->count_count; i++)
        then->counts[sliding->counts[i]] += (uint64_t)sign * part->counts[i];
    for (int i = 0; i < sliding->histogram_count; i++) {
        uint32_t *buckets = then->tallies[sliding->histograms[i]].buckets;
        const struct bucket_list *list = &part->histograms[i];
        for (uint32_t k = 0; k < list->count; k++)
            buckets[list->parts[k].bucket] += (uint32_t)sign * list->parts[k].count;
    }
    for (int i = 0; i < sliding->capacity_count; i++)
        then->capacities[sliding->capacities[i]] += sign * part->capacities[i];
}

void sliding_window_push(struct sliding_window *sliding, const struct snapshot *before,
                         const struct statistics *statistics, int64_t now)
{
    struct window_part *part = &sliding->ring[sliding->pushed % sliding->steps];
    if (sliding_window_is_full(sliding))
        move_by(sliding, part, 1);
    note_part(sliding, part, before, statistics, now);
    sliding->pushed++;
}

void sliding_window_carry_on(struct sliding_window *sliding, const struct sliding_window *before)
{
    assert(sliding->pushed == 0 && sliding->steps == before->steps);
    assert(sliding->level_count == before->level_count &&
           sliding->tally_count == before->tally_count &&
           sliding->count_count == before->count_count &&
           sliding->histogram_count == before->histogram_count &&
           sliding->capacity_count == before->capacity_count);
    uint64_t kept = sliding_window_is_full(before) ? before->steps : before->pushed;
    sliding->ring = before->ring;
    sliding->pushed = before->pushed;
    for (uint64_t i = 0; i < kept; i++)
        move_by(sliding, &sliding->ring[i], -1);
}
