/* SPDX-License-Identifier: GPL-3.0-or-later */
/* criterion_words.h - a criterion in a few words for a tile or a sentence, with three digits; the
 * tables of a document have the full ones. */
#ifndef CAPSIM_REPORTS_DOCUMENT_CRITERION_WORDS_H
#define CAPSIM_REPORTS_DOCUMENT_CRITERION_WORDS_H

#include "reports/result/result.h"
#include "reports/text/digits.h"

/* Which criterion comes first, by number: order[criterion_count]. Failures, then undecided ones,
 * then what holds; each by the share of its limit that is used. */
void criterion_words_order(const struct result_setting *setting, size_t *order);

/* The share of its limit that the estimate uses (limit_share.h); NaN: it has none. */
double criterion_words_share(const struct result_criterion *criterion);

/* What the criterion's metric was in the setting that a change starts from: the result's first,
 * unless that is `setting`. NULL: there is no such setting, or the criterion looks at parts of the
 * run, of which a mean says nothing. */
const struct result_metric *criterion_words_before(const struct result *result,
                                                   const struct result_setting *setting,
                                                   const struct result_criterion *criterion);

/* The scale for the criterion's estimate, its limit and what it was before (NaN: nothing). */
struct digits_scale criterion_words_scale(const struct result_criterion *criterion, double before);

/* "less than", "at most", "more than", "at least". */
const char *criterion_words_op(enum comparison op);

/* "pool utilization is 93.8 %; less than 70 % is allowed": why it does not hold. */
const char *criterion_words_failure(const struct result_criterion *criterion, struct arena *arena);

/* Undecided because its limit lies in its interval, and for no other reason. */
bool criterion_words_is_near(const struct result_criterion *criterion);

/* Under a tile's bar: "± 0.02 pp; 51 pp below its limit". */
const char *criterion_words_distance(const struct result_criterion *criterion, struct arena *arena);

/* What a criterion looks at but the whole run, as written: "in every 5min"; "" for that. */
const char *criterion_words_span(const struct result_criterion *criterion);

#endif
