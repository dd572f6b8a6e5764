/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rehearsal_answer.h - the findings of a rehearsal as an answer.
 *
 * Tables for machines: timeline (phase, metric, estimate ...: what CSV gets), rules, criteria,
 * metrics (all of the watch), series, checks, warnings. Times in tables are seconds from the
 * beginning of the rollout. For people the timeline shows what rules and criteria are about, and
 * the connections. */
#ifndef CAPSIM_REPORTS_ANSWERS_REHEARSAL_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_REHEARSAL_ANSWER_H

#include "reports/answers/evidence.h"
#include "reports/result/rehearsal_findings.h"
#include "reports/writers/command_report.h"

/* Its parts of a larger report: verdicts, and what happens phase by phase, with the rules, the
 * criteria and the connections. */
const struct evidence_rehearsal *
rehearsal_answer_for_evidence(const struct rehearsal_findings *findings, struct arena *arena);

/* Adds everything to answer, which has its title only, and sets its verdict. */
void rehearsal_answer_add(struct answer *answer, const struct rehearsal_findings *findings);

#endif
