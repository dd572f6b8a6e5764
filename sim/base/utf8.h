/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.h - text as characters: what they are, how wide a terminal shows them, which must not reach
 * one.
 *
 * Names and titles come from a scenario (checked UTF-8), but file names and arguments can be any
 * bytes: a byte that starts no valid sequence reads as U+FFFD. Nothing here asks the locale. */
#ifndef CAPSIM_SIM_BASE_UTF8_H
#define CAPSIM_SIM_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xFFFD };

/* The character that *text begins with; moves *text behind it. 0 at the end, where *text stays. */
uint32_t utf8_next(const char **text);

/* Columns of a terminal: 0 for what is drawn over its neighbour, 2 for the wide characters of East
 * Asia and for emoji, else 1. */
int utf8_width(uint32_t character);

/* True for what acts on a terminal or a reader's eye instead of being seen: controls (C0, DEL, C1),
 * line separators, the marks that turn the direction of writing, a byte order mark, and U+FFFE and
 * U+FFFF, which are no characters and which XML does not allow. */
bool utf8_is_control(uint32_t character);

/* True if text is valid UTF-8 throughout. */
bool utf8_is_valid(const char *text);

/* Puts '?' in place of every byte of a control and every byte that is not UTF-8. */
void utf8_clean(char *text);

#endif
