/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_answer.h - what `capsim sweep` found, as an answer. */
#ifndef CAPSIM_REPORTS_ANSWERS_SWEEP_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_SWEEP_ANSWER_H

#include "models/studies/sweep_study.h"
#include "reports/writers/command_report.h"

/* Adds everything to answer, which must be fresh (grounds: exploration_answer.h). Tables: "points",
 * "criteria". Its verdict stays VERDICT_NONE: each point has its own. */
void sweep_answer_add(struct answer *answer, const struct sweep_study *study);

/* Names the points that were left out as a STATUS_IO error; STATUS_OK: there are none. */
struct error sweep_answer_left_out(const struct sweep_study *study, struct arena *arena);

#endif
