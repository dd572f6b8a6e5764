/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_parts.h - the parts of a page behind its verdict, each added where there is something to
 * say.
 *
 * Their words in the contents, which chips refer to: "Model", "Criteria", "Settings compared",
 * "Inputs", "Warnings", "Checks and defaults", "Provenance", "Sign-off", "Every metric". */
#ifndef CAPSIM_REPORTS_WRITERS_PAGE_PARTS_H
#define CAPSIM_REPORTS_WRITERS_PAGE_PARTS_H

#include "reports/writers/page.h"

/* The diagram of what was simulated, with the scenario's description. */
void page_parts_add_model(struct page *page);

/* Of an undecided verdict: what would decide each criterion, with a picture of the nearest one, and
 * the ways to a verdict. */
void page_parts_add_decision(struct page *page);
/* Replications that would probably decide all that more of them can decide, rounded up to two
 * digits; 0: none is of that kind, or it takes too many. */
size_t page_decision_replications(const struct result_setting *setting);

/* Pictures in groups: load, timeline, response; of each group that has any a part. */
void page_parts_add_figures(struct page *page);

/* Where the time goes: the finding of `why`, or else the mean time in each named step and the mean
 * wait for each resource, with the picture of it. */
void page_parts_add_time(struct page *page);

/* Each criterion of each setting that is judged, with how far it is from its limit; how sure. */
void page_parts_add_criteria(struct page *page);

/* Settings side by side with their changes. */
void page_parts_add_settings(struct page *page);

/* Where one real run would be, if some input is uncertain. */
void page_parts_add_one_run(struct page *page);

/* What every setting was warned of. */
void page_parts_add_warnings(struct page *page);

/* What was measured, what is assumed without a source, what capsim fitted, with their values. */
void page_parts_add_inputs(struct page *page);

/* Self-checks and the defaults taken: folded, each below a sentence that is true by itself. */
void page_parts_add_checks(struct page *page);

/* Where it comes from and how to make it again, with the scenario itself when it is known. */
void page_parts_add_provenance(struct page *page);

/* Lines for names and dates, and what is signed: the digest. */
void page_parts_add_sign_off(struct page *page);

/* Every metric of every setting, folded away. */
void page_parts_add_metrics(struct page *page);

#endif
