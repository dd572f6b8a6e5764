/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/observed.h"

#include "sim/stats/tally.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SUB_BUCKETS = 1 << HISTOGRAM_SUB_BITS, FIRST_LIST = 16, FIRST_REQUESTS = 4096 };

const char *const observed_kind_names[OBSERVED_KINDS] = {
    "service", "hold", "wait", "response", "connect", "think", "count", "rate", "gauge"};
const char *const observed_form_names[OBSERVED_TOTAL + 1] = {"values", "buckets", "moments",
                                                             "levels", "total"};

enum observed_kind observed_find_kind(const char *name)
{
    int kind = 0;
    while (kind < OBSERVED_KINDS && strcmp(name, observed_kind_names[kind]) != 0)
        kind++;
    return (enum observed_kind)kind;
}

struct observed *observed_create(struct arena *arena)
{
    struct observed *observed = arena_alloc(arena, sizeof *observed);
    observed->arena = arena;
    observed->sampled_share = 1;
    return observed;
}

/* list[count] with room for one more: doubled where count is a power of two from FIRST_LIST. */
static void *room_for_one(struct arena *arena, void *list, size_t count, size_t size)
{
    bool is_full = count == 0 || (count >= FIRST_LIST && (count & (count - 1)) == 0);
    if (!is_full)
        return list;
    void *grown = arena_array(arena, count < FIRST_LIST ? FIRST_LIST : 2 * count, size);
    if (count > 0)
        memcpy(grown, list, count * size);
    return grown;
}

#define ROOM(observed, list, count)                                                                \
    ((observed)->list = room_for_one((observed)->arena, (observed)->list, (observed)->count,       \
                                     sizeof *(observed)->list))

size_t observed_add_file(struct observed *observed, const char *path)
{
    ROOM(observed, files, file_count);
    observed->files[observed->file_count] = (struct observed_file){.path = path,
                                                                   .format = "",
                                                                   .sign = "",
                                                                   .packing = "",
                                                                   .first_ns = INT64_MAX,
                                                                   .last_ns = INT64_MIN};
    return observed->file_count++;
}

void observed_file_time(struct observed *observed, size_t file, int64_t ns)
{
    struct observed_file *to = &observed->files[file];
    if (ns < to->first_ns)
        to->first_ns = ns;
    if (ns > to->last_ns)
        to->last_ns = ns;
}

/* ---- figures --------------------------------------------------------------------------------- */

static bool is_labelled(const struct observed_figure *figure, enum observed_kind kind,
                        const char *resource, const char *metric, const char *class)
{
    return figure->kind == kind && strcmp(figure->resource, resource) == 0 &&
           (!metric || strcmp(figure->metric, metric) == 0) && strcmp(figure->class, class) == 0;
}

const struct observed_figure *observed_find_figure(const struct observed *observed,
                                                   enum observed_kind kind, const char *resource,
                                                   const char *metric, const char *class)
{
    for (size_t i = 0; i < observed->figure_count; i++)
        if (is_labelled(observed->figures[i], kind, resource, metric, class ? class : ""))
            return observed->figures[i];
    return NULL;
}

static struct observed_figure *make_figure(struct arena *arena)
{
    struct observed_figure *figure = arena_alloc(arena, sizeof *figure);
    figure->method = "";
    figure->unit = "s";
    figure->value = figure->mean = figure->sd = figure->standard_error = NAN;
    figure->least = figure->largest = NAN;
    figure->sampled_share = 1;
    figure->least_ns = INT64_MAX;
    return figure;
}

struct observed_figure *observed_figure(struct observed *observed, size_t file,
                                        enum observed_kind kind, const char *resource,
                                        const char *metric, const char *class)
{
    for (size_t i = observed->figure_count; i-- > 0;)
        if (observed->figures[i]->file == file &&
            is_labelled(observed->figures[i], kind, resource, metric, class))
            return observed->figures[i];
    struct observed_figure *figure = make_figure(observed->arena);
    figure->kind = kind;
    figure->file = file;
    figure->resource = arena_strdup(observed->arena, resource);
    figure->metric = arena_strdup(observed->arena, metric);
    figure->class = arena_strdup(observed->arena, class);
    if (observed->figure_count >= OBSERVED_MOST_FIGURES) {
        observed->is_full = true;
        return figure;
    }
    ROOM(observed, figures, figure_count);
    observed->figures[observed->figure_count++] = figure;
    return figure;
}

