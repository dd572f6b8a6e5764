/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/windows.h"
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/metrics/metric_value.h"
#include <math.h>

/* ---- stretches --------------------------------------------------------------------------- */

struct stretch stretch_make(uint32_t steps, bool is_upper, struct arena *arena)
{
    return (struct stretch){.steps = steps,
                            .is_upper = is_upper,
                            .worst = arena_array(arena, steps, sizeof(double)),
                            .at = arena_array(arena, steps, sizeof(uint64_t)),
                            .best = NAN};
}

static bool is_worse(const struct stretch *stretch, double a, double b)
{
    return stretch->is_upper ? a > b : a < b;
}

void stretch_add(struct stretch *stretch, double value)
{
    uint64_t window = stretch->windows++;
    if (isnan(value)) {
        stretch->count = 0;
        stretch->unbroken = 0;
        return;
    }
    uint32_t steps = stretch->steps;
    if (stretch->count > 0 && stretch->at[stretch->first] + steps <= window) {
        stretch->first = (stretch->first + 1) % steps;
        stretch->count--;
    }
    while (stretch->count > 0 &&
           !is_worse(stretch, stretch->worst[(stretch->first + stretch->count - 1) % steps], value))
        stretch->count--;
    uint32_t last = (stretch->first + stretch->count++) % steps;
    stretch->worst[last] = value;
    stretch->at[last] = window;
    if (++stretch->unbroken < steps)
        return;
    double level = stretch->worst[stretch->first];
    if (stretch->stretches++ == 0 || is_worse(stretch, stretch->best, level))
        stretch->best = level;
}

double stretch_level(const struct stretch *stretch)
{
    if (stretch->stretches > 0 || stretch->windows < stretch->steps)
        return stretch->best;
    return stretch->is_upper ? INFINITY : -INFINITY;
}

/* ---- windows ----------------------------------------------------------------------------- */

static void note_peaks(struct windows *windows)
{
    const struct replication_state *system = windows->system;
    const struct window_clock *clock = &windows->clocks[0];
    for (int l = 0; l < system->model->layout.level_count; l++) {
        wide_int integral = time_average_integral(&system->statistics.levels[l], system->now);
        double mean = (double)(integral - clock->start.integrals[l]) / (double)clock->length;
        if (mean > windows->peaks[l])
            windows->peaks[l] = mean;
    }
}

/* A window of column c is worth `value`: the worst of them is kept. */
static void keep_worst(struct windows *windows, size_t c, double value)
{
    bool is_upper = windows->system->model->metrics.sources[c].is_upper;
    double *worst = &windows->observation->value[c];
    if (isnan(value))
        return;
    if (isnan(*worst) || (is_upper ? value > *worst : value < *worst))
        *worst = value;
    windows->observation->weight[c]++;
}

static double value_since(struct windows *windows, int of, const struct snapshot *from,
                          double *weight)
{
    const struct replication_state *system = windows->system;
    return metric_value(&system->model->metrics.sources[of], from, &system->statistics, system->now,
                        windows->peaks, windows->scratch, weight);
}

/* The worst window of each criterion with `in every` that this clock serves. */
static void note_in_every(struct windows *windows, int number)
{
    const struct metrics *metrics = &windows->system->model->metrics;
    for (size_t c = metrics->metric_count; c < metrics->check_base; c++) {
        const struct metric_source *source = &metrics->sources[c];
        double weight;
        if (source->kind == SOURCE_IN_EVERY && source->clock == number)
            keep_worst(windows, c,
                       value_since(windows, source->of, &windows->clocks[number].start, &weight));
    }
}

static const struct sliding_window *find_sliding(const struct windows *windows, uint32_t steps)
{
    size_t s = 0;
    while (windows->slidings[s]->steps != steps)
        s++;
    return windows->slidings[s];
}

/* The value of each watch in the windows that end now. */
static void note_watches(struct windows *windows)
{
    const struct metrics *metrics = &windows->system->model->metrics;
    const struct snapshot *before = &windows->clocks[0].start;
    for (size_t s = 0; s < windows->sliding_count; s++)
        sliding_window_push(windows->slidings[s], before, &windows->system->statistics,
                            windows->system->now);
    for (size_t w = 0; w < metrics->watch_count; w++) {
        const struct metric_watch *watch = &metrics->watches[w];
        if (watch->steps == 1) {
            windows->values[w] = value_since(windows, watch->of, before, &windows->weights[w]);
            continue;
        }
        const struct sliding_window *sliding = find_sliding(windows, watch->steps);
        windows->values[w] =
            sliding_window_is_full(sliding)
                ? value_since(windows, watch->of, &sliding->then, &windows->weights[w])
                : NAN;
    }
}

/* What criteria and series make of the watches' values. */
static void use_watches(struct windows *windows)
{
    const struct metrics *metrics = &windows->system->model->metrics;
    for (size_t c = metrics->metric_count; c < metrics->check_base; c++) {
        const struct metric_source *source = &metrics->sources[c];
        if (source->kind == SOURCE_OVER && metrics->watches[source->of].steps <= windows->ended + 1)
            keep_worst(windows, c, windows->values[source->of]);
        else if (source->kind == SOURCE_FOR)
            stretch_add(&windows->stretches[c], windows->values[source->of]);
    }
    for (size_t s = 0; s < metrics->series_count; s++) {
        size_t column = (size_t)metrics->series[s].first_column + windows->ended;
        windows->observation->value[column] = windows->values[metrics->series[s].watch];
        windows->observation->weight[column] = 1;
    }
}

