/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/model.h"
#include "models/engine/column_scopes.h"
#include "models/engine/model_internal.h"
#include "models/engine/offered_load.h"
#include "models/engine/self_check.h"
#include "models/metrics/metric_windows.h"
#include "models/program/collapse.h"
#include "models/program/expected_arrivals.h"
#include "models/program/profile_part.h"
#include "models/program/traffic.h"
#include "models/spec/cpu_capacity.h"
#include "models/spec/cycle_classes.h"
#include "models/spec/pool_needs.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_priorities(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Numbers the priorities in use from 0 without gaps, so that a queue has a line for each. */
static void number_priorities(struct model *model, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    size_t count = model->program->class_count, n = 0;
    int64_t *sorted = arena_array(arena, count, sizeof *sorted);
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++)
            sorted[n++] = spec->workloads[w].classes[c].priority;
    qsort(sorted, n, sizeof *sorted, compare_priorities);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || sorted[i] != sorted[kept - 1])
            sorted[kept++] = sorted[i];
    model->level_count = (uint32_t)kept;
    model->levels = arena_array(arena, count, sizeof *model->levels);
    n = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++) {
            uint16_t level = 0;
            while (sorted[level] != spec->workloads[w].classes[c].priority)
                level++;
            model->levels[n++] = level;
        }
}

const struct pool_spec *model_pool_of_copy(const struct model *model, uint32_t copy)
{
    size_t p = model->spec->pool_count - 1;
    while (model->program->copies[STATION_POOL].base[p] > copy)
        p--;
    return &model->spec->pools[p];
}

/* What copy number `copy` is after the rollout, if there is one; else what it is now. */
static const struct pool_spec *pool_after(const struct model *model, uint32_t copy)
{
    const struct pool_spec *pool = model_pool_of_copy(model, copy);
    return model->to ? &model->to->pools[pool - model->spec->pools] : pool;
}

static bool is_needed(const struct model *model, uint32_t copy,
                      bool (*needs)(const struct pool_spec *spec))
{
    return needs(model_pool_of_copy(model, copy)) || needs(pool_after(model, copy));
}

uint32_t model_alarm_of_pool(const struct model *model, enum alarm_kind kind, uint32_t copy)
{
    for (uint32_t a = 0; a < model->alarm_count; a++)
        if (model->alarms[a].kind == kind && model->alarms[a].number == copy)
            return a;
    return NO_ALARM;
}

/* Alarms in order of priority at one instant: arrivals, work that is done, limiters, openings by
 * pools, time-outs, closings, cycles, the rollout. */
static void number_alarms(struct model *model, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    uint32_t copies = model->program->copies[STATION_POOL].count;
    uint32_t cpus = model->program->copies[STATION_CPU].count,
             limiters = model->program->copies[STATION_LIMITER].count;
    size_t most = 2 * spec->workload_count + cpus + limiters + 4 * (size_t)copies + 2;
    size_t count = 0;
    struct alarm_target *alarms = arena_array(arena, most, sizeof *alarms);
    bool has_deadline = traffic_has_deadline(spec);
    bool has_timers = has_deadline || model->program->max_timers > 0;
    for (uint32_t w = 0; w < spec->workload_count; w++)
        alarms[count++] = (struct alarm_target){ALARM_ARRIVAL, w};
    for (uint32_t c = 0; c < cpus; c++)
        alarms[count++] = (struct alarm_target){ALARM_CPU, c};
    for (uint32_t l = 0; l < limiters; l++)
        alarms[count++] = (struct alarm_target){ALARM_LIMITER, l};
    for (uint32_t p = 0; p < copies; p++)
        if (is_needed(model, p, pool_needs_opener_alarm))
            alarms[count++] = (struct alarm_target){ALARM_OPENER, p};
    for (uint32_t p = 0; p < copies; p++) {
        has_timers |= is_needed(model, p, pool_needs_timers);
        if (is_needed(model, p, pool_needs_timeout_alarm))
            alarms[count++] = (struct alarm_target){ALARM_QUEUE_TIMEOUT, p};
    }
    if (has_timers)
        alarms[count++] = (struct alarm_target){ALARM_TIMERS, 0};
    for (uint32_t p = 0; p < copies; p++)
        if (is_needed(model, p, pool_needs_idle_alarm))
            alarms[count++] = (struct alarm_target){ALARM_IDLE, p};
    for (uint32_t p = 0; p < copies; p++)
        if (is_needed(model, p, pool_needs_age_alarm))
            alarms[count++] = (struct alarm_target){ALARM_AGE, p};
    for (uint32_t w = 0; w < spec->workload_count; w++)
        if (spec->workloads[w].arrivals.process == ARRIVAL_CYCLE)
            alarms[count++] = (struct alarm_target){ALARM_CYCLE, w};
    if (model->to)
        alarms[count++] = (struct alarm_target){ALARM_ROLLOUT, 0};
    model->alarms = alarms;
    model->alarm_count = count;
    model->timers_each =
        has_timers ? (uint32_t)model->program->max_timers + 1 + (has_deadline ? 1 : 0) : 0;
}

