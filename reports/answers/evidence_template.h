/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_template.h - a team's own form of the report after the change: a text with placeholders
 * in double braces, which are filled in.
 *
 *     {{criteria}}                          a section of the usual report, on a line of its own
 *     {{verdict}}                           a word or a figure, anywhere in a line
 *     {{projected db_pool.wait.p95}}        a metric after the change; also baseline, difference
 *     {{blank}}                             to be filled in by hand (so is ‹to fill in› itself)
 *
 * Everything else stays as it is. Which names there are: evidence_template_names. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_TEMPLATE_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_TEMPLATE_H

#include "reports/answers/evidence.h"

/* Its copy in the folder. */
#define EVIDENCE_TEMPLATE "evidence_template.md"

struct evidence_template {
    const char *file; /* for messages            */
    const char *text; /* ends with a NUL         */
    size_t length;
};

enum evidence_part { EVIDENCE_SECTION, EVIDENCE_WORD, EVIDENCE_METRIC };

struct evidence_placeholder {
    enum evidence_part part;
    const char *name;   /* "criteria", "verdict", "projected"                                   */
    const char *metric; /* of a metric; else NULL                                               */
    const char *begin, *end; /* in the text, with the braces                                    */
};

/* The next placeholder from `from` on, one that evidence_template_check has let pass. False: there
 * is none. */
bool evidence_template_next(const char *from, struct arena *arena,
                            struct evidence_placeholder *found);

/* False with STATUS_INPUT, line and column for a placeholder that is not known, a section that is
 * not alone on its line, braces that are not closed, a metric for which has_metric is false, or
 * bytes that are no text. */
bool evidence_template_check(const struct evidence_template *form,
                             bool (*has_metric)(const void *context, const char *name),
                             const void *context, struct error *err);

/* All names, sections first, for the manual; names[*sections] is the first that is none. */
const char *const *evidence_template_names(size_t *sections, size_t *count);

#endif
