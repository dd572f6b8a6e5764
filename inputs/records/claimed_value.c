/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/claimed_value.h"
#include "inputs/json/quantity.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

static const char *const unit_names[] = {[UNIT_NONE] = "",
                                         [UNIT_SECONDS] = "s",
                                         [UNIT_PER_SECOND] = "1/s",
                                         [UNIT_SHARE] = "1",
                                         [UNIT_BYTES] = "B"};

const char *claimed_value_expected(enum interval_unit unit)
{
    static const char *const expected[] = {[UNIT_NONE] = "a count such as 450",
                                           [UNIT_SECONDS] = "a time such as \"371ms\"",
                                           [UNIT_PER_SECOND] = "a rate such as \"500/s\"",
                                           [UNIT_SHARE] = "a share such as \"75%\"",
                                           [UNIT_BYTES] = "a size such as \"150MB\""};
    return expected[unit];
}

static bool fail_value(const struct json_cursor *at)
{
    return cursor_fail(at,
                       "must be a value with its unit, such as \"420ms\", \"500/s\", \"75%%\", "
                       "\"150MB\" or 450, a range of two (\"5%%\", \"10%%\" in a list), or a bound "
                       "(\"<= 5ms\"); got %s",
                       cursor_show(at));
}

/* A value of JSON as people write it. NULL: neither text nor number. */
static const char *text_of(const json_t *value, struct arena *arena)
{
    char number[NUMBER_TEXT_SIZE];
    if (json_is_string(value))
        return arena_strdup(arena, json_string_value(value));
    if (!json_is_number(value))
        return NULL;
    number_text_shortest(json_number_value(value), number);
    return arena_strdup(arena, number);
}

static bool parse(const char *text, double *value, enum interval_unit *unit)
{
    struct error ignored = {0};
    const char *name;
    if (!text || !quantity_parse_limit(text, value, &name, &ignored) || !isfinite(*value))
        return false;
    for (size_t i = 0; i < sizeof unit_names / sizeof *unit_names; i++)
        if (strcmp(name, unit_names[i]) == 0) {
            *unit = (enum interval_unit)i;
            return true;
        }
    return false;
}

/* Half of the last digit of a text that was parsed as value, in base units; 0 of a whole number
 * that is no share. */
static double rounding_of(const char *text, double value, enum interval_unit unit)
{
    size_t whole = strspn(text, "0123456789"), digits = 0;
    if (text[whole] == '.')
        digits = strspn(text + whole + 1, "0123456789");
    bool has_exponent = text[strcspn(text, "eE")] != '\0';
    if ((digits == 0 && unit != UNIT_SHARE) || has_exponent)
        return 0;
    double number = 0, half = 0.5;
    for (const char *at = text; at < text + whole + (digits ? 1 + digits : 0); at++)
        number = *at == '.' ? number : 10 * number + (*at - '0');
    for (size_t i = 0; i < digits; i++) {
        number /= 10;
        half /= 10;
    }
    if (number == 0)
        return unit == UNIT_SHARE ? half / 100 : 0;
    return half * value / number;
}

static bool read_range(const struct json_cursor *at, struct claimed_value *read)
{
    struct arena *arena = at->context->arena;
    enum interval_unit unit;
    if (json_array_size(at->value) != 2)
        return fail_value(at);
    const char *low = text_of(json_array_get(at->value, 0), arena);
    const char *high = text_of(json_array_get(at->value, 1), arena);
    if (!parse(low, &read->low, &read->unit) || !parse(high, &read->high, &unit) ||
        unit != read->unit)
        return fail_value(at);
    if (read->low > read->high)
        return cursor_fail(at, "the first of a range must not be above the second; got %s",
                           cursor_show(at));
    read->shown = arena_printf(arena, "%s to %s", low, high);
    return true;
}

static bool read_bound(const struct json_cursor *at, const char *text, struct claimed_value *read)
{
    const char *rest = text + 1 + (text[1] == '=');
    double value;
    rest += strspn(rest, " ");
    if (!parse(rest, &value, &read->unit))
        return fail_value(at);
    read->low = text[0] == '>' ? value : 0;
    read->high = text[0] == '>' ? INFINITY : value;
    read->shown = text;
    return true;
}

/* "±10%" of value, or in its unit; how far that is. */
static bool read_error(const struct json_cursor *at, double value, enum interval_unit unit,
                       double *off)
{
    static const char *const signs[] = {"±", "+-", "+/-"};
    const char *text = json_string_value(at->value), *rest = NULL;
    enum interval_unit of;
    for (size_t i = 0; text && i < 3 && !rest; i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            rest = text + strlen(signs[i]);
    if (!parse(rest, off, &of) || (of != unit && of != UNIT_SHARE))
        return cursor_fail(at,
                           "must be how far the value may be off, \"±10%%\" of it or in its unit "
                           "(\"±5ms\"); got %s",
                           cursor_show(at));
    if (of == UNIT_SHARE)
        *off *= value;
    return true;
}

bool claimed_value_read(const struct json_cursor *value, const struct json_cursor *uncertain,
                        struct claimed_value *read)
{
    struct arena *arena = value->context->arena;
    const char *text = text_of(value->value, arena);
    double middle, off;
    bool is_range = json_is_array(value->value);
    bool is_bound = text && (text[0] == '<' || text[0] == '>');
    if ((is_range || is_bound) && uncertain->value)
        return cursor_fail(uncertain, "does not go with %s", is_range ? "a range" : "a bound");
    if (is_range)
        return read_range(value, read);
    if (is_bound)
        return read_bound(value, text, read);
    if (!parse(text, &middle, &read->unit))
        return fail_value(value);
    off = rounding_of(text, middle, read->unit);
    read->shown = text;
    if (uncertain->value) {
        if (!read_error(uncertain, middle, read->unit, &off))
            return false;
        read->shown = arena_printf(arena, "%s %s", text, json_string_value(uncertain->value));
    }
    read->low = fmax(0, middle - off);
    read->high = middle + off;
    return true;
}
