/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bottleneck_answer.h - what `capsim why` found, as an answer: a sentence for each workload, where
 * its time goes, and what one more or one less of each resource changes. */
#ifndef CAPSIM_REPORTS_ANSWERS_BOTTLENECK_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_BOTTLENECK_ANSWER_H

#include "models/studies/bottleneck.h"
#include "reports/writers/command_report.h"

/* Adds all findings to answer, which must be fresh. Tables: "breakdown", "resources",
 * "changes". The verdict stays VERDICT_NONE: nothing is judged. */
void bottleneck_answer_add(struct answer *answer, const struct bottleneck *why);

/* What to say when it was interrupted before there was an answer: the split needs the marked study,
 * which comes second, and figures of the first alone would be those of `run`. NULL: nothing was
 * finished at all. */
const char *bottleneck_answer_interruption(const struct bottleneck *why, struct arena *arena);

/* Of the time of the slowest 1 %: from so much waiting for one resource on, it limits. */
extern const double BOTTLENECK_ANSWER_LIMITS;

#endif
