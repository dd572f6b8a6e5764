/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log_pattern.h - a log's format string, compiled once into a scanner of fields.
 *
 * nginx's log_format ($name, ${name}), Apache's and Tomcat's ("%>s", "%{ms}T") and PostgreSQL's
 * log_line_prefix ("%m", "%-5p") are all text with fields in it. A field ends where the text behind
 * it begins, a field without text behind it takes the rest; no regular expressions, one pass. Text
 * in the format is taken literally, a run of blanks in it for exactly those blanks. */
#ifndef CAPSIM_INPUTS_TELEMETRY_LOG_PATTERN_H
#define CAPSIM_INPUTS_TELEMETRY_LOG_PATTERN_H

#include "inputs/telemetry/slice.h"
#include "sim/base/error.h"

enum { LOG_PATTERN_FIELDS = 48 };

enum log_pattern_dialect { LOG_PATTERN_NGINX, LOG_PATTERN_APACHE, LOG_PATTERN_POSTGRESQL };

struct log_pattern {
    struct slice before; /* the first field */
    size_t count;
    const char *names[LOG_PATTERN_FIELDS]; /* "request_time"; "D", "{ms}T", ">s"; "m" */
    struct slice behind[LOG_PATTERN_FIELDS];
    size_t optional_from; /* PostgreSQL's %q: fields from here on may be missing; count: none */
    bool is_prefix;       /* the message follows the last field's text */
};

/* Compiles text, which must stay. False (STATUS_USAGE) when it has no field, too many, or two of
 * them with nothing between, so that nobody can tell where one ends. */
bool log_pattern_compile(const char *text, enum log_pattern_dialect dialect, struct arena *arena,
                         struct log_pattern *pattern, struct error *err);
/* The fields of a line into values[count]; those that are missing are empty. *rest, unless NULL, is
 * what follows. False: the line is of another layout. */
bool log_pattern_match(const struct log_pattern *pattern, struct slice line, struct slice *values,
                       struct slice *rest);
/* The number of the field of that name, or -1. */
int log_pattern_find(const struct log_pattern *pattern, const char *name);

#endif
