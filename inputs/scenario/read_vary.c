/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_vary.h"
#include "inputs/json/quantity.h"
#include "inputs/json/wording.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 15, LOG_DIGITS = 2 };

#define MAX_CANDIDATES ((int64_t)1000000000)

/* A number as typed: digits * 10^-decimals unit. */
struct typed {
    int64_t digits;
    int decimals;
    const char *unit;
};

/* One --vary option while it is read. */
struct cursor_of_vary {
    const char *text;
    struct arena *arena;
    struct error *err;
};

static bool refuse(const struct cursor_of_vary *cursor, const char *message)
{
    char shown[WORDING_SIZE];
    error_set(cursor->err, STATUS_USAGE, "%s", message);
    error_set_file(cursor->err,
                   arena_printf(cursor->arena, "--vary %s",
                                wording_shorten(cursor->text, strlen(cursor->text), shown)));
    return false;
}

/* How many `small` are one `large`; no unit at all is one, too. */
static bool find_ratio(const char *small, const char *large, int64_t *ratio)
{
    *ratio = 1;
    return (!*small && !*large) || quantity_find_ratio(small, large, ratio);
}

static bool is_unit(const char *text)
{
    int64_t ratio;
    return find_ratio(text, text, &ratio);
}

static bool read_number(const struct cursor_of_vary *cursor, const char *what, const char *text,
                        struct typed *typed)
{
    const char *at = text + (*text == '-');
    size_t whole = strspn(at, "0123456789");
    size_t fraction = at[whole] == '.' ? strspn(at + whole + 1, "0123456789") : 0;
    const char *unit = at + whole + (fraction > 0 ? fraction + 1 : 0);
    char shown[WORDING_SIZE];
    wording_quote(text, shown);
    if (whole == 0 || whole + fraction > MAX_DIGITS || !is_unit(unit))
        return refuse(cursor,
                      arena_printf(cursor->arena,
                                   "%s must be a number of at most %d digits, with its unit where "
                                   "one is due, such as 40, 75ms, 500/s, 50MB or 70%%; got %s",
                                   what, MAX_DIGITS, shown));
    *typed = (struct typed){.decimals = (int)fraction, .unit = unit};
    for (const char *digit = at; digit < unit; digit++)
        if (*digit != '.')
            typed->digits = typed->digits * 10 + (*digit - '0');
    typed->digits *= *text == '-' ? -1 : 1;
    return true;
}

/* Writes typed in multiples of 10^-decimals unit, a unit no larger than its own. */
static bool convert(const struct typed *typed, const char *unit, int decimals, int64_t *value)
{
    int64_t ratio;
    if (!find_ratio(unit, typed->unit, &ratio))
        return false;
    double power = pow(10, decimals - typed->decimals);
    *value = 0;
    if (fabs((double)typed->digits * (double)ratio * power) >= 0x1p62)
        return false;
    *value = typed->digits * ratio * (int64_t)power;
    return true;
}

/* The smallest unit and the most decimals of numbers[count]; false when their units do not go
 * together. */
static bool find_resolution(const struct typed *numbers, size_t count, struct vary *vary)
{
    int64_t ratio;
    vary->unit = numbers[0].unit;
    vary->decimals = 0;
    for (size_t i = 0; i < count; i++) {
        if (find_ratio(numbers[i].unit, vary->unit, &ratio))
            vary->unit = numbers[i].unit;
        else if (!find_ratio(vary->unit, numbers[i].unit, &ratio))
            return false;
        vary->decimals =
            numbers[i].decimals > vary->decimals ? numbers[i].decimals : vary->decimals;
    }
    return true;
}

/* "LOW:HIGH[:STEP]" in range (a ':' is there), which is changed. factor: the step is one of a log
 * spacing. */
