/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/number_text.h"
#include "sim/base/duration_text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS_OF_HALF_WIDTH = 2,
    DIGITS_OF_VALUE = 3,
    MOST_DIGITS = 5,
    DIGITS_OF_PLAIN = 6,
    MAX_DECIMALS = 9
};

/* Half an interval may differ from the other half by this share of the whole and still be shown
 * as one half width. */
static const double LOPSIDED = 0.02;

/* A share that is surely below this is 0 to people: one in 100 million. */
static const double NEVER = 1e-8;

/* Below this share of the estimate half a width is not shown: 9.999999997 s are 10 s to people. */
static const double NEGLIGIBLE = 1e-6;

/* Writes what printf wrote with the locale's decimal sign (of any number of bytes) with a point. */
static void use_point(char *text)
{
    static const char kept[] = "+-0123456789e";
    char *to = text;
    bool is_inside = false;
    for (const char *from = text; *from; from++) {
        bool is_kept = strchr(kept, *from) != NULL;
        if (is_kept || !is_inside)
            *to++ = (char)(is_kept ? *from : '.');
        is_inside = !is_kept;
    }
    *to = '\0';
}

void number_text_shortest(double value, char text[NUMBER_TEXT_SIZE])
{
    if (value == 0.0)
        value = 0.0; /* not -0 */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    use_point(text);
}

/* How a number of one unit and size is shown. */
struct scale {
    double factor;
    const char *label; /* with the space before it */
    bool has_sign;
};

static struct scale scale_time(double magnitude)
{
    static const char *const labels[] = {" days", " h", " min", " s", " ms", " \u00b5s", " ns"};
    struct duration_unit unit = duration_unit_of(magnitude);
    size_t i = 0;
    while (strcmp(labels[i] + 1, unit.name) != 0)
        i++;
    return (struct scale){unit.factor, labels[i], false};
}

static struct scale scale_size(double magnitude)
{
    if (magnitude >= 1e12)
        return (struct scale){1e-12, " TB", false};
    if (magnitude >= 1e9)
        return (struct scale){1e-9, " GB", false};
    if (magnitude >= 1e6)
        return (struct scale){1e-6, " MB", false};
    if (magnitude >= 1e3)
        return (struct scale){1e-3, " KB", false};
    return (struct scale){1.0, " B", false};
}

static struct scale scale_for(const char *unit, double magnitude, bool is_difference)
{
    struct scale scale = {1.0, "", false};
    magnitude = fabs(magnitude);
    if (strcmp(unit, "s") == 0)
        scale = scale_time(magnitude);
    else if (strcmp(unit, "B") == 0)
        scale = scale_size(magnitude);
    else if (strcmp(unit, "1") == 0)
        scale = (struct scale){100.0, is_difference ? " pp" : " %", false};
    else if (strcmp(unit, "1/s") == 0)
        scale.label = " /s";
    scale.has_sign = is_difference;
    return scale;
}

/* The power of ten of value once it is rounded to that many digits: 0.0996 has -1 with two. */
static int exponent_of(double value, int digits)
{
    char text[NUMBER_TEXT_SIZE];
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    return (int)strtol(strchr(text, 'e') + 1, NULL, 10);
}

/* Decimals that show `digits` digits of value. More than MAX_DECIMALS: it is too small for them.
 */
static int decimals_for(double value, int digits)
{
    int decimals = value == 0.0 ? 0 : digits - 1 - exponent_of(value, digits);
    return decimals < 0 ? 0 : decimals;
}

static bool is_zero(const char *text)
{
    return text[strspn(text, "+-0.")] == '\0';
}

/* value to that many decimals; in the exponential form where these would be all zeros or too many.
 */
static void write_rounded(double value, int decimals, bool has_sign, char text[NUMBER_TEXT_SIZE])
{
    bool is_tiny = decimals > MAX_DECIMALS && fabs(value) < 1e-6;
    if (decimals > MAX_DECIMALS)
        decimals = MAX_DECIMALS;
    if (is_tiny || fabs(value) >= 1e12)
        snprintf(text, NUMBER_TEXT_SIZE, has_sign ? "%+.4g" : "%.4g", value);
    else
        snprintf(text, NUMBER_TEXT_SIZE, has_sign ? "%+.*f" : "%.*f", decimals, value);
    use_point(text);
    if (is_zero(text))
        memmove(text, text + strspn(text, "+-"), strlen(text + strspn(text, "+-")) + 1);
}

static void drop_trailing_zeros(char *text)
{
    if (!strchr(text, '.') || strchr(text, 'e'))
        return;
    char *end = text + strlen(text);
    while (end[-1] == '0')
        end--;
    if (end[-1] == '.')
        end--;
    *end = '\0';
}

/* value (scaled already) to three digits. */
static void write_alone(double value, bool has_sign, char text[NUMBER_TEXT_SIZE])
{
    write_rounded(value, decimals_for(value, DIGITS_OF_VALUE), has_sign, text);
    drop_trailing_zeros(text);
}

/* Some number is there, and stays finite where it is a share that is shown in %. */
static bool is_shown(double value)
{
    return isfinite(100 * value);
}

static const char *show_alone(double value, const char *unit, bool is_difference,
                              struct arena *arena)
{
    if (!is_shown(value))
        return "-";
    struct scale scale = scale_for(unit, value, is_difference);
    char text[NUMBER_TEXT_SIZE];
    write_alone(value * scale.factor, is_difference, text);
    bool is_share = strcmp(unit, "1") == 0 && !is_difference && value < 1;
    if (is_share && strcmp(text, "100") == 0) { /* what is missing is what matters */
        write_rounded(100 * value, decimals_for(100 * (1 - value), DIGITS_OF_HALF_WIDTH), false,
                      text);
        drop_trailing_zeros(text);
    }
    return arena_printf(arena, "%s%s", text, scale.label);
}

