/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_load_lines.h"

#include "inputs/telemetry/json_line.h"
#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/stamp.h"
#include <stdio.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

/* What a line is: NULL, or why it is none. */
typedef const char *line_taker(struct slice line, struct request_seen *seen);

static bool read_lines(struct telemetry_reading *reading, const struct request_time *times,
                       size_t count, bool stamp_is_end, line_taker *take)
{
    struct request_log log;
    struct slice line;
    request_log_begin(&log, reading, times, count, stamp_is_end);
    while (line_source_next(reading->source, &line, reading->err)) {
        struct request_seen seen = request_log_nothing();
        const char *fault = line.length == 0 ? "an empty line" : take(line, &seen);
        if (fault)
            telemetry_drop(reading, fault);
        else
            request_log_add(&log, &seen);
    }
    request_log_end(&log);
    return reading->err->status == STATUS_OK;
}

/* One of the first lines that are not empty is taken. */
static bool is_any_taken(struct slice beginning, line_taker *take)
{
    for (size_t i = 0; i < 10; i++) {
        struct slice line = telemetry_line(beginning, i);
        struct request_seen seen = request_log_nothing();
        if (line.length > 0 && !take(line, &seen))
            return true;
    }
    return false;
}

static const struct request_time client_times[] = {
    {OBSERVED_RESPONSE, "requests", "response time at the client"},
};

/* ---- pgbench -l ------------------------------------------------------------------------------ */

static const struct request_time pgbench_times[] = {
    {OBSERVED_RESPONSE, "requests", "latency"},
    {OBSERVED_WAIT, "schedule", "lag behind the schedule"},
    {OBSERVED_RESPONSE, "server", "latency - lag"},
};

enum { PGBENCH_LATENCY = 2, PGBENCH_SCRIPT, PGBENCH_SECOND, PGBENCH_MICROSECOND, PGBENCH_LAG };
enum { PGBENCH_LEAST = 6, PGBENCH_MOST = 8 };

static const char *take_pgbench(struct slice line, struct request_seen *seen)
{
    uint64_t numbers[PGBENCH_MOST];
    struct slice script = {"", 0};
    size_t count = 0;
    for (; line.length > 0 && count < PGBENCH_MOST; count++) {
        struct slice word = slice_word(&line);
        if (count == PGBENCH_SCRIPT)
            script = word;
        bool is_failed = count == PGBENCH_LATENCY &&
                         (slice_equals(word, "skipped") || slice_equals(word, "failed"));
        seen->is_failed |= is_failed;
        numbers[count] = 0;
        if (!is_failed &&
            (!slice_to_count(word, &numbers[count]) || numbers[count] > 1000000000000))
            return "no line of pgbench -l";
    }
    if (count < PGBENCH_LEAST || line.length > 0 || numbers[PGBENCH_MICROSECOND] > 999999 ||
        numbers[PGBENCH_SECOND] < 100000000 || numbers[PGBENCH_SECOND] > 4000000000)
        return "no line of pgbench -l";
    if (seen->is_failed)
        return "a transaction that was skipped or failed";
    int64_t latency = (int64_t)numbers[PGBENCH_LATENCY] * 1000;
    seen->stamp_ns =
        (int64_t)numbers[PGBENCH_SECOND] * NS_PER_S + (int64_t)numbers[PGBENCH_MICROSECOND] * 1000;
    seen->stamp_resolution_ns = seen->resolution_ns = 1000;
    seen->times_ns[0] = latency;
    if (count > PGBENCH_LAG && (int64_t)numbers[PGBENCH_LAG] * 1000 <= latency) {
        seen->times_ns[1] = (int64_t)numbers[PGBENCH_LAG] * 1000;
        seen->times_ns[2] = latency - seen->times_ns[1];
    }
    seen->method = script;
    seen->route = slice_of("script");
    return NULL;
}

bool pgbench_accepts_log(struct slice beginning, bool is_all)
{
    (void)is_all;
    return is_any_taken(beginning, take_pgbench);
}

bool pgbench_read_log(struct telemetry_reading *reading)
{
    return read_lines(reading, pgbench_times, 3, true, take_pgbench);
}

/* ---- k6 -------------------------------------------------------------------------------------- */

static const char *take_k6(struct slice text, struct request_seen *seen)
{
    struct json_line line, data, tags;
    struct stamp stamp;
    if (!json_line_split(text, &line) || !json_line_find(&line, "metric").at)
        return "no point of k6";
    if (!slice_equals(json_line_find(&line, "metric"), "http_req_duration") ||
        !slice_equals(json_line_find(&line, "type"), "Point"))
        return "another metric of k6";
    struct slice inner = json_line_find(&line, "data");
    if (!inner.at || !json_line_split(inner, &data) ||
        !slice_to_ns(json_line_find(&data, "value"), NS_PER_MS, &seen->times_ns[0], NULL) ||
        seen->times_ns[0] < 0 || !stamp_parse(json_line_find(&data, "time"), &stamp))
        return "a point without a time or a value";
    seen->stamp_ns = stamp.ns;
    seen->stamp_resolution_ns = stamp.resolution_ns;
    struct slice labels = json_line_find(&data, "tags");
    if (labels.at && json_line_split(labels, &tags)) {
        struct slice status = json_line_find(&tags, "status");
        seen->method = json_line_find(&tags, "method");
        seen->route = json_line_find(&tags, "name");
        seen->is_failed = status.length > 0 && (status.at[0] == '5' || status.at[0] == '0');
    }
    return NULL;
}

bool k6_accepts_json(struct slice beginning, bool is_all)
{
    (void)is_all;
    struct json_line line;
    struct slice first = telemetry_line(beginning, 0);
    return slice_starts(first, "{") && json_line_split(first, &line) &&
           json_line_find(&line, "metric").at && json_line_find(&line, "type").at &&
           json_line_find(&line, "data").at;
}

