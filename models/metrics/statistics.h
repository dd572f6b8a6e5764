/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statistics.h - everything that a replication counts, in flat arrays, and what each place in them
 * means.
 *
 * Levels are integrated over time, tallies observe once per request, counts count. The arrays are
 * laid out by statistics_layout from the scenario alone; stations keep pointers into them, metrics
 * (metrics.h) read them. Everything is cumulative from the end of the warm-up; a window is the
 * difference of two snapshots, so windows cost the stations nothing. */
#ifndef CAPSIM_MODELS_METRICS_STATISTICS_H
#define CAPSIM_MODELS_METRICS_STATISTICS_H

#include "models/program/program.h"
#include "sim/stats/tally.h"
#include "sim/stats/time_average.h"
#include <stdbool.h>

enum pool_level { POOL_BUSY, POOL_OPEN, POOL_QUEUE, POOL_LEVELS };
enum pool_tally { POOL_WAIT, POOL_QUEUEING, POOL_CONNECT, POOL_TALLIES };
enum pool_count {
    POOL_GRANTED,
    POOL_TIMED_OUT, /* askings that ended in a time-out: of queueing, of connecting, of the step */
    POOL_REFUSED,
    POOL_OPENED,
    POOL_COUNTS
};

enum limiter_level { LIMITER_QUEUE, LIMITER_LEVELS };
enum limiter_tally { LIMITER_WAIT, LIMITER_TALLIES };
enum limiter_count { LIMITER_PASSED, LIMITER_REFUSED, LIMITER_TIMED_OUT, LIMITER_COUNTS };

enum buffer_level { BUFFER_LEVEL /* bytes */, BUFFER_QUEUE, BUFFER_LEVELS };
enum buffer_tally { BUFFER_WAIT, BUFFER_TALLIES };
enum buffer_count { BUFFER_PUT, BUFFER_DROPPED, BUFFER_TIMED_OUT, BUFFER_COUNTS };
enum cpu_level { CPU_BUSY, CPU_JOBS, CPU_CONNECTIONS, CPU_LEVELS };
enum cpu_tally { CPU_SLOWDOWN, CPU_TALLIES };
enum cpu_count { CPU_ACCEPTED, CPU_REFUSED, CPU_COUNTS }; /* of connections */

enum cycle_level { CYCLE_BACKLOG, CYCLE_LEVELS }; /* cycles that are due and wait for their turn */
enum cycle_tally { CYCLE_LENGTH, CYCLE_TALLIES };
enum cycle_count {
    CYCLE_DUE,
    CYCLE_BEGUN,
    CYCLE_MISSED, /* never begun                                                               */
    CYCLE_ENDED,  /* cancelled ones too                                                        */
    CYCLE_IN_TIME,
    CYCLE_OVERRUN, /* not done when the next was due                                            */
    CYCLE_COUNTS
};

/* Memory as a whole, and what it is made of. */
enum memory_level {
    MEMORY_ALL,
    MEMORY_BASE,
    MEMORY_CONNECTIONS,
    MEMORY_THREADS,
    MEMORY_BUFFERS,
    MEMORY_REQUESTS, /* those present */
    MEMORY_LEVELS
};

/* A group is what is reported under one name: a workload, or a class of a mix. */
enum group_tally { GROUP_RESPONSE, GROUP_RESPONSE_FAILED, GROUP_TALLIES };
enum group_count {
    GROUP_ARRIVED,
    GROUP_COMPLETED,
    GROUP_TIMED_OUT, /* requests that failed by a time-out ...                                  */
    GROUP_REFUSED,   /* ... or because they were refused                                        */
    GROUP_LIMITED,   /* refused by a rate limiter: no error                                     */
    GROUP_CANCELLED, /* jobs of a cycle that was replaced: failed                               */
    GROUP_RETRIED,   /* attempts beyond the first                                               */
    GROUP_ROWS_READ,
    GROUP_ROWS_OFFERED,
    GROUP_CUT,        /* attempts whose work a time-out ended                                   */
    GROUP_UNFINISHED, /* followed, and not ended when that stopped: observed with their age     */
    GROUP_COUNTS
};

struct group {
    const char *name; /* "api" or "api.report" */
    size_t workload;
    int parts; /* classes that it adds up, whose groups follow it; 0: it is observed itself */
};

/* What is added up from others: a level, tally or count of `parts` equal stations, stride apart. */
struct derived {
    int target, first, stride, parts;
};

/* The stations of one kind are numbered: first all copies (program.h), then, for each resource with
 * several, the resource as a whole. */
struct kind_layout {
    size_t stations;
    const uint32_t *reported; /* [resources] the station that is reported for each             */
    int level, tally, count;  /* where those of the first station are                           */
    int capacity;             /* likewise; -1: the kind has none                                */
};

