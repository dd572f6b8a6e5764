/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/slice.h"

#include "inputs/json/quantity.h"
#include <math.h>
#include <stdlib.h>

enum { LONGEST_NUMBER = 63, MOST_DIGITS = 18 };

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

struct slice slice_trim(struct slice slice)
{
    while (slice.length > 0 && is_blank(slice.at[0]))
        slice = slice_skip(slice, 1);
    while (slice.length > 0 && is_blank(slice.at[slice.length - 1]))
        slice.length--;
    return slice;
}

struct slice slice_unquote(struct slice slice)
{
    if (slice.length >= 2 && slice.at[0] == '"' && slice.at[slice.length - 1] == '"')
        return (struct slice){slice.at + 1, slice.length - 2};
    return slice;
}

size_t slice_find(struct slice slice, const char *text)
{
    const char *found =
        slice.length > 0 ? memmem(slice.at, slice.length, text, strlen(text)) : NULL;
    return found ? (size_t)(found - slice.at) : slice.length;
}

bool slice_has(struct slice slice, const char *text)
{
    return slice.length > 0 && memmem(slice.at, slice.length, text, strlen(text)) != NULL;
}

struct slice slice_cut(struct slice *rest, char separator)
{
    const char *end = rest->length > 0 ? memchr(rest->at, separator, rest->length) : NULL;
    size_t length = end ? (size_t)(end - rest->at) : rest->length;
    struct slice part = {rest->at, length};
    *rest = slice_skip(*rest, end ? length + 1 : length);
    return part;
}

struct slice slice_word(struct slice *rest)
{
    size_t length = 0;
    while (length < rest->length && !is_blank(rest->at[length]))
        length++;
    struct slice word = {rest->at, length};
    while (length < rest->length && is_blank(rest->at[length]))
        length++;
    *rest = slice_skip(*rest, length);
    return word;
}

static bool to_special(struct slice slice, double *value)
{
    if (slice_equals(slice, "NaN") || slice_equals(slice, "nan"))
        *value = NAN;
    else if (slice_equals(slice, "+Inf") || slice_equals(slice, "Inf") ||
             slice_equals(slice, "inf"))
        *value = INFINITY;
    else if (slice_equals(slice, "-Inf") || slice_equals(slice, "-inf"))
        *value = -INFINITY;
    else
        return false;
    return true;
}

/* Digits, a point, digits, an exponent: nothing else that strtod would take. */
static bool is_decimal(struct slice slice)
{
    size_t i = slice.length > 0 && (slice.at[0] == '-' || slice.at[0] == '+'), digits = 0;
    for (; i < slice.length && is_digit(slice.at[i]); i++)
        digits++;
    if (i < slice.length && slice.at[i] == '.')
        for (i++; i < slice.length && is_digit(slice.at[i]); i++)
            digits++;
    if (digits == 0)
        return false;
    if (i < slice.length && (slice.at[i] == 'e' || slice.at[i] == 'E')) {
        i++;
        i += i < slice.length && (slice.at[i] == '-' || slice.at[i] == '+');
        if (i == slice.length)
            return false;
        while (i < slice.length && is_digit(slice.at[i]))
            i++;
    }
    return i == slice.length;
}

bool slice_to_number(struct slice slice, bool may_be_special, double *value)
{
    char copy[LONGEST_NUMBER + 1];
    if (slice.length == 0 || slice.length > LONGEST_NUMBER)
        return false;
    if (!is_decimal(slice))
        return may_be_special && to_special(slice, value);
    memcpy(copy, slice.at, slice.length);
    copy[slice.length] = '\0';
    *value = strtod(copy, NULL);
    return isfinite(*value);
}

bool slice_to_count(struct slice slice, uint64_t *value)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < slice.length; i++) {
        if (!is_digit(slice.at[i]) || sum > (UINT64_MAX - 9) / 10)
            return false;
        sum = sum * 10 + (uint64_t)(slice.at[i] - '0');
    }
    *value = sum;
    return slice.length > 0;
}

static const int64_t powers_of_10[MOST_DIGITS + 1] = {1,
                                                      10,
                                                      100,
                                                      1000,
                                                      10000,
                                                      100000,
                                                      1000000,
                                                      10000000,
                                                      100000000,
                                                      1000000000,
                                                      10000000000,
                                                      100000000000,
                                                      1000000000000,
                                                      10000000000000,
                                                      100000000000000,
                                                      1000000000000000,
                                                      10000000000000000,
                                                      100000000000000000,
                                                      1000000000000000000};

/* More digits than fit, or an exponent: as a double. */
static bool to_ns_slowly(struct slice slice, int64_t unit_ns, int64_t *ns)
{
    double value;
    if (!slice_to_number(slice, false, &value) || fabs(value * (double)unit_ns) > QUANTITY_MAX_NS)
        return false;
    *ns = llround(value * (double)unit_ns);
    return true;
}

bool slice_to_ns(struct slice slice, int64_t unit_ns, int64_t *ns, int64_t *resolution_ns)
{
    size_t i = slice.length > 0 && slice.at[0] == '-', begin = i, digits = 0, behind = 0;
    int64_t mantissa = 0;
    bool is_behind = false;
    for (; i < slice.length && digits < MOST_DIGITS; i++) {
        char byte = slice.at[i];
        if (byte == '.' && !is_behind) {
            is_behind = true;
            continue;
        }
        if (!is_digit(byte))
            break;
        mantissa = mantissa * 10 + (byte - '0');
        digits++;
        behind += is_behind;
    }
    if (resolution_ns)
        *resolution_ns = unit_ns / powers_of_10[behind] > 0 ? unit_ns / powers_of_10[behind] : 1;
    if (i < slice.length)
        return to_ns_slowly(slice, unit_ns, ns);
    if (digits == 0)
        return false;
    int64_t power = powers_of_10[behind];
    if ((double)mantissa / (double)power * (double)unit_ns > (double)QUANTITY_MAX_NS)
        return false;
    int64_t whole = mantissa / power, part = mantissa % power;
    double rest = (double)part * (double)unit_ns / (double)power;
    *ns = whole * unit_ns + llround(rest);
    if (begin == 1)
        *ns = -*ns;
    return true;
}

char *slice_copy(struct slice slice, struct arena *arena)
{
    char *copy = arena_alloc(arena, arena_add_sizes(slice.length, 1));
    if (slice.length > 0)
        memcpy(copy, slice.at, slice.length);
    return copy;
}