bool k6_read_json(struct telemetry_reading *reading)
{
    return read_lines(reading, client_times, 1, true, take_k6);
}

/* ---- vegeta ---------------------------------------------------------------------------------- */

static const char *take_vegeta(struct slice text, struct request_seen *seen)
{
    struct json_line line;
    struct stamp stamp;
    if (!json_line_split(text, &line) || !json_line_find(&line, "latency").at ||
        !json_line_find(&line, "attack").at)
        return "no result of vegeta";
    struct slice code = json_line_find(&line, "code");
    if (!stamp_parse(json_line_find(&line, "timestamp"), &stamp) ||
        !slice_to_ns(json_line_find(&line, "latency"), 1, &seen->times_ns[0], NULL) ||
        seen->times_ns[0] < 0)
        return "a result without a timestamp or a latency";
    seen->stamp_ns = stamp.ns;
    seen->stamp_resolution_ns = stamp.resolution_ns;
    seen->method = json_line_find(&line, "method");
    seen->route = json_line_find(&line, "url");
    seen->is_failed = code.length > 0 && (code.at[0] == '5' || code.at[0] == '0');
    return NULL;
}

bool vegeta_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return is_any_taken(beginning, take_vegeta);
}

bool vegeta_read(struct telemetry_reading *reading)
{
    return read_lines(reading, client_times, 1, false, take_vegeta);
}

/* ---- AWS ALB --------------------------------------------------------------------------------- */

static const struct request_time alb_times[] = {
    {OBSERVED_RESPONSE, "requests", "sum of the three processing times"},
    {OBSERVED_RESPONSE, "server", "target_processing_time"},
};

/* The next field: quoted ones may have blanks in them. AWS's own sample lacks one behind a quote.
 */
static struct slice next_field(struct slice *rest)
{
    if (!slice_starts(*rest, "\""))
        return slice_word(rest);
    *rest = slice_skip(*rest, 1);
    struct slice field = slice_cut(rest, '"');
    *rest = slice_skip(*rest, slice_starts(*rest, " "));
    return field;
}

enum { ALB_TYPE, ALB_TIME, ALB_REQUEST_TIME = 5, ALB_TARGET_TIME, ALB_RESPONSE_TIME, ALB_STATUS };
enum { ALB_REQUEST = 12, ALB_CREATION = 21, ALB_FIELDS };

static const char *take_alb(struct slice line, struct request_seen *seen)
{
    struct slice fields[ALB_FIELDS];
    struct stamp end, creation;
    int64_t parts[3], sum = 0;
    for (size_t i = 0; i < ALB_FIELDS; i++)
        fields[i] = next_field(&line);
    if (!stamp_parse(fields[ALB_TIME], &end))
        return "no line of an ALB";
    for (size_t i = 0; i < 3; i++)
        if (!slice_to_ns(fields[ALB_REQUEST_TIME + i], NS_PER_S, &parts[i], &seen->resolution_ns))
            return "no line of an ALB";
    if (parts[0] < 0 || parts[1] < 0 || parts[2] < 0)
        seen->is_failed = true;
    for (size_t i = 0; i < 3; i++)
        sum += parts[i] > 0 ? parts[i] : 0;
    bool has_creation = stamp_parse(fields[ALB_CREATION], &creation);
    seen->stamp_ns = has_creation ? creation.ns : end.ns - sum;
    seen->stamp_resolution_ns = has_creation ? creation.resolution_ns : end.resolution_ns;
    seen->times_ns[0] = sum;
    seen->times_ns[1] = parts[1] >= 0 ? parts[1] : -1;
    struct slice request = fields[ALB_REQUEST];
    seen->method = slice_word(&request);
    seen->route = slice_word(&request);
    seen->is_failed |= fields[ALB_STATUS].length > 0 && fields[ALB_STATUS].at[0] == '5';
    return NULL;
}

bool alb_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return is_any_taken(beginning, take_alb);
}

bool alb_read(struct telemetry_reading *reading)
{
    return read_lines(reading, alb_times, 2, false, take_alb);
}

/* ---- Gatling --------------------------------------------------------------------------------- */

/* REQUEST lines: 2.x has scenario and user before the group, 3.x the group first. The two stamps
 * are the last fields but the status and the message. */
static const char *take_gatling(struct slice line, struct request_seen *seen)
{
    struct slice fields[12];
    size_t count = 0, ok = 0;
    if (!slice_starts(line, "REQUEST\t"))
        return "no REQUEST of Gatling";
    while (line.length > 0 && count < 12)
        fields[count++] = slice_cut(&line, '\t');
    while (ok < count && !slice_equals(fields[ok], "OK") && !slice_equals(fields[ok], "KO"))
        ok++;
    if (ok >= count || ok < 4)
        return "a REQUEST without OK or KO";
    uint64_t begin_ms, end_ms;
    if (!slice_to_count(fields[ok - 2], &begin_ms) || !slice_to_count(fields[ok - 1], &end_ms) ||
        end_ms < begin_ms || end_ms > 4000000000000)
        return "a REQUEST without start and end";
    seen->stamp_ns = (int64_t)begin_ms * NS_PER_MS;
    seen->stamp_resolution_ns = seen->resolution_ns = NS_PER_MS;
    seen->times_ns[0] = (int64_t)(end_ms - begin_ms) * NS_PER_MS;
    seen->route = fields[ok - 3];
    seen->is_failed = slice_equals(fields[ok], "KO");
    return NULL;
}

bool gatling_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_starts(beginning, "RUN\t");
}

bool gatling_read(struct telemetry_reading *reading)
{
    return read_lines(reading, client_times, 1, false, take_gatling);
}
