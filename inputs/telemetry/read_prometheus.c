/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_prometheus.h"

#include "inputs/json/json_text.h"
#include "inputs/telemetry/json_elements.h"
#include "inputs/telemetry/json_line.h"
#include "inputs/telemetry/prometheus_names.h"
#include "inputs/telemetry/stamp.h"
#include <math.h>
#include <stdio.h>

enum { LONGEST_SERIES = 2000 };

/* A sample of a series. */
struct sample {
    struct slice name, labels;
    double value;
    int64_t ns;              /* INT64_MIN: unknown */
    struct counter *counter; /* of the series, if it has counted before; NULL: not looked up yet */
};

/* ---- samples --------------------------------------------------------------------------------- */

/* Of several pools the first; true for what is of no pool. */
static bool is_of_pool(struct telemetry_reading *reading, const struct prometheus_row *row,
                       struct slice labels)
{
    static const char *const keys[] = {"pool", "db_client_connection_pool_name", "pool_name"};
    struct observed *observed = reading->observed;
    struct slice name = {0};
    if (strcmp(row->resource, "pool") != 0 && strncmp(row->metric, "pool.", 5) != 0)
        return true;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !name.at; i++)
        name = prometheus_label(labels, keys[i]);
    if (!name.at)
        return true;
    const struct observed_setting *first = observed_find_setting(observed, "pool.name");
    if (!first) {
        observed_set_setting(observed, reading->file, "pool.name", NAN, "",
                             slice_copy(name, reading->arena));
        return true;
    }
    if (slice_equals(name, first->text))
        return true;
    telemetry_drop(reading, "of another pool than the first");
    return false;
}

static void take_level(struct telemetry_reading *reading, const struct prometheus_row *row,
                       const struct sample *sample)
{
    const char *metric = row->metric;
    if (strcmp(metric, "state") == 0) {
        struct slice state = prometheus_label(sample->labels, "db_client_connection_state");
        if (!state.at)
            state = prometheus_label(sample->labels, "state");
        if (!state.at)
            return;
        metric = slice_equals(state, "used") ? "busy" : "idle";
    }
    struct observed_figure *figure = observed_figure(reading->observed, reading->file,
                                                     OBSERVED_GAUGE, row->resource, metric, "");
    figure->method = "average of the samples";
    if (isfinite(sample->value))
        observed_add_level(reading->observed, figure, sample->value);
}

static void take_setting(struct telemetry_reading *reading, const struct prometheus_row *row,
                         const struct sample *sample)
{
    char text[32];
    if (!isfinite(sample->value) || sample->value < 0)
        return;
    snprintf(text, sizeof text, "%.10g", sample->value);
    observed_set_setting(reading->observed, reading->file, row->metric, sample->value, "1", text);
}

/* A range begins somewhere in the life of its counters: what they were before is not growth. */
static void count_sample(struct telemetry_reading *reading, const char *key, struct sample *sample,
                         bool is_range)
{
    struct counter *counter = counters_add(&reading->all->prometheus, slice_of(key), sample->value,
                                           reading->file, sample->ns);
    if (counter && is_range)
        counter->first_snapshot = 0;
    sample->counter = counter;
}

/* prefix: "" for what is exposed, whose scrapes may be in several files; or the file's number. */
static void take_sample(struct telemetry_reading *reading, struct sample *sample,
                        const char *prefix)
{
    enum prometheus_part part;
    char key[LONGEST_SERIES];
    const struct prometheus_row *row = prometheus_find(sample->name, &part);
    if (!row && slice_starts(sample->name, "nodejs_version_info"))
        observed_set_setting(reading->observed, reading->file, "pool.dialect", NAN, "",
                             "node-postgres");
    if (!row) {
        telemetry_drop(reading, "a series that says nothing of pools, requests or processors");
        return;
    }
    if (sample->ns != INT64_MIN && !telemetry_take_time(reading, sample->ns))
        return;
    if (!is_of_pool(reading, row, sample->labels))
        return;
    reading->rows++;
    if (slice_starts(sample->name, "hikaricp_"))
        observed_set_setting(reading->observed, reading->file, "pool.dialect", NAN, "", "hikaricp");
    if (row->role == PROMETHEUS_LEVEL) {
        take_level(reading, row, sample);
        return;
    }
    if (row->role == PROMETHEUS_SIZE) {
        take_setting(reading, row, sample);
        return;
    }
    int length = snprintf(key, sizeof key, "%s%.*s{%.*s}", prefix, (int)sample->name.length,
                          sample->name.at, (int)sample->labels.length, sample->labels.at);
    if (length >= LONGEST_SERIES || !isfinite(sample->value) || sample->value < 0)
        telemetry_drop(reading, "a counter that is no number, or whose labels are too long");
    else
        count_sample(reading, key, sample, prefix[0] != '\0');
}

