/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline_answer.h - a run that is kept, to hold later ones against it. */
#ifndef CAPSIM_REPORTS_ANSWERS_BASELINE_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_BASELINE_ANSWER_H

#include "reports/writers/command_report.h"
#include "sim/study/regression.h"

/* The answer of a run whose JSON keeps the scenario's text, each replication's values and the
 * approvals[count], too. */
struct answer *baseline_answer_make(const struct result *result, const char *source,
                                    const struct regression_approval *approvals, size_t count,
                                    struct arena *arena);

/* What says that it was saved, or the newest approval; in the answer's arena. */
const char *baseline_answer_tell(const struct answer *answer, bool is_approved, const char *path);

/* Adds what was accepted on the way to this baseline, newest first: a section and the facts
 * "approvals" and "approved", the latest reason. Nothing where there is none. */
void baseline_answer_add_approvals(struct answer *answer,
                                   const struct regression_baseline *baseline);

#endif
