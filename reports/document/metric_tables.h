/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_tables.h - the metrics of a result as tables: all of them for machines, the key ones side
 * by side for people.
 *
 * Which are key the catalogue says (metric_catalogue.h: is_shown): what a reader wants to see first
 * of a resource or a workload as a whole. */
#ifndef CAPSIM_REPORTS_DOCUMENT_METRIC_TABLES_H
#define CAPSIM_REPORTS_DOCUMENT_METRIC_TABLES_H

#include "reports/result/result.h"
#include "reports/text/table.h"

/* Every metric of every setting, one per row, numbers in base units. Columns: setting, metric,
 * estimate, low, high, unit, replications, standard_error, flags (of "no_interval", "unresolved",
 * "upper_bound", "unstable", with spaces between), one_run_low, one_run_high (empty where they were
 * not worked out). */
const struct table *metric_tables_all(const struct result *result, struct arena *arena);

/* The key metrics, one per row, and a column per setting; rounded, with units. A setting without a
 * steady state shows no intervals. */
const struct table *metric_tables_settings(const struct result *result, struct arena *arena);

/* The same with the ranges in which one real run would be. */
const struct table *metric_tables_one_run(const struct result *result, struct arena *arena);

/* The same of every metric. */
const struct table *metric_tables_side_by_side(const struct result *result, struct arena *arena);

/* The differences of the key metrics, one per row, and a column per setting that was compared with
 * the baseline; no columns but the first when there are none. */
const struct table *metric_tables_differences(const struct result *result, struct arena *arena);

/* What a table of several settings has a column of for each of them. */
enum metric_columns { METRIC_VALUES, METRIC_CHANGES, METRIC_BOTH };

/* Key metrics side by side: but for METRIC_CHANGES a column of the first setting, then for each of
 * count more from number `first` on one of it, one of its paired difference from the first, or
 * both. A change of which the sign is not known is "none". (*groups)[row]: what this row and those
 * behind it are of; NULL: as the row before; (*labels)[row]: the metric in words. */
const struct table *metric_tables_compared(const struct result *result, size_t first, size_t count,
                                           enum metric_columns columns, const char *const **groups,
                                           const char *const **labels, struct arena *arena);

#endif
