/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.h - metrics window by window, as data, JSON and CSV.
 *
 * Of each series that run.series asked for: in each window the mean over the replications with its
 * confidence interval (estimate, low, high), and the band in which one further run would be
 * (prediction.h): the first narrows with more replications, the second is what a dashboard will
 * show. Both hold for each window by itself. Not part of the digest. */
#ifndef CAPSIM_REPORTS_RESULT_SERIES_H
#define CAPSIM_REPORTS_RESULT_SERIES_H

#include "reports/result/result.h"
#include "reports/text/json_writer.h"
#include "reports/text/table.h"

/* The series of a setting of the plan, in arena; *count of them. */
const struct result_series *series_of_setting(const struct plan *plan,
                                              const struct study_outcome *outcome, size_t setting,
                                              struct arena *arena, size_t *count);

/* Where one further replication of a setting would be in a column, at the confidence that the plan
 * asked for. Within what is possible: not below 0; a share that was never above 1 not above 1. */
struct prediction series_predict(const struct plan *plan, const struct study_outcome *outcome,
                                 size_t setting, size_t column, struct arena *arena);

/* True if some setting has a series. */
bool series_exist(const struct result *result);

/* The key "series" with its value, into an open object: { "window_s", "values": [ { "setting",
 * "metric", "unit", "estimate": [...], "low", "high", "band_low", "band_high" } ] }. */
void series_emit(struct json_writer *writer, const struct result *result);

/* One row for each window: setting, metric, unit, start_s, end_s (of the measured time), estimate,
 * low, high, band_low, band_high, replications. */
const struct table *series_table(const struct result *result, struct arena *arena);

#endif
