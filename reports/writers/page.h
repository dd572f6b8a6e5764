/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.h - the report as one HTML page that needs nothing else: no script, no network, no file.
 *
 * A page is a list of parts, each with a heading and an id; the verdict stands before them and a
 * list of links to them behind it. Every row of a table that holds findings has an id of its own:
 * metric-db_pool.wait.p95, criterion-proposed-pool-utilization, difference-..., check-....
 * The same result, extras and version give the same bytes. */
#ifndef CAPSIM_REPORTS_WRITERS_PAGE_H
#define CAPSIM_REPORTS_WRITERS_PAGE_H

#include "reports/document/document.h"
#include "reports/text/figure.h"
#include "reports/text/html.h"
#include "reports/writers/command_report.h"

enum { PAGE_MOST_PARTS = 96 };

struct page;

struct page_part {
    const char *id, *heading;
    const struct block *first, *end; /* what it says: blocks from first up to end              */
    void (*write)(const struct page *page); /* NULL, or writes more behind the blocks          */
};

struct page {
    struct html html;
    const struct result *result; /* grounds alone for an answer's page                         */
    const struct page_extras *extras;
    const struct block *opening; /* title, verdicts, reservations: the blocks before a heading */
    struct page_part parts[PAGE_MOST_PARTS];
    size_t part_count;
};

/* Adds a part for each heading of the document with the blocks below it. Blocks before the first
 * heading become the page's opening if it has none yet. What exceeds PAGE_MOST_PARTS stays in the
 * last part. */
void page_add_document(struct page *page, const struct document *document);
/* Adds one part: the blocks from first (may be NULL) up to end (NULL: all of them), then what write
 * writes (may be NULL). */
void page_add_part(struct page *page, const char *heading, const struct block *first,
                   const struct block *end, void (*write)(const struct page *page));
/* Adds the pictures; or why there are none; or nothing. */
void page_add_figures(struct page *page);

/* Writes the page, with the means to sign it at its end. */
void page_write(const struct page *page, const char *title);

/* Blocks as HTML; headings among them are of level `level` (2, 3). */
void page_write_blocks(const struct html *html, const struct block *first, const struct block *end,
                       int level);

/* Writes the page of an answer; of a run, report_html. */
bool page_of_answer(const struct answer *answer, const struct page_extras *extras, FILE *out,
                    struct error *err);

#endif
