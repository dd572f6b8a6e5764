/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backtest_answer.h - how often a model has been right, as an answer.
 *
 * The verdict is on the intervals: FAIL when the promised share is above the interval of the share
 * that was inside; PASS when it is within or below; UNDECIDED while there are too few values to
 * tell a model whose intervals are twice too narrow (LEAST_PAIRS). */
#ifndef CAPSIM_REPORTS_ANSWERS_BACKTEST_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_BACKTEST_ANSWER_H

#include "reports/result/ledger.h"
#include "reports/writers/command_report.h"

/* With fewer, all may be inside of intervals that are much too narrow. */
enum { BACKTEST_LEAST_PAIRS = 5 };

/* Adds facts, tables, document and verdict to an answer that was begun. */
void backtest_answer_add(struct answer *answer, const struct ledger *ledger,
                         const struct backtest *found);

#endif
