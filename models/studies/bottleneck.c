/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/bottleneck.h"
#include "models/engine/model_internal.h"
#include "models/program/traffic.h"
#include "sim/study/judge.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The slowest are this share of the requests. */
static const double SLOWEST = 0.01;

/* ---- the scenario as it is ----------------------------------------------------------------- */

static struct study_setting setting_of(const struct model *model)
{
    struct study_setting setting = {.model = model,
                                    .replicate = model_replicate,
                                    .histogram_count = model_histogram_count(model)};
    setting.columns = model_columns(model, &setting.column_count);
    return setting;
}

static void list_resources(struct bottleneck *bottleneck, struct arena *arena)
{
    const struct scenario *spec = bottleneck->spec;
    size_t most = spec->pool_count + spec->cpu_count + spec->limiter_count + spec->buffer_count +
                  spec->service_count;
    struct bottleneck_resource *list = arena_array(arena, most, sizeof *list), *next = list;
    for (size_t i = 0; i < spec->pool_count; i++)
        *next++ = (struct bottleneck_resource){
            BOTTLENECK_POOL, i, spec->pools[i].name, (double)spec->pools[i].max, NAN, 0};
    for (size_t i = 0; i < spec->cpu_count; i++)
        *next++ = (struct bottleneck_resource){
            BOTTLENECK_CPU, i, spec->cpus[i].name, (double)spec->cpus[i].cores_milli / 1e3, NAN, 0};
    for (size_t i = 0; i < spec->limiter_count; i++)
        *next++ = (struct bottleneck_resource){
            BOTTLENECK_LIMITER, i, spec->limiters[i].name, spec->limiters[i].rate_per_s, NAN, 0};
    for (size_t i = 0; i < spec->buffer_count; i++)
        *next++ = (struct bottleneck_resource){
            BOTTLENECK_BUFFER, i, spec->buffers[i].name, (double)spec->buffers[i].capacity, NAN, 0};
    for (size_t i = 0; i < spec->service_count; i++)
        *next++ = (struct bottleneck_resource){BOTTLENECK_SERVICE,
                                               i,
                                               spec->services[i].name,
                                               (double)spec->services[i].replicas,
                                               NAN,
                                               0};
    bottleneck->resources = list;
    bottleneck->resource_count = (size_t)(next - list);
}

bool bottleneck_make(const struct scenario_set *set, const struct scenario *spec,
                     struct arena *arena, struct bottleneck *bottleneck, struct error *err)
{
    struct scenario *bare = arena_alloc(arena, sizeof *bare);
    struct setting_spec *setting = arena_alloc(arena, sizeof *setting);
    struct scenario_set *alone = arena_alloc(arena, sizeof *alone);
    *bare = *spec;
    bare->criterion_count = 0;
    *setting = (struct setting_spec){.name = spec->setting, .scenario = *bare};
    *alone = *set;
    alone->settings = setting;
    alone->setting_count = 1;
    *bottleneck = (struct bottleneck){.spec = bare};
    if (!plan_make(alone, arena, &bottleneck->plan, err))
        return false;
    struct model *marked = model_compile_breakdown(bare, arena, err);
    if (!marked)
        return false;
    bottleneck->slowest_ns =
        arena_array(arena, marked->layout.groups, sizeof *bottleneck->slowest_ns);
    breakdown_study_make(marked, bottleneck->slowest_ns, arena, &bottleneck->breakdown);
    bottleneck->options = bottleneck->plan.options;
    bottleneck->options.max_replications = bottleneck->options.min_replications;
    list_resources(bottleneck, arena);
    return true;
}

/* The response from which on a request is among the slowest [ns]: the beginning of the bucket in
 * which the quantile lies, so that they are never less than their share. */
static int64_t find_slowest(const struct histogram *histogram)
{
    double wanted = SLOWEST * (double)histogram->total;
    uint64_t beyond = 0;
    for (uint32_t bucket = HISTOGRAM_BUCKETS; bucket-- > 0 && histogram->total > 0;) {
        beyond += histogram->counts[bucket];
        if ((double)beyond >= wanted)
            return histogram_start(bucket);
    }
    return INT64_MAX;
}

