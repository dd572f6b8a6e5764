/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_traces.h"

#include "inputs/json/json_text.h"
#include "inputs/telemetry/json_elements.h"
#include "inputs/telemetry/json_line.h"
#include "inputs/telemetry/request_log.h"
#include <strings.h>

/* A span, whatever wrote it. */
struct span {
    struct slice name;
    int64_t start_ns, duration_ns;
    bool is_server, is_client, is_database, is_failed;
};

struct spans {
    struct telemetry_reading *reading;
    struct request_log log;
};

static const struct request_time span_times[] = {
    {OBSERVED_RESPONSE, "requests", "server span"},
};

static void begin_spans(struct spans *spans, struct telemetry_reading *reading)
{
    spans->reading = reading;
    request_log_begin(&spans->log, reading, span_times, 1, false);
}

static void end_spans(struct spans *spans)
{
    struct telemetry_reading *reading = spans->reading;
    request_log_end(&spans->log);
    if (spans->log.arrivals)
        observed_find(
            reading->observed, false,
            "%s: traces are sampled: the rate is that of the requests that were kept, and "
            "a sampler that decides at the end keeps the slow ones",
            reading->observed->files[reading->file].path);
}

/* Whether the word, in small letters, is in the name, in any. */
static bool has_word(struct slice name, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= name.length; i++)
        if (strncasecmp(name.at + i, word, length) == 0)
            return true;
    return false;
}

static bool is_acquire(struct slice name)
{
    static const char *const names[] = {"acquire",         "getconnection", "pg.connect",
                                        "pg-pool.connect", "pool.wait",     "pool.acquire"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (has_word(name, names[i]))
            return true;
    return false;
}

static void add_time(struct spans *spans, enum observed_kind kind, const char *resource,
                     const char *metric, int64_t ns, const char *method)
{
    struct telemetry_reading *reading = spans->reading;
    struct observed_figure *figure =
        observed_figure(reading->observed, reading->file, kind, resource, metric, "");
    figure->method = method;
    observed_add_value(reading->observed, figure, ns);
    reading->rows++;
}

static void take_span(struct spans *spans, const struct span *span)
{
    struct telemetry_reading *reading = spans->reading;
    if (span->start_ns <= 0 || span->duration_ns < 0) {
        telemetry_drop(reading, "a span without a start, or that ends before it begins");
        return;
    }
    if (span->is_server) {
        struct request_seen seen = request_log_nothing();
        seen.stamp_ns = span->start_ns;
        seen.stamp_resolution_ns = 1;
        seen.route = span->name;
        struct slice rest = seen.route, method = slice_word(&rest);
        if (rest.length > 0 && rest.at[0] == '/') {
            seen.method = method;
            seen.route = rest;
        }
        seen.times_ns[0] = span->duration_ns;
        seen.is_failed = span->is_failed;
        request_log_add(&spans->log, &seen);
    } else if (is_acquire(span->name)) {
        add_time(spans, OBSERVED_WAIT, "pool", "span", span->duration_ns,
                 "spans named after the pool's acquire");
    } else if (span->is_client && span->is_database) {
        add_time(spans, OBSERVED_RESPONSE, "database", "client span", span->duration_ns,
                 "client spans with db.system: seen by the caller, network and all");
    } else {
        telemetry_drop(reading, "a span that is no request, no acquire and no database call");
    }
}

/* ---- elements -------------------------------------------------------------------------------- */

/* Small files are checked whole, so that a mistake in them is told as everywhere. The collector's
 * file exporter writes one document a line; others one in all. */
static bool check_small(struct telemetry_reading *reading, const char *what)
{
    const char *shown = reading->observed->files[reading->file].path;
    bool is_all, is_fine = true;
    struct slice text = line_source_peek(reading->source, &is_all), rest = text;
    struct slice first = slice_cut(&rest, '\n');
    json_error_t ignored;
    json_t *tree = json_loadb(first.at, first.length, 0, &ignored);
    bool by_line = tree != NULL;
    json_decref(tree);
    struct arena *scratch = arena_open();
    for (int line = 1; is_all && is_fine && text.length > 0; line++) {
        struct slice document = by_line ? slice_cut(&text, '\n') : text;
        text = by_line ? text : (struct slice){0};
        if (slice_trim(document).length == 0)
            continue;
        is_fine = json_text_parse(shown, document.at, document.length, what, scratch, &tree,
                                  reading->err);
        if (is_fine)
            json_decref(tree);
        else if (by_line)
            reading->err->line = line;
    }
    arena_close(scratch);
    return is_fine;
}

/* Each span of the file, wherever it is, as its fields. */
static bool read_spans(struct telemetry_reading *reading, const char *what,
                       void (*take)(struct spans *spans, const struct json_line *fields))
{
    struct spans *spans = arena_alloc(reading->arena, sizeof *spans);
    struct json_line *fields = arena_alloc(reading->arena, sizeof *fields);
    struct arena *scratch = arena_open();
    struct slice span;
    if (!check_small(reading, what)) {
        arena_close(scratch);
        return false;
    }
    begin_spans(spans, reading);
    struct json_elements *elements = json_elements_open(reading->source, "spans", scratch);
    while (json_elements_next(elements, &span, reading->err))
        if (json_line_split(span, fields))
            take(spans, fields);
        else
            telemetry_drop(reading, "a span that is no JSON");
    arena_close(scratch);
    end_spans(spans);
    return reading->err->status == STATUS_OK;
}

/* A number, or a text of digits as JSON maps 64 bits; -1: neither. */
static int64_t read_integer(const struct json_line *fields, const char *key)
{
    uint64_t value = 0;
    struct slice text = json_line_find(fields, key);
    return slice_to_count(text, &value) && value < INT64_MAX ? (int64_t)value : -1;
}

/* ---- OTLP ------------------------------------------------------------------------------------ */

bool otlp_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has(
        (struct slice){beginning.at, beginning.length < 2000 ? beginning.length : 2000},
        "\"resourceSpans\"");
}

