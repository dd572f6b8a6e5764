/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_answer.h - what telemetry showed, and what was drafted from it, as an answer.
 *
 * Its first table, that of the CSV, has the figures. The verdict: FAIL when sources contradict each
 * other. */
#ifndef CAPSIM_REPORTS_ANSWERS_IMPORT_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_IMPORT_ANSWER_H

#include "reports/result/import_findings.h"
#include "reports/writers/command_report.h"

/* Adds facts, tables, document and verdict to an answer that was begun. */
void import_answer_add(struct answer *answer, const struct import_findings *found);

#endif