/* ---- what limits ----------------------------------------------------------------------------- */

static double utilization_of(const struct bottleneck *bottleneck,
                             const struct bottleneck_resource *resource)
{
    const struct model *model = bottleneck->plan.models[0];
    bool is_buffer = resource->kind == BOTTLENECK_BUFFER;
    if (resource->kind == BOTTLENECK_SERVICE ||
        (resource->kind == BOTTLENECK_LIMITER && model->is_time_varying))
        return NAN;
    if (resource->kind == BOTTLENECK_LIMITER)
        return traffic_passes_per_s(bottleneck->spec, model->rates_per_s, resource->index) /
               (resource->amount * (double)bottleneck->spec->limiters[resource->index].copies);
    char metric[256];
    int length = snprintf(metric, sizeof metric, "%s.%s", resource->name,
                          is_buffer ? "level" : "utilization");
    if (length < 0 || (size_t)length >= sizeof metric)
        return NAN;
    double value = bottleneck_metric(bottleneck, metric).estimate;
    if (!is_buffer)
        return value;
    return value / (resource->amount * (double)bottleneck->spec->buffers[resource->index].copies);
}

/* The share of the slowest's time that is spent waiting for resource, in the workload where that is
 * most. */
static double find_waiting(const struct bottleneck *bottleneck,
                           const struct bottleneck_resource *resource)
{
    double most = 0;
    for (size_t g = 0; g < bottleneck_group_count(bottleneck); g++) {
        size_t count;
        const struct breakdown_part *parts = breakdown_parts(
            bottleneck->breakdown.model, bottleneck_group_workload(bottleneck, g), &count);
        double whole = bottleneck_estimate(bottleneck, g, BREAKDOWN_SLOWEST_RESPONSE).estimate,
               sum = 0;
        for (size_t p = 0; p < count && bottleneck_is_workload(bottleneck, g); p++) {
            bool is_waiting;
            if (bottleneck_resource_of(bottleneck, &parts[p], &is_waiting) == resource &&
                is_waiting)
                sum += bottleneck_estimate(bottleneck, g, BREAKDOWN_PARTS + 2 * p + 1).estimate;
        }
        if (whole > 0 && sum / whole > most)
            most = sum / whole;
    }
    return most;
}

