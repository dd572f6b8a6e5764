/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/statistics.h"
#include <stdbool.h>
#include <string.h>

/* One group for each workload, and one for each class of a mix right after it. */
static void lay_out_groups(const struct scenario *spec, const struct program *program,
                           struct statistics_layout *layout, struct arena *arena)
{
    size_t most = spec->workload_count + program->class_count;
    struct group *groups = arena_array(arena, most, sizeof *groups);
    int *of_workload = arena_array(arena, spec->workload_count, sizeof *of_workload);
    int *of_class = arena_array(arena, program->class_count, sizeof *of_class);
    int count = 0;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        struct group *whole = &groups[count];
        of_workload[w] = count++;
        *whole = (struct group){.name = workload->name, .workload = w};
        if (workload->has_mix)
            whole->parts = (int)workload->class_count;
        for (size_t c = 0; c < workload->class_count; c++) {
            of_class[program->class_base[w] + c] = workload->has_mix ? count : of_workload[w];
            if (workload->has_mix)
                groups[count++] = (struct group){
                    .name = arena_printf(arena, "%s.%s", workload->name, workload->classes[c].name),
                    .workload = w};
        }
    }
    layout->groups = (size_t)count;
    layout->groups_by_number = groups;
    layout->group_of_workload = of_workload;
    layout->group_of_class = of_class;
}

/* Stations: every copy, then a whole for each resource with several. */
static struct kind_layout lay_out_stations(const struct copies *copies, size_t resources,
                                           struct arena *arena)
{
    uint32_t *reported = arena_array(arena, resources, sizeof *reported), count = copies->count;
    for (size_t i = 0; i < resources; i++) {
        uint32_t next = i + 1 < resources ? copies->base[i + 1] : copies->count;
        reported[i] = next - copies->base[i] == 1 ? copies->base[i] : count++;
    }
    return (struct kind_layout){.stations = count, .reported = reported};
}

/* Gives the stations of a kind their places, behind all that have one. */
static void place_stations(struct statistics_layout *layout, size_t kind)
{
    struct kind_layout *of = &layout->kinds[kind];
    const struct station_kind *row = station_kinds[kind];
    of->level = layout->level_count;
    of->tally = layout->tally_count;
    of->count = layout->count_count;
    of->capacity = row->capacity ? (int)layout->capacity_count : -1;
    layout->level_count += (int)of->stations * row->levels;
    layout->tally_count += (int)of->stations * row->tallies;
    layout->count_count += (int)of->stations * row->counts;
    layout->capacity_count += row->capacity ? of->stations : 0;
}

/* A list being made. */
struct sums {
    struct derived *list;
    size_t count;
};

/* Places target .. target + width - 1 are sums over parts that begin at first, width apart. */
static void add_sums(struct sums *sums, int target, int first, int width, int parts)
{
    for (int i = 0; i < width; i++)
        sums->list[sums->count++] = (struct derived){target + i, first + i, width, parts};
}

/* The lists of levels, tallies and counts that are sums. */
struct all_sums {
    struct sums levels, tallies, counts;
};

static void list_station_sums(const struct scenario *spec, const struct program *program,
                              const struct statistics_layout *layout, enum station_number kind,
                              struct all_sums *all)
{
    const struct station_kind *row = station_kinds[kind];
    for (size_t i = 0; i < station_count(spec, kind); i++) {
        size_t whole = layout->kinds[kind].reported[i], first = program->copies[kind].base[i];
        int parts = (int)station_copies(spec, kind, i);
        if (parts == 1)
            continue;
        add_sums(&all->levels, layout_station_level(layout, kind, whole, 0),
                 layout_station_level(layout, kind, first, 0), row->levels, parts);
        add_sums(&all->tallies, layout_station_tally(layout, kind, whole, 0),
                 layout_station_tally(layout, kind, first, 0), row->tallies, parts);
        add_sums(&all->counts, layout_station_count(layout, kind, whole, 0),
                 layout_station_count(layout, kind, first, 0), row->counts, parts);
    }
}

static void list_mix_sums(const struct statistics_layout *layout, struct all_sums *all)
{
    for (int g = 0; g < (int)layout->groups; g++) {
        int parts = layout->groups_by_number[g].parts;
        if (parts == 0)
            continue;
        add_sums(&all->tallies, layout_group_tally(layout, g, 0),
                 layout_group_tally(layout, g + 1, 0), GROUP_TALLIES, parts);
        add_sums(&all->counts, layout_group_count(layout, g, 0),
                 layout_group_count(layout, g + 1, 0), GROUP_COUNTS, parts);
    }
}

