/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/request_log.h"

#include "sim/base/wide.h"
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

enum { MOST_RAW = 4096, IS_HEALTH = UINT16_MAX, LONGEST_METHOD = 10 };

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_variable(struct slice part)
{
    size_t digits = 0, hex = 0;
    for (size_t i = 0; i < part.length; i++) {
        digits += isdigit((unsigned char)part.at[i]) != 0;
        hex += isxdigit((unsigned char)part.at[i]) != 0 || part.at[i] == '-';
    }
    return part.at[0] == ':' || part.at[0] == '{' || part.at[0] == '<' || part.at[0] == '*' ||
           digits == part.length || (hex == part.length && digits > 0 && part.length >= 8);
}

static bool is_health(const char *name)
{
    static const char *const names[] = {"healthz", "health",       "livez",       "readyz",
                                        "ready",   "live",         "alive",       "liveness",
                                        "ping",    "health_check", "healthcheck", "readiness",
                                        "_health", "metrics",      "nginx_status"};
    const char *last = strrchr(name, '_') ? strrchr(name, '_') + 1 : name;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(name, names[i]) == 0 ||
            (strncmp(name, "actuator_", 9) == 0 && strcasecmp(last, names[i]) == 0))
            return true;
    return false;
}

static void append_part(char name[REQUEST_LOG_NAME], struct slice part)
{
    size_t used = strlen(name);
    if (used > 0 && used < REQUEST_LOG_NAME - 1)
        name[used++] = '_';
    for (size_t i = 0; i < part.length && used < REQUEST_LOG_NAME - 1; i++) {
        unsigned char byte = (unsigned char)part.at[i];
        bool is_first_digit = used == 0 && isdigit(byte);
        if (is_first_digit)
            name[used++] = '_';
        name[used++] = (byte < 128 && isalnum(byte)) || byte == '-' ? (char)byte : '_';
    }
    name[used] = '\0';
    if (name[0] == '-')
        name[0] = '_';
}

void request_log_name(struct slice route, char name[REQUEST_LOG_NAME])
{
    name[0] = '\0';
    size_t scheme = slice_find(route, "://");
    if (scheme < route.length && scheme < 8) {
        route = slice_skip(route, scheme + 3);
        slice_cut(&route, '/');
    }
    struct slice path = slice_cut(&route, '?');
    while (path.length > 0) {
        struct slice part = slice_trim(slice_cut(&path, '/'));
        if (part.length > 0 && !is_variable(part))
            append_part(name, part);
    }
    if (name[0] == '\0')
        snprintf(name, REQUEST_LOG_NAME, "root");
    if (is_health(name))
        name[0] = '\0';
}

/* ---- classes --------------------------------------------------------------------------------- */

/* Another method on the same route is a class of its own. */
static size_t find_class(struct request_log *log, struct slice method, const char *name)
{
    struct arena *arena = log->reading->arena;
    char other[REQUEST_LOG_NAME] = "";
    size_t number = name_table_add(&log->classes, slice_of(name), REQUEST_LOG_CLASSES - 1);
    if (number == NAME_TABLE_NONE)
        return name_table_add(&log->classes, slice_of("other"), REQUEST_LOG_CLASSES);
    if (!log->methods[number])
        log->methods[number] = slice_copy(method, arena);
    if (slice_equals(method, log->methods[number]))
        return number;
    struct slice start = {method.at,
                          method.length < LONGEST_METHOD ? method.length : LONGEST_METHOD};
    append_part(other, start);
    for (char *byte = other; *byte; byte++)
        *byte = (char)tolower((unsigned char)*byte);
    append_part(other, slice_of(name));
    number = name_table_add(&log->classes, slice_of(other), REQUEST_LOG_CLASSES - 1);
    if (number == NAME_TABLE_NONE)
        return name_table_add(&log->classes, slice_of("other"), REQUEST_LOG_CLASSES);
    if (!log->methods[number])
        log->methods[number] = slice_copy(method, arena);
    return number;
}

static uint16_t class_of_new(struct request_log *log, const struct request_seen *seen)
{
    char name[REQUEST_LOG_NAME];
    if (seen->route.length == 0)
        return (uint16_t)find_class(log, seen->method, "all");
    request_log_name(seen->route, name);
    return name[0] ? (uint16_t)find_class(log, seen->method, name) : IS_HEALTH;
}

