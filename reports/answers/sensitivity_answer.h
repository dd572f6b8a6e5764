/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity_answer.h - what `capsim sensitivity` found, as an answer: how likely each verdict is
 * over what the inputs may be, how much of the spread is theirs, and which to measure next. */
#ifndef CAPSIM_REPORTS_ANSWERS_SENSITIVITY_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_SENSITIVITY_ANSWER_H

#include "models/studies/sensitivity_study.h"
#include "reports/writers/command_report.h"

/* Adds everything to answer, which must be fresh. Tables: "verdicts", "variance", "inputs",
 * "draws". */
void sensitivity_answer_add(struct answer *answer, const struct sensitivity_findings *findings);

#endif
