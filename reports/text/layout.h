/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.h - text on a screen of so many columns: cleaned, measured, shortened, broken into lines.
 *
 * Widths count columns as a terminal shows them (utf8.h), not bytes. */
#ifndef CAPSIM_REPORTS_TEXT_LAYOUT_H
#define CAPSIM_REPORTS_TEXT_LAYOUT_H

#include "sim/base/arena.h"
#include <stddef.h>

/* text without anything that could act on a terminal: white space becomes a space, other controls
 * and bytes that are not UTF-8 become '?'. text itself when it is clean. */
const char *layout_clean(const char *text, struct arena *arena);

/* Columns of a clean text, and of its first bytes. */
int layout_width(const char *text);
int layout_width_of(const char *text, size_t bytes);

/* text when it has at most `width` columns (>= 4), else its beginning and "...". */
const char *layout_shorten(const char *text, int width, struct arena *arena);

/* The first line of text when it is broken at spaces into lines of at most `width` columns (>= 2):
 * returns its bytes and sets *next to the beginning of the next line, or the end. A word longer
 * than a line is broken behind a dot, a slash or an underscore, or else anywhere. */
size_t layout_break(const char *text, int width, const char **next);

#endif
