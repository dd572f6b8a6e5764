/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline_answer.h - a run that is kept, to hold later ones against it. */
#ifndef CAPSIM_REPORTS_ANSWERS_BASELINE_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_BASELINE_ANSWER_H

#include "reports/writers/command_report.h"

/* The answer of a run whose JSON keeps the scenario's text and each replication's values, too. */
struct answer *baseline_answer_make(const struct result *result, const char *source,
                                    struct arena *arena);

/* The line that says what was saved; in the answer's arena. */
const char *baseline_answer_tell(const struct answer *answer, const char *path);

#endif
