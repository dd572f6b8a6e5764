/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - the writers of single formats, on an open stream; command_report.h has what writes a
 * whole report in any of them.
 *
 * They return false with STATUS_IO when the stream failed (full disk, closed pipe). They flush it,
 * they do not close it. Numbers use a point whatever the locale. What was not observed is null in
 * JSON, empty in CSV and "-" for people.
 * text: aligned, at most `width` columns (less than 40 counts as 40), colour only if asked for, no
 * control character of the input ever; only a word of the command that repeats the run may be
 * wider, since it must stay one. Very long names and titles are shortened. json: the contract;
 * further keys stand behind its own (report_json.h). Numbers read back exactly. csv: every metric
 * of every setting (metric_tables_all), RFC 4180 quotes, lines end with LF; a text that a
 * spreadsheet would run as a formula gets an apostrophe before it. markdown: what text says, in
 * tables for a pull request, all of the input's markup escaped. html: one page that needs nothing
 * else (page.h); extras (figure.h) may be NULL. */
#ifndef CAPSIM_REPORTS_WRITERS_REPORT_H
#define CAPSIM_REPORTS_WRITERS_REPORT_H

#include "reports/document/document.h"
#include "reports/result/report_json.h"
#include "reports/text/figure.h"
#include <stdio.h>

enum report_format {
    REPORT_TEXT,
    REPORT_JSON,
    REPORT_CSV,
    REPORT_MARKDOWN,
    REPORT_HTML,
    REPORT_FORMATS
};

struct report_style {
    bool has_colour;
    int width; /* columns, 100 by default */
};

/* A document for people, and a table for machines as CSV. */
bool document_text(const struct document *document, const struct report_style *style, FILE *out,
                   struct error *err);
bool document_markdown(const struct document *document, FILE *out, struct error *err);
bool table_csv(const struct table *table, FILE *out, struct error *err);

/* The page of a result. */
bool report_html(const struct result *result, const struct page_extras *extras, FILE *out,
                 struct error *err);

/* run.json: when, where and how fast the result was found, and the event hash of each replication
 * of its settings, where those are known. */
bool report_run_facts(const struct run_facts *facts, const struct result *result, FILE *out,
                      struct error *err);

#endif
