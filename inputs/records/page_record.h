/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_record.h - what a page keeps of how it was made: its record, and copies of what was read.
 *
 * A page comes from anybody: only the first record in it counts, which is the writer's own, since
 * no text of a scenario becomes markup (html.h). */
#ifndef CAPSIM_INPUTS_RECORDS_PAGE_RECORD_H
#define CAPSIM_INPUTS_RECORDS_PAGE_RECORD_H

#include "inputs/json/input_file.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

struct page_record {
    const char *json; /* the record itself */
    size_t length;
    const struct input_copy *copies; /* [copy_count], names as in the record's inputs */
    size_t copy_count;
};

/* Whether a file's text is a page. */
bool page_record_is_page(const char *text);

/* Reads what a page keeps, into arena. STATUS_INPUT: it keeps nothing, because it was made of a
 * report, or it is another page. file: for the message. */
bool page_record_read(const char *file, const char *text, struct arena *arena,
                      struct page_record *record, struct error *err);

#endif
