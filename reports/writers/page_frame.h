/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_frame.h - a page as a whole: its title, contents, verdict and parts, in the order in which
 * they are read without a style sheet. */
#ifndef CAPSIM_REPORTS_WRITERS_PAGE_FRAME_H
#define CAPSIM_REPORTS_WRITERS_PAGE_FRAME_H

#include "reports/writers/page.h"

/* Writes the page, to which everything was added. */
void page_frame_write(const struct page *page);

#endif