static int compare_importance(const void *a, const void *b)
{
    const struct bottleneck_resource *left = a, *right = b;
    double by_left = left->waiting, by_right = right->waiting;
    if (by_left == by_right) {
        by_left = isnan(left->utilization) ? -1 : left->utilization;
        by_right = isnan(right->utilization) ? -1 : right->utilization;
    }
    if (by_left != by_right)
        return by_left < by_right ? 1 : -1;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static void rank_resources(struct bottleneck *bottleneck)
{
    for (size_t r = 0; r < bottleneck->resource_count; r++) {
        struct bottleneck_resource *resource = &bottleneck->resources[r];
        resource->utilization = utilization_of(bottleneck, resource);
        resource->waiting = find_waiting(bottleneck, resource);
    }
    qsort(bottleneck->resources, bottleneck->resource_count, sizeof *bottleneck->resources,
          compare_importance);
}

/* ---- one more, one less ---------------------------------------------------------------------- */

static void *copy_of(const void *from, size_t count, size_t size, struct arena *arena)
{
    void *copy = arena_array(arena, count, size);
    if (count > 0)
        memcpy(copy, from, count * size);
    return copy;
}

/* A pool that is kept full stays so. */
static bool change_pool(struct scenario *spec, size_t index, int64_t by, struct arena *arena)
{
    struct pool_spec *pools = copy_of(spec->pools, spec->pool_count, sizeof *pools, arena);
    struct pool_spec *pool = &pools[index];
    int64_t max = pool->max + by;
    bool is_fixed = pool->min == pool->max, opens_all = pool->rules.opens_at_start == pool->max;
    if (max < 1 || max > SPEC_MAX_POOL || (!is_fixed && pool->min > max) ||
        (!opens_all && pool->rules.opens_at_start > max))
        return false;
    pool->max = max;
    pool->min = is_fixed ? max : pool->min;
    pool->rules.opens_at_start = opens_all ? max : pool->rules.opens_at_start;
    spec->pools = pools;
    return true;
}

static bool change_cpu(struct scenario *spec, size_t index, int64_t by, struct arena *arena)
{
    const int64_t core = 1000; /* thousandths */
    struct cpu_spec *cpus = copy_of(spec->cpus, spec->cpu_count, sizeof *cpus, arena);
    cpus[index].cores_milli += by * core;
    spec->cpus = cpus;
    return cpus[index].cores_milli > 0;
}

static bool change_limiter(struct scenario *spec, size_t index, int64_t by, struct arena *arena)
{
    struct limiter_spec *limiters =
        copy_of(spec->limiters, spec->limiter_count, sizeof *limiters, arena);
    limiters[index].rate_per_s *= 1 + 0.01 * (double)by;
    spec->limiters = limiters;
    return true;
}

static bool change_buffer(struct scenario *spec, size_t index, int64_t by, struct arena *arena)
{
    struct buffer_spec *buffers =
        copy_of(spec->buffers, spec->buffer_count, sizeof *buffers, arena);
    int64_t step = buffers[index].capacity / 100;
    buffers[index].capacity += by * (step > 0 ? step : 1);
    spec->buffers = buffers;
    return buffers[index].capacity > 0;
}

/* All that a replica has exists as often as the replicas. */
static bool change_service(struct scenario *spec, size_t index, int64_t by, struct arena *arena)
{
    struct service_spec *services =
        copy_of(spec->services, spec->service_count, sizeof *services, arena);
    struct pool_spec *pools = copy_of(spec->pools, spec->pool_count, sizeof *pools, arena);
    struct cpu_spec *cpus = copy_of(spec->cpus, spec->cpu_count, sizeof *cpus, arena);
    struct limiter_spec *limiters =
        copy_of(spec->limiters, spec->limiter_count, sizeof *limiters, arena);
    struct buffer_spec *buffers =
        copy_of(spec->buffers, spec->buffer_count, sizeof *buffers, arena);
    int64_t replicas = services[index].replicas += by;
    for (size_t i = 0; i < spec->pool_count; i++)
        if (pools[i].service == index)
            pools[i].copies = replicas;
    for (size_t i = 0; i < spec->cpu_count; i++)
        if (cpus[i].service == index)
            cpus[i].copies = replicas;
    for (size_t i = 0; i < spec->limiter_count; i++)
        if (limiters[i].service == index)
            limiters[i].copies = replicas;
    for (size_t i = 0; i < spec->buffer_count; i++)
        if (buffers[i].service == index)
            buffers[i].copies = replicas;
    spec->services = services;
    spec->pools = pools;
    spec->cpus = cpus;
    spec->limiters = limiters;
    spec->buffers = buffers;
    return replicas >= 1 && replicas <= SPEC_MAX_REPLICAS;
}

/* Changes resource by one up or down; false when that cannot be. */
static bool change_resource(struct scenario *spec, const struct bottleneck_resource *resource,
                            int64_t by, struct arena *arena)
{
    static bool (*const change[])(struct scenario *, size_t, int64_t,
                                  struct arena *) = {[BOTTLENECK_POOL] = change_pool,
                                                     [BOTTLENECK_CPU] = change_cpu,
                                                     [BOTTLENECK_LIMITER] = change_limiter,
                                                     [BOTTLENECK_BUFFER] = change_buffer,
                                                     [BOTTLENECK_SERVICE] = change_service};
    return change[resource->kind](spec, resource->index, by, arena);
}

static double amount_of(const struct scenario *spec, const struct bottleneck_resource *resource)
{
    size_t i = resource->index;
    switch (resource->kind) {
    case BOTTLENECK_POOL:
        return (double)spec->pools[i].max;
    case BOTTLENECK_CPU:
        return (double)spec->cpus[i].cores_milli / 1e3;
    case BOTTLENECK_LIMITER:
        return spec->limiters[i].rate_per_s;
    case BOTTLENECK_BUFFER:
        return (double)spec->buffers[i].capacity;
    case BOTTLENECK_SERVICE:
        break;
    }
    return (double)spec->services[i].replicas;
}

/* Adds the scenario with one more or one less, if there can be one. */
static bool add_change(struct bottleneck *bottleneck, const struct bottleneck_resource *resource,
                       int64_t by, struct arena *arena, struct error *err)
{
    struct scenario *spec = arena_alloc(arena, sizeof *spec);
    *spec = *bottleneck->spec;
    if (!change_resource(spec, resource, by, arena))
        return true;
    struct model *model = model_compile(spec, arena, err);
    if (!model)
        return false;
    model_set_warmup(model, bottleneck->plan.models[0]->warmup_ns);
    size_t number = bottleneck->change_count + 1;
    bottleneck->settings[number] = setting_of(model);
    bottleneck->changes[bottleneck->change_count++] =
        (struct bottleneck_change){.resource = resource,
                                   .to = amount_of(spec, resource),
                                   .setting = number,
                                   .has_steady_state = !model_is_unstable(model)};
    return true;
}

static bool make_changes(struct bottleneck *bottleneck, struct arena *arena, struct error *err)
{
    size_t count = bottleneck->resource_count < BOTTLENECK_MOST_CHANGED ? bottleneck->resource_count
                                                                        : BOTTLENECK_MOST_CHANGED;
    bottleneck->changes = arena_array(arena, 2 * count, sizeof *bottleneck->changes);
    for (size_t r = 0; r < count; r++)
        for (int64_t by = 1; by >= -1; by -= 2)
            if (!add_change(bottleneck, &bottleneck->resources[r], by, arena, err))
                return false;
    return true;
}

/* ---- the studies ----------------------------------------------------------------------------- */

/* The scenario as it is. */
static bool study_plain(struct bottleneck *bottleneck, struct arena *arena, struct error *err)
{
    struct study_outcome outcome;
    bottleneck->settings =
        arena_array(arena, 1 + 2 * BOTTLENECK_MOST_CHANGED, sizeof *bottleneck->settings);
    bottleneck->results =
        arena_array(arena, 1 + 2 * BOTTLENECK_MOST_CHANGED, sizeof *bottleneck->results);
    bottleneck->settings[0] = setting_of(bottleneck->plan.models[0]);
    if (!study_run(bottleneck->settings, 1, &bottleneck->options, arena, &outcome, err))
        return false;
    bottleneck->results[0] = outcome.results[0];
    bottleneck->confidence = outcome.plan.confidence;
    bottleneck->is_interrupted = outcome.is_interrupted;
    bottleneck->replications = outcome.results[0].replications;
    return true;
}

static bool study_marked(struct bottleneck *bottleneck, struct arena *arena, struct error *err)
{
    const struct model *model = bottleneck->breakdown.model;
    for (size_t g = 0; g < model->layout.groups; g++)
        bottleneck->slowest_ns[g] =
            find_slowest(&bottleneck->results[0]
                              .merged[layout_group_tally(&model->layout, (int)g, GROUP_RESPONSE)]);
    struct study_setting setting = {.model = &bottleneck->breakdown,
                                    .replicate = breakdown_study_replicate,
                                    .columns = bottleneck->breakdown.columns,
                                    .column_count = bottleneck->breakdown.column_count};
    if (!study_run(&setting, 1, &bottleneck->options, arena, &bottleneck->marked, err))
        return false;
    bottleneck->is_interrupted |= bottleneck->marked.is_interrupted;
    return true;
}

static bool study_changes(struct bottleneck *bottleneck, struct arena *arena, struct error *err)
{
    struct study_outcome outcome;
    if (bottleneck->change_count == 0)
        return true;
    if (!study_run(bottleneck->settings + 1, bottleneck->change_count, &bottleneck->options, arena,
                   &outcome, err))
        return false;
    memcpy(bottleneck->results + 1, outcome.results,
           bottleneck->change_count * sizeof *bottleneck->results);
    bottleneck->is_interrupted |= outcome.is_interrupted;
    return true;
}

bool bottleneck_study_run(struct bottleneck *bottleneck, const struct replications_options *workers,
                          struct arena *arena, struct error *err)
{
    bool is_stopped;
    bottleneck->options.workers = *workers;
    if (!plan_find_warmup(&bottleneck->plan, workers, arena, &is_stopped, err) || is_stopped)
        return false;
    model_set_warmup((struct model *)bottleneck->breakdown.model,
                     bottleneck->plan.models[0]->warmup_ns);
    if (!study_plain(bottleneck, arena, err) || bottleneck->is_interrupted ||
        !study_marked(bottleneck, arena, err) || bottleneck->marked.results[0].replications == 0)
        return false;
    rank_resources(bottleneck);
    return bottleneck->is_interrupted ||
           (make_changes(bottleneck, arena, err) && study_changes(bottleneck, arena, err));
}

/* ---- what was found -------------------------------------------------------------------------- */

size_t bottleneck_group_count(const struct bottleneck *bottleneck)
{
    return bottleneck->breakdown.model->layout.groups;
}

const char *bottleneck_group_name(const struct bottleneck *bottleneck, size_t group)
{
    return bottleneck->breakdown.model->layout.groups_by_number[group].name;
}

size_t bottleneck_group_workload(const struct bottleneck *bottleneck, size_t group)
{
    return bottleneck->breakdown.model->layout.groups_by_number[group].workload;
}

bool bottleneck_is_workload(const struct bottleneck *bottleneck, size_t group)
{
    return bottleneck->breakdown.model->layout
               .group_of_workload[bottleneck_group_workload(bottleneck, group)] == (int)group;
}

struct estimate bottleneck_estimate(const struct bottleneck *bottleneck, size_t group, size_t place)
{
    return bottleneck->marked.results[0].estimates[bottleneck->breakdown.base[group] + place];
}

const struct bottleneck_resource *bottleneck_resource_of(const struct bottleneck *bottleneck,
                                                         const struct breakdown_part *part,
                                                         bool *is_waiting)
{
    static const struct {
        bool has_resource, is_waiting;
        enum bottleneck_kind kind;
    } kinds[] = {[BREAKDOWN_POOL_WAIT] = {true, true, BOTTLENECK_POOL},
                 [BREAKDOWN_CONNECT] = {true, true, BOTTLENECK_POOL},
                 [BREAKDOWN_WORK] = {true, false, BOTTLENECK_CPU},
                 [BREAKDOWN_CPU_WAIT] = {true, true, BOTTLENECK_CPU},
                 [BREAKDOWN_LIMITER_WAIT] = {true, true, BOTTLENECK_LIMITER},
                 [BREAKDOWN_BUFFER_WAIT] = {true, true, BOTTLENECK_BUFFER},
                 [BREAKDOWN_OTHER] = {false, false, BOTTLENECK_POOL}};
    *is_waiting = kinds[part->kind].is_waiting;
    for (size_t r = 0; kinds[part->kind].has_resource && r < bottleneck->resource_count; r++)
        if (bottleneck->resources[r].kind == kinds[part->kind].kind &&
            bottleneck->resources[r].index == (size_t)part->resource)
            return &bottleneck->resources[r];
    return NULL;
}

static const struct estimate NOTHING = {
    .estimate = NAN, .low = NAN, .high = NAN, .standard_error = NAN};

struct estimate bottleneck_metric(const struct bottleneck *bottleneck, const char *metric)
{
    int column = model_find_column(bottleneck->plan.models[0], metric);
    return column == COLUMN_NONE ? NOTHING : bottleneck->results[0].estimates[column];
}

struct estimate bottleneck_effect(const struct bottleneck *bottleneck,
                                  const struct bottleneck_change *change, const char *metric)
{
    int from = model_find_column(bottleneck->plan.models[0], metric);
    int to = model_find_column(bottleneck->settings[change->setting].model, metric);
    if (from == COLUMN_NONE || to == COLUMN_NONE ||
        bottleneck->results[change->setting].replications == 0)
        return NOTHING;
    struct judge_place place_from = {0, from}, place_to = {change->setting, to};
    return judge_difference(bottleneck->settings, bottleneck->results, place_from, place_to, 0,
                            bottleneck->confidence);
}
