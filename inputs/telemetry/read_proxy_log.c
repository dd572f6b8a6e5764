/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_proxy_log.h"

#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/stamp.h"

#define NS_PER_MS INT64_C(1000000)
enum { TIMES = 2, LOOKED_AT = 20 };

/* Why the line is no request, or NULL. */
typedef const char *take_line(struct slice line, struct request_seen *seen);

static bool is_any_taken(struct slice beginning, take_line *take)
{
    for (size_t i = 0; i < LOOKED_AT; i++) {
        struct request_seen seen = request_log_nothing();
        struct slice line = telemetry_line(beginning, i);
        if (line.length > 0 && !take(line, &seen))
            return true;
    }
    return false;
}

static bool read_lines(struct telemetry_reading *reading, const struct request_time *times,
                       size_t count, take_line *take)
{
    struct request_log log;
    struct slice line;
    request_log_begin(&log, reading, times, count, false);
    while (line_source_next(reading->source, &line, reading->err)) {
        struct request_seen seen = request_log_nothing();
        const char *fault = line.length > 0 ? take(line, &seen) : "an empty line";
        if (fault)
            telemetry_drop(reading, fault);
        else
            request_log_add(&log, &seen);
    }
    request_log_end(&log);
    return reading->err->status == STATUS_OK;
}

/* "GET /path HTTP/1.1", which begins behind its quote; *rest moves behind the closing one. */
static void take_request(struct slice *rest, struct request_seen *seen)
{
    struct slice request = slice_cut(rest, '"');
    *rest = slice_trim(*rest);
    seen->method = slice_word(&request);
    seen->route = slice_word(&request);
}

static bool is_status(struct slice text)
{
    uint64_t status;
    return slice_to_count(text, &status) && status < 1000;
}

/* ---- Envoy ----------------------------------------------------------------------------------- */

static const struct request_time envoy_times[TIMES] = {
    {OBSERVED_RESPONSE, "requests", "DURATION"},
    {OBSERVED_RESPONSE, "server", "x-envoy-upstream-service-time"},
};

/* A field, quoted ones with blanks in them. */
static struct slice next_field(struct slice *rest)
{
    if (!slice_starts(*rest, "\""))
        return slice_word(rest);
    *rest = slice_skip(*rest, 1);
    struct slice field = slice_cut(rest, '"');
    *rest = slice_trim(*rest);
    return field;
}

static bool has_failed(struct slice flags)
{
    static const char *const failures[] = {"UO", "UT", "UH", "UF", "URX", "UC", "LR"};
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (slice_has(flags, failures[i]))
            return true;
    return false;
}

static const char *take_envoy(struct slice line, struct request_seen *seen)
{
    static const char no_line[] = "no line of Envoy's";
    struct stamp stamp;
    uint64_t number;
    if (!slice_starts(line, "["))
        return no_line;
    line = slice_skip(line, 1);
    struct slice time = slice_cut(&line, ']');
    line = slice_trim(line);
    if (!stamp_parse(time, &stamp) || !slice_starts(line, "\""))
        return no_line;
    line = slice_skip(line, 1);
    take_request(&line, seen);
    struct slice status = slice_word(&line), flags = slice_word(&line),
                 received = slice_word(&line);
    if (!is_status(status))
        return no_line;
    if (!slice_to_count(received, &number)) { /* Istio: details, and two fields more */
        next_field(&line);
        next_field(&line);
        received = slice_word(&line);
    }
    struct slice sent = slice_word(&line), duration = slice_word(&line);
    struct slice upstream = slice_word(&line);
    if (!slice_to_count(received, &number) || !slice_to_count(sent, &number) ||
        !slice_to_ns(duration, NS_PER_MS, &seen->times_ns[0], &seen->resolution_ns))
        return no_line;
    if (!slice_to_ns(upstream, NS_PER_MS, &seen->times_ns[1], NULL))
        seen->times_ns[1] = -1;
    seen->stamp_ns = stamp.ns;
    seen->stamp_resolution_ns = stamp.resolution_ns;
    seen->is_failed = status.at[0] == '5' || status.at[0] == '0' || has_failed(flags);
    return NULL;
}

bool envoy_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return is_any_taken(beginning, take_envoy);
}

bool envoy_read(struct telemetry_reading *reading)
{
    return read_lines(reading, envoy_times, TIMES, take_envoy);
}

/* ---- Traefik --------------------------------------------------------------------------------- */

static const struct request_time traefik_times[] = {
    {OBSERVED_RESPONSE, "requests", "duration"},
};

/* The last word; *rest loses it. */
static struct slice last_word(struct slice *rest)
{
    const char *blank = rest->length > 0 ? memrchr(rest->at, ' ', rest->length) : NULL;
    size_t begin = blank ? (size_t)(blank - rest->at) + 1 : 0;
    struct slice word = slice_skip(*rest, begin);
    rest->length = blank ? begin - 1 : 0;
    return word;
}

static const char *take_traefik(struct slice line, struct request_seen *seen)
{
    static const char no_line[] = "no line of Traefik's";
    struct stamp stamp;
    uint64_t number;
    line = slice_trim(line);
    struct slice duration = last_word(&line), server = last_word(&line), router = last_word(&line);
    struct slice count = last_word(&line);
    if (duration.length < 3 || !slice_starts(slice_skip(duration, duration.length - 2), "ms") ||
        !slice_starts(server, "\"") || !slice_starts(router, "\"") ||
        !slice_to_count(count, &number))
        return no_line;
    duration.length -= 2;
    slice_cut(&line, '[');
    struct slice time = slice_cut(&line, ']');
    line = slice_trim(line);
    if (!stamp_parse(time, &stamp) || !slice_starts(line, "\""))
        return no_line;
    line = slice_skip(line, 1);
    take_request(&line, seen);
    struct slice status = slice_word(&line);
    if (!is_status(status) ||
        !slice_to_ns(duration, NS_PER_MS, &seen->times_ns[0], &seen->resolution_ns))
        return no_line;
    seen->stamp_ns = stamp.ns;
    seen->stamp_resolution_ns = stamp.resolution_ns;
    seen->is_failed = status.at[0] == '5';
    return NULL;
}

bool traefik_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return is_any_taken(beginning, take_traefik);
}

bool traefik_read(struct telemetry_reading *reading)
{
    return read_lines(reading, traefik_times, 1, take_traefik);
}
