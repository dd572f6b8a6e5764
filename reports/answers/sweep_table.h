/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_table.h - the points of a sweep as a table for people: each point, or of a long sweep each
 * range of neighbours that are alike. */
#ifndef CAPSIM_REPORTS_ANSWERS_SWEEP_TABLE_H
#define CAPSIM_REPORTS_ANSWERS_SWEEP_TABLE_H

#include "models/studies/sweep_study.h"
#include "reports/writers/command_report.h"

/* A person reads no more; and a page of 10^5 rows does not scroll. */
enum { SWEEP_TABLE_ROWS = 1000 };

/* Adds the table to the answer's document: of up to SWEEP_TABLE_ROWS points each; of more the
 * ranges of neighbours that have one verdict for one reason, along the value that gives the fewest
 * rows, and of these the first SWEEP_TABLE_ROWS. A point that is not finished is in no range. */
void sweep_table_add(const struct sweep_study *study, struct answer *answer);

/* What was estimated at finished point p of the metric of that number; NULL: it has none. */
const struct estimate *sweep_table_estimate(const struct sweep_study *study, size_t p,
                                            size_t metric);
/* The metric of that number, as the first point has it. */
const struct column *sweep_table_column(const struct sweep_study *study, size_t metric);

#endif