/* What the settings can open at most against what each database accepts. */
static void find_refusals(struct model *model, const char **warnings, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    for (size_t c = 0; c < spec->cpu_count; c++) {
        const struct cpu_spec *database = &spec->cpus[c];
        long long most = 0, each = (long long)(database->max_connections - database->reserved);
        long long accepted = each * (long long)database->copies;
        for (size_t p = 0; p < spec->pool_count; p++)
            if (spec->pools[p].draws_on_database && spec->pools[p].database == c)
                most += (long long)(spec->pools[p].max * spec->pools[p].copies);
        if (!database->is_database || most <= accepted)
            continue;
        bool is_one = database->copies == 1;
        warnings[model->warning_count++] = arena_printf(
            arena,
            "%s: %s can open %lld connections at most, it accepts %lld (max_connections %lld less "
            "%lld reserved): any beyond that is refused",
            database->name, is_one ? "its pools" : "the pools of each replica",
            most / (long long)database->copies, each, (long long)database->max_connections,
            (long long)database->reserved);
    }
}

/* Which job of a cycle is of which class; a share may be of too few jobs to have one. */
static void find_fleets(struct model *model, const char **warnings, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    const uint16_t **classes = arena_array(arena, spec->workload_count, sizeof *classes);
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        if (workload->arrivals.process != ARRIVAL_CYCLE)
            continue;
        int64_t *counts = arena_array(arena, workload->class_count, sizeof *counts);
        classes[w] = cycle_classes_assign(workload, arena);
        cycle_classes_count(workload, counts, arena);
        for (size_t c = 0; c < workload->class_count; c++)
            if (counts[c] == 0 && workload->classes[c].share > 0)
                warnings[model->warning_count++] = arena_printf(
                    arena, "%s.%s: a share of %.6g of %lld jobs is less than one: there is none",
                    workload->name, workload->classes[c].name, workload->classes[c].share,
                    (long long)workload->arrivals.cycle.jobs);
    }
    model->cycle_classes = classes;
}

/* An automatic warm-up is none where arrivals end. */
static void find_short_traces(struct model *model, const char **warnings, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    int64_t length = spec->run.duration_ns;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const char *warning = expected_arrivals_warn_of_trace(&spec->workloads[w], length, arena);
        if (warning)
            warnings[model->warning_count++] = warning;
        const char *part = profile_part_warn(&spec->workloads[w], length, arena);
        if (part)
            warnings[model->warning_count++] = part;
    }
}

static void find_warnings(struct model *model, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    size_t most = spec->pool_count + 3 * spec->cpu_count + spec->limiter_count +
                  model->program->class_count + 2 * spec->workload_count;
    const char **warnings = arena_array(arena, most, sizeof *warnings);
    offered_load_warn(model, warnings, arena);
    find_refusals(model, warnings, arena);
    find_fleets(model, warnings, arena);
    find_short_traces(model, warnings, arena);
    model->warnings = warnings;
}

double model_offered_utilization(const struct model *model, const char *name)
{
    size_t count;
    double highest = NAN;
    const struct offered_load *loads = model_offered_loads(model, &count);
    for (size_t i = 0; i < count; i++)
        if (!loads[i].is_passes && (!name || strcmp(name, loads[i].resource) == 0))
            highest = fmax(highest, loads[i].load / loads[i].capacity);
    return highest;
}

