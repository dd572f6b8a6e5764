/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/digits.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MINUS "\u2212"
#define NO_BREAK "\u00a0"
#define ARROW "\u2192"

enum { DIGITS = 3 };

/* Beyond this an exponent is shorter than the zeros. */
static const double MAX_PLAIN = 1e12;

/* The digits of a number without a sign, with commas. */
static const char *with_commas(const char *digits, struct arena *arena)
{
    size_t whole = strcspn(digits, ".");
    char *made = arena_alloc(arena, arena_add_sizes(arena_multiply_sizes(strlen(digits), 2), 1)),
         *to = made;
    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return made;
}

static const char *sign_of(double value)
{
    return value < 0.0 ? MINUS : "";
}

const char *digits_number(double value, struct arena *arena)
{
    char text[64];
    double size = fabs(value);
    if (!isfinite(value))
        return "not measured";
    if (size == 0.0)
        return "0";
    if (size >= MAX_PLAIN || size < 1e-5) {
        snprintf(text, sizeof text, "%.2g", size);
        return arena_printf(arena, "%s%s", sign_of(value), text);
    }
    int digits_before = (int)floor(log10(size)) + 1;
    double unit = pow(10.0, digits_before - DIGITS), rounded = round(size / unit) * unit;
    int decimals = digits_before < DIGITS ? DIGITS - digits_before : 0;
    snprintf(text, sizeof text, "%.*f", decimals, rounded);
    if (strchr(text, '.')) {
        char *end = text + strlen(text);
        while (end[-1] == '0')
            *--end = '\0';
        if (end[-1] == '.')
            end[-1] = '\0';
    }
    return arena_printf(arena, "%s%s", sign_of(value), with_commas(text, arena));
}

const char *digits_exact(double value, struct arena *arena)
{
    char text[64];
    double size = fabs(value);
    snprintf(text, sizeof text, "%.10g", size);
    if (!isfinite(value) || strchr(text, 'e'))
        return digits_number(value, arena);
    return arena_printf(arena, "%s%s", sign_of(value), with_commas(text, arena));
}

const char *digits_capacity(double value, struct arena *arena)
{
    if (!(value >= 1.0) || !isfinite(value))
        return digits_number(value, arena);
    double unit = pow(10.0, floor(log10(value)) + 1.0 - DIGITS);
    return digits_number(floor(value / unit * (1.0 + 1e-12)) * unit, arena);
}

const char *digits_scaled(double value, const struct digits_scale *scale, struct arena *arena)
{
    const char *number = digits_number(scale->factor * value, arena);
    bool has_unit = scale->unit[0] != '\0' && isfinite(value);
    const char *space = scale->unit[0] == '/' ? "" : NO_BREAK;
    return has_unit ? arena_printf(arena, "%s%s%s", number, space, scale->unit) : number;
}

const char *digits_share(double share, struct arena *arena)
{
    return share > 0.0 && share < 1e-4 ? "< 0.01" NO_BREAK "%" : digits_quantity(share, "1", arena);
}

const char *digits_quantity(double value, const char *unit, struct arena *arena)
{
    struct digits_scale scale = digits_scale_of(unit, fabs(value));
    return digits_scaled(value, &scale, arena);
}

const char *digits_change(double before, double after, const char *unit, struct arena *arena)
{
    double large = fmax(fabs(before), fabs(after)), small = fmin(fabs(before), fabs(after));
    struct digits_scale scale = digits_scale_of(unit, large);
    bool is_apart = small > 0.0 && large >= 1000.0 * small;
    const char *first = is_apart ? digits_quantity(before, unit, arena)
                                 : digits_number(scale.factor * before, arena);
    return arena_printf(arena, "%s " ARROW " %s", first,
                        is_apart ? digits_quantity(after, unit, arena)
                                 : digits_scaled(after, &scale, arena));
}

const char *digits_against(double value, const char *op, double limit, const char *unit,
                           struct arena *arena)
{
    double large = isfinite(value) ? fmax(fabs(value), fabs(limit)) : fabs(limit);
    struct digits_scale scale = digits_scale_of(unit, large);
    if (large >= 1000.0 * fabs(limit) || (fabs(value) > 0.0 && large >= 1000.0 * fabs(value)))
        return arena_printf(arena, "%s \u00b7 %s%s%s", digits_quantity(value, unit, arena), op,
                            NO_BREAK, digits_quantity(limit, unit, arena));
    return arena_printf(arena, "%s \u00b7 %s%s%s", digits_scaled(value, &scale, arena), op,
                        NO_BREAK, digits_scaled(limit, &scale, arena));
}

const char *digits_title(const char *name, const struct digits_scale *scale, struct arena *arena)
{
    return scale->unit[0] != '\0' ? arena_printf(arena, "%s, %s", name, scale->unit) : name;
}

struct digits_scale digits_scale_of(const char *unit, double largest)
{
    static const struct {
        const char *unit;
        double from;
        struct digits_scale scale;
    } steps[] = {{"s", 172800.0, {1.0 / 86400.0, "days"}},
                 {"s", 7200.0, {1.0 / 3600.0, "h"}},
                 {"s", 120.0, {1.0 / 60.0, "min"}},
                 {"s", 1.0, {1.0, "s"}},
                 {"s", 1e-3, {1e3, "ms"}},
                 {"s", 1e-6, {1e6, "\u00b5s"}},
                 {"s", 1e-12, {1e9, "ns"}},
                 {"s", 0.0, {1e3, "ms"}},
                 {"1", 0.0, {100.0, "%"}},
                 {"1/s", 0.0, {1.0, "/s"}},
                 {"B", 2e9, {1e-9, "GB"}},
                 {"B", 2e6, {1e-6, "MB"}},
                 {"B", 2e3, {1e-3, "kB"}}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strcmp(unit, steps[i].unit) == 0 && largest >= steps[i].from)
            return steps[i].scale;
    return (struct digits_scale){1.0, strcmp(unit, "1/s") == 0 ? "/s" : unit};
}