static bool read_range(const struct cursor_of_vary *cursor, char *range, bool is_log,
                       struct vary *vary, double *factor)
{
    char *colon = strchr(range, ':');
    assert(colon);
    char *high = colon + 1, *step = strchr(high, ':');
    struct typed numbers[3];
    *colon = '\0';
    *factor = 0;
    if (step)
        *step++ = '\0';
    if (!read_number(cursor, "LOW", range, &numbers[0]) ||
        !read_number(cursor, "HIGH", high, &numbers[1]) ||
        (step && !read_number(cursor, "STEP", step, &numbers[2])))
        return false;
    bool has_step = step && !is_log;
    if (step && is_log) {
        if (*numbers[2].unit || !((*factor = strtod(step, NULL)) > 1))
            return refuse(cursor, "with --log STEP is a factor above 1, such as 1:1000:10");
    }
    if (!find_resolution(numbers, has_step ? 3 : 2, vary))
        return refuse(cursor, arena_printf(cursor->arena, "the units do not go together: %s and %s",
                                           *numbers[0].unit ? numbers[0].unit : "none",
                                           *numbers[1].unit ? numbers[1].unit : "none"));
    if (is_log && (*vary->unit || vary->decimals > 0))
        vary->decimals += LOG_DIGITS;
    if (!convert(&numbers[0], vary->unit, vary->decimals, &vary->low) ||
        !convert(&numbers[1], vary->unit, vary->decimals, &vary->high) ||
        (has_step && !convert(&numbers[2], vary->unit, vary->decimals, &vary->step)))
        return refuse(cursor, "the numbers are too far apart");
    if (vary->low >= vary->high)
        return refuse(cursor, "LOW must be below HIGH");
    if (has_step && vary->step <= 0)
        return refuse(cursor, "STEP must be above 0");
    if (has_step && vary->step > vary->high - vary->low)
        return refuse(cursor, "STEP is longer than from LOW to HIGH");
    if (is_log && vary->low <= 0)
        return refuse(cursor, "with --log LOW must be above 0");
    vary->is_range = true;
    return true;
}

/* ---- writing the values out -------------------------------------------------------------- */

static void add_value(struct vary *vary, const char **values, int64_t value, struct arena *arena)
{
    const char *text = vary_write(value, vary->decimals, vary->unit, arena);
    if (vary->count == 0 || strcmp(values[vary->count - 1], text) != 0)
        values[vary->count++] = text;
}

static bool spread(const struct cursor_of_vary *cursor, bool is_log, double factor,
                   struct vary *vary)
{
    double low = (double)vary->low, high = (double)vary->high;
    double ratio = factor > 0 ? factor : pow(high / low, 1.0 / (VARY_DEFAULT_VALUES - 1));
    int64_t span = vary->high - vary->low, steps = vary->step > 0 ? span / vary->step : 0;
    double count = is_log                       ? floor(log(high / low) / log(ratio) + 1e-9) + 1
                   : vary->step > 0             ? (double)steps + 1
                   : span < VARY_DEFAULT_VALUES ? (double)span + 1
                                                : VARY_DEFAULT_VALUES;
    if (count > VARY_MAX_VALUES)
        return refuse(cursor,
                      arena_printf(cursor->arena, "has %.0f values; at most %d are possible", count,
                                   VARY_MAX_VALUES));
    size_t n = (size_t)count;
    const char **values = arena_array(cursor->arena, n, sizeof *values);
    vary->count = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t value =
            is_log ? (int64_t)llround(low * pow(ratio, (double)i))
            : vary->step > 0
                ? vary->low + (int64_t)i * vary->step
                : vary->low + (int64_t)llround((double)span * (double)i / (double)(n - 1));
        add_value(vary, values, value < vary->high ? value : vary->high, cursor->arena);
    }
    vary->values = values;
    return true;
}

static bool read_list(const struct cursor_of_vary *cursor, char *list, struct vary *vary)
{
    size_t room = 1;
    for (const char *at = list; *at; at++)
        room += *at == ',';
    if (room > VARY_MAX_VALUES)
        return refuse(cursor, arena_printf(cursor->arena, "has %zu values; at most %d are possible",
                                           room, VARY_MAX_VALUES));
    const char **values = arena_array(cursor->arena, room, sizeof *values);
    for (char *next = list; next;) {
        char *value = next;
        next = strchr(value, ',');
        if (next)
            *next++ = '\0';
        if (*value == '\0')
            return refuse(cursor, "a value between two commas is empty");
        for (size_t i = 0; i < vary->count; i++)
            if (strcmp(values[i], value) == 0)
                return refuse(cursor, arena_printf(cursor->arena, "has %s twice", value));
        values[vary->count++] = value;
    }
    vary->values = values;
    return true;
}

