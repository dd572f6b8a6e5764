/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate_answer.h - the inputs with which a scenario shows what was measured, as an answer.
 *
 * The verdict: FAIL when the measured values are further off than one run of the fitted scenario
 * would be (chance below 1 - confidence), or more of those held out are outside than chance puts
 * there; UNDECIDED when some input cannot be told from the data, or nothing is left over to judge
 * by; else PASS. */
#ifndef CAPSIM_REPORTS_ANSWERS_CALIBRATE_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_CALIBRATE_ANSWER_H

#include "models/studies/calibration_study.h"
#include "reports/writers/command_report.h"

/* Adds facts, tables, document and verdict to an answer that was begun. scenario: its file, for the
 * command that runs it with these values. */
void calibrate_answer_add(struct answer *answer, const struct calibration_study *study,
                          const char *scenario);

#endif
