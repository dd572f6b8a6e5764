/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locate.h - from a JSON pointer to a line and column, and from a byte to a JSON pointer.
 *
 * jansson keeps no positions, so the text is scanned again. Only an error pays for it: one pass
 * over the text, no recursion, so that neither size nor nesting matters. Columns count characters
 * (code points) from 1. The text need not be valid JSON: the scan stops at what it cannot follow
 * and tells how far it came. */
#ifndef CAPSIM_INPUTS_JSON_LOCATE_H
#define CAPSIM_INPUTS_JSON_LOCATE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum locate_part {
    LOCATE_VALUE, /* where the value starts                                  */
    LOCATE_KEY    /* where its key starts; in an array, where the value does */
};

struct locate_place {
    int line, column;
};

/* Finds RFC 6901 pointer in text[length]. When it leads nowhere: false, and place is that of the
 * deepest value on the way that exists. */
bool locate_pointer(const char *text, size_t length, const char *pointer, enum locate_part part,
                    struct locate_place *place);

/* Finds the token that contains byte offset (or else the end of the text): its place, and the
 * pointer, in arena, of the value it belongs to; for a key: of that key's value. */
const char *locate_offset(const char *text, size_t length, size_t offset, struct arena *arena,
                          struct locate_place *place);

/* True, with the place of the first bracket that is too much, if text[length] opens more than
 * `levels` brackets inside each other. For a look before a recursive parser sees the text. */
bool locate_too_deep(const char *text, size_t length, size_t levels, struct locate_place *place);

/* The place of byte offset itself, token or not; beyond the text: of its end. */
struct locate_place locate_byte(const char *text, size_t length, size_t offset);

/* Fills the place of err: a long pointer keeps its tail, control characters become '?'. A line of 0
 * is unknown. */
void locate_set_error(struct error *err, const char *file, const char *pointer,
                      struct locate_place place);

#endif
