/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison_answer.h - what changed from one setting to another, sorted by how much.
 *
 * A metric has changed when the confidence interval of its paired difference excludes zero (an
 * unresolved quantile never has). The order is: those that changed, by the size of the change
 * relative to the larger of the two values (0 to 1, and more only when the sign changes), so that
 * what went from 1 ms to 9 ms stands before what went from 50 % to 70 %, and among equal sizes by
 * how many standard errors the change has; then those of which it is open whether they changed, by
 * standard errors; then those that are the same in every replication; then those of which a
 * setting observed nothing. Ranking by certainty alone would put first whatever has the least
 * noise, however little it moved. */
#ifndef CAPSIM_REPORTS_ANSWERS_COMPARISON_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_COMPARISON_ANSWER_H

#include "models/studies/comparison_study.h"
#include "reports/writers/command_report.h"

enum comparison_kind { CHANGED, CHANGE_OPEN, CHANGE_NONE, CHANGE_UNKNOWN };

struct comparison_metric {
    const char *name, *unit;
    const struct metric_identity *identity;
    struct estimate from, to, difference; /* difference: to - from, paired */
    double variance_ratio;                /* of the paired difference to an unpaired one's; NaN
                                             where neither varies */
    enum comparison_kind kind;            /* these two: by comparison_sort                  */
    double relative;                      /* the change over the larger value; signed; NaN  */
};

/* Fills kind and relative of each and sorts them. */
void comparison_sort(struct comparison_metric *metrics, size_t count);

/* Adds to the answer: facts, the table "metrics" of all, for people a headline and the key metrics,
 * and what a reader must know before believing them. The answer's grounds are
 * comparison_study_inputs. */
void comparison_answer_add(struct answer *answer, const struct comparison_study *study);

#endif