const char *number_text_quantity(double value, const char *unit, struct arena *arena)
{
    return show_alone(value, unit, false, arena);
}

const char *number_text_plain(double value, struct arena *arena)
{
    char text[NUMBER_TEXT_SIZE];
    if (!isfinite(value))
        return "-";
    write_rounded(value, decimals_for(value, DIGITS_OF_PLAIN), false, text);
    drop_trailing_zeros(text);
    return arena_strdup(arena, text);
}

const char *number_text_difference(double value, const char *unit, struct arena *arena)
{
    return show_alone(value, unit, true, arena);
}

/* Finite bounds of some width. */
static const char *show_interval(const struct estimate *e, const char *unit, bool is_difference,
                                 struct arena *arena)
{
    double half_width = (e->high - e->low) / 2.0;
    double below = e->estimate - e->low, above = e->high - e->estimate;
    double magnitude = e->estimate != 0.0 ? e->estimate : half_width;
    if (half_width < NEGLIGIBLE * fabs(e->estimate))
        return show_alone(e->estimate, unit, is_difference, arena);
    struct scale scale = scale_for(unit, magnitude, is_difference);
    double wide = half_width * scale.factor;
    int decimals = decimals_for(wide, DIGITS_OF_HALF_WIDTH);
    int most = decimals_for(e->estimate * scale.factor, MOST_DIGITS);
    if (e->estimate != 0.0 && decimals > most) { /* upwards, so that none is lost by it */
        decimals = most;
        wide = ceil(wide * pow(10.0, decimals)) / pow(10.0, decimals);
    }
    char value[NUMBER_TEXT_SIZE], low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    write_rounded(e->estimate * scale.factor, decimals, scale.has_sign, value);
    if (fabs(above - below) <= LOPSIDED * (above + below)) {
        write_rounded(wide, decimals, false, high);
        return arena_printf(arena, "%s ± %s%s", value, high, scale.label);
    }
    write_rounded(e->low * scale.factor, decimals, scale.has_sign, low);
    write_rounded(e->high * scale.factor, decimals, scale.has_sign, high);
    return arena_printf(arena, "%s [%s, %s]%s", value, low, high, scale.label);
}

/* Everything seen was so: "100 % (at least 99.99936 %)", to two digits of what is missing. */
static const char *show_all_but(double low, struct arena *arena)
{
    char text[NUMBER_TEXT_SIZE];
    write_rounded(100 * low, decimals_for(100 * (1 - low), DIGITS_OF_HALF_WIDTH), false, text);
    return arena_printf(arena, "%s (at least %s %%)", show_alone(1.0, "1", false, arena), text);
}

static const char *show(const struct estimate *e, const char *unit, bool is_difference,
                        bool has_interval_shown, struct arena *arena)
{
    if (!is_shown(e->estimate))
        return "-";
    bool is_bounded = is_shown(e->low) && is_shown(e->high) && is_shown(e->high - e->low);
    if (!has_interval_shown || !e->has_interval || !is_bounded)
        return show_alone(e->estimate, unit, is_difference, arena);
    bool is_never = strcmp(unit, "1") == 0 && e->high < NEVER;
    if (e->is_upper_bound && e->estimate == 0.0 && e->high > 0.0 && !is_never)
        return arena_printf(arena, "%s (at most %s)", show_alone(0.0, unit, is_difference, arena),
                            show_alone(e->high, unit, is_difference, arena));
    if (e->estimate == 1.0 && e->high == 1.0 && e->low < 1.0 && !is_difference &&
        strcmp(unit, "1") == 0)
        return show_all_but(e->low, arena);
    if (e->high == e->low || (e->estimate == 0.0 && is_never))
        return show_alone(e->estimate, unit, is_difference, arena);
    return show_interval(e, unit, is_difference, arena);
}

static const char *mark_unresolved(const struct estimate *e, const char *text, struct arena *arena)
{
    return e->is_unresolved && isfinite(e->estimate) ? arena_printf(arena, "%s *", text) : text;
}

const char *number_text_estimate(const struct estimate *estimate, const char *unit,
                                 bool has_interval_shown, struct arena *arena)
{
    const char *text = show(estimate, unit, false, has_interval_shown, arena);
    return mark_unresolved(estimate, text, arena);
}

const char *number_text_paired(const struct estimate *difference, const char *unit,
                               bool has_interval_shown, struct arena *arena)
{
    const char *text = show(difference, unit, true, has_interval_shown, arena);
    return mark_unresolved(difference, text, arena);
}

/* A range so narrow that three digits are the same at both ends. */
static const char *show_close(double low, double high, const char *unit, struct arena *arena)
{
    struct scale scale = scale_for(unit, high, false);
    int decimals = decimals_for((high - low) * scale.factor, DIGITS_OF_HALF_WIDTH);
    char from[NUMBER_TEXT_SIZE], to[NUMBER_TEXT_SIZE];
    if (high - low < NEGLIGIBLE * fabs(high))
        return number_text_quantity(high, unit, arena);
    write_rounded(low * scale.factor, decimals, false, from);
    write_rounded(high * scale.factor, decimals, false, to);
    return arena_printf(arena, "%s%s to %s%s", from, scale.label, to, scale.label);
}

const char *number_text_range(double low, double high, const char *unit, struct arena *arena)
{
    if (!isfinite(low) || !isfinite(high))
        return "-";
    const char *from = number_text_quantity(low, unit, arena);
    const char *to = number_text_quantity(high, unit, arena);
    if (low == high)
        return from;
    return strcmp(from, to) == 0 ? show_close(low, high, unit, arena)
                                 : arena_printf(arena, "%s to %s", from, to);
}
