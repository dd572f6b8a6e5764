/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file_difference.h - where a file that was kept differs from the same file written again.
 *
 * JSON is compared value by value, any other text line by line; of a document with blanks those
 * that were filled in by hand are no difference, but they are listed. What is filled in may not
 * look like a part of the document: no '|', '<', '#', '[', ']', '`', '~', '$' or backslash, no
 * control and no line that underlines another one; and it is one line, or where a blank has a
 * line of its own at most MAX_FILLED_LINES. */
#ifndef CAPSIM_INPUTS_RECORDS_FILE_DIFFERENCE_H
#define CAPSIM_INPUTS_RECORDS_FILE_DIFFERENCE_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum { MAX_FILE_DIFFERENCES = 100, MAX_FILLED_LINES = 40 };

/* One difference: where ("/settings/0/metrics/...", "line 17"), and both sides shortened; NULL: not
 * there. */
struct file_difference {
    const char *where, *kept, *now;
};

/* What somebody wrote in the place of a blank: the line where it begins, from 1. */
struct file_fill_in {
    size_t line;
    const char *text;
};

/* How a blank looks: in the file written again, where nothing but a blank is this, and in the kept
 * one while nobody has filled it in. */
struct file_blank {
    const char *now, *kept;
};

/* Of differences only the first MAX_FILE_DIFFERENCES are listed, and all are counted. */
struct file_differences {
    struct file_difference list[MAX_FILE_DIFFERENCES];
    size_t count;
    size_t filled; /* blanks that were filled in, of `blanks`                      */
    size_t blanks;
    struct file_fill_in *fill_ins; /* [filled] */
    bool has_same_values; /* JSON: not the same bytes, but no value differs               */
};

/* Compares the bytes of two JSON files; one that is broken is compared as text. Texts of the
 * differences are in arena. */
void file_difference_json(const char *kept, const char *now, struct arena *arena,
                          struct file_differences *differences);

/* Compares two texts line by line. blank NULL: nothing may differ. */
void file_difference_text(const char *kept, const char *now, const struct file_blank *blank,
                          struct arena *arena, struct file_differences *differences);

#endif
