/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_text.h - the bytes of a JSON file to a tree, or one error in our words that says where. */
#ifndef CAPSIM_INPUTS_JSON_JSON_TEXT_H
#define CAPSIM_INPUTS_JSON_JSON_TEXT_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <jansson.h>

/* Enough for SPEC_MAX_NESTING steps of four levels each. jansson alone would go to 2048, for which
 * its recursion needs more stack than some have. */
enum { JSON_TEXT_MAX_LEVELS = 400 };

/* Parses text[length], the bytes of file; what ("a scenario") names what it should be. *tree is any
 * JSON value, to be freed with json_decref; NULL on an error (STATUS_INPUT): not UTF-8, broken
 * JSON, a key given twice, a number that no double holds, nested deeper than
 * JSON_TEXT_MAX_LEVELS. */
bool json_text_parse(const char *file, const char *text, size_t length, const char *what,
                     struct arena *arena, json_t **tree, struct error *err);

/* json as compact text of at most limit bytes, in arena; longer text is cut and ends in "...". */
const char *json_text_compact(struct arena *arena, const json_t *json, size_t limit);

#endif
