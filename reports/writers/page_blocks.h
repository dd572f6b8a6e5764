/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_blocks.h - a document's blocks, and pictures, as HTML. */
#ifndef CAPSIM_REPORTS_WRITERS_PAGE_BLOCKS_H
#define CAPSIM_REPORTS_WRITERS_PAGE_BLOCKS_H

#include "reports/document/document.h"
#include "reports/text/figure.h"
#include "reports/text/html.h"

/* "good", "bad", "unsure"; "" for a plain one. */
const char *page_blocks_class(enum tone tone);

/* Blocks from first up to end (NULL: all of them); headings among them are h3, but titles. caption:
 * what tables before a heading are called. */
void page_blocks_write(const struct html *html, const struct block *first, const struct block *end,
                       const char *caption);

/* Words, quoted for a shell; lines are broken between them only. */
void page_blocks_command(const struct html *html, const char *const *words, size_t count);

enum page_figure { PAGE_FIGURE_BESIDE, PAGE_FIGURE_ALONE };

/* A picture under its headline, with words for those who cannot see it. place: beside another one,
 * or over the whole width. has_caption: false where the headline stands above it as a heading
 * already. */
void page_blocks_figure(const struct html *html, const struct figure *figure,
                        enum page_figure place, bool has_caption);

#endif
