/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sparkline.h - a series of numbers as a short row of blocks, for the terminal and Markdown:
 * "▂▃▅▇"; and a share as a bar.
 *
 * Heights are eighths from 0 to `top`; a gap is a space. */
#ifndef CAPSIM_REPORTS_DOCUMENT_SPARKLINE_H
#define CAPSIM_REPORTS_DOCUMENT_SPARKLINE_H

#include "reports/document/document.h"

enum { SPARKLINE_WIDTH = 20 };

/* values[count] (NaN: nothing was seen) in at most SPARKLINE_WIDTH blocks, each the mean of its
 * share of the values. top > 0. */
const char *sparkline_make(const double *values, size_t count, double top, struct arena *arena);

/* A share (0 to 1) as a bar of up to 8 blocks lying on their side, "█████▍": eighths of a block, so
 * that small shares are seen too. What is outside is shown as 0 or 1. */
const char *sparkline_bar(double share, struct arena *arena);

/* Adds the series of a result, if there are any: a row for each metric and setting, drawn on the
 * scale that all settings of the metric share, with its lowest and highest window. */
void sparkline_add_series(struct document *document, const struct result *result);

#endif
