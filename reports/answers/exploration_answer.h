/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exploration_answer.h - what the answers of sweeps and searches have in common. */
#ifndef CAPSIM_REPORTS_ANSWERS_EXPLORATION_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_EXPLORATION_ANSWER_H

#include "models/studies/exploration.h"
#include "reports/writers/command_report.h"

/* What such an answer rests on: the setting alone that is varied. For answer_begin; the answer's
 * first fact is "setting". */
struct scenario_set exploration_answer_grounds(const struct exploration *exploration);

/* Adds what the reader of the scenario warned of. */
void exploration_answer_add_warnings(const struct exploration *exploration, struct answer *answer);
/* Adds how many replications were run beside those of a plain grid of so many points, as facts and
 * as a sentence. */
void exploration_answer_add_effort(const struct exploration *exploration, struct answer *answer,
                                   double grid_points);
/* The table "criteria" of every criterion at every point, and the rows of one point called name. */
struct table *exploration_answer_add_criteria_table(struct answer *answer);
void exploration_answer_add_criteria(const struct exploration *exploration, struct table *table,
                                     const struct candidate *point, const char *name);
/* "fails: pool utilization, error rate": the criteria of a finished probe with that verdict; "" for
 * none. */
const char *exploration_answer_names(const struct exploration *exploration,
                                     const struct candidate *point, enum verdict verdict,
                                     struct arena *arena);
/* The tone and the word of a verdict. */
struct table_cell exploration_answer_verdict_cell(enum verdict verdict);

#endif
