/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_value.h - what a metric is worth over a stretch of time, from what was observed at both of
 * its ends.
 *
 * Exact: levels, counts, sums and histograms are differences of integers. */
#ifndef CAPSIM_MODELS_METRICS_METRIC_VALUE_H
#define CAPSIM_MODELS_METRICS_METRIC_VALUE_H

#include "models/metrics/metrics.h"

/* The value of an ordinary column over the time from `from` to now; NaN when nothing was observed.
 * *weight is what a ratio's total was divided by, so that replications add up: the number of
 * observations or trials, for a level or a rate per second the time [s], times the capacity that a
 * utilization is of; 1 for the others. peaks[level_count]: highest window so far, for
 * SOURCE_LEVEL_PEAK (may be NULL otherwise). scratch[HISTOGRAM_BUCKETS]. */
double metric_value(const struct metric_source *source, const struct snapshot *from,
                    const struct statistics *statistics, int64_t now, const double *peaks,
                    uint32_t *scratch, double *weight);

/* Turns the source of one copy of a pool into that of the next copy. */
void metric_value_next_copy(struct metric_source *source);

#endif
