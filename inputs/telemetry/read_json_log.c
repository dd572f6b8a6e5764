/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_json_log.h"

#include "inputs/json/quantity.h"
#include "inputs/json/wording.h"
#include "inputs/telemetry/json_line.h"
#include "inputs/telemetry/read_access_log.h"
#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/stamp.h"
#include "sim/base/spelling.h"
#include <stdio.h>

enum { RESPONSE, UPSTREAM, UPSTREAM_CONNECT, JSON_TIMES };
enum { ROLE_RESPONSE, ROLE_TIME, ROLE_START, ROLE_ROUTE, ROLE_METHOD, ROLE_STATUS, ROLE_UPSTREAM };
enum { ROLES = ROLE_UPSTREAM + 1 };

static const char *const role_names[ROLES] = {"response", "time",   "start",   "route",
                                              "method",   "status", "upstream"};

static const struct request_time of_proxy[JSON_TIMES] = {
    {OBSERVED_RESPONSE, "requests", "request time"},
    {OBSERVED_RESPONSE, "server", "upstream response time"},
    {OBSERVED_CONNECT, "proxy", "upstream connect time"},
};

/* The names of a role's fields, each with its unit. */
struct known_field {
    const char *name;
    int64_t unit_ns;
};

static const struct known_field known_responses[] = {{"duration_ms", 1000000},
                                                     {"durationMs", 1000000},
                                                     {"responseTime", 1000000},
                                                     {"response_time_ms", 1000000},
                                                     {"latency_ms", 1000000},
                                                     {"elapsed_ms", 1000000},
                                                     {"duration_us", 1000},
                                                     {"latency_us", 1000},
                                                     {"duration_s", 1000000000},
                                                     {"request_time", 1000000000},
                                                     {"latency_ns", 1},
                                                     {"duration_ns", 1},
                                                     {"Duration", 1},
                                                     {NULL, 0}};
static const struct known_field known_upstreams[] = {
    {"upstream_response_time", 1000000000}, {"OriginDuration", 1}, {NULL, 0}};

static const char *const known_ends[] = {"msec",       "time",         "timestamp", "ts",
                                         "@timestamp", "time_iso8601", NULL};
static const char *const known_starts[] = {"StartUTC", "start_time", "StartLocal", NULL};
static const char *const known_routes[] = {"route", "http_route",  "path",    "uri", "request_uri",
                                           "url",   "RequestPath", "request", NULL};
static const char *const known_methods[] = {"method", "request_method", "http_method",
                                            "RequestMethod", NULL};
static const char *const known_status[] = {"status",           "status_code", "statusCode",
                                           "DownstreamStatus", "code",        NULL};

/* What --as names. */
struct json_log {
    const char *fields[ROLES];
    int64_t units[ROLES];
};

static struct slice find_known(const struct json_line *line, const struct known_field *known,
                               int64_t *unit_ns)
{
    for (size_t i = 0; known[i].name; i++) {
        struct slice value = json_line_find(line, known[i].name);
        *unit_ns = known[i].unit_ns;
        if (value.at)
            return value;
    }
    return (struct slice){0};
}

static struct slice find_role(const struct json_log *log, const struct json_line *line, int role,
                              const char *const *known)
{
    struct slice value;
    if (log->fields[role])
        return json_line_find(line, log->fields[role]);
    json_line_find_any(line, known, &value);
    return value;
}

/* ---- the spec -------------------------------------------------------------------------------- */

static bool read_unit(struct slice text, int64_t *unit_ns)
{
    static const struct known_field units[] = {
        {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0}};
    for (size_t i = 0; units[i].name; i++)
        if (slice_equals(text, units[i].name)) {
            *unit_ns = units[i].unit_ns;
            return true;
        }
    return false;
}

static bool read_role(struct telemetry_reading *reading, struct slice entry, struct json_log *log)
{
    char shown[WORDING_SIZE];
    struct slice rest = entry, role = slice_cut(&rest, '='), field = slice_cut(&rest, '[');
    struct slice unit = slice_cut(&rest, ']');
    const char *name = slice_copy(role, reading->arena);
    for (int r = 0; r < ROLES; r++) {
        if (strcmp(name, role_names[r]) != 0)
            continue;
        if (field.length == 0)
            break;
        log->fields[r] = slice_copy(field, reading->arena);
        log->units[r] = 1000000000;
        if (unit.at && unit.length > 0 && !read_unit(unit, &log->units[r]))
            return error_set(reading->err, STATUS_USAGE,
                             "a unit is ns, us, ms or s, as in response=took[ms]; got %s",
                             wording_quote(slice_copy(unit, reading->arena), shown));
        return true;
    }
    const char *meant = spelling_nearest(name, role_names, ROLES);
    return error_set(reading->err, STATUS_USAGE,
                     "json: takes ROLE=FIELD[UNIT],... with the roles response, time, start, "
                     "route, method, status and upstream; got %s%s%s%s",
                     wording_quote(slice_copy(entry, reading->arena), shown),
                     meant && strcmp(meant, name) != 0 ? "; did you mean '" : "",
                     meant && strcmp(meant, name) != 0 ? meant : "",
                     meant && strcmp(meant, name) != 0 ? "'?" : "");
}

