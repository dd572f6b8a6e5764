/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/duration_text.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

struct duration_unit duration_unit_of(double seconds)
{
    static const struct {
        double from;
        struct duration_unit unit;
    } steps[] = {{172800, {1.0 / 86400, "days"}},
                 {7200, {1.0 / 3600, "h"}},
                 {120, {1.0 / 60, "min"}},
                 {1, {1, "s"}},
                 {1e-3, {1e3, "ms"}},
                 {1e-6, {1e6, "\u00b5s"}}};
    double size = fabs(seconds);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && size > 0; i++)
        if (size >= steps[i].from)
            return steps[i].unit;
    return size > 0 ? (struct duration_unit){1e9, "ns"} : (struct duration_unit){1, "s"};
}

const char *duration_text_write(double seconds, char text[DURATION_TEXT_SIZE])
{
    struct duration_unit unit = duration_unit_of(seconds);
    double value = seconds * unit.factor;
    bool is_whole = fabs(value) >= 100 && fabs(value) < 1e12;
    snprintf(text, DURATION_TEXT_SIZE, is_whole ? "%.0f %s" : "%.3g %s", value, unit.name);
    return text;
}

const char *duration_text(double seconds, struct arena *arena)
{
    char text[DURATION_TEXT_SIZE];
    return arena_strdup(arena, duration_text_write(seconds, text));
}