void observed_add_values(struct observed *observed, struct observed_figure *figure, int64_t ns,
                         uint64_t count)
{
    uint32_t bucket = histogram_bucket(ns);
    uint64_t **octave = &figure->octaves[bucket >> HISTOGRAM_SUB_BITS];
    if (!*octave)
        *octave = arena_array(observed->arena, SUB_BUCKETS, sizeof **octave);
    (*octave)[bucket & (SUB_BUCKETS - 1)] += count;
    figure->count += count;
    figure->sum += (wide_int)ns * (wide_int)count;
    figure->sum_squares += (wide_uint)(uint64_t)ns * (uint64_t)ns * count;
    if (ns < figure->least_ns)
        figure->least_ns = ns;
    if (ns > figure->largest_ns)
        figure->largest_ns = ns;
}

void observed_add_value(struct observed *observed, struct observed_figure *figure, int64_t ns)
{
    observed_add_values(observed, figure, ns, 1);
}

static void join_batches(struct observed_batches *batches)
{
    for (size_t i = 0; i < OBSERVED_BATCHES / 2; i++)
        batches->sums[i] = batches->sums[2 * i] + batches->sums[2 * i + 1];
    batches->used = OBSERVED_BATCHES / 2;
    batches->batch_size *= 2;
}

void observed_add_level(struct observed *observed, struct observed_figure *figure, double level)
{
    if (!figure->batches) {
        figure->batches = arena_alloc(observed->arena, sizeof *figure->batches);
        figure->batches->batch_size = 1;
        figure->batches->least = INFINITY;
        figure->batches->largest = -INFINITY;
        figure->form = OBSERVED_LEVELS;
        figure->unit = "1";
    }
    struct observed_batches *batches = figure->batches;
    if (batches->in_last == 0) {
        if (batches->used == OBSERVED_BATCHES)
            join_batches(batches);
        batches->sums[batches->used++] = 0;
    }
    batches->sums[batches->used - 1] += level;
    batches->in_last = (batches->in_last + 1) % batches->batch_size;
    batches->least = fmin(batches->least, level);
    batches->largest = fmax(batches->largest, level);
    figure->count++;
}

void observed_set_total(struct observed_figure *figure, double value, const char *unit)
{
    figure->form = OBSERVED_TOTAL;
    figure->value = value;
    figure->unit = unit;
}

void observed_set_moments(struct observed_figure *figure, uint64_t count, double mean_s,
                          double sd_s)
{
    figure->form = OBSERVED_MOMENTS;
    figure->count = count;
    figure->mean = mean_s;
    figure->sd = sd_s;
    figure->standard_error = count > 1 ? sd_s / sqrt((double)count) : NAN;
}

void observed_set_buckets(struct observed *observed, struct observed_figure *figure, size_t count,
                          const double *tops, const uint64_t *counts, double mean_s)
{
    figure->form = OBSERVED_BUCKETS;
    figure->bucket_count = count;
    figure->bucket_tops = arena_array(observed->arena, count, sizeof *tops);
    figure->bucket_counts = arena_array(observed->arena, count, sizeof *counts);
    figure->count = 0;
    figure->mean = mean_s;
    for (size_t i = 0; i < count; i++) {
        figure->bucket_tops[i] = tops[i];
        figure->bucket_counts[i] = counts[i];
        figure->count += counts[i];
    }
}

/* ---- single requests, settings, rows, findings ----------------------------------------------- */

struct observed_requests *observed_add_requests(struct observed *observed, size_t file)
{
    ROOM(observed, requests, request_count);
    struct observed_requests *requests = arena_alloc(observed->arena, sizeof *requests);
    requests->file = file;
    observed->requests[observed->request_count++] = requests;
    return requests;
}

