/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_verdict.h - what a page opens with: the verdict in words, a tile for each criterion, chips
 * that lead to what a reviewer must know. */
#ifndef CAPSIM_REPORTS_WRITERS_PAGE_VERDICT_H
#define CAPSIM_REPORTS_WRITERS_PAGE_VERDICT_H

#include "reports/writers/page.h"

/* More criteria are in their table alone. */
enum { PAGE_VERDICT_MOST_TILES = 12 };

/* All of it; the page's parts are there already. */
void page_verdict_write(const struct page *page);

#endif
