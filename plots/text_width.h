/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_width.h - how wide a text is at most, so that pictures can keep texts apart.
 *
 * Widths are those of DejaVu Sans, the widest of the sans-serif fonts in common use: what fits in
 * it fits in Helvetica, Arial, Roboto and Segoe UI. Characters that the table does not name count
 * with the widest of their range, so the result is an upper bound. Texts are UTF-8 without controls
 * (layout_clean). Source: the hmtx tables of DejaVu Sans 2.37, book and bold. */
#ifndef CAPSIM_PLOTS_TEXT_WIDTH_H
#define CAPSIM_PLOTS_TEXT_WIDTH_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

/* Width of the text at that font size, in the unit of the size. */
double text_width(const char *text, double size, bool is_bold);

/* text when it is no wider than room, else its beginning and an ellipsis, no wider than room; ""
 * when not even that fits. */
const char *text_width_fit(const char *text, double size, bool is_bold, double room,
                           struct arena *arena);

/* The first line of text when lines are no wider than room: returns its bytes (> 0 unless text is
 * empty) and sets *next to the beginning of the next line, or the end. Lines break at spaces, and
 * within a word that is longer than a line. */
size_t text_width_break(const char *text, double size, bool is_bold, double room,
                        const char **next);

#endif