/* ---- what is exposed ------------------------------------------------------------------------- */

/* Where the labels' closing brace is: braces may stand inside of values. */
static size_t find_brace(struct slice text)
{
    bool is_quoted = false;
    for (size_t i = 0; i < text.length; i++) {
        if (is_quoted && text.at[i] == '\\')
            i++;
        else if (text.at[i] == '"')
            is_quoted = !is_quoted;
        else if (text.at[i] == '}' && !is_quoted)
            return i;
    }
    return text.length;
}

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == ':';
}

/* name{labels} value [ms] */
static bool parse_sample(struct slice line, struct sample *sample)
{
    size_t length = 0;
    int64_t ns;
    while (length < line.length && is_name_byte(line.at[length]))
        length++;
    sample->name = (struct slice){line.at, length};
    sample->labels = (struct slice){line.at, 0};
    struct slice rest = slice_skip(line, length);
    if (length == 0)
        return false;
    if (slice_starts(rest, "{")) {
        rest = slice_skip(rest, 1);
        size_t brace = find_brace(rest);
        if (brace >= rest.length)
            return false;
        sample->labels = (struct slice){rest.at, brace};
        rest = slice_skip(rest, brace + 1);
    }
    rest = slice_trim(rest);
    if (!slice_to_number(slice_word(&rest), true, &sample->value))
        return false;
    struct slice stamp = slice_word(&rest);
    if (stamp.length > 0 && stamp.at[0] != '#') {
        if (!slice_to_ns(stamp, 1000000, &ns, NULL))
            return false;
        sample->ns = ns;
    }
    return true;
}

bool prometheus_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    for (size_t i = 0; i < 10; i++) {
        struct slice line = telemetry_line(beginning, i);
        if (slice_starts(line, "# HELP ") || slice_starts(line, "# TYPE "))
            return true;
    }
    return false;
}

/* A scrape begins at the comment that says so, or where the first series comes again. */
struct scrapes {
    char first[256];
    int64_t ns;
    bool has_begun;
};

static void begin_scrape(struct telemetry_reading *reading, struct scrapes *scrapes)
{
    scrapes->has_begun = true;
    reading->all->prometheus.snapshots++;
}

static bool take_comment(struct telemetry_reading *reading, struct slice line,
                         struct scrapes *scrapes)
{
    struct stamp stamp;
    if (!slice_starts(line, "# scrape "))
        return false;
    struct slice at = slice_skip(line, strlen("# scrape "));
    if (stamp_parse_epoch(at, &stamp) || stamp_parse(at, &stamp))
        scrapes->ns = stamp.ns;
    scrapes->first[0] = '\0';
    begin_scrape(reading, scrapes);
    return true;
}

static void take_line(struct telemetry_reading *reading, struct slice line, struct scrapes *scrapes)
{
    struct sample sample = {.ns = scrapes->ns};
    if (!parse_sample(line, &sample)) {
        telemetry_drop(reading, "no sample");
        return;
    }
    size_t length = sample.labels.length > 0
                        ? (size_t)(sample.labels.at - line.at) + sample.labels.length
                        : sample.name.length;
    struct slice series = {line.at, length};
    if (series.length < sizeof scrapes->first) {
        bool is_again = scrapes->first[0] && slice_equals(series, scrapes->first);
        if (is_again || !scrapes->has_begun)
            begin_scrape(reading, scrapes);
        if (!scrapes->first[0]) {
            memcpy(scrapes->first, series.at, series.length);
            scrapes->first[series.length] = '\0';
        }
    }
    take_sample(reading, &sample, "");
}

bool prometheus_read(struct telemetry_reading *reading)
{
    struct scrapes scrapes = {.ns = INT64_MIN};
    struct slice line;
    while (line_source_next(reading->source, &line, reading->err)) {
        line = slice_trim(line);
        if (line.length == 0 || take_comment(reading, line, &scrapes) || line.at[0] == '#')
            continue;
        take_line(reading, line, &scrapes);
    }
    return reading->err->status == STATUS_OK;
}

/* ---- query_range ----------------------------------------------------------------------------- */

