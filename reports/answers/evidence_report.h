/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_report.h - the report after the change, in Markdown: what could be projected filled in,
 * the rest left as EVIDENCE_BLANK for the team. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_REPORT_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_REPORT_H

#include "reports/answers/evidence.h"

/* Writes post_execution_report.md; context is the struct evidence (struct folder_file). */
bool evidence_report_write(const void *context, FILE *out, struct error *err);

/* The same with EVIDENCE_MARK where EVIDENCE_BLANK would be: no text of a scenario can look like
 * that. */
bool evidence_report_write_marked(const void *context, FILE *out, struct error *err);

#endif
