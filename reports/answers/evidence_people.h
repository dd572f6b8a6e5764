/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_people.h - the sections of the post-execution report that only people or production can
 * fill in: what is known from the simulation stands there, all else is a blank. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_PEOPLE_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_PEOPLE_H

#include "reports/answers/evidence.h"

/* Each adds its section, with a heading, to a document that has blanks. */
void evidence_people_add_timeline(struct document *document, const struct evidence *evidence);
void evidence_people_add_incidents(struct document *document);
void evidence_people_add_rollback(struct document *document, const struct evidence *evidence);
void evidence_people_add_checklist(struct document *document, const struct evidence *evidence);
void evidence_people_add_assessment(struct document *document, const struct evidence *evidence);
void evidence_people_add_decision(struct document *document);

/* A row of texts[] up to NULL; the cells after them are blanks. */
void evidence_people_add_row(struct table *table, const char *const *texts);
/* A table with columns of these names[count], at most 12. */
struct table *evidence_people_table(const char *const *names, size_t count, struct arena *arena);
/* Adds the blocks of another document; of: whose its headings are, or NULL. */
void evidence_people_append(struct document *document, const char *of, const struct document *from);

#endif
