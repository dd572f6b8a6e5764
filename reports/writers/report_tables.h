/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_tables.h - the other tables of a result for machines, beside metrics.csv: what was judged,
 * what differs, what was assumed, what was checked. Numbers in base units. */
#ifndef CAPSIM_REPORTS_WRITERS_REPORT_TABLES_H
#define CAPSIM_REPORTS_WRITERS_REPORT_TABLES_H

#include "reports/result/result.h"
#include "reports/text/table.h"

/* setting, criterion, expect, verdict, estimate, low, high, unit, margin, limit. */
const struct table *report_tables_criteria(const struct result *result, struct arena *arena);
/* from, to, metric, estimate, low, high, unit, replications, standard_error. */
const struct table *report_tables_differences(const struct result *result, struct arena *arena);
/* key, value, note, source, default ("yes" or "no"). */
const struct table *report_tables_assumptions(const struct result *result, struct arena *arena);
/* setting, check, simulated, expected, tolerance, holds ("yes" or "no"). */
const struct table *report_tables_checks(const struct result *result, struct arena *arena);

#endif
