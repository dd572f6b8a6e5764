/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_access_log.h"

#include "inputs/json/wording.h"
#include "inputs/telemetry/log_pattern.h"
#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/stamp.h"

#define NS_PER_S INT64_C(1000000000)

enum { RESPONSE, UPSTREAM, UPSTREAM_CONNECT, ACCESS_TIMES };

static const struct request_time access_times[ACCESS_TIMES] = {
    {OBSERVED_RESPONSE, "requests", "request time"},
    {OBSERVED_RESPONSE, "server", "upstream response time"},
    {OBSERVED_CONNECT, "proxy", "upstream connect time"},
};

/* What a field of the format is. */
enum role {
    ROLE_SKIP,
    ROLE_STAMP,    /* as a date */
    ROLE_EPOCH,    /* seconds or more since 1970 */
    ROLE_RESPONSE, /* in units of unit_ns */
    ROLE_UPSTREAM,
    ROLE_UPSTREAM_CONNECT,
    ROLE_REQUEST, /* "GET /x HTTP/1.1" */
    ROLE_METHOD,
    ROLE_ROUTE,
    ROLE_STATUS
};

struct field_row {
    const char *name;
    enum role role;
    int64_t unit_ns;
};

static const struct field_row nginx_rows[] = {{"msec", ROLE_EPOCH, 0},
                                              {"time_local", ROLE_STAMP, 0},
                                              {"time_iso8601", ROLE_STAMP, 0},
                                              {"request_time", ROLE_RESPONSE, NS_PER_S},
                                              {"upstream_response_time", ROLE_UPSTREAM, 0},
                                              {"upstream_connect_time", ROLE_UPSTREAM_CONNECT, 0},
                                              {"request", ROLE_REQUEST, 0},
                                              {"request_method", ROLE_METHOD, 0},
                                              {"request_uri", ROLE_ROUTE, 0},
                                              {"uri", ROLE_ROUTE, 0},
                                              {"status", ROLE_STATUS, 0},
                                              {NULL, ROLE_SKIP, 0}};

static const struct field_row apache_rows[] = {
    {"t", ROLE_STAMP, 0},           {"D", ROLE_RESPONSE, 1000},
    {"T", ROLE_RESPONSE, NS_PER_S}, {"{ms}T", ROLE_RESPONSE, 1000000},
    {"{us}T", ROLE_RESPONSE, 1000}, {"{s}T", ROLE_RESPONSE, NS_PER_S},
    {"{msec}t", ROLE_EPOCH, 0},     {"{usec}t", ROLE_EPOCH, 0},
    {"{sec}t", ROLE_EPOCH, 0},      {"r", ROLE_REQUEST, 0},
    {"m", ROLE_METHOD, 0},          {"U", ROLE_ROUTE, 0},
    {"s", ROLE_STATUS, 0},          {">s", ROLE_STATUS, 0},
    {"<s", ROLE_STATUS, 0},         {NULL, ROLE_SKIP, 0}};

/* Tomcat up to 9 counts %D in milliseconds. */
static const struct field_row tomcat_rows[] = {
    {"t", ROLE_STAMP, 0},   {"D", ROLE_RESPONSE, 1000000}, {"T", ROLE_RESPONSE, NS_PER_S},
    {"r", ROLE_REQUEST, 0}, {"m", ROLE_METHOD, 0},         {"U", ROLE_ROUTE, 0},
    {"s", ROLE_STATUS, 0},  {NULL, ROLE_SKIP, 0}};

struct access_log {
    struct log_pattern pattern;
    enum role roles[LOG_PATTERN_FIELDS];
    int64_t units[LOG_PATTERN_FIELDS];
    bool has_stamp, has_response, has_epoch;
};

bool access_log_upstream_time(struct slice text, int64_t *ns)
{
    *ns = -1;
    while (text.length > 0) {
        int64_t one;
        size_t comma = slice_find(text, ", "), colon = slice_find(text, " : ");
        size_t end = comma < colon ? comma : colon;
        struct slice part = slice_trim((struct slice){text.at, end});
        text = slice_skip(text, end == comma ? end + 2 : end + 3);
        if (slice_equals(part, "-"))
            continue;
        if (!slice_to_ns(part, NS_PER_S, &one, NULL) || one < 0)
            return false;
        *ns = (*ns < 0 ? 0 : *ns) + one;
    }
    return true;
}

static bool find_roles(struct telemetry_reading *reading, const struct field_row *rows,
                       struct access_log *log)
{
    for (size_t i = 0; i < log->pattern.count; i++)
        for (size_t r = 0; rows[r].name; r++)
            if (strcmp(log->pattern.names[i], rows[r].name) == 0) {
                log->roles[i] = rows[r].role;
                log->units[i] = rows[r].unit_ns;
                log->has_epoch |= rows[r].role == ROLE_EPOCH;
                log->has_stamp |= rows[r].role == ROLE_EPOCH || rows[r].role == ROLE_STAMP;
                log->has_response |= rows[r].role == ROLE_RESPONSE;
            }
    if (log->has_stamp || log->has_response)
        return true;
    return error_set(reading->err, STATUS_USAGE,
                     "the format has neither a time of day nor a time taken: of %s, at least one "
                     "is due",
                     rows == nginx_rows ? "$msec, $time_local, $time_iso8601 and $request_time"
                                        : "%t, %D, %T and %{ms}T");
}

static bool take_time(struct slice text, int64_t unit_ns, int64_t *ns, int64_t *resolution_ns)
{
    if (slice_equals(text, "-")) {
        *ns = -1;
        return true;
    }
    return slice_to_ns(text, unit_ns, ns, resolution_ns) && *ns >= 0;
}

