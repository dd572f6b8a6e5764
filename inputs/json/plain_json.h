/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain_json.h - JSON as people write it, with comments and trailing commas, to plain JSON.
 *
 * For files that people edit. What capsim wrote itself is read as it is, so that a damaged file
 * cannot pass. */
#ifndef CAPSIM_INPUTS_JSON_PLAIN_JSON_H
#define CAPSIM_INPUTS_JSON_PLAIN_JSON_H

#include "sim/base/arena.h"
#include <stddef.h>

/* text[*length] with a blank for each character of a comment (from two slashes to the end of the
 * line, or from slash and star to star and slash) and for each comma between a value and a closing
 * bracket. Lines and columns stay, bytes need not: *length becomes the result's. text itself where
 * there is nothing to change; else in arena, with a NUL behind. A comment that does not end is left
 * for the parser to complain about. One pass. */
const char *plain_json(const char *text, size_t *length, struct arena *arena);

#endif
