/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit_answer.h - which claims contradict each other, as an answer.
 *
 * The verdict: FAIL when some claims cannot all be true whatever the system; UNDECIDED when that
 * needs a supposition that a system could break; else PASS. */
#ifndef CAPSIM_REPORTS_ANSWERS_AUDIT_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_AUDIT_ANSWER_H

#include "models/studies/claims_audit.h"
#include "reports/writers/command_report.h"

/* Adds facts, tables, document and verdict to an answer that was begun. */
void audit_answer_add(struct answer *answer, const struct claims_audit *audit);

#endif
