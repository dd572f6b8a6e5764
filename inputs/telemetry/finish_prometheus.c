/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/finish.h"

#include "inputs/telemetry/prometheus_names.h"
#include "inputs/telemetry/request_log.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_GROUPS = 500, MOST_BUCKETS = 100 };

/* The series of one histogram, over status codes and the like. */
struct group {
    const struct prometheus_row *row;
    char class[REQUEST_LOG_NAME];
    char source[16]; /* the prefix of its keys: whose scrapes belong together */
    double count, sum;
    bool has_sum, has_count, is_earlier;
    double tops[MOST_BUCKETS], cumulative[MOST_BUCKETS];
    size_t bucket_count, file;
    int64_t first_ns, last_ns;
};

struct groups {
    struct group *groups;
    size_t count;
};

/* The key of a counter, taken apart again. */
struct series {
    struct slice source, name, labels;
};

static struct series split_key(const char *key)
{
    struct slice rest = slice_of(key);
    struct series series = {.source = {rest.at, 0}};
    if (slice_starts(rest, "#")) {
        size_t colon = slice_find(rest, ":");
        series.source.length = colon + 1;
        rest = slice_skip(rest, colon + 1);
    }
    series.name = slice_cut(&rest, '{');
    series.labels = rest;
    series.labels.length -= rest.length > 0;
    return series;
}

/* The class of a series of requests; false: a check of health. */
static bool name_class(const struct prometheus_row *row, struct slice labels,
                       char class[REQUEST_LOG_NAME])
{
    static const char *const keys[] = {"http_route", "route", "uri", "handler", "path", "url"};
    struct slice route = {0};
    class[0] = '\0';
    if (strcmp(row->resource, "requests") != 0)
        return true;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !route.at; i++)
        route = prometheus_label(labels, keys[i]);
    if (!route.at)
        return true;
    request_log_name(route, class);
    return class[0] != '\0';
}

/* Responses with an error of the server: they took their time for other reasons, and in a log they
 * are left out, too. */
static bool is_failure(const struct prometheus_row *row, struct slice labels)
{
    static const char *const keys[] = {"http_response_status_code", "http_status_code",
                                       "status_code", "status", "code"};
    struct slice status = {0};
    if (strcmp(row->resource, "requests") != 0)
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !status.at; i++)
        status = prometheus_label(labels, keys[i]);
    return status.length == 3 && status.at[0] == '5';
}

static struct group *find_group(struct groups *groups, const struct prometheus_row *row,
                                struct slice source, const char *class)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->groups[i].row == row && strcmp(groups->groups[i].class, class) == 0 &&
            slice_equals(source, groups->groups[i].source))
            return &groups->groups[i];
    if (groups->count == MOST_GROUPS || source.length >= sizeof groups->groups[0].source)
        return NULL;
    struct group *group = &groups->groups[groups->count++];
    *group = (struct group){.row = row, .first_ns = INT64_MIN, .last_ns = INT64_MIN};
    snprintf(group->class, sizeof group->class, "%s", class);
    memcpy(group->source, source.at, source.length);
    return group;
}

static void add_bucket(struct group *group, struct slice le, double growth)
{
    double top;
    size_t i = 0;
    if (!slice_to_number(le, true, &top) || isnan(top))
        return;
    top *= group->row->unit_s;
    while (i < group->bucket_count && group->tops[i] < top)
        i++;
    if (i == group->bucket_count || group->tops[i] != top) {
        if (group->bucket_count == MOST_BUCKETS)
            return;
        memmove(&group->tops[i + 1], &group->tops[i], (group->bucket_count - i) * sizeof(double));
        memmove(&group->cumulative[i + 1], &group->cumulative[i],
                (group->bucket_count - i) * sizeof(double));
        group->tops[i] = top;
        group->cumulative[i] = 0;
        group->bucket_count++;
    }
    group->cumulative[i] += growth;
}

static void add_counter(struct groups *groups, const char *key, const struct counter *counter)
{
    enum prometheus_part part;
    char class[REQUEST_LOG_NAME];
    struct series series = split_key(key);
    const struct prometheus_row *row = prometheus_find(series.name, &part);
    if (!row || !name_class(row, series.labels, class) || is_failure(row, series.labels))
        return;
    struct group *group = find_group(groups, row, series.source, class);
    if (!group)
        return;
    double growth = counters_growth(counter);
    group->file = counter->last_file;
    group->first_ns = counter->first_ns;
    group->last_ns = counter->last_ns;
    if (part == PROMETHEUS_BUCKET) {
        add_bucket(group, prometheus_label(series.labels, "le"), growth);
    } else if (part == PROMETHEUS_SUM) {
        group->sum += growth * row->unit_s;
        group->has_sum = true;
    } else {
        group->count += growth * (row->role == PROMETHEUS_COUNT ? row->unit_s : 1);
        group->has_count = true;
    }
}

/* How long a connect takes is little a matter of when: where none was opened between the scrapes,
 * those before the first one tell. */