static void grow_requests(struct arena *arena, struct observed_requests *requests)
{
    size_t count = requests->count, capacity = count ? 2 * count : FIRST_REQUESTS;
    int64_t *starts = arena_array(arena, capacity, sizeof *starts);
    int64_t *responses = arena_array(arena, capacity, sizeof *responses);
    uint16_t *classes = arena_array(arena, capacity, sizeof *classes);
    bool *failed = arena_array(arena, capacity, sizeof *failed);
    if (count > 0) {
        memcpy(starts, requests->start_ns, count * sizeof *starts);
        memcpy(responses, requests->response_ns, count * sizeof *responses);
        memcpy(classes, requests->class, count * sizeof *classes);
        memcpy(failed, requests->is_failed, count * sizeof *failed);
    }
    requests->start_ns = starts;
    requests->response_ns = responses;
    requests->class = classes;
    requests->is_failed = failed;
    requests->capacity = capacity;
}

void observed_add_request(struct observed *observed, struct observed_requests *requests,
                          int64_t start_ns, int64_t response_ns, size_t class, bool is_failed)
{
    requests->total++;
    if (requests->count == OBSERVED_MOST_REQUESTS)
        return;
    if (requests->count == requests->capacity)
        grow_requests(observed->arena, requests);
    requests->start_ns[requests->count] = start_ns;
    requests->response_ns[requests->count] = response_ns;
    requests->is_failed[requests->count] = is_failed;
    requests->class[requests->count++] = (uint16_t) class;
}

bool observed_add_load(struct observed *observed, double clients, double per_s)
{
    if (!observed->levels)
        observed->levels =
            arena_array(observed->arena, OBSERVED_MOST_LEVELS, sizeof *observed->levels);
    if (observed->level_count == OBSERVED_MOST_LEVELS)
        return false;
    observed->levels[observed->level_count++] = (struct observed_level){clients, per_s};
    return true;
}

const struct observed_setting *observed_find_setting(const struct observed *observed,
                                                     const char *path)
{
    for (size_t i = 0; i < observed->setting_count; i++)
        if (strcmp(observed->settings[i].path, path) == 0)
            return &observed->settings[i];
    return NULL;
}

void observed_set_setting(struct observed *observed, size_t file, const char *path, double value,
                          const char *unit, const char *text)
{
    struct observed_setting *setting =
        (struct observed_setting *)observed_find_setting(observed, path);
    if (!setting) {
        ROOM(observed, settings, setting_count);
        setting = &observed->settings[observed->setting_count++];
        setting->path = arena_strdup(observed->arena, path);
    }
    setting->value = value;
    setting->unit = unit;
    setting->text = arena_strdup(observed->arena, text);
    setting->file = file;
}

void observed_drop(struct observed *observed, size_t file, const char *reason, uint64_t line)
{
    for (size_t i = 0; i < observed->drop_count; i++) {
        struct observed_drop *drop = &observed->drops[i];
        if (drop->file == file && strcmp(drop->reason, reason) == 0) {
            drop->rows++;
            return;
        }
    }
    ROOM(observed, drops, drop_count);
    observed->drops[observed->drop_count++] =
        (struct observed_drop){.file = file, .reason = reason, .rows = 1, .first_line = line};
}

void observed_find(struct observed *observed, bool is_contradiction, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    for (size_t i = 0; i < observed->finding_count; i++)
        if (strcmp(observed->findings[i].text, text) == 0)
            return;
    ROOM(observed, findings, finding_count);
    observed->findings[observed->finding_count++] =
        (struct observed_finding){is_contradiction, arena_strdup(observed->arena, text)};
}

/* ---- what follows ---------------------------------------------------------------------------- */

