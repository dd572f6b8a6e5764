/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/bottleneck.h"
#include "models/engine/model_internal.h"
#include "models/program/traffic.h"
#include "sim/study/judge.h"
#include <limits.h>
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
                                    .replicate = model_replicate_by_end,
                                    .histogram_count = model_histogram_count(model)};
    setting.columns = model_columns(model, &setting.column_count);
    return setting;
}

static double amount_of(const struct scenario *spec, const struct bottleneck_resource *resource)
{
    if (resource->kind == BOTTLENECK_SERVICE)
        return (double)spec->services[resource->index].replicas;
    enum station_number kind = (enum station_number)resource->kind;
    return station_kinds[kind]->amount.of(station_spec(spec, kind, resource->index));
}

static void add_resource(struct bottleneck *bottleneck, int kind, size_t index, const char *name)
{
    struct bottleneck_resource *resource = &bottleneck->resources[bottleneck->resource_count++];
    *resource = (struct bottleneck_resource){
        .kind = kind, .index = index, .name = name, .utilization = NAN};
    resource->amount = amount_of(bottleneck->spec, resource);
}

static void list_resources(struct bottleneck *bottleneck, struct arena *arena)
{
    const struct scenario *spec = bottleneck->spec;
    size_t most = spec->service_count;
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        most += station_count(spec, (enum station_number)kind);
    bottleneck->resources = arena_array(arena, most, sizeof *bottleneck->resources);
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        for (size_t i = 0; i < station_count(spec, (enum station_number)kind); i++)
            add_resource(bottleneck, (int)kind, i,
                         station_name(spec, (enum station_number)kind, i));
    for (size_t i = 0; i < spec->service_count; i++)
        add_resource(bottleneck, BOTTLENECK_SERVICE, i, spec->services[i].name);
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
    /* The slowest are looked for among those that end in the measured time: in an overload nobody
     * who comes in it is served in it. */
    for (size_t i = 0; i < bottleneck->plan.set->setting_count; i++)
        bottleneck->plan.settings[i].replicate = model_replicate_by_end;
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
        beyond += histogram_count(histogram, bucket);
        if ((double)beyond >= wanted)
            return histogram_start(bucket);
    }
    return INT64_MAX;
}

/* ---- what limits ----------------------------------------------------------------------------- */

/* What passes through it is asked for, over its rate; NaN: unknown, or nothing passes. */
static double asked_of(const struct bottleneck *bottleneck,
                       const struct bottleneck_resource *resource)
{
    const struct model *model = bottleneck->plan.models[0];
    enum station_number kind = (enum station_number)resource->kind;
    const struct station_amount *amount = &station_kinds[kind]->amount;
    double copies = (double)station_copies(bottleneck->spec, kind, resource->index);
    if (!amount->asked || model->is_time_varying)
        return NAN;
    return amount->asked(bottleneck->spec, model->rates_per_s, resource->index) /
           (resource->amount * copies);
}