const struct offered_load *model_offered_loads(const struct model *model, size_t *count)
{
    *count = model->load_count;
    return model->loads;
}

const double *model_expected_requests_of(const struct model *model, int64_t length,
                                         struct arena *arena)
{
    const struct scenario *spec = model->spec;
    double *own = arena_array(arena, spec->workload_count, sizeof *own);
    for (size_t w = 0; w < spec->workload_count; w++)
        own[w] = expected_arrivals(spec, &spec->workloads[w], length, arena);
    return traffic_find_rates(spec, own, arena);
}

double model_expected_requests(const struct model *model, int64_t length)
{
    const double *all = model_expected_requests_of(model, length, model->arena);
    double requests = 0;
    for (size_t w = 0; w < model->spec->workload_count; w++)
        requests += all[w];
    return requests;
}

/* What a request of each class takes of something, over all requests. */
static double sum_over_classes(const struct model *model, int64_t length,
                               double (*of)(const struct step *steps, size_t count))
{
    const double *all = model_expected_requests_of(model, length, model->arena);
    double sum = 0;
    for (size_t w = 0; w < model->spec->workload_count; w++) {
        const struct workload_spec *workload = &model->spec->workloads[w];
        for (size_t c = 0; c < workload->class_count; c++)
            sum += all[w] * workload->classes[c].share *
                   of(workload->classes[c].steps, workload->classes[c].step_count);
    }
    return sum;
}

double model_expected_rounds(const struct model *model, int64_t length)
{
    return sum_over_classes(model, length, program_expected_rounds);
}

double model_expected_steps(const struct model *model, int64_t length)
{
    return sum_over_classes(model, length, program_expected_steps);
}

/* Requests are numbered with 32 bits, and so are the counts of histograms. */
static bool check_size(const struct model *model, struct error *err)
{
    const double most = 4e9;
    double expected = model_expected_requests(model, model->spec->run.duration_ns);
    if (expected <= most)
        return true;
    error_set(err, STATUS_INPUT,
              "a replication of this length has about %.3g requests; at most %.0g are possible",
              expected, most);
    snprintf(err->pointer, sizeof err->pointer, "/run/duration");
    return false;
}

/* What is known of each workload's arrivals. Fails when one's customers would keep the clock still.
 */
static bool look_at_arrivals(struct model *model, struct error *err)
{
    const struct scenario *spec = model->spec;
    double *own = arena_array(model->arena, spec->workload_count, sizeof *own);
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        own[w] = expected_arrivals_long_run(workload);
        model->is_time_varying |= expected_arrivals_is_time_varying(workload);
        if (!expected_arrivals_stands_still(spec, workload))
            continue;
        error_set(err, STATUS_MODEL,
                  "no customer thinks and no step takes time: there would be requests without end "
                  "at one instant");
        snprintf(err->pointer, sizeof err->pointer, "/workloads/%s", workload->name);
        return false;
    }
    model->rates_per_s = traffic_find_rates(spec, own, model->arena);
    return true;
}

static struct model *compile(const struct scenario *spec, const struct scenario *to,
                             const struct program *program, struct arena *arena, struct error *err)
{
    struct model *model = arena_alloc(arena, sizeof *model);
    size_t check_count;
    const char *const *check_names = self_check_names(spec, arena, &check_count);
    model->spec = spec;
    model->to = to;
    model->program = program;
    model->layout = statistics_layout_make(spec, model->program, arena);
    model->warmup_ns = spec->run.warmup_ns;
    model->arena = arena;
    number_priorities(model, arena);
    number_alarms(model, arena);
    if (!look_at_arrivals(model, err))
        return NULL;
    find_warnings(model, arena);
    if (!check_size(model, err) || !metrics_make(spec, &model->layout, model->program, check_names,
                                                 check_count, arena, &model->metrics, err))
        return NULL;
    model->scales = time_scales_of(spec, model->rates_per_s, arena);
    model->scopes = column_scopes_make(model, arena);
    return model;
}

