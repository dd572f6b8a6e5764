/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_parts.h - parts that a page has and a text does not: where the time goes, what the inputs
 * rest on, how sure the figures are, room to sign, and every metric there is. */
#ifndef CAPSIM_REPORTS_WRITERS_PAGE_PARTS_H
#define CAPSIM_REPORTS_WRITERS_PAGE_PARTS_H

#include "reports/writers/page.h"

/* The setting that a reader is asked to agree to: the last that is judged, else the last. The
 * result has at least one. */
const struct result_setting *page_parts_subject(const struct result *result);

/* Mean time in each named step and mean wait for each resource, beside the mean response: a part of
 * its own; none when no step has a name. */
void page_parts_add_time(struct page *page);

/* What was measured, what is assumed without a source, what capsim fitted, which defaults. */
void page_parts_add_inputs(struct page *page);

/* How sure: replications, looks, and how far each criterion is from its limit in half widths. */
void page_parts_add_uncertainty(struct page *page);

/* Lines for names and dates, and what is signed: the digest. */
void page_parts_add_sign_off(struct page *page);

/* Every metric of every setting, folded away. */
void page_parts_add_metrics(struct page *page);

#endif
