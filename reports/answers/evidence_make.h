/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_make.h - puts evidence together from what the studies found. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_MAKE_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_MAKE_H

#include "models/studies/load_test_study.h"
#include "reports/answers/evidence.h"
#include "reports/result/rehearsal_findings.h"
#include "reports/writers/command_report.h"

/* Evidence of the change from setting number `before` to `after`, without what differs in the
 * configuration, a load test and a rehearsal. scenario: the path that was read, below whose folder
 * the other inputs are. */
struct evidence *evidence_make(const struct result *result, const struct scenario_set *set,
                               size_t before, size_t after, const char *scenario,
                               struct arena *arena);

/* Adds the load tests, and how well one of them could tell whether the limit of the p95 is kept. */
void evidence_add_test(struct evidence *evidence, const struct scenario *spec,
                       const struct load_test_study *study, struct arena *arena);

/* Adds the page of a run, with what is drawn for it; both must stay. */
void evidence_add_page(struct evidence *evidence, const struct answer *answer,
                       const struct page_extras *extras, struct arena *arena);
/* Adds a file of that text. words: what it is, for the index. All must stay. */
void evidence_add_text(struct evidence *evidence, const char *name, const char *text,
                       const char *words);

/* Adds the rehearsal of the change: a section of the report, and files of what happens during it.
 * */
void evidence_add_rehearsal(struct evidence *evidence, const struct rehearsal_findings *findings,
                            const struct answer *answer, const struct page_extras *extras,
                            struct arena *arena);

/* Has its report made by a form that was checked, and keeps the form; both must stay. */
void evidence_add_form(struct evidence *evidence, const struct evidence_template *form);

#endif
