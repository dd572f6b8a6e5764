/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_line.h - the fields of one line that is a JSON object, without a tree.
 *
 * jansson reads 40 MB/s of such lines on the machine where logs were to be read at 50 or more, as
 * it makes a tree of each; this looks for the ends of the values alone. What it takes for an object
 * has balanced brackets and closed strings, but its numbers and words are checked only where a
 * reader looks at them. Where it finds none, jansson says what is wrong. */
#ifndef CAPSIM_INPUTS_TELEMETRY_JSON_LINE_H
#define CAPSIM_INPUTS_TELEMETRY_JSON_LINE_H

#include "inputs/telemetry/slice.h"

enum { JSON_LINE_FIELDS = 64, JSON_LINE_DEPTH = 64 };

struct json_field {
    struct slice key, value; /* as written: escapes stay; a text without its quotes */
    bool is_text;
};

struct json_line {
    size_t count; /* fields beyond JSON_LINE_FIELDS are left out */
    struct json_field fields[JSON_LINE_FIELDS];
};

/* Splits text, an object and blanks around it. False: it is none. */
bool json_line_split(struct slice text, struct json_line *line);
/* Takes the next element of a list, as it is written (a text with its quotes), off its rest; *rest
 * is the list at first. False: there is none, or it is no list. */
bool json_line_next(struct slice *rest, struct slice *element);
/* An element that is a text without its quotes; else as it is. */
struct slice json_line_unquote(struct slice element);
/* The value of a key, or an empty slice with at NULL. */
struct slice json_line_find(const struct json_line *line, const char *key);
/* The first of keys (ends with NULL) that is there, as an index; -1: none. */
int json_line_find_any(const struct json_line *line, const char *const *keys, struct slice *value);

#endif
