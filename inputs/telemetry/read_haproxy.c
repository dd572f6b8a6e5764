/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_haproxy.h"

#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/stamp.h"

#define NS_PER_MS INT64_C(1000000)

enum { TR, TW, TC, TR_SERVER, TA, TIMERS };

static const struct request_time haproxy_times[] = {
    {OBSERVED_RESPONSE, "requests", "Ta - TR"}, {OBSERVED_WAIT, "proxy", "Tw"},
    {OBSERVED_CONNECT, "proxy", "Tc"},          {OBSERVED_HOLD, "proxy", "Ta - TR - Tw"},
    {OBSERVED_RESPONSE, "server", "Tr"},
};

/* A line cut into what matters. */
struct haproxy_line {
    struct stamp accepted;
    int64_t timers[TIMERS]; /* [ms] */
    struct slice status, request;
};

/* TR/Tw/Tc/Tr/Ta: digits, -1, and a + before those of a line written too early. */
static bool parse_timers(struct slice text, int64_t timers[TIMERS])
{
    for (size_t i = 0; i < TIMERS; i++) {
        struct slice part = slice_cut(&text, '/');
        uint64_t value;
        if (slice_equals(part, "-1")) {
            timers[i] = -1;
            continue;
        }
        if (slice_starts(part, "+"))
            part = slice_skip(part, 1);
        if (!slice_to_count(part, &value) || value > UINT32_MAX)
            return false;
        timers[i] = (int64_t)value;
    }
    return text.length == 0;
}

/* The accept date's bracket is the one before a day of a month; syslog's prefix has others. */
static bool find_date(struct slice *rest, struct stamp *stamp)
{
    for (;;) {
        size_t at = slice_find(*rest, "[");
        if (at >= rest->length)
            return false;
        *rest = slice_skip(*rest, at + 1);
        if (rest->length > 12 && rest->at[2] == '/' && stamp_parse(*rest, stamp) &&
            stamp->length < rest->length && rest->at[stamp->length] == ']') {
            *rest = slice_skip(*rest, stamp->length + 2);
            return true;
        }
    }
}

/* From the back: captured headers, which may have blanks, stand before the request. */
static struct slice find_request(struct slice rest)
{
    const char *end = rest.length > 0 ? memrchr(rest.at, '"', rest.length) : NULL;
    const char *begin =
        end && end > rest.at ? memrchr(rest.at, '"', (size_t)(end - rest.at)) : NULL;
    return begin ? (struct slice){begin + 1, (size_t)(end - begin) - 1} : (struct slice){0};
}

static bool parse_line(struct slice line, struct haproxy_line *parsed)
{
    if (!find_date(&line, &parsed->accepted))
        return false;
    slice_word(&line);
    struct slice server = slice_word(&line);
    struct slice timers = slice_word(&line);
    parsed->status = slice_word(&line);
    parsed->request = find_request(line);
    return slice_has(server, "/") && parse_timers(timers, parsed->timers) &&
           parsed->request.at != NULL;
}

bool haproxy_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    for (size_t i = 0; i < 20; i++) {
        struct haproxy_line parsed;
        if (parse_line(telemetry_line(beginning, i), &parsed))
            return true;
    }
    return false;
}

static int64_t of_ms(int64_t ms)
{
    return ms < 0 ? -1 : ms * NS_PER_MS;
}

static void take_line(struct request_log *log, struct haproxy_line *parsed)
{
    struct request_seen seen = request_log_nothing();
    const int64_t *t = parsed->timers;
    int64_t received = t[TR] < 0 ? 0 : t[TR];
    bool is_complete = t[TA] >= 0 && t[TW] >= 0 && t[TA] >= received + t[TW];
    seen.stamp_ns = parsed->accepted.ns + received * NS_PER_MS;
    seen.stamp_resolution_ns = parsed->accepted.resolution_ns;
    seen.resolution_ns = NS_PER_MS;
    /* Microseconds divided by a thousand (tv_ms_elapsed): half of one is missing on average. */
    seen.cut_ns = NS_PER_MS / 2;
    seen.method = slice_word(&parsed->request);
    seen.route = slice_word(&parsed->request);
    seen.is_failed = parsed->status.length == 0 || parsed->status.at[0] == '5' ||
                     parsed->status.at[0] == '-' || t[TR_SERVER] < 0;
    seen.times_ns[0] = t[TA] >= received ? of_ms(t[TA] - received) : -1;
    seen.times_ns[1] = of_ms(t[TW]);
    seen.times_ns[2] = of_ms(t[TC]);
    seen.times_ns[3] = is_complete ? of_ms(t[TA] - received - t[TW]) : -1;
    seen.times_ns[4] = of_ms(t[TR_SERVER]);
    request_log_add(log, &seen);
}

bool haproxy_read(struct telemetry_reading *reading)
{
    struct request_log log;
    struct slice line;
    struct haproxy_line parsed;
    request_log_begin(&log, reading, haproxy_times, sizeof haproxy_times / sizeof haproxy_times[0],
                      false);
    while (line_source_next(reading->source, &line, reading->err)) {
        if (!parse_line(line, &parsed))
            telemetry_drop(reading, line.length == 0 ? "an empty line" : "not a line of httplog");
        else if (slice_equals(parsed.request, "<BADREQ>"))
            telemetry_drop(reading, "a request that was no HTTP");
        else
            take_line(&log, &parsed);
    }
    request_log_end(&log);
    return reading->err->status == STATUS_OK;
}
