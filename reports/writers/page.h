/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.h - the report as one HTML page that needs nothing else: no script, no network, no file.
 *
 * It opens with the answer: the verdict in words, a tile for each criterion, chips that lead to
 * what a reviewer must know. Behind it stand parts, each with a heading that is a finding where
 * there is one, an id, and a link in the contents. Every row of a table that holds findings has an
 * id of its own: metric-db_pool.wait.p95, criterion-proposed-pool-utilization, check-.... The same
 * result, extras and version give the same bytes. */
#ifndef CAPSIM_REPORTS_WRITERS_PAGE_H
#define CAPSIM_REPORTS_WRITERS_PAGE_H

#include "reports/document/document.h"
#include "reports/text/figure.h"
#include "reports/text/html.h"
#include "reports/writers/command_report.h"

enum { PAGE_MOST_PARTS = 96 };

struct page;

struct page_part {
    const char *id;      /* NULL: made of link                                                 */
    const char *link;    /* in the contents, a few words; NULL: the heading                    */
    const char *heading; /* NULL: the link                                                     */
    const struct block *first, *end; /* what it says: blocks from first up to end              */
    void (*write)(const struct page *page); /* NULL, or writes more behind the blocks          */
    bool is_on_screen;                      /* not printed */
};

/* The answer itself. */
struct page_hero {
    enum tone tone;
    const char *word;      /* "PASS"; NULL: nothing was judged                                 */
    const char *clause;    /* the finding in a clause                                          */
    const char *sentences; /* what else a reader must know at once; NULL: nothing              */
};

struct page {
    struct html html;
    const struct result *result; /* grounds alone for an answer's page                         */
    const struct page_extras *extras;
    const char *kind, *title; /* "report", "sweep"                                            */
    struct page_hero hero;
    const struct block *lead, *lead_end; /* statements below the hero: from lead up to lead_end */
    const struct result *judged;         /* whose criteria the tiles show; NULL: no tiles      */
    const struct result_setting *shown;  /* of judged, the setting of the tiles                */
    struct page_part parts[PAGE_MOST_PARTS];
    size_t part_count;
};

/* Adds a part for each heading of the document from first up to end with the blocks below it. What
 * exceeds PAGE_MOST_PARTS stays in the last part. */
void page_add_blocks(struct page *page, const struct block *first, const struct block *end);
/* Adds one part. */
void page_add_part(struct page *page, struct page_part part);
/* The part of that link word, or NULL. */
const struct page_part *page_find_part(const struct page *page, const char *link);

/* The bar, or picture of what would decide, of that key (figure.h), or NULL. */
const struct figure *page_find_bar(const struct page *page, const char *key);

/* Writes the page of an answer; of a run, report_html. */
bool page_of_answer(const struct answer *answer, const struct page_extras *extras, FILE *out,
                    struct error *err);

#endif