struct statistics_layout {
    struct kind_layout kinds[STATION_KINDS];
    size_t groups, steps;
    const struct group *groups_by_number;
    const int *group_of_workload; /* [workloads] */
    const int *group_of_class;    /* [classes of the program] */
    const int *step_base;         /* [workloads]: number of the workload's first named step */
    int level_count, tally_count, count_count;
    int group_level, group_tally, group_count, step_tally; /* where the first ones are            */
    int memory_level;             /* the first of MEMORY_LEVELS, in bytes, or -1 */
    const int *cycle_of_workload; /* [workloads] number among the cycles, or -1 */
    int cycle_level_base, cycle_tally_base, cycle_count_base;
    size_t capacity_count;
    const struct derived *levels, *tallies, *counts;
    size_t derived_levels, derived_tallies, derived_counts;
};

/* Where a level, tally or count (number n of its kind's) of a station stands in a struct
 * statistics. */
static inline int layout_station_level(const struct statistics_layout *layout,
                                       enum station_number kind, size_t station, int n)
{
    return layout->kinds[kind].level + (int)station * station_kinds[kind]->levels + n;
}
static inline int layout_station_tally(const struct statistics_layout *layout,
                                       enum station_number kind, size_t station, int n)
{
    return layout->kinds[kind].tally + (int)station * station_kinds[kind]->tallies + n;
}
static inline int layout_station_count(const struct statistics_layout *layout,
                                       enum station_number kind, size_t station, int n)
{
    return layout->kinds[kind].count + (int)station * station_kinds[kind]->counts + n;
}
static inline int layout_group_level(const struct statistics_layout *layout, int group)
{
    return layout->group_level + group;
}
static inline int layout_group_tally(const struct statistics_layout *layout, int group,
                                     enum group_tally tally)
{
    return layout->group_tally + group * GROUP_TALLIES + (int)tally;
}
static inline int layout_group_count(const struct statistics_layout *layout, int group,
                                     enum group_count count)
{
    return layout->group_count + group * GROUP_COUNTS + (int)count;
}
static inline int layout_step_tally(const struct statistics_layout *layout, int step)
{
    return layout->step_tally + step;
}

static inline int layout_cycle_level(const struct statistics_layout *layout, int cycle,
                                     enum cycle_level level)
{
    return layout->cycle_level_base + cycle * CYCLE_LEVELS + (int)level;
}
static inline int layout_cycle_tally(const struct statistics_layout *layout, int cycle,
                                     enum cycle_tally tally)
{
    return layout->cycle_tally_base + cycle * CYCLE_TALLIES + (int)tally;
}
static inline int layout_cycle_count(const struct statistics_layout *layout, int cycle,
                                     enum cycle_count count)
{
    return layout->cycle_count_base + cycle * CYCLE_COUNTS + (int)count;
}

/* Where the capacity of a station is kept: -1 when its kind has none. */
static inline int layout_capacity(const struct statistics_layout *layout, enum station_number kind,
                                  size_t station)
{
    int first = layout->kinds[kind].capacity;
    return first < 0 ? -1 : first + (int)station;
}

struct statistics {
    struct time_average *levels;
    struct time_average_total *totals; /* [derived_levels] */
    struct tally *tallies;
    uint64_t *counts;
    const struct time_average *capacity; /* [capacity_count] in a rollout: what of max, or of
                                            the cores, is there at a time, from time 0; NULL: it
                                            is the spec's                               */
};

/* The state of an observed at one time; tallies have buckets only where they were asked for. */
struct snapshot {
    int64_t time;
    wide_int *integrals;
    struct tally *tallies;
    uint64_t *counts;
    wide_int *capacities; /* [capacity_count] integrals of observed.capacity              */
};

/* Places for all that a scenario observes; an observed of that layout, with nothing in it. */
struct statistics_layout statistics_layout_make(const struct scenario *spec,
                                                const struct program *program, struct arena *arena);
struct statistics statistics_make(const struct statistics_layout *layout, struct arena *arena);
/* Forgets what was observed; levels stay where they are. now [ns]. */
void statistics_restart(const struct statistics_layout *layout, struct statistics *statistics,
                        int64_t now);
/* Works out what is added up from others, afresh: mixes from their classes, services from their
 * replicas. The largest level of a sum is that of all parts
 * together. */
void statistics_add_up(const struct statistics_layout *layout, struct statistics *statistics);
/* The levels alone: cheap, for windows that are not judged. */
void statistics_add_up_levels(const struct statistics_layout *layout,
                              struct statistics *statistics);

/* needs_buckets[tally_count]: whose buckets later quantiles will need; NULL: none. */
struct snapshot snapshot_make(const struct statistics_layout *layout, const bool *needs_buckets,
                              struct arena *arena);
/* Copies the state at now [ns] (statistics_add_up was called). */
void snapshot_take(const struct statistics_layout *layout, const struct statistics *statistics,
                   int64_t now, struct snapshot *snapshot);

#endif