static bool take_stamp(struct slice text, bool is_epoch, struct request_seen *seen)
{
    struct stamp stamp;
    if (slice_starts(text, "["))
        text = slice_skip(text, 1);
    if (is_epoch ? !stamp_parse_epoch(text, &stamp) : !stamp_parse(text, &stamp))
        return false;
    seen->stamp_ns = stamp.ns;
    seen->stamp_resolution_ns = stamp.resolution_ns;
    return true;
}

/* One field; what is wrong with it, or NULL. */
static const char *take_field(const struct access_log *log, size_t field, struct slice text,
                              struct request_seen *seen)
{
    int64_t unit = log->units[field];
    switch (log->roles[field]) {
    case ROLE_SKIP:
        return NULL;
    case ROLE_STAMP: /* of two stamps the finer one */
        return log->has_epoch || take_stamp(text, false, seen) ? NULL : "a time that is none";
    case ROLE_EPOCH:
        return take_stamp(text, true, seen) ? NULL : "a time that is none";
    case ROLE_RESPONSE:
        return take_time(text, unit, &seen->times_ns[RESPONSE], &seen->resolution_ns)
                   ? NULL
                   : "a time taken that is no number";
    case ROLE_UPSTREAM:
        return access_log_upstream_time(text, &seen->times_ns[UPSTREAM])
                   ? NULL
                   : "an upstream time that is no number";
    case ROLE_UPSTREAM_CONNECT:
        return access_log_upstream_time(text, &seen->times_ns[UPSTREAM_CONNECT])
                   ? NULL
                   : "an upstream time that is no number";
    case ROLE_REQUEST:
        seen->method = slice_word(&text);
        seen->route = slice_word(&text);
        return NULL;
    case ROLE_METHOD:
        seen->method = text;
        return NULL;
    case ROLE_ROUTE:
        seen->route = text;
        return NULL;
    case ROLE_STATUS:
        seen->is_failed = text.length > 0 && text.at[0] == '5';
        return NULL;
    }
    return NULL;
}

static void take_line(const struct access_log *log, struct request_log *requests,
                      const struct slice *values)
{
    struct request_seen seen = request_log_nothing();
    const char *fault = NULL;
    for (size_t i = 0; i < log->pattern.count && !fault; i++)
        fault = take_field(log, i, values[i], &seen);
    if (fault)
        telemetry_drop(requests->reading, fault);
    else
        request_log_add(requests, &seen);
}

/* A response that is only ever as long as the upstream's is the same time seen twice. */
static bool read_lines(struct telemetry_reading *reading, const char *format,
                       enum log_pattern_dialect dialect, const struct field_row *rows)
{
    struct access_log log = {0};
    struct request_log requests;
    struct slice line, values[LOG_PATTERN_FIELDS], rest;
    if (!log_pattern_compile(format, dialect, reading->arena, &log.pattern, reading->err) ||
        !find_roles(reading, rows, &log))
        return false;
    /* httpd and Tomcat stamp the start, nginx the end. */
    request_log_begin(&requests, reading, access_times, ACCESS_TIMES,
                      dialect == LOG_PATTERN_NGINX && log.has_response);
    while (line_source_next(reading->source, &line, reading->err)) {
        if (line.length == 0)
            telemetry_drop(reading, "an empty line");
        else if (!log_pattern_match(&log.pattern, line, values, &rest))
            telemetry_drop(reading, "not in the format that was given");
        else
            take_line(&log, &requests, values);
    }
    request_log_end(&requests);
    return reading->err->status == STATUS_OK;
}

bool access_log_read_nginx(struct telemetry_reading *reading)
{
    return read_lines(reading, reading->spec, LOG_PATTERN_NGINX, nginx_rows);
}

bool access_log_read_apache(struct telemetry_reading *reading)
{
    return read_lines(reading, reading->spec, LOG_PATTERN_APACHE, apache_rows);
}

bool access_log_read_tomcat(struct telemetry_reading *reading)
{
    return read_lines(reading, reading->spec, LOG_PATTERN_APACHE, tomcat_rows);
}

/* ---- common and combined --------------------------------------------------------------------- */

static const char common_format[] = "%h %l %u [%t] \"%r\" %>s %b";

/* host - user [date] "request" status bytes, and the two quoted headers of combined or nothing. */
static bool is_combined(struct slice line)
{
    struct stamp stamp;
    for (int i = 0; i < 3; i++)
        if (slice_word(&line).length == 0)
            return false;
    if (!slice_starts(line, "[") || !stamp_parse(slice_skip(line, 1), &stamp))
        return false;
    line = slice_skip(line, slice_find(line, "] \"") + 3);
    line = slice_skip(line, slice_find(line, "\" ") + 2);
    slice_word(&line);
    slice_word(&line);
    for (int i = 0; i < 2 && line.length > 0; i++) {
        if (line.at[0] != '"')
            return false;
        line = slice_skip(line, 1);
        line = slice_skip(line, slice_find(line, "\"") + 1);
        if (line.length > 0 && line.at[0] == ' ')
            line = slice_skip(line, 1);
    }
    return line.length == 0;
}

bool access_log_accepts_combined(struct slice beginning, bool is_all)
{
    (void)is_all;
    struct slice line = telemetry_line(beginning, 0);
    return line.length > 0 && is_combined(line);
}

bool access_log_read_combined(struct telemetry_reading *reading)
{
    return read_lines(reading, common_format, LOG_PATTERN_APACHE, apache_rows);
}
