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

/* Stations are numbered: first the copies of all pools (program.h), then, for each pool with
 * several copies, the pool as a whole. So are the stations of cpus, of limiters and of buffers,
 * each from 0. */
struct statistics_layout {
    size_t stations, groups, steps;
    const uint32_t *station_of_pool; /* [pools] the one that is reported */
    const struct group *groups_by_number;
    const int *group_of_workload; /* [workloads] */
    const int *group_of_class;    /* [classes of the program] */
    const int *step_base;         /* [workloads]: number of the workload's first named step */
    int level_count, tally_count, count_count;
    int limiter_levels, limiter_tallies, limiter_counts; /* where the first limiter's are */
    int buffer_levels, buffer_tallies, buffer_counts;    /* where the first buffer's are */
    int memory_level; /* the first of MEMORY_LEVELS, in bytes, or -1 */
    int cpu_level_base, cpu_tally_base, cpu_count_base;
    const uint32_t *station_of_cpu, *station_of_limiter, *station_of_buffer; /* as of pools     */
    size_t cpu_stations, limiter_stations, buffer_stations;
    const int *cycle_of_workload; /* [workloads] number among the cycles, or -1 */
    int cycle_level_base, cycle_tally_base, cycle_count_base;
    const struct derived *levels, *tallies, *counts;
    size_t derived_levels, derived_tallies, derived_counts;
};

/* Where a level, tally or count of a pool, group or named step stands in a struct observed. */
static inline int layout_pool_level(size_t station, enum pool_level level)
{
    return (int)station * POOL_LEVELS + (int)level;
}
static inline int layout_pool_tally(size_t station, enum pool_tally tally)
{
    return (int)station * POOL_TALLIES + (int)tally;
}
static inline int layout_pool_count(size_t station, enum pool_count count)
{
    return (int)station * POOL_COUNTS + (int)count;
}
static inline int layout_group_level(const struct statistics_layout *layout, int group)
{
    return (int)layout->stations * POOL_LEVELS + group;
}
static inline int layout_group_tally(const struct statistics_layout *layout, int group,
                                     enum group_tally tally)
{
    return (int)layout->stations * POOL_TALLIES + group * GROUP_TALLIES + (int)tally;
}
static inline int layout_group_count(const struct statistics_layout *layout, int group,
                                     enum group_count count)
{
    return (int)layout->stations * POOL_COUNTS + group * GROUP_COUNTS + (int)count;
}
static inline int layout_step_tally(const struct statistics_layout *layout, int step)
{
    return (int)layout->stations * POOL_TALLIES + (int)layout->groups * GROUP_TALLIES + step;
}

static inline int layout_limiter_level(const struct statistics_layout *layout, size_t limiter,
                                       enum limiter_level level)
{
    return layout->limiter_levels + (int)limiter * LIMITER_LEVELS + (int)level;
}
static inline int layout_limiter_tally(const struct statistics_layout *layout, size_t limiter,
                                       enum limiter_tally tally)
{
    return layout->limiter_tallies + (int)limiter * LIMITER_TALLIES + (int)tally;
}
static inline int layout_limiter_count(const struct statistics_layout *layout, size_t limiter,
                                       enum limiter_count count)
{
    return layout->limiter_counts + (int)limiter * LIMITER_COUNTS + (int)count;
}
static inline int layout_buffer_level(const struct statistics_layout *layout, size_t buffer,
                                      enum buffer_level level)
{
    return layout->buffer_levels + (int)buffer * BUFFER_LEVELS + (int)level;
}
static inline int layout_buffer_tally(const struct statistics_layout *layout, size_t buffer,
                                      enum buffer_tally tally)
{
    return layout->buffer_tallies + (int)buffer * BUFFER_TALLIES + (int)tally;
}
static inline int layout_buffer_count(const struct statistics_layout *layout, size_t buffer,
                                      enum buffer_count count)
{
    return layout->buffer_counts + (int)buffer * BUFFER_COUNTS + (int)count;
}

static inline int layout_cpu_level(const struct statistics_layout *layout, size_t cpu,
                                   enum cpu_level level)
{
    return layout->cpu_level_base + (int)cpu * CPU_LEVELS + (int)level;
}
static inline int layout_cpu_tally(const struct statistics_layout *layout, size_t cpu,
                                   enum cpu_tally tally)
{
    return layout->cpu_tally_base + (int)cpu * CPU_TALLIES + (int)tally;
}
static inline int layout_cpu_count(const struct statistics_layout *layout, size_t cpu,
                                   enum cpu_count count)
{
    return layout->cpu_count_base + (int)cpu * CPU_COUNTS + (int)count;
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

/* Where the capacity of a station of pools or of cpus is kept, and how many places there are. */
static inline size_t layout_pool_capacity(size_t station)
{
    return station;
}
static inline size_t layout_cpu_capacity(const struct statistics_layout *layout, size_t station)
{
    return layout->stations + station;
}
static inline size_t layout_capacities(const struct statistics_layout *layout)
{
    return layout->stations + layout->cpu_stations;
}

struct statistics {
    struct time_average *levels;
    struct tally *tallies;
    uint64_t *counts;
    const struct time_average *capacity; /* [layout_capacities] in a rollout: what of max, or of
                                            the cores, is there at a time, from time 0; NULL: it
                                            is the spec's                               */
};

/* The state of an observed at one time; tallies have buckets only where they were asked for. */
struct snapshot {
    int64_t time;
    wide_int *integrals;
    struct tally *tallies;
    uint64_t *counts;
    wide_int *capacities; /* [layout_capacities] integrals of observed.capacity              */
};

/* Places for all that a scenario observes; an observed of that layout, with nothing in it. */
struct statistics_layout statistics_layout_make(const struct scenario *spec,
                                                const struct program *program, struct arena *arena);
struct statistics statistics_make(const struct statistics_layout *layout, struct arena *arena);
/* Forgets what was observed; levels stay where they are. now [ns]. */
void statistics_restart(const struct statistics_layout *layout, struct statistics *statistics,
                        int64_t now);
/* Works out what is added up from others, afresh: mixes from their classes, services from their
 * replicas. The largest level of a sum is that of its largest part. */
void statistics_add_up(const struct statistics_layout *layout, struct statistics *statistics);
/* The levels alone: cheap, for windows that nobody judges. */
void statistics_add_up_levels(const struct statistics_layout *layout,
                              struct statistics *statistics);

/* needs_buckets[tally_count]: whose buckets later quantiles will need; NULL: none. */
struct snapshot snapshot_make(const struct statistics_layout *layout, const bool *needs_buckets,
                              struct arena *arena);
/* Copies the state at now [ns] (statistics_add_up was called). */
void snapshot_take(const struct statistics_layout *layout, const struct statistics *statistics,
                   int64_t now, struct snapshot *snapshot);

#endif
