/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_manual.h - what every metric means, in words: for `capsim explain` and the manual.
 *
 * A metric is called "<name>.<metric>" or "<name>.<metric>.<statistic>"; the same word may mean
 * something else of another kind of thing. */
#ifndef CAPSIM_MODELS_METRICS_METRIC_MANUAL_H
#define CAPSIM_MODELS_METRICS_METRIC_MANUAL_H

#include <stdbool.h>
#include <stddef.h>

struct metric_entry {
    const char *of;   /* "connection or thread pool"                                           */
    const char *name; /* "utilization", "step.<step>"                                          */
    const char *unit; /* of struct column                                                      */
    const char *meaning;
    bool has_statistics; /* observed per request or cycle: mean, sd, p50 ... max; else it is a level
                            or a rate, where max and peak may follow                           */
};

struct metric_statistic {
    const char *name, *meaning;
};

extern const struct metric_entry metric_manual[];
extern const size_t metric_manual_count;
extern const struct metric_statistic metric_statistics[];
extern const size_t metric_statistic_count;

/* True if the last words of a full name ("db_pool.wait.p95") are this entry's, with or without a
 * statistic. */
bool metric_manual_fits(const struct metric_entry *entry, const char *full_name);

#endif