/* The windows of run.window, number 0. */
static void end_window_of_run(struct windows *windows)
{
    note_peaks(windows);
    if (windows->system->model->metrics.watch_count > 0) {
        note_watches(windows);
        use_watches(windows);
    }
    windows->ended++;
}

void windows_end(struct windows *windows)
{
    struct replication_state *system = windows->system;
    const struct metrics *metrics = &system->model->metrics;
    bool is_fresh = false;
    for (int n = 0; n < (int)metrics->clock_count; n++) {
        struct window_clock *clock = &windows->clocks[n];
        if (clock->end != system->now)
            continue;
        if (!is_fresh && metrics->is_judged[n])
            replication_bring_up_to_date(system);
        is_fresh |= metrics->is_judged[n];
        statistics_add_up_levels(&system->model->layout, &system->statistics);
        if (n == 0)
            end_window_of_run(windows);
        if (metrics->is_judged[n])
            note_in_every(windows, n);
        snapshot_take(&system->model->layout, &system->statistics, system->now, &clock->start);
        clock->end += clock->length;
    }
}

int64_t windows_next_end(const struct windows *windows)
{
    int64_t next = INT64_MAX;
    for (size_t n = 0; n < windows->system->model->metrics.clock_count; n++)
        if (windows->clocks[n].end < next)
            next = windows->clocks[n].end;
    return next;
}

bool windows_run(struct windows *windows, int64_t until)
{
    for (int64_t next; (next = windows_next_end(windows)) <= until;) {
        if (!replication_run_until(windows->system, next))
            return false;
        windows_end(windows);
    }
    return replication_run_until(windows->system, until);
}

/* ---- beginning and end ------------------------------------------------------------------- */

static void start_clocks(struct windows *windows)
{
    struct replication_state *system = windows->system;
    const struct model *model = system->model;
    const struct metrics *metrics = &model->metrics;
    size_t tallies = (size_t)model->layout.tally_count;
    for (size_t n = 0; n < metrics->clock_count; n++) {
        struct window_clock *clock = &windows->clocks[n];
        *clock = (struct window_clock){.length = metrics->clocks[n],
                                       .end = system->now + metrics->clocks[n]};
        clock->start =
            snapshot_make(&model->layout, &metrics->needs_buckets[n * tallies], system->arena);
        snapshot_take(&model->layout, &system->statistics, system->now, &clock->start);
    }
}

static bool has_sliding(const struct windows *windows, uint32_t steps)
{
    for (size_t s = 0; s < windows->sliding_count; s++)
        if (windows->slidings[s]->steps == steps)
            return true;
    return false;
}

static void start_watches(struct windows *windows)
{
    struct replication_state *system = windows->system;
    const struct metrics *metrics = &system->model->metrics;
    struct arena *arena = system->arena;
    windows->values = arena_array(arena, metrics->watch_count, sizeof *windows->values);
    windows->weights = arena_array(arena, metrics->watch_count, sizeof *windows->weights);
    windows->slidings = arena_array(arena, metrics->watch_count, sizeof(struct sliding_window *));
    for (size_t w = 0; w < metrics->watch_count; w++) {
        uint32_t steps = metrics->watches[w].steps;
        windows->values[w] = NAN;
        if (steps > 1 && !has_sliding(windows, steps))
            windows->slidings[windows->sliding_count++] = sliding_window_make(
                metrics, &system->model->layout, &system->statistics, steps, system->now, arena);
    }
    windows->stretches = arena_array(arena, metrics->check_base, sizeof *windows->stretches);
    for (size_t c = metrics->metric_count; c < metrics->check_base; c++) {
        const struct metric_source *source = &metrics->sources[c];
        if (source->kind == SOURCE_FOR)
            windows->stretches[c] = stretch_make(source->steps, source->is_upper, arena);
    }
}

struct windows windows_start(struct replication_state *system, struct observation *observation)
{
    const struct model *model = system->model;
    const struct metrics *metrics = &model->metrics;
    struct arena *arena = system->arena;
    struct windows windows = {
        .system = system,
        .observation = observation,
        .clocks = arena_array(arena, metrics->clock_count, sizeof *windows.clocks),
        .peaks = arena_array(arena, (size_t)model->layout.level_count, sizeof *windows.peaks),
        .scratch = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *windows.scratch)};
    start_clocks(&windows);
    start_watches(&windows);
    for (size_t c = 0; c < metrics->column_count; c++) {
        observation->value[c] = NAN;
        observation->weight[c] = 0;
    }
    return windows;
}

void windows_carry_on(struct windows *windows, const struct windows *before)
{
    for (size_t s = 0; s < windows->sliding_count; s++)
        sliding_window_carry_on(windows->slidings[s],
                                find_sliding(before, windows->slidings[s]->steps));
}

void windows_finish(struct windows *windows, int64_t length)
{
    const struct replication_state *system = windows->system;
    const struct metrics *metrics = &system->model->metrics;
    for (size_t c = metrics->metric_count; c < metrics->check_base; c++)
        if (metrics->sources[c].kind == SOURCE_FOR) {
            windows->observation->value[c] = stretch_level(&windows->stretches[c]);
            windows->observation->weight[c] = (double)windows->stretches[c].stretches;
        }
    if (windows->clocks[0].length <= length)
        return;
    for (int l = 0; l < system->model->layout.level_count; l++)
        windows->peaks[l] =
            (double)time_average_integral(&system->statistics.levels[l], system->now) /
            (double)length;
}
