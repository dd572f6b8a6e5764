/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_lines.h - offered load against capacity, in the first lines of a report: whether there is a
 * steady state at all, and what must fail where only time-outs make one. */
#ifndef CAPSIM_REPORTS_DOCUMENT_LOAD_LINES_H
#define CAPSIM_REPORTS_DOCUMENT_LOAD_LINES_H

#include "reports/document/document.h"

/* A statement for each station of each setting that is offered as much as it can do or more, and
 * one for each setting with the most loaded of the others; settings with the same loads share it.
 * */
void load_lines_add(struct document *document, const struct result *result);

#endif
