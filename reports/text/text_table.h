/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_table.h - a table in columns of characters, never wider than the screen.
 *
 * Texts that do not fit are broken over lines inside their column. When the numbers alone are too
 * wide the table is cut into several, each of which repeats the first column. A number is broken
 * only where one column of them is wider than the whole screen. */
#ifndef CAPSIM_REPORTS_TEXT_TEXT_TABLE_H
#define CAPSIM_REPORTS_TEXT_TEXT_TABLE_H

#include "reports/text/table.h"
#include <stdio.h>

enum { TEXT_TABLE_NARROWEST = 40 };

/* Writes the table, its lines indented by two, at most `width` columns (>= TEXT_TABLE_NARROWEST).
 * Scratch memory comes from arena. out's error flag tells of a failure. */
void text_table_write(const struct table *table, int width, bool has_colour, struct arena *arena,
                      FILE *out);

/* The escape sequence that begins a tone, and the one that ends any; "" without colour. */
const char *text_table_colour(enum tone tone, bool has_colour);
const char *text_table_colour_end(enum tone tone, bool has_colour);

#endif
