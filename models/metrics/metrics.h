/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metrics.h - the names that criteria and reports use, and how each is worked out from what was
 * observed.
 *
 * A metric is a column of the study. Columns come in five runs: the ordinary ones (every resource,
 * workload, step; in the order of the file), those of criteria about windows (metric_windows.h),
 * those that the self-checks compare, those of the series that were asked for, and
 * the shares beyond the limits of quantiles (metric_limits.h). */
#ifndef CAPSIM_MODELS_METRICS_METRICS_H
#define CAPSIM_MODELS_METRICS_METRICS_H

#include "models/metrics/statistics.h"
#include "sim/base/error.h"
#include "sim/study/study.h"
#include <string.h>

enum metric_source_kind {
    SOURCE_LEVEL_MEAN, /* time average of level `at` / scale                                  */
    SOURCE_LEVEL_MAX,
    SOURCE_LEVEL_PEAK, /* highest window of run.window                                        */
    SOURCE_TALLY_MEAN, /* of tally `at` / scale                                                 */
    SOURCE_TALLY_SD,
    SOURCE_TALLY_MAX,
    SOURCE_TALLY_QUANTILE,
    SOURCE_TALLY_BEYOND,  /* share of observations above `limit` since the last restart          */
    SOURCE_TALLY_NONZERO, /* share of observations above zero                                   */
    SOURCE_PER_SECOND,    /* count `at` per second                                               */
    SOURCE_SHARE,         /* sum of counts at[] over the sum of counts over[]                     */
    SOURCE_IN_EVERY,      /* worst window of source `of`: window number `clock`                   */
    SOURCE_OVER,   /* worst of the values of watch `of`                                         */
    SOURCE_FOR,    /* best sustained level of watch `of`: see struct stretch (windows.h)        */
    SOURCE_SERIES, /* one window of a series                                                    */
    SOURCE_CHECK   /* filled in by checks.c                                                     */
};

enum { NO_COUNT = -1, MAX_EVENTS = 3, MAX_TRIALS = 6 };

struct metric_source {
    enum metric_source_kind kind;
    int at[MAX_EVENTS]; /* level, tally or counts; NO_COUNT                             */
    int over[MAX_TRIALS];
    int capacity; /* of a utilization whose whole may change in a rollout: its place; else -1 */
    int copies;   /* of a resource, of which the highest value counts; else 1 */
    int stride;   /* from the place of one copy to that of the next                            */
    double scale; /* divides a level or a mean */
    double quantile;
    int64_t limit;  /* SOURCE_TALLY_BEYOND [ns], negative: all are above                     */
    int of;         /* SOURCE_IN_EVERY: an ordinary column; _OVER, _FOR: a watch             */
    int clock;      /* SOURCE_IN_EVERY                                                       */
    uint32_t steps; /* SOURCE_FOR: windows of run.window in a row                            */
    bool is_upper;  /* SOURCE_IN_EVERY, _OVER, _FOR: the worst window is the highest         */
};

/* The value of ordinary column `of` over the last `steps` windows of run.window, worked out at each
 * of their ends (windows.h). */
struct metric_watch {
    int of;
    uint32_t steps; /* >= 1 */
};

/* A metric in each window of run.window: columns first_column .. + metrics.series_length - 1. */
struct metric_series {
    int of, watch, first_column;
};

/* The limits at which a tally counts exactly. */
struct tally_limits {
    int64_t *limits;
    uint32_t count, room;
};

struct metric_name {
    const char *name;
    int column;
};

struct metrics {
    struct column *columns;        /* [column_count]                                           */
    struct metric_source *sources; /* [column_count]                                           */
    size_t metric_count;           /* ordinary ones                                            */
    struct metric_name *by_name;   /* [metric_count] sorted                                    */
    size_t check_base;             /* first column of the self-checks                          */
    size_t column_count;
    int *criterion_columns;      /* [criteria of the spec]                                   */
    int *criterion_beyond;       /* [criteria of the spec] column of the share beyond, or none */
    struct beyond_claim *claims; /* [criteria of the spec] of those that have one        */
    size_t beyond_base;          /* first of these columns, which are the last           */
    struct tally_limits *limits; /* [tallies of the layout]                              */
    int64_t *clocks;             /* [clock_count] lengths of windows [ns]; 0 is run.window    */
    bool *is_judged;             /* [clock_count] some criterion judges these windows         */
    size_t clock_count;
    bool *needs_buckets; /* [clock_count * tally_count] quantiles taken in its windows */
    struct metric_watch *watches;
    size_t watch_count, watch_room;
    struct metric_series *series;
    size_t series_count, series_length; /* length: whole windows in the measured time */
};

/* The columns of spec. check_names[check_count]: columns to add for the self-checks. Fails when a
 * criterion names an unknown metric, gives its limit in the wrong unit, or a window longer than the
 * run. */
bool metrics_make(const struct scenario *spec, const struct statistics_layout *layout,
                  const struct program *program, const char *const *check_names, size_t check_count,
                  struct arena *arena, struct metrics *metrics, struct error *err);

/* The ordinary column called name, or COLUMN_NONE. Logarithmic in their number. */
int metrics_find(const struct metrics *metrics, const char *name);

#endif
