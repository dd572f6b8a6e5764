/* SPDX-License-Identifier: GPL-3.0-or-later */
/* findings.h - the first half of a document: the verdicts, why, and what was measured. */
#ifndef CAPSIM_REPORTS_DOCUMENT_FINDINGS_H
#define CAPSIM_REPORTS_DOCUMENT_FINDINGS_H

#include "reports/document/document.h"

/* Adds title and verdicts, what a reader must know before believing them, the criteria of each
 * setting, the settings side by side and their differences from the baseline. */
void findings_add(struct document *document, const struct result *result);

/* Its three parts: everything before the first heading; the criteria, with a heading for each
 * setting; what was measured, side by side and as differences. */
void findings_add_verdicts(struct document *document, const struct result *result);
void findings_add_criteria(struct document *document, const struct result *result);
void findings_add_measured(struct document *document, const struct result *result);

/* Pieces of these, without headings: what a reader must know before believing a number; the
 * criteria of one setting, has_distance: with how many half widths each is from its limit; how the
 * figures were measured, and what is different in each setting; what a * means, if there is one. */
void findings_add_reservations(struct document *document, const struct result *result);
void findings_add_criteria_of(struct document *document, const struct result_setting *setting,
                              bool has_distance);
void findings_add_measuring(struct document *document, const struct result *result);
/* Where one real run would be, with its heading; nothing unless some input is uncertain, for else
 * the evidence says it. */
void findings_add_one_run(struct document *document, const struct result *result);
void findings_add_unresolved(struct document *document, const struct result *result);

/* What a criterion asks, in one line: its expression, and what it may not be worse than. */
const char *findings_expectation(const struct result_criterion *criterion, struct arena *arena);
/* "PASS", and how it looks. */
const char *findings_word(enum verdict verdict);
enum tone findings_tone(enum verdict verdict);

/* For documents that put them together otherwise: a statement of a verdict; that of a setting, with
 * the criteria that decided it; the self-checks that it failed. */
void findings_add_verdict(struct document *document, enum verdict verdict, const char *text);
void findings_add_setting_verdict(struct document *document, const struct result_setting *setting);
void findings_add_failed_checks(struct document *document, const struct result_setting *setting);
/* A statement where the warning says that less than a round of a profile is simulated. */
void findings_add_part(struct document *document, const char *setting, const char *warning);
/* The warning as a statement if it is of a pool that can deadlock (pool_nesting.h). */
void findings_add_deadlock(struct document *document, const char *setting, const char *warning);

#endif