bool query_range_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    struct slice head = {beginning.at, beginning.length < 4096 ? beginning.length : 4096};
    return slice_has(head, "\"resultType\"") && slice_has(head, "\"data\"");
}

/* The labels as they would be exposed; *name is that of the series. */
static struct slice name_labels(const struct json_line *metric, struct slice *name, char *text,
                                size_t size)
{
    size_t used = 0;
    *name = (struct slice){0};
    for (size_t i = 0; i < metric->count; i++) {
        const struct json_field *field = &metric->fields[i];
        if (slice_equals(field->key, "__name__")) {
            *name = field->value;
            continue;
        }
        int length = snprintf(text + used, size - used, "%s%.*s=\"%.*s\"", used > 0 ? "," : "",
                              (int)field->key.length, field->key.at, (int)field->value.length,
                              field->value.at);
        if (length > 0 && (size_t)length < size - used)
            used += (size_t)length;
    }
    return (struct slice){text, used};
}

static void take_point(struct telemetry_reading *reading, struct slice point, struct sample *sample,
                       const char *prefix)
{
    struct slice time = {0}, text = {0};
    double at = NAN;
    bool is_pair = json_line_next(&point, &time) && json_line_next(&point, &text);
    if (!is_pair || !slice_to_number(time, false, &at) || !(at > 0 && at < 4e9) ||
        !slice_to_number(json_line_unquote(text), true, &sample->value)) {
        telemetry_drop(reading, "a point that is no time and number");
        return;
    }
    sample->ns = llround(at * 1e9);
    bool is_again = sample->counter && isfinite(sample->value) && sample->value >= 0;
    if (!is_again) {
        take_sample(reading, sample, prefix);
        return;
    }
    if (!telemetry_take_time(reading, sample->ns))
        return;
    reading->rows++;
    counters_add_to(sample->counter, sample->value, reading->file, sample->ns);
}

static void take_series(struct telemetry_reading *reading, struct slice text, const char *prefix)
{
    struct json_line series = {0}, metric = {0};
    char labels[LONGEST_SERIES];
    struct slice point;
    struct sample sample = {0};
    if (!json_line_split(text, &series) ||
        !json_line_split(json_line_find(&series, "metric"), &metric))
        metric.count = 0;
    sample.labels = name_labels(&metric, &sample.name, labels, sizeof labels);
    if (sample.name.length == 0) {
        telemetry_drop(reading, "a series without a name: the result of an expression");
        return;
    }
    struct slice values = json_line_find(&series, "values");
    while (json_line_next(&values, &point))
        take_point(reading, point, &sample, prefix);
    struct slice value = json_line_find(&series, "value");
    if (value.length > 0 && value.at[0] == '[')
        take_point(reading, value, &sample, prefix);
}

/* The list of series in an answer; false: there is none. */
static bool find_result(struct slice text, struct slice *result)
{
    struct json_line *line = &(struct json_line){0};
    if (!json_line_split(text, line) || !json_line_split(json_line_find(line, "data"), line))
        return false;
    *result = json_line_find(line, "result");
    return result->length > 0 && result->at[0] == '[';
}

/* An answer of any length, series by series. */
static bool read_long_answer(struct telemetry_reading *reading, const char *prefix)
{
    struct arena *scratch = arena_open();
    struct slice series;
    struct json_elements *elements = json_elements_open(reading->source, "result", scratch);
    while (json_elements_next(elements, &series, reading->err))
        take_series(reading, series, prefix);
    arena_close(scratch);
    return reading->err->status == STATUS_OK;
}

bool query_range_read(struct telemetry_reading *reading)
{
    bool is_all;
    struct slice text, result, series;
    json_t *tree = NULL;
    const char *shown = reading->observed->files[reading->file].path;
    const char *prefix = arena_printf(reading->arena, "#%zu:", reading->file);
    line_source_peek(reading->source, &is_all);
    if (!is_all)
        return read_long_answer(reading, prefix);
    if (!line_source_rest(reading->source, &text, reading->err))
        return false;
    if (!find_result(text, &result)) {
        if (json_text_parse(shown, text.at, text.length, "an answer of Prometheus", reading->arena,
                            &tree, reading->err))
            telemetry_fail(reading,
                           "has no list at /data/result, where Prometheus puts the series");
        json_decref(tree);
        return false;
    }
    while (json_line_next(&result, &series))
        take_series(reading, series, prefix);
    return reading->err->status == STATUS_OK;
}
