/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score_answer.h - measured values beside what was projected, as an answer.
 *
 * Each value is compared with the interval in which one real run of that length was projected to
 * be, with the confidence of the run; so of m values of a right model m (1 - confidence) are
 * outside on average. The verdict: PASS when no more are outside than chance puts there in all but
 * 1 - confidence of cases (binomial), else FAIL. Values of one run move together, so that in truth
 * it is more often none, or several at once. */
#ifndef CAPSIM_REPORTS_ANSWERS_SCORE_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_SCORE_ANSWER_H

#include "reports/result/score.h"
#include "reports/writers/command_report.h"

/* Adds facts, tables, document and verdict to an answer that was begun. */
void score_answer_add(struct answer *answer, const struct score *score);

/* The most of `values` that chance alone puts outside of their intervals in all but 1 - confidence
 * of cases. */
size_t score_answer_allowed(size_t values, double confidence);

#endif