/* Splits at '='; returns the part behind, or NULL with the error filled. */
static char *open_vary(struct cursor_of_vary *cursor, struct vary *vary)
{
    *vary = (struct vary){0};
    char *path = arena_strdup(cursor->arena, cursor->text), *equals = strchr(path, '=');
    if (!equals || equals == path || equals[1] == '\0') {
        refuse(cursor, "must be PATH=LOW:HIGH[:STEP], such as resources.db_pool.max=40:200:20, or "
                       "PATH=VALUE,VALUE...");
        return NULL;
    }
    *equals = '\0';
    vary->path = path;
    return equals + 1;
}

bool vary_read(const char *text, bool is_log, struct arena *arena, struct vary *vary,
               struct error *err)
{
    struct cursor_of_vary cursor = {text, arena, err};
    char *values = open_vary(&cursor, vary);
    double factor;
    if (!values)
        return false;
    if (strchr(values, ',') || !strchr(values, ':'))
        return is_log ? refuse(&cursor, "with --log it must be a range LOW:HIGH[:FACTOR]")
                      : read_list(&cursor, values, vary);
    return read_range(&cursor, values, is_log, vary, &factor) &&
           spread(&cursor, is_log, factor, vary);
}

bool vary_read_all(const char *const *texts, size_t count, bool is_log, struct arena *arena,
                   struct vary *varied, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!vary_read(texts[i], is_log, arena, &varied[i], err))
            return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(varied[k].path, varied[i].path) == 0)
                return error_set(err, STATUS_USAGE, "--vary has %s twice", varied[i].path);
    }
    return true;
}

bool vary_read_range(const char *text, struct arena *arena, struct vary *vary, struct error *err)
{
    struct cursor_of_vary cursor = {text, arena, err};
    char *values = open_vary(&cursor, vary);
    double factor;
    if (!values)
        return false;
    if (strchr(values, ',') || !strchr(values, ':'))
        return refuse(&cursor, "must be a range LOW:HIGH[:STEP] of numbers or durations");
    if (!read_range(&cursor, values, false, vary, &factor))
        return false;
    vary->step = vary->step > 0 ? vary->step : 1;
    int64_t steps = (vary->high - vary->low) / vary->step;
    if (steps >= MAX_CANDIDATES)
        return refuse(&cursor, "has more than 10^9 values: give a longer STEP");
    vary->count = (size_t)steps + 1;
    return true;
}

/* Of an option that is --resolution. */
static bool refuse_resolution(const char *text, struct arena *arena, struct error *err)
{
    char shown[WORDING_SIZE];
    error_set(
        err, STATUS_USAGE,
        "must be a share of the value from 0.001%% to 50%%, such as 1%%, a difference in the unit "
        "of the values, such as 500, or \"exact\"");
    error_set_file(
        err, arena_printf(arena, "--resolution %s", wording_shorten(text, strlen(text), shown)));
    return false;
}

bool vary_read_resolution(const char *text, const struct vary *vary, struct arena *arena,
                          struct search_resolution *resolution, struct error *err)
{
    struct error unused = {0};
    struct cursor_of_vary cursor = {text, arena, &unused};
    struct typed typed;
    int64_t difference;
    double step = (double)vary->step;
    *resolution = (struct search_resolution){.origin = (double)vary->low / step};
    if (strcmp(text, "exact") == 0)
        return true;
    bool is_share = strchr(text, '%') != NULL && strcmp(vary->unit, "%") != 0;
    if (is_share) {
        bool is_read = quantity_parse_share(text, &resolution->relative, &unused);
        bool is_fit = resolution->relative >= 1e-5 && resolution->relative <= 0.5;
        return (is_read && is_fit) || refuse_resolution(text, arena, err);
    }
    if (!read_number(&cursor, "N", text, &typed) ||
        !convert(&typed, vary->unit,
                 vary->decimals > typed.decimals ? vary->decimals : typed.decimals, &difference) ||
        difference <= 0)
        return refuse_resolution(text, arena, err);
    double extra = typed.decimals > vary->decimals ? pow(10, typed.decimals - vary->decimals) : 1;
    resolution->absolute = (size_t)fmax(1, floor((double)difference / extra / step));
    return true;
}
