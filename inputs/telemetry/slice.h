/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slice.h - a piece of somebody's text, cut and read as a number without copying it.
 *
 * Nothing here ends with a NUL, nothing allocates, nothing asks the locale. */
#ifndef CAPSIM_INPUTS_TELEMETRY_SLICE_H
#define CAPSIM_INPUTS_TELEMETRY_SLICE_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *at;
    size_t length;
};

/* The slice of a text that ends with a NUL. */
static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, strlen(text)};
}
/* The same bytes, and no others. */
static inline bool slice_equals(struct slice slice, const char *text)
{
    /* Most differ in their first letter, and are not measured. */
    if (slice.length == 0 || slice.at[0] != text[0])
        return slice.length == 0 && text[0] == '\0';
    return strncmp(slice.at, text, slice.length) == 0 && text[slice.length] == '\0';
}
/* Begins with these bytes. */
static inline bool slice_starts(struct slice slice, const char *prefix)
{
    size_t length = strlen(prefix);
    return length <= slice.length && (length == 0 || memcmp(slice.at, prefix, length) == 0);
}
/* Without its first `count` bytes; empty when it has fewer. */
static inline struct slice slice_skip(struct slice slice, size_t count)
{
    if (count > slice.length)
        count = slice.length;
    if (count == 0) /* at may be NULL */
        return slice;
    return (struct slice){slice.at + count, slice.length - count};
}

/* Without blanks and tabs at either end. */
struct slice slice_trim(struct slice slice);
/* Without one pair of double quotes around it. */
struct slice slice_unquote(struct slice slice);
/* Where `text` begins in the slice; its length when it does not occur. */
size_t slice_find(struct slice slice, const char *text);
/* True when `text` occurs. */
bool slice_has(struct slice slice, const char *text);
/* Moves *rest behind the next separator and returns what was before it (all, when there is none).
 */
struct slice slice_cut(struct slice *rest, char separator);
/* The next word between blanks; *rest moves behind it and the blanks that follow. */
struct slice slice_word(struct slice *rest);

/* A decimal number that is the whole slice, such as -12.5 or 1.2e+07; also NaN, +Inf, -Inf where
 * may_be_special. *value is finite otherwise. */
bool slice_to_number(struct slice slice, bool may_be_special, double *value);
/* A whole number from 0 that is the whole slice. */
bool slice_to_count(struct slice slice, uint64_t *value);
/* A decimal number of units of unit_ns [ns] as nanoseconds, rounded to nearest: exact for up to 18
 * digits. *resolution_ns, unless NULL, becomes the step of its last digit, at least 1. False: it
 * is no such number, or beyond 2^62 ns. */
bool slice_to_ns(struct slice slice, int64_t unit_ns, int64_t *ns, int64_t *resolution_ns);

/* A copy with a NUL behind it. */
char *slice_copy(struct slice slice, struct arena *arena);

#endif
