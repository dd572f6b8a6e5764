/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_sections.h - the sections of the report after the change, each a heading with what could
 * be projected and blanks for the rest. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_SECTIONS_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_SECTIONS_H

#include "reports/answers/evidence.h"

/* The report being made. */
struct evidence_making {
    const struct evidence *evidence;
    const struct result_setting *before, *after;
    struct document *document;
    struct arena *arena;
};

/* Adds a section to the document: its number is its place among evidence_template_names. One that
 * the evidence has nothing for adds nothing. */
void evidence_sections_add(struct evidence_making *making, size_t section);

/* "resources.db_pool.max from 50 to 200, resources.db_pool.min from 10 to 20" */
const char *evidence_objective(const struct evidence_making *making);

/* The paired change of a metric, or NULL. */
const struct result_difference *evidence_change_of(const struct evidence_making *making,
                                                   const char *metric);

#endif