static double utilization_of(const struct bottleneck *bottleneck,
                             const struct bottleneck_resource *resource)
{
    if (resource->kind == BOTTLENECK_SERVICE)
        return NAN;
    enum station_number kind = (enum station_number)resource->kind;
    const struct station_amount *amount = &station_kinds[kind]->amount;
    double all = resource->amount * (double)station_copies(bottleneck->spec, kind, resource->index);
    if (amount->asked)
        return asked_of(bottleneck, resource);
    char metric[256];
    int length = snprintf(metric, sizeof metric, "%s.%s", resource->name, amount->full);
    if (length < 0 || (size_t)length >= sizeof metric)
        return NAN;
    double value = bottleneck_metric(bottleneck, metric).estimate;
    return amount->is_full_an_amount ? value / all : value;
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

static int rank_of(const struct bottleneck_resource *resource)
{
    return resource->kind == BOTTLENECK_SERVICE ? INT_MAX
                                                : station_kinds[resource->kind]->amount.rank;
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
        return rank_of(left) < rank_of(right) ? -1 : 1;
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

/* The list of a kind, copied, in the scenario: its specs can be changed. */
static char *own_list(struct scenario *spec, enum station_number kind, struct arena *arena)
{
    const struct station_place *place = &station_kinds[kind]->place;
    size_t count = station_count(spec, kind);
    char *copy = arena_array(arena, count, place->size);
    if (count > 0)
        memcpy(copy, station_spec(spec, kind, 0), count * place->size);
    const void *list = copy;
    memcpy((char *)spec + place->list, &list, sizeof list);
    return copy;
}

/* All that a replica has exists as often as the replicas. */
static bool change_service(struct scenario *spec, size_t index, int64_t by, struct arena *arena)
{
    struct service_spec *services = arena_array(arena, spec->service_count, sizeof *services);
    memcpy(services, spec->services, spec->service_count * sizeof *services);
    int64_t replicas = services[index].replicas += by;
    spec->services = services;
    for (size_t k = 0; k < STATION_KINDS; k++) {
        enum station_number kind = (enum station_number)k;
        const struct station_place *place = &station_kinds[kind]->place;
        char *list = own_list(spec, kind, arena);
        for (size_t i = 0; i < station_count(spec, kind); i++)
            if (station_service(spec, kind, i) == index)
                memcpy(list + i * place->size + place->copies, &replicas, sizeof replicas);
    }
    return replicas >= 1 && replicas <= SPEC_MAX_REPLICAS;
}

/* Changes resource by one up or down; false when that cannot be. */
static bool change_resource(struct scenario *spec, const struct bottleneck_resource *resource,
                            int64_t by, struct arena *arena)
{
    if (resource->kind == BOTTLENECK_SERVICE)
        return change_service(spec, resource->index, by, arena);
    enum station_number kind = (enum station_number)resource->kind;
    char *list = own_list(spec, kind, arena);
    return station_kinds[kind]->amount.change(
        list + resource->index * station_kinds[kind]->place.size, by);
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
    *is_waiting = part->kind == BREAKDOWN_POOL_WAIT || part->kind == BREAKDOWN_CONNECT ||
                  part->kind == BREAKDOWN_CPU_WAIT || part->kind == BREAKDOWN_STATION_WAIT;
    bool has_resource = *is_waiting || part->kind == BREAKDOWN_WORK;
    for (size_t r = 0; has_resource && r < bottleneck->resource_count; r++)
        if (bottleneck->resources[r].kind == (int)part->station &&
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

double bottleneck_offered(const struct bottleneck *bottleneck,
                          const struct bottleneck_resource *resource)
{
    if (resource->kind == BOTTLENECK_SERVICE)
        return NAN;
    double asked = asked_of(bottleneck, resource);
    return isnan(asked) ? model_offered_utilization(bottleneck->plan.models[0], resource->name)
                        : asked;
}

struct holding bottleneck_holding(const struct bottleneck *bottleneck,
                                  const struct bottleneck_resource *resource)
{
    if (resource->kind != STATION_POOL)
        return (struct holding){0};
    return holding_of(bottleneck->spec, bottleneck->plan.models[0]->rates_per_s, resource->index);
}

static bool is_used_by(const struct step *step, const struct bottleneck_resource *resource)
{
    if (step->kind == STEP_WORK || step->kind == STEP_FETCH)
        return resource->kind == STATION_CPU && step->cpu == resource->index;
    if (step->kind == STEP_PASS || step->kind == STEP_PUT)
        return resource->kind == (step->kind == STEP_PASS ? STATION_LIMITER : STATION_BUFFER) &&
               step->target == resource->index;
    return step->kind == STEP_HOLD && resource->kind == (int)step->station &&
           step->pool == resource->index;
}

/* Recursion: steps are at most SPEC_MAX_NESTING deep. */
static bool is_used_inside(const struct step *steps, size_t count, bool is_inside,
                           const struct bottleneck_resource *held,
                           const struct bottleneck_resource *behind)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        bool holds = is_inside || (step->kind == STEP_HOLD && is_used_by(step, held));
        if ((is_inside && is_used_by(step, behind)) ||
            is_used_inside(step->steps, step->step_count, holds, held, behind))
            return true;
        for (size_t b = 0; b < step->branch_count; b++)
            if (is_used_inside(step->branches[b].steps, step->branches[b].step_count, is_inside,
                               held, behind))
                return true;
    }
    return false;
}

bool bottleneck_is_behind(const struct bottleneck *bottleneck,
                          const struct bottleneck_resource *held,
                          const struct bottleneck_resource *behind)
{
    for (size_t w = 0; w < bottleneck->spec->workload_count; w++) {
        const struct workload_spec *workload = &bottleneck->spec->workloads[w];
        for (size_t c = 0; c < workload->class_count; c++)
            if (is_used_inside(workload->classes[c].steps, workload->classes[c].step_count, false,
                               held, behind))
                return true;
    }
    return false;
}

bool bottleneck_is_exclusive(const struct bottleneck_resource *resource)
{
    return resource->kind == STATION_POOL && resource->amount == 1;
}

bool bottleneck_is_advice(const struct bottleneck_change *change)
{
    return !bottleneck_is_exclusive(change->resource) || change->to < change->resource->amount;
}

/* Of waited and of what is used while it is held, what is asked for most beyond what it can bear;
 * or NULL. What overloads something else does not fill this. */
static const struct bottleneck_resource *find_overloaded(const struct bottleneck *bottleneck,
                                                         const struct bottleneck_resource *waited)
{
    const struct bottleneck_resource *found = NULL;
    double most = 1;
    for (size_t r = 0; r < bottleneck->resource_count; r++) {
        const struct bottleneck_resource *resource = &bottleneck->resources[r];
        double offered = bottleneck_offered(bottleneck, resource);
        if (offered >= most &&
            (resource == waited || bottleneck_is_behind(bottleneck, waited, resource))) {
            most = offered;
            found = resource;
        }
    }
    return found;
}

const struct bottleneck_resource *bottleneck_culprit(const struct bottleneck *bottleneck,
                                                     const char *workload,
                                                     const struct bottleneck_resource *waited,
                                                     struct arena *arena)
{
    const char *metric = arena_printf(arena, "%s.response.p99", workload);
    const struct bottleneck_resource *best = NULL;
    double gain = 0;
    for (size_t c = 0; c < bottleneck->change_count; c++) {
        const struct bottleneck_change *change = &bottleneck->changes[c];
        struct estimate effect = bottleneck_effect(bottleneck, change, metric);
        bool is_more = change->to > change->resource->amount;
        /* A replica has some of everything: it says nothing of what limits. */
        if (is_more && change->resource->kind != BOTTLENECK_SERVICE && effect.has_interval &&
            effect.high < 0 && effect.estimate < gain) {
            gain = effect.estimate;
            best = change->resource;
        }
    }
    if (!best)
        best = find_overloaded(bottleneck, waited);
    return best ? best : waited;
}