static void finish_values(struct observed_figure *figure)
{
    if (figure->count == 0)
        return;
    double count = (double)figure->count;
    figure->mean = (double)figure->sum / count / 1e9;
    figure->least = (double)figure->least_ns / 1e9;
    figure->largest = (double)figure->largest_ns / 1e9;
    if (figure->count < 2)
        return;
    struct tally tally = {
        .count = figure->count, .sum = figure->sum, .sum_squares = figure->sum_squares};
    figure->sd = tally_sd(&tally) / 1e9;
    figure->standard_error = figure->sd / sqrt(count);
}

/* The mean of a level, and its standard error from the whole batches. */
static void finish_levels(struct observed_figure *figure)
{
    const struct observed_batches *batches = figure->batches;
    size_t whole = batches->used - (batches->in_last > 0);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < batches->used; i++)
        sum += batches->sums[i];
    figure->mean = sum / (double)figure->count;
    figure->least = batches->least;
    figure->largest = batches->largest;
    /* Batches of neighbours: 16 to 32 of them, so that what neighbours share is inside one. */
    size_t group = whole / 16 > 0 ? whole / 16 : 1, groups = whole / group;
    for (size_t g = 0; g < groups; g++) {
        double batch = 0;
        for (size_t i = 0; i < group; i++)
            batch += batches->sums[g * group + i];
        double deviation = batch / (double)(group * batches->batch_size) - figure->mean;
        squares += deviation * deviation;
    }
    if (groups >= 2)
        figure->standard_error = sqrt(squares / (double)(groups - 1) / (double)groups);
}

/* A histogram's mean has the spread of its buckets, seen at their middles: rough, and only for the
 * standard error. */
static void finish_buckets(struct observed_figure *figure)
{
    double count = (double)figure->count, squares = 0, below = 0;
    if (figure->count < 2 || isnan(figure->mean))
        return;
    for (size_t i = 0; i < figure->bucket_count; i++) {
        double top = isinf(figure->bucket_tops[i]) ? 2 * below : figure->bucket_tops[i];
        double deviation = (below + top) / 2 - figure->mean;
        squares += (double)figure->bucket_counts[i] * deviation * deviation;
        below = top;
    }
    figure->standard_error = sqrt(squares / (count - 1) / count);
}

void observed_finish(struct observed *observed)
{
    for (size_t i = 0; i < observed->figure_count; i++) {
        struct observed_figure *figure = observed->figures[i];
        if (figure->form == OBSERVED_VALUES)
            finish_values(figure);
        else if (figure->form == OBSERVED_LEVELS)
            finish_levels(figure);
        else if (figure->form == OBSERVED_BUCKETS)
            finish_buckets(figure);
    }
    for (size_t i = 0; i < observed->arrival_count; i++)
        observed_finish_arrivals(observed->arrivals[i]);
}

static double quantile_of_buckets(const struct observed_figure *figure, double q)
{
    double rank = q * (double)figure->count, below = 0, passed = 0;
    for (size_t i = 0; i < figure->bucket_count; i++) {
        double count = (double)figure->bucket_counts[i], top = figure->bucket_tops[i];
        if (passed + count >= rank && count > 0)
            return isinf(top) ? NAN : below + (top - below) * (rank - passed) / count;
        passed += count;
        below = top;
    }
    return NAN;
}

double observed_quantile(const struct observed_figure *figure, double q)
{
    if (figure->form == OBSERVED_BUCKETS)
        return quantile_of_buckets(figure, q);
    if (figure->form != OBSERVED_VALUES || figure->count == 0)
        return NAN;
    double rank = fmax(1, ceil((double)figure->count * q)), passed = 0;
    for (uint32_t o = 0; o < OBSERVED_OCTAVES; o++)
        for (uint32_t s = 0; figure->octaves[o] && s < SUB_BUCKETS; s++) {
            double count = (double)figure->octaves[o][s];
            if (passed + count >= rank) {
                uint32_t bucket = (o << HISTOGRAM_SUB_BITS) + s;
                double start = (double)histogram_start(bucket);
                double width = 2 * (histogram_value(bucket) - start) + 1;
                return (start + (width > 1 ? width * (rank - passed - 0.5) / count : 0)) / 1e9;
            }
            passed += count;
        }
    return figure->largest;
}
