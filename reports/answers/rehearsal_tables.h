/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rehearsal_tables.h - the findings of a rehearsal as tables for machines. Used by
 * rehearsal_answer.c. */
#ifndef CAPSIM_REPORTS_ANSWERS_REHEARSAL_TABLES_H
#define CAPSIM_REPORTS_ANSWERS_REHEARSAL_TABLES_H

#include "reports/result/rehearsal_findings.h"
#include "reports/writers/command_report.h"

/* Adds the tables and facts that rehearsal_answer.h names. */
void rehearsal_tables_add(struct answer *answer, const struct rehearsal_findings *findings);

#endif