/* Routes are few where they are templates, many where they carry numbers: the first MOST_RAW are
 * looked up as they are. */
static uint16_t class_of(struct request_log *log, const struct request_seen *seen)
{
    char key[256];
    struct slice route = seen->route;
    route.length = slice_find(route, "?");
    size_t length = seen->method.length + 1 + route.length;
    if (length > sizeof key)
        return class_of_new(log, seen);
    if (seen->method.length > 0)
        memcpy(key, seen->method.at, seen->method.length);
    key[seen->method.length] = ' ';
    if (route.length > 0)
        memcpy(key + seen->method.length + 1, route.at, route.length);
    size_t known = log->raw.count;
    size_t number = name_table_add(&log->raw, (struct slice){key, length}, MOST_RAW);
    if (number == NAME_TABLE_NONE)
        return class_of_new(log, seen);
    if (number == known)
        log->class_of_raw[number] = class_of_new(log, seen);
    return log->class_of_raw[number];
}

/* ---- requests -------------------------------------------------------------------------------- */

struct request_seen request_log_nothing(void)
{
    struct request_seen seen = {.stamp_ns = -1};
    for (size_t i = 0; i < REQUEST_LOG_TIMES; i++)
        seen.times_ns[i] = -1;
    return seen;
}

void request_log_begin(struct request_log *log, struct telemetry_reading *reading,
                       const struct request_time *times, size_t count, bool stamp_is_end)
{
    struct arena *arena = reading->arena;
    *log = (struct request_log){.reading = reading,
                                .times = times,
                                .time_count = count,
                                .stamp_is_end = stamp_is_end,
                                .raw = name_table_create(arena),
                                .classes = name_table_create(arena)};
    log->class_of_raw = arena_array(arena, MOST_RAW, sizeof *log->class_of_raw);
    log->methods = arena_array(arena, REQUEST_LOG_CLASSES, sizeof *log->methods);
}

static void add_times(struct request_log *log, const struct request_seen *seen, size_t class)
{
    struct telemetry_reading *reading = log->reading;
    for (size_t i = 0; i < log->time_count; i++) {
        if (seen->times_ns[i] < 0)
            continue;
        struct observed_figure **figure = &log->figures[class][i];
        if (!*figure)
            *figure = observed_figure(reading->observed, reading->file, log->times[i].kind,
                                      log->times[i].resource, log->times[i].metric,
                                      log->classes.names[class]);
        (*figure)->method = "each request's own value";
        (*figure)->resolution_ns = seen->resolution_ns;
        observed_add_value(reading->observed, *figure, seen->times_ns[i]);
    }
}

static void add_arrival(struct request_log *log, const struct request_seen *seen, size_t class,
                        int64_t start)
{
    struct telemetry_reading *reading = log->reading;
    if (!log->arrivals) {
        log->arrivals = observed_add_arrivals(reading->observed, reading->file, "requests");
        log->arrivals->stamps_are_ends = log->stamp_is_end;
        log->requests = observed_add_requests(reading->observed, reading->file);
    }
    observed_take_resolution(log->arrivals, seen->stamp_resolution_ns);
    observed_add_arrival(log->arrivals, start);
    log->arrivals->failed += seen->is_failed;
    if (seen->times_ns[0] >= 0)
        observed_add_request(reading->observed, log->requests, start,
                             seen->times_ns[0] + seen->cut_ns, class, seen->is_failed);
}

void request_log_add(struct request_log *log, const struct request_seen *seen)
{
    struct telemetry_reading *reading = log->reading;
    int64_t response = seen->times_ns[0] >= 0 ? seen->times_ns[0] : 0;
    int64_t start = seen->stamp_ns - (log->stamp_is_end ? response : 0);
    uint16_t class = class_of(log, seen);
    if (class == IS_HEALTH) {
        telemetry_drop(reading, "a check of health, not a user's request");
        return;
    }
    if (seen->stamp_ns >= 0 && !telemetry_take_time(reading, start))
        return;
    if (seen->stamp_ns >= 0)
        add_arrival(log, seen, class, start);
    /* What failed took its time for other reasons than what succeeded. */
    if (!seen->is_failed)
        add_times(log, seen, class);
    reading->rows++;
}

void request_log_end(struct request_log *log)
{
    if (!log->requests)
        return;
    log->requests->classes = log->classes.names;
    log->requests->class_count = log->classes.count;
}