static bool read_spec(struct telemetry_reading *reading, struct json_log *log)
{
    struct slice rest = reading->spec ? slice_of(reading->spec) : (struct slice){0};
    while (rest.length > 0)
        if (!read_role(reading, slice_cut(&rest, ','), log))
            return false;
    if (reading->spec && !log->fields[ROLE_RESPONSE])
        return error_set(reading->err, STATUS_USAGE,
                         "json: needs response=FIELD[UNIT], the time taken");
    return true;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static bool take_stamp(struct slice text, struct request_seen *seen)
{
    struct stamp stamp;
    if (!stamp_parse(text, &stamp) && !stamp_parse_epoch(text, &stamp))
        return false;
    seen->stamp_ns = stamp.ns;
    seen->stamp_resolution_ns = stamp.resolution_ns;
    return true;
}

static struct slice find_response(const struct json_log *log, const struct json_line *line,
                                  int64_t *unit_ns)
{
    *unit_ns = log->units[ROLE_RESPONSE];
    return log->fields[ROLE_RESPONSE] ? json_line_find(line, log->fields[ROLE_RESPONSE])
                                      : find_known(line, known_responses, unit_ns);
}

/* Why the line is no request, or NULL. */
static const char *take_line(const struct json_log *log, const struct json_line *line,
                             struct request_seen *seen)
{
    int64_t unit, upstream_unit = 0;
    struct slice response = find_response(log, line, &unit);
    if (!response.at)
        return "a message without a response time";
    if (!slice_to_ns(response, unit, &seen->times_ns[RESPONSE], &seen->resolution_ns) ||
        seen->times_ns[RESPONSE] < 0)
        return "a response time that is no number";
    struct slice start = find_role(log, line, ROLE_START, known_starts);
    struct slice end =
        log->fields[ROLE_START] ? (struct slice){0} : find_role(log, line, ROLE_TIME, known_ends);
    if (!start.at && !end.at)
        return "a request without a time";
    if (!take_stamp(start.at ? start : end, seen))
        return "a time that is none";
    /* The log's stamp is the end; times are kept as starts. */
    if (!start.at)
        seen->stamp_ns -= seen->times_ns[RESPONSE];
    seen->route = find_role(log, line, ROLE_ROUTE, known_routes);
    seen->method = find_role(log, line, ROLE_METHOD, known_methods);
    struct slice status = find_role(log, line, ROLE_STATUS, known_status);
    seen->is_failed = status.length > 0 && status.at[0] == '5';
    struct slice upstream = log->fields[ROLE_UPSTREAM]
                                ? json_line_find(line, log->fields[ROLE_UPSTREAM])
                                : find_known(line, known_upstreams, &upstream_unit);
    if (log->fields[ROLE_UPSTREAM])
        upstream_unit = log->units[ROLE_UPSTREAM];
    if (upstream.at && upstream_unit == 1000000000)
        access_log_upstream_time(upstream, &seen->times_ns[UPSTREAM]);
    else if (upstream.at && !slice_to_ns(upstream, upstream_unit, &seen->times_ns[UPSTREAM], NULL))
        seen->times_ns[UPSTREAM] = -1;
    struct slice connect = json_line_find(line, "upstream_connect_time");
    if (connect.at)
        access_log_upstream_time(connect, &seen->times_ns[UPSTREAM_CONNECT]);
    return NULL;
}

bool json_log_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    struct json_log log = {0};
    for (size_t i = 0; i < 20; i++) {
        struct json_line line;
        struct request_seen seen = request_log_nothing();
        struct slice text = telemetry_line(beginning, i);
        if (text.length > 0 && text.at[0] == '{' && json_line_split(text, &line) &&
            !take_line(&log, &line, &seen))
            return true;
    }
    return false;
}

bool json_log_read(struct telemetry_reading *reading)
{
    struct json_log log = {0};
    struct request_log requests;
    struct json_line *line = arena_alloc(reading->arena, sizeof *line);
    struct slice text;
    bool has_upstream = false;
    if (!read_spec(reading, &log))
        return false;
    request_log_begin(&requests, reading, of_proxy, JSON_TIMES, false);
    while (line_source_next(reading->source, &text, reading->err)) {
        struct request_seen seen = request_log_nothing();
        const char *fault = text.length == 0               ? "an empty line"
                            : !json_line_split(text, line) ? "no JSON object"
                                                           : take_line(&log, line, &seen);
        has_upstream |= seen.times_ns[UPSTREAM] >= 0;
        if (fault)
            telemetry_drop(reading, fault);
        else
            request_log_add(&requests, &seen);
    }
    request_log_end(&requests);
    if (requests.requests)
        requests.requests->is_application = !has_upstream;
    if (requests.arrivals)
        requests.arrivals->stamps_are_ends = true;
    return reading->err->status == STATUS_OK;
}
