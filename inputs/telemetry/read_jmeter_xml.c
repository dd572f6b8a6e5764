/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_jmeter_xml.h"

#include "inputs/telemetry/request_log.h"

#define NS_PER_MS INT64_C(1000000)
enum { DEPTH = 32, LABEL = 200 };

static const struct request_time client_times[] = {
    {OBSERVED_RESPONSE, "requests", "elapsed"},
    {OBSERVED_CONNECT, "client", "Connect"},
};

/* A sample that is not closed yet. */
struct open_sample {
    bool is_http, has_children, is_part, is_whole; /* is_whole: its times were read */
    struct request_seen seen;
    double threads;
    char label[LABEL];
};

struct results {
    struct telemetry_reading *reading;
    struct request_log log;
    struct open_sample open[DEPTH];
    size_t depth;
};

static struct slice attribute(struct slice tag, const char *name)
{
    while (tag.length > 0) {
        struct slice key = slice_trim(slice_cut(&tag, '='));
        if (!slice_starts(tag, "\""))
            continue;
        tag = slice_skip(tag, 1);
        struct slice value = slice_cut(&tag, '"');
        if (slice_equals(key, name))
            return value;
    }
    return (struct slice){"", 0};
}

static void take_sample(struct results *results, const struct open_sample *sample)
{
    struct telemetry_reading *reading = results->reading;
    if (sample->is_part) {
        telemetry_drop(reading, "a part of a page, whose time is in its sample");
    } else if (!sample->is_http && sample->has_children) {
        telemetry_drop(reading, "a transaction, whose samples are there, too");
    } else if (!sample->is_whole) {
        telemetry_drop(reading, "a sample without a time or an elapsed time");
    } else {
        struct request_seen seen = sample->seen;
        seen.route = slice_of(sample->label);
        if (sample->threads >= 0)
            observed_add_level(reading->observed,
                               observed_figure(reading->observed, reading->file, OBSERVED_GAUGE,
                                               "requests", "users", ""),
                               sample->threads);
        request_log_add(&results->log, &seen);
    }
}

static struct open_sample read_sample(struct slice tag, bool is_http)
{
    struct open_sample sample = {.is_http = is_http, .seen = request_log_nothing(), .threads = -1};
    struct slice label = attribute(tag, "lb");
    int64_t stamp, elapsed, connect;
    sample.is_whole = slice_to_ns(attribute(tag, "ts"), NS_PER_MS, &stamp, NULL) && stamp > 0 &&
                      slice_to_ns(attribute(tag, "t"), NS_PER_MS, &elapsed, NULL) && elapsed >= 0;
    if (sample.is_whole) {
        sample.seen.stamp_ns = stamp;
        sample.seen.times_ns[0] = elapsed;
    }
    if (slice_to_ns(attribute(tag, "ct"), NS_PER_MS, &connect, NULL) && connect > 0)
        sample.seen.times_ns[1] = connect;
    sample.seen.resolution_ns = sample.seen.stamp_resolution_ns = NS_PER_MS;
    sample.seen.is_failed = slice_equals(attribute(tag, "s"), "false");
    double threads;
    if (slice_to_number(attribute(tag, "na"), false, &threads) && threads >= 0)
        sample.threads = threads;
    size_t length = label.length < LABEL - 1 ? label.length : LABEL - 1;
    memcpy(sample.label, label.at, length);
    sample.label[length] = '\0';
    return sample;
}

static void begin_sample(struct results *results, struct slice tag, bool is_http)
{
    bool is_closed = tag.length > 0 && tag.at[tag.length - 1] == '/';
    if (is_closed)
        tag.length--;
    struct open_sample sample = read_sample(tag, is_http);
    if (results->depth > 0) {
        struct open_sample *parent = &results->open[results->depth - 1];
        parent->has_children = true;
        sample.is_part = parent->is_http || parent->is_part;
    }
    if (is_closed || results->depth == DEPTH)
        take_sample(results, &sample);
    else
        results->open[results->depth++] = sample;
}

static void end_sample(struct results *results)
{
    if (results->depth > 0)
        take_sample(results, &results->open[--results->depth]);
}

/* A name is followed by a blank, or by the end. */
static bool is_tag(struct slice tag, const char *name, size_t length)
{
    return slice_starts(tag, name) &&
           (tag.length == length || tag.at[length] == ' ' || tag.at[length] == '/');
}

static void take_line(struct results *results, struct slice line)
{
    while (line.length > 0) {
        slice_cut(&line, '<');
        struct slice tag = slice_cut(&line, '>');
        if (is_tag(tag, "httpSample", 10))
            begin_sample(results, slice_skip(tag, 10), true);
        else if (is_tag(tag, "sample", 6))
            begin_sample(results, slice_skip(tag, 6), false);
        else if (slice_equals(tag, "/httpSample") || slice_equals(tag, "/sample"))
            end_sample(results);
    }
}

bool jmeter_xml_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has((struct slice){beginning.at, beginning.length < 500 ? beginning.length : 500},
                     "<testResults");
}

bool jmeter_xml_read(struct telemetry_reading *reading)
{
    struct results *results = arena_alloc(reading->arena, sizeof *results);
    struct slice line;
    results->reading = reading;
    results->depth = 0;
    request_log_begin(&results->log, reading, client_times, 2, false);
    while (line_source_next(reading->source, &line, reading->err))
        take_line(results, line);
    /* What a test that was broken off left open. */
    while (results->depth > 0)
        end_sample(results);
    request_log_end(&results->log);
    observed_find(reading->observed, false,
                  "%s: JMeter with a fixed number of users waits for each answer before it asks "
                  "again: requests that would have come meanwhile are missing (coordinated "
                  "omission), and the arrivals are those of a closed system",
                  reading->observed->files[reading->file].path);
    return reading->err->status == STATUS_OK;
}