struct model *model_compile(const struct scenario *spec, struct arena *arena, struct error *err)
{
    return compile(spec, NULL, program_compile(spec, arena), arena, err);
}

struct model *model_compile_rollout(const struct scenario *from, const struct scenario *to,
                                    struct arena *arena, struct error *err)
{
    return compile(from, to, program_compile_rollout(from, to, arena), arena, err);
}

struct model *model_compile_breakdown(const struct scenario *spec, struct arena *arena,
                                      struct error *err)
{
    return compile(spec, NULL, program_compile_breakdown(spec, arena), arena, err);
}

const struct column *model_columns(const struct model *model, size_t *count)
{
    *count = model->metrics.column_count;
    return model->metrics.columns;
}

size_t model_histogram_count(const struct model *model)
{
    return (size_t)model->layout.tally_count;
}

int model_find_column(const struct model *model, const char *name)
{
    for (size_t c = 0; c < model->metrics.check_base; c++)
        if (strcmp(model->metrics.columns[c].name, name) == 0)
            return (int)c;
    return COLUMN_NONE;
}

size_t model_metric_count(const struct model *model)
{
    return model->metrics.metric_count;
}

size_t model_window_series_count(const struct model *model)
{
    return model->metrics.series_count;
}

struct model_window_series model_window_series(const struct model *model, size_t index)
{
    const struct metric_series *series = &model->metrics.series[index];
    const struct column *column = &model->metrics.columns[series->of];
    return (struct model_window_series){column->name, column->unit, series->first_column,
                                        model->metrics.series_length};
}

bool model_has_windows(const struct model *model, size_t column)
{
    return metric_windows_has_windows(&model->metrics.sources[column]);
}

int model_criterion_column(const struct model *model, size_t index)
{
    return model->metrics.criterion_columns[index];
}

int model_criterion_beyond(const struct model *model, size_t index)
{
    return model->metrics.criterion_beyond[index];
}

struct beyond_claim model_criterion_claim(const struct model *model, size_t index)
{
    return model->metrics.claims[index];
}

const char *const *model_warnings(const struct model *model, size_t *count)
{
    *count = model->warning_count;
    return model->warnings;
}

bool model_is_unstable(const struct model *model)
{
    return model->is_unstable;
}

bool model_is_time_varying(const struct model *model)
{
    return model->is_time_varying;
}

int64_t model_longest_period(const struct model *model)
{
    const struct scenario *spec = model->spec;
    int64_t longest = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        if (spec->workloads[w].arrivals.process == ARRIVAL_CYCLE &&
            spec->workloads[w].arrivals.cycle.every_ns > longest)
            longest = spec->workloads[w].arrivals.cycle.every_ns;
    return longest;
}

bool model_is_periodic(const struct model *model)
{
    const struct scenario *spec = model->spec;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct arrival_spec *arrivals = &spec->workloads[w].arrivals;
        if (arrivals->process != ARRIVAL_NONE &&
            (arrivals->process != ARRIVAL_CYCLE ||
             expected_arrivals_long_run(&spec->workloads[w]) > 0))
            return false;
    }
    return true;
}

void model_set_warmup(struct model *model, int64_t warmup_ns)
{
    model->warmup_ns = warmup_ns;
}

const struct study_scope *const *model_scopes(const struct model *model)
{
    return model->scopes;
}

double model_needed_warmup(const struct model *model, double share, double *relaxation_s)
{
    return time_scales_warmup(model->scales, share, relaxation_s);
}

double model_pool_units(const struct model *model, const char *name)
{
    for (size_t p = 0; p < model->spec->pool_count; p++)
        if (strcmp(model->spec->pools[p].name, name) == 0)
            return (double)model->spec->pools[p].max;
    return 0;
}

double model_highest_utilization(const struct model *model, const char *name, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    for (size_t c = 0; c < spec->cpu_count; c++)
        if (strcmp(spec->cpus[c].name, name) == 0 && spec->cpus[c].copies == 1)
            return fmin(1, collapse_most_jobs(spec, c, arena) * 1000 /
                               (double)spec->cpus[c].cores_milli);
    return 1;
}
