/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_lines.h - a trace as lines: text for a reader, CSV, or JSON lines (one object a line).
 *
 * The keys and the columns are time_s (nine decimals, so to the nanosecond), request, event,
 * station, phase, queue, by, why; what there is not is empty in CSV and null in JSON. See
 * reports/README.md. */
#ifndef CAPSIM_REPORTS_ANSWERS_TRACE_LINES_H
#define CAPSIM_REPORTS_ANSWERS_TRACE_LINES_H

#include "models/studies/trace.h"
#include <stdio.h>

/* In the order of enum cli_format. */
enum trace_format { TRACE_TEXT, TRACE_JSON, TRACE_CSV };

struct trace_lines {
    FILE *out;
    enum trace_format format;
};

/* The heading: the names of the columns, of JSON lines nothing. */
void trace_lines_begin(const struct trace_lines *lines);
/* Writes one row; a trace_sink on a struct trace_lines. */
trace_sink trace_lines_write;
/* Says what was not found, or nothing; flushes. False, with err filled: it could not be written. */
bool trace_lines_end(const struct trace_lines *lines, const struct trace_query *query,
                     const struct trace_found *found, struct error *err);

#endif