/* Services are the sums of their replicas, mixes of their classes; a mix's number in system is
 * observed as it is. */
static void list_sums(const struct scenario *spec, const struct program *program,
                      struct statistics_layout *layout, struct arena *arena)
{
    size_t most =
        (size_t)layout->level_count + (size_t)layout->tally_count + (size_t)layout->count_count;
    struct all_sums all = {{arena_array(arena, most, sizeof *all.levels.list), 0},
                           {arena_array(arena, most, sizeof *all.tallies.list), 0},
                           {arena_array(arena, most, sizeof *all.counts.list), 0}};
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        list_station_sums(spec, program, layout, (enum station_number)kind, &all);
    list_mix_sums(layout, &all);
    layout->levels = all.levels.list;
    layout->derived_levels = all.levels.count;
    layout->tallies = all.tallies.list;
    layout->derived_tallies = all.tallies.count;
    layout->counts = all.counts.list;
    layout->derived_counts = all.counts.count;
}

/* Workloads, classes, named steps, and memory. */
static void place_groups(const struct scenario *spec, struct statistics_layout *layout)
{
    layout->group_level = layout->level_count;
    layout->group_tally = layout->tally_count;
    layout->group_count = layout->count_count;
    layout->level_count += (int)layout->groups;
    layout->tally_count += (int)layout->groups * GROUP_TALLIES;
    layout->count_count += (int)layout->groups * GROUP_COUNTS;
    layout->step_tally = layout->tally_count;
    layout->tally_count += (int)layout->steps;
    if (spec->memory.is_given) {
        layout->memory_level = layout->level_count;
        layout->level_count += MEMORY_LEVELS;
    }
}

/* Cycles come last. */
static void lay_out_cycles(const struct scenario *spec, struct statistics_layout *layout,
                           struct arena *arena)
{
    int cycles = 0, *numbers = arena_array(arena, spec->workload_count, sizeof *numbers);
    for (size_t w = 0; w < spec->workload_count; w++)
        numbers[w] = spec->workloads[w].arrivals.process == ARRIVAL_CYCLE ? cycles++ : -1;
    layout->cycle_of_workload = numbers;
    layout->cycle_level_base = layout->level_count;
    layout->cycle_tally_base = layout->tally_count;
    layout->cycle_count_base = layout->count_count;
    layout->level_count += cycles * CYCLE_LEVELS;
    layout->tally_count += cycles * CYCLE_TALLIES;
    layout->count_count += cycles * CYCLE_COUNTS;
}

struct statistics_layout statistics_layout_make(const struct scenario *spec,
                                                const struct program *program, struct arena *arena)
{
    struct statistics_layout layout = {.memory_level = -1};
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        layout.kinds[kind] = lay_out_stations(
            &program->copies[kind], station_count(spec, (enum station_number)kind), arena);
    lay_out_groups(spec, program, &layout, arena);
    int *step_base = arena_array(arena, spec->workload_count, sizeof *step_base);
    for (size_t w = 0; w < spec->workload_count; w++) {
        step_base[w] = (int)layout.steps;
        layout.steps += program->step_count[w];
    }
    layout.step_base = step_base;
    place_stations(&layout, STATION_POOL); /* first: its numbers are the places' */
    place_groups(spec, &layout);
    for (size_t kind = STATION_POOL + 1; kind < STATION_KINDS; kind++)
        place_stations(&layout, kind);
    lay_out_cycles(spec, &layout, arena);
    list_sums(spec, program, &layout, arena);
    return layout;
}

/* The parts of each sum of levels tell their total. */
static void join_totals(const struct statistics_layout *layout, struct statistics *statistics,
                        struct arena *arena)
{
    statistics->totals = arena_array(arena, layout->derived_levels, sizeof *statistics->totals);
    for (size_t d = 0; d < layout->derived_levels; d++) {
        const struct derived *sum = &layout->levels[d];
        for (int part = 0; part < sum->parts; part++)
            statistics->levels[sum->first + part * sum->stride].total = &statistics->totals[d];
    }
}

struct statistics statistics_make(const struct statistics_layout *layout, struct arena *arena)
{
    struct statistics statistics = {
        .levels = arena_array(arena, (size_t)layout->level_count, sizeof *statistics.levels),
        .tallies = arena_array(arena, (size_t)layout->tally_count, sizeof *statistics.tallies),
        .counts = arena_array(arena, (size_t)layout->count_count, sizeof *statistics.counts)};
    for (int t = 0; t < layout->tally_count; t++)
        statistics.tallies[t] = tally_make(arena);
    join_totals(layout, &statistics, arena);
    return statistics;
}

