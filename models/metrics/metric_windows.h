/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_windows.h - the columns that look at windows: criteria with `in every`, `over` and `for`,
 * and series.
 *
 * What they need of windows of run.window is collected in metrics.watches: each is worked out once
 * at each end of such a window (windows.h), whoever wants it. Called by metrics.c, and by whoever
 * has rules to evaluate (alerts.h). */
#ifndef CAPSIM_MODELS_METRICS_METRIC_WINDOWS_H
#define CAPSIM_MODELS_METRICS_METRIC_WINDOWS_H

#include "models/metrics/metric_builder.h"

/* Makes room for the windows of the specification's criteria; first of all. */
void metric_windows_begin(struct builder *builder);

/* Finds the column of each criterion, behind the ordinary ones: all of them are there. Errors are
 * those of metrics_make. */
bool metric_windows_add_criteria(struct builder *builder, struct error *err);

/* Of all series of a setting: each is kept for every replication. */
enum { METRIC_SPANS_MOST_VALUES = 20000 };

/* Adds the columns of run.series: last of all. An unknown metric, one that is the highest of the
 * whole run and so has no windows, or too many values are STATUS_USAGE errors of "--series". */
bool metric_windows_add_series(struct builder *builder, struct error *err);

/* The watch on ordinary column `of` over the last steps windows, made when there is none. */
int metric_windows_watch(struct builder *builder, int of, uint32_t steps);

/* The watch on which the rule `when` (METRIC [OP VALUE] [over DURATION]) is evaluated
 * at the end of each window of run.window. The errors are those of a criterion, at when->pointer.
 */
bool metric_windows_add_rule(struct builder *builder, const struct criterion_spec *when, int *watch,
                             struct error *err);

/* True for what is worth something in each window: not what is the highest of the whole run. */
bool metric_windows_has_windows(const struct metric_source *source);

#endif
