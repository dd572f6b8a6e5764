/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_traces.h"

#include "inputs/json/json_text.h"
#include "inputs/telemetry/json_line.h"
#include "inputs/telemetry/request_log.h"
#include <strings.h>

/* A span, whatever wrote it. */
struct span {
    const char *name;
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

static bool is_acquire(const char *name)
{
    static const char *const names[] = {"acquire",         "getconnection", "pg.connect",
                                        "pg-pool.connect", "pool.wait",     "pool.acquire"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasestr(name, names[i]))
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
        seen.route = slice_of(span->name);
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

/* ---- OTLP ------------------------------------------------------------------------------------ */

bool otlp_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has(
        (struct slice){beginning.at, beginning.length < 2000 ? beginning.length : 2000},
        "\"resourceSpans\"");
}

/* A number, or a text of digits as JSON maps 64 bits. */
static int64_t read_ns(const json_t *value)
{
    uint64_t ns = 0;
    if (json_is_integer(value))
        return json_integer_value(value);
    const char *text = json_string_value(value);
    return text && slice_to_count(slice_of(text), &ns) && ns < INT64_MAX ? (int64_t)ns : -1;
}

static bool has_attribute(const json_t *span, const char *prefix)
{
    const json_t *list = json_object_get(span, "attributes");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *key = json_string_value(json_object_get(json_array_get(list, i), "key"));
        if (key && strncmp(key, prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

static bool is_kind(const json_t *span, json_int_t number, const char *name)
{
    const json_t *kind = json_object_get(span, "kind");
    const char *text = json_string_value(kind);
    return text ? strcmp(text, name) == 0 : json_integer_value(kind) == number;
}

static void take_otlp_span(struct spans *spans, const json_t *json)
{
    const char *name = json_string_value(json_object_get(json, "name"));
    int64_t start = read_ns(json_object_get(json, "startTimeUnixNano"));
    int64_t end = read_ns(json_object_get(json, "endTimeUnixNano"));
    const json_t *code = json_object_get(json_object_get(json, "status"), "code");
    const char *status = json_string_value(code);
    take_span(spans, &(struct span){.name = name ? name : "",
                                    .start_ns = start,
                                    .duration_ns = start > 0 && end >= start ? end - start : -1,
                                    .is_server = is_kind(json, 2, "SPAN_KIND_SERVER"),
                                    .is_client = is_kind(json, 3, "SPAN_KIND_CLIENT"),
                                    .is_database = has_attribute(json, "db.system"),
                                    .is_failed = status ? strcmp(status, "STATUS_CODE_ERROR") == 0
                                                        : json_integer_value(code) == 2});
}

/* resourceSpans[].scopeSpans[].spans[]; older: instrumentationLibrarySpans. */
static void take_otlp(struct spans *spans, const json_t *tree)
{
    const json_t *resources = json_object_get(tree, "resourceSpans");
    for (size_t r = 0; r < json_array_size(resources); r++) {
        const json_t *resource = json_array_get(resources, r);
        const json_t *scopes = json_object_get(resource, "scopeSpans");
        if (!scopes)
            scopes = json_object_get(resource, "instrumentationLibrarySpans");
        for (size_t s = 0; s < json_array_size(scopes); s++) {
            const json_t *list = json_object_get(json_array_get(scopes, s), "spans");
            for (size_t i = 0; i < json_array_size(list); i++)
                take_otlp_span(spans, json_array_get(list, i));
        }
    }
}

/* The collector's file exporter writes one document a line; an SDK's exporter one in all. */
static bool is_by_line(struct telemetry_reading *reading)
{
    bool is_all;
    struct slice first = telemetry_line(line_source_peek(reading->source, &is_all), 0);
    json_error_t ignored;
    json_t *tree = json_loadb(first.at, first.length, 0, &ignored);
    json_decref(tree);
    return tree != NULL;
}

bool otlp_read(struct telemetry_reading *reading)
{
    struct spans *spans = arena_alloc(reading->arena, sizeof *spans);
    const char *shown = reading->observed->files[reading->file].path;
    struct slice text;
    json_t *tree = NULL;
    begin_spans(spans, reading);
    bool by_line = is_by_line(reading);
    struct arena *scratch = arena_open(); /* of one line */
    while (by_line ? line_source_next(reading->source, &text, reading->err)
                   : line_source_rest(reading->source, &text, reading->err) && text.length > 0) {
        if (slice_trim(text).length == 0)
            continue;
        arena_reset(scratch);
        if (!json_text_parse(shown, text.at, text.length, "an export of OTLP", scratch, &tree,
                             reading->err)) {
            if (by_line)
                reading->err->line = (int)line_source_line(reading->source);
            break;
        }
        take_otlp(spans, tree);
        json_decref(tree);
    }
    arena_close(scratch);
    end_spans(spans);
    return reading->err->status == STATUS_OK;
}

/* ---- Jaeger ---------------------------------------------------------------------------------- */

bool jaeger_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    struct slice head = {beginning.at, beginning.length < 4000 ? beginning.length : 4000};
    return slice_has(head, "\"traceID\"") && slice_has(head, "\"spans\"");
}

static const char *find_tag(const json_t *span, const char *key)
{
    const json_t *tags = json_object_get(span, "tags");
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *tag = json_array_get(tags, i);
        const char *name = json_string_value(json_object_get(tag, "key"));
        const json_t *value = json_object_get(tag, "value");
        if (name && strcmp(name, key) == 0)
            return json_is_true(value) ? "true" : json_string_value(value);
    }
    return NULL;
}

static bool is_tagged(const json_t *span, const char *key, const char *value)
{
    const char *found = find_tag(span, key);
    return found && strcmp(found, value) == 0;
}

/* Tagged as a server's, or without a kind and a parent. */
static bool is_request(const json_t *json)
{
    if (find_tag(json, "span.kind"))
        return is_tagged(json, "span.kind", "server");
    return json_array_size(json_object_get(json, "references")) == 0 &&
           !json_object_get(json, "parentSpanID");
}

static void take_jaeger_span(struct spans *spans, const json_t *json)
{
    const char *name = json_string_value(json_object_get(json, "operationName"));
    const json_t *start = json_object_get(json, "startTime");
    const json_t *duration = json_object_get(json, "duration");
    json_int_t start_us = json_integer_value(start), taken_us = json_integer_value(duration);
    bool is_sane = json_is_integer(start) && json_is_integer(duration) && start_us > 0 &&
                   start_us < INT64_MAX / 1000 && taken_us >= 0 && taken_us < INT64_MAX / 1000;
    take_span(spans, &(struct span){.name = name ? name : "",
                                    .start_ns = is_sane ? start_us * 1000 : -1,
                                    .duration_ns = is_sane ? taken_us * 1000 : -1,
                                    .is_server = is_request(json),
                                    .is_client = is_tagged(json, "span.kind", "client"),
                                    .is_database =
                                        find_tag(json, "db.system") || find_tag(json, "db.type"),
                                    .is_failed = is_tagged(json, "error", "true")});
}

static void take_jaeger(struct spans *spans, const json_t *trace)
{
    const json_t *list = json_object_get(trace, "spans");
    for (size_t i = 0; i < json_array_size(list); i++)
        take_jaeger_span(spans, json_array_get(list, i));
}

/* A trace, whose tree is let go of again. */
static bool take_trace(struct spans *spans, struct slice text, const char *shown,
                       struct arena *scratch)
{
    json_t *tree = NULL;
    arena_reset(scratch);
    if (!json_text_parse(shown, text.at, text.length, "an export of Jaeger", scratch, &tree,
                         spans->reading->err))
        return false;
    const json_t *traces = json_object_get(tree, "data");
    for (size_t i = 0; i < json_array_size(traces); i++)
        take_jaeger(spans, json_array_get(traces, i));
    if (!traces)
        take_jaeger(spans, tree);
    json_decref(tree);
    return true;
}

/* The list of traces of a page's download; empty: the document is a trace, or none at all. */
static struct slice find_traces(struct slice text)
{
    struct json_line line = {0};
    struct slice data = {0};
    if (json_line_split(text, &line))
        data = json_line_find(&line, "data");
    return data.length > 0 && data.at[0] == '[' ? data : (struct slice){0};
}

bool jaeger_read(struct telemetry_reading *reading)
{
    struct spans *spans = arena_alloc(reading->arena, sizeof *spans);
    const char *shown = reading->observed->files[reading->file].path;
    struct slice text, trace;
    if (!line_source_rest(reading->source, &text, reading->err))
        return false;
    struct arena *scratch = arena_open();
    begin_spans(spans, reading);
    struct slice traces = find_traces(text);
    bool ok = traces.length > 0 || take_trace(spans, text, shown, scratch);
    while (ok && json_line_next(&traces, &trace))
        ok = take_trace(spans, trace, shown, scratch);
    arena_close(scratch);
    end_spans(spans);
    return ok && reading->err->status == STATUS_OK;
}