void statistics_restart(const struct statistics_layout *layout, struct statistics *statistics,
                        int64_t now)
{
    for (int l = 0; l < layout->level_count; l++)
        time_average_restart(&statistics->levels[l], now);
    for (size_t d = 0; d < layout->derived_levels; d++)
        statistics->totals[d].largest = statistics->totals[d].level;
    for (int t = 0; t < layout->tally_count; t++)
        tally_reset(&statistics->tallies[t]);
    memset(statistics->counts, 0, (size_t)layout->count_count * sizeof *statistics->counts);
}

static void add_tally(struct tally *sum, const struct tally *part)
{
    if (part->count == 0) /* often, and the buckets are many */
        return;
    sum->count += part->count;
    sum->sum += part->sum;
    sum->sum_squares += part->sum_squares;
    if (part->largest > sum->largest)
        sum->largest = part->largest;
    tally_begin(sum);
    for (int b = 0; b < HISTOGRAM_BUCKETS; b++)
        sum->buckets[b] += part->buckets[b];
    tally_add_beyond(sum, part);
}

void statistics_add_up_levels(const struct statistics_layout *layout, struct statistics *statistics)
{
    for (size_t d = 0; d < layout->derived_levels; d++) {
        const struct derived *sum = &layout->levels[d];
        struct time_average *target = &statistics->levels[sum->target];
        *target = (struct time_average){0};
        for (int part = 0; part < sum->parts; part++) {
            const struct time_average *level = &statistics->levels[sum->first + part * sum->stride];
            target->offset =
                wide_sum_of(wide_sum_value(&target->offset) + wide_sum_value(&level->offset));
            target->level += level->level;
        }
        target->largest = statistics->totals[d].largest;
    }
}

void statistics_add_up(const struct statistics_layout *layout, struct statistics *statistics)
{
    statistics_add_up_levels(layout, statistics);
    for (size_t d = 0; d < layout->derived_tallies; d++) {
        const struct derived *sum = &layout->tallies[d];
        tally_reset(&statistics->tallies[sum->target]);
        for (int part = 0; part < sum->parts; part++)
            add_tally(&statistics->tallies[sum->target],
                      &statistics->tallies[sum->first + part * sum->stride]);
    }
    for (size_t d = 0; d < layout->derived_counts; d++) {
        const struct derived *sum = &layout->counts[d];
        statistics->counts[sum->target] = 0;
        for (int part = 0; part < sum->parts; part++)
            statistics->counts[sum->target] += statistics->counts[sum->first + part * sum->stride];
    }
}

struct snapshot snapshot_make(const struct statistics_layout *layout, const bool *needs_buckets,
                              struct arena *arena)
{
    struct snapshot snapshot = {
        .integrals = arena_array(arena, (size_t)layout->level_count, sizeof *snapshot.integrals),
        .tallies = arena_array(arena, (size_t)layout->tally_count, sizeof *snapshot.tallies),
        .counts = arena_array(arena, (size_t)layout->count_count, sizeof *snapshot.counts),
        .capacities = arena_array(arena, layout->capacity_count, sizeof *snapshot.capacities)};
    for (int t = 0; needs_buckets && t < layout->tally_count; t++)
        if (needs_buckets[t])
            snapshot.tallies[t].buckets = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
    return snapshot;
}

void snapshot_take(const struct statistics_layout *layout, const struct statistics *statistics,
                   int64_t now, struct snapshot *snapshot)
{
    snapshot->time = now;
    for (int l = 0; l < layout->level_count; l++)
        snapshot->integrals[l] = time_average_integral(&statistics->levels[l], now);
    for (int t = 0; t < layout->tally_count; t++) {
        uint32_t *buckets = snapshot->tallies[t].buckets;
        snapshot->tallies[t] = statistics->tallies[t];
        snapshot->tallies[t].buckets = buckets;
        snapshot->tallies[t].limit_count = 0;
        if (buckets)
            memcpy(buckets, statistics->tallies[t].buckets, HISTOGRAM_BUCKETS * sizeof *buckets);
    }
    for (size_t s = 0; statistics->capacity && s < layout->capacity_count; s++)
        snapshot->capacities[s] = time_average_integral(&statistics->capacity[s], now);
    memcpy(snapshot->counts, statistics->counts, (size_t)layout->count_count * sizeof(uint64_t));
}
