/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of formats use of telemetry.h. */
#include "inputs/telemetry/telemetry.h"
#include <stdarg.h>
#include <stdio.h>

bool telemetry_drop(struct telemetry_reading *reading, const char *reason)
{
    observed_drop(reading->observed, reading->file, reason, line_source_line(reading->source));
    return true;
}

bool telemetry_fail(struct telemetry_reading *reading, const char *format, ...)
{
    char text[480];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    error_set(reading->err, STATUS_INPUT, "%s", text);
    return line_source_place(reading->source, reading->err);
}

bool telemetry_take_time(struct telemetry_reading *reading, int64_t ns)
{
    if (ns < reading->all->from_ns || ns >= reading->all->to_ns) {
        telemetry_drop(reading, "outside of --from and --to");
        return false;
    }
    observed_file_time(reading->observed, reading->file, ns);
    return true;
}

struct slice telemetry_line(struct slice beginning, size_t number)
{
    struct slice line = {0};
    for (size_t i = 0; i <= number; i++) {
        if (beginning.length == 0)
            return (struct slice){"", 0};
        line = slice_cut(&beginning, '\n');
    }
    if (line.length > 0 && line.at[line.length - 1] == '\r')
        line.length--;
    return line;
}
