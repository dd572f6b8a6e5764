/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_elements.h - the elements of all lists of one name in a document of any length.
 *
 * Exports of traces are one document of gigabytes, often in one line. What matters in them are the
 * elements of the lists called "spans", wherever these are; each is held by itself, and nothing
 * else. One document after another is read as well. Brackets and strings are followed; what is
 * between them is checked only in the elements, by who reads them. */
#ifndef CAPSIM_INPUTS_TELEMETRY_JSON_ELEMENTS_H
#define CAPSIM_INPUTS_TELEMETRY_JSON_ELEMENTS_H

#include "inputs/telemetry/line_source.h"

enum { JSON_ELEMENTS_DEPTH = 200, JSON_ELEMENTS_NAME = 64 };

struct json_elements;

/* Of lists called name, which must stay, in what is left of source. */
struct json_elements *json_elements_open(struct line_source *source, const char *name,
                                         struct arena *arena);
/* The next element that is an object, valid until the next call. False at the end, and on an error,
 * which is then in err: brackets that do not match, a document that ends within one, an element of
 * more than LINE_SOURCE_LINE_MAX bytes. */
bool json_elements_next(struct json_elements *elements, struct slice *element, struct error *err);

#endif