static void take_earlier_connects(struct groups *groups, const struct counters *counters)
{
    for (size_t i = 0; i < counters->names.count; i++) {
        enum prometheus_part part;
        struct series series = split_key(counters->names.names[i]);
        const struct prometheus_row *row = prometheus_find(series.name, &part);
        if (!row || row->kind != OBSERVED_CONNECT)
            continue;
        struct group *group = find_group(groups, row, series.source, "");
        if (!group || !group->is_earlier)
            continue;
        double first = counters->counters[i].first;
        if (part == PROMETHEUS_BUCKET)
            add_bucket(group, prometheus_label(series.labels, "le"), first);
        else if (part == PROMETHEUS_SUM)
            group->sum += first * row->unit_s;
        else
            group->count += first;
    }
}

/* ---- figures --------------------------------------------------------------------------------- */

static void set_buckets(struct observed *observed, struct observed_figure *figure,
                        const struct group *group)
{
    uint64_t counts[MOST_BUCKETS];
    double before = 0;
    for (size_t i = 0; i < group->bucket_count; i++) {
        double more = group->cumulative[i] - before;
        counts[i] = more > 0 ? (uint64_t)llround(more) : 0;
        before = fmax(before, group->cumulative[i]);
    }
    double mean = group->has_sum && group->count > 0 ? group->sum / group->count : NAN;
    observed_set_buckets(observed, figure, group->bucket_count, group->tops, counts, mean);
    figure->method = "histogram: differences of its buckets; mean from its sum";
}

static void make_times(struct observed *observed, const struct group *group)
{
    if (!(group->count > 0) && group->bucket_count == 0)
        return;
    struct observed_figure *figure =
        observed_figure(observed, group->file, group->row->kind, group->row->resource,
                        group->row->metric, group->class);
    bool is_complete = group->bucket_count > 0 && isinf(group->tops[group->bucket_count - 1]);
    if (is_complete) {
        set_buckets(observed, figure, group);
        return;
    }
    observed_set_moments(figure, (uint64_t)llround(group->count),
                         group->has_sum && group->count > 0 ? group->sum / group->count : NAN, NAN);
    figure->method = "summary: difference of its sum over that of its count";
}

static void make_cores(struct observed *observed, const struct group *group)
{
    if (group->first_ns == INT64_MIN || group->last_ns <= group->first_ns)
        return;
    double seconds = (double)(group->last_ns - group->first_ns) / 1e9;
    struct observed_figure *figure = observed_figure(observed, group->file, OBSERVED_RATE,
                                                     group->row->resource, group->row->metric, "");
    observed_set_total(figure, group->count / seconds, "1");
    figure->method = "processor seconds over seconds between the first and the last scrape";
}

static void make_count(struct observed *observed, const struct group *group)
{
    struct observed_figure *figure = observed_figure(observed, group->file, OBSERVED_COUNT,
                                                     group->row->resource, group->row->metric, "");
    observed_set_total(figure, group->count, strstr(group->row->metric, "_time") ? "s" : "1");
    figure->method = "difference of a counter";
}

static void tell_of_restarts(struct telemetry *telemetry)
{
    uint64_t restarts = 0;
    for (size_t i = 0; i < telemetry->prometheus.names.count; i++)
        if (telemetry->prometheus.counters[i].restarts > restarts)
            restarts = telemetry->prometheus.counters[i].restarts;
    if (restarts > 0)
        observed_find(telemetry->observed, false,
                      "counters of Prometheus began anew %llu time%s: what was counted between the "
                      "last scrape before and the restart is missing",
                      (unsigned long long)restarts, restarts == 1 ? "" : "s");
    if (telemetry->prometheus.left_out > 0)
        observed_find(telemetry->observed, false,
                      "%llu samples of Prometheus were left out: more than %d series",
                      (unsigned long long)telemetry->prometheus.left_out, COUNTERS_MOST);
}

void finish_prometheus(struct telemetry *telemetry)
{
    const struct counters *counters = &telemetry->prometheus;
    struct arena *scratch = arena_open();
    struct groups groups = {.groups = arena_array(scratch, MOST_GROUPS, sizeof(struct group))};
    for (size_t i = 0; i < counters->names.count; i++)
        add_counter(&groups, counters->names.names[i], &counters->counters[i]);
    for (size_t i = 0; i < groups.count; i++)
        groups.groups[i].is_earlier =
            groups.groups[i].row->kind == OBSERVED_CONNECT && !(groups.groups[i].count > 0);
    take_earlier_connects(&groups, counters);
    for (size_t i = 0; i < groups.count; i++) {
        const struct group *group = &groups.groups[i];
        if (group->row->role == PROMETHEUS_TIMES)
            make_times(telemetry->observed, group);
        else if (group->row->role == PROMETHEUS_SECONDS)
            make_cores(telemetry->observed, group);
        else
            make_count(telemetry->observed, group);
    }
    arena_close(scratch);
    tell_of_restarts(telemetry);
}