static bool has_attribute(const struct json_line *span, const char *prefix)
{
    struct slice list = json_line_find(span, "attributes"), element;
    struct json_line fields = {0};
    while (list.at && json_line_next(&list, &element))
        if (json_line_split(element, &fields) &&
            slice_starts(json_line_find(&fields, "key"), prefix))
            return true;
    return false;
}

static bool is_kind(struct slice kind, const char *number, const char *name)
{
    return slice_equals(kind, number) || slice_equals(kind, name);
}

static bool is_error(struct slice status)
{
    struct json_line fields = {0};
    if (!status.at || !json_line_split(status, &fields))
        return false;
    struct slice code = json_line_find(&fields, "code");
    return slice_equals(code, "2") || slice_equals(code, "STATUS_CODE_ERROR");
}

static void take_otlp(struct spans *spans, const struct json_line *span)
{
    struct slice kind = json_line_find(span, "kind");
    int64_t start = read_integer(span, "startTimeUnixNano");
    int64_t end = read_integer(span, "endTimeUnixNano");
    bool is_client = is_kind(kind, "3", "SPAN_KIND_CLIENT");
    take_span(spans, &(struct span){.name = json_line_find(span, "name"),
                                    .start_ns = start,
                                    .duration_ns = start > 0 && end >= start ? end - start : -1,
                                    .is_server = is_kind(kind, "2", "SPAN_KIND_SERVER"),
                                    .is_client = is_client,
                                    .is_database = is_client && has_attribute(span, "db.system"),
                                    .is_failed = is_error(json_line_find(span, "status"))});
}

bool otlp_read(struct telemetry_reading *reading)
{
    return read_spans(reading, "an export of OTLP", take_otlp);
}

/* ---- Jaeger ---------------------------------------------------------------------------------- */

bool jaeger_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    struct slice head = {beginning.at, beginning.length < 4000 ? beginning.length : 4000};
    return slice_has(head, "\"traceID\"") && slice_has(head, "\"spans\"");
}

/* What of the tags matters. */
struct tags {
    bool has_kind, is_server, is_client, is_database, is_failed;
};

static struct tags read_tags(const struct json_line *span)
{
    struct tags tags = {0};
    struct slice list = json_line_find(span, "tags"), element;
    struct json_line fields = {0};
    while (list.at && json_line_next(&list, &element)) {
        if (!json_line_split(element, &fields))
            continue;
        struct slice key = json_line_find(&fields, "key"), value = json_line_find(&fields, "value");
        if (slice_equals(key, "span.kind")) {
            tags.has_kind = true;
            tags.is_server = slice_equals(value, "server");
            tags.is_client = slice_equals(value, "client");
        }
        tags.is_database |= slice_equals(key, "db.system") || slice_equals(key, "db.type");
        tags.is_failed |= slice_equals(key, "error") && slice_equals(value, "true");
    }
    return tags;
}

/* Tagged as a server's, or without a kind and a parent. */
static bool is_request(const struct json_line *span, const struct tags *tags)
{
    struct slice references = json_line_find(span, "references"), first;
    if (tags->has_kind)
        return tags->is_server;
    return !(references.at && json_line_next(&references, &first)) &&
           !json_line_find(span, "parentSpanID").at;
}

static void take_jaeger(struct spans *spans, const struct json_line *span)
{
    struct tags tags = read_tags(span);
    int64_t start_us = read_integer(span, "startTime"), taken_us = read_integer(span, "duration");
    bool is_sane =
        start_us > 0 && start_us < INT64_MAX / 1000 && taken_us >= 0 && taken_us < INT64_MAX / 1000;
    take_span(spans, &(struct span){.name = json_line_find(span, "operationName"),
                                    .start_ns = is_sane ? start_us * 1000 : -1,
                                    .duration_ns = is_sane ? taken_us * 1000 : -1,
                                    .is_server = is_request(span, &tags),
                                    .is_client = tags.is_client,
                                    .is_database = tags.is_database,
                                    .is_failed = tags.is_failed});
}

bool jaeger_read(struct telemetry_reading *reading)
{
    return read_spans(reading, "an export of Jaeger", take_jaeger);
}
