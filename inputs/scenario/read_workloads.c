/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_workloads.h"

#include "inputs/scenario/read_arrivals.h"
#include "inputs/scenario/read_limiter_buffer.h"
#include "inputs/scenario/read_retry.h"
#include "inputs/scenario/read_station_steps.h"
#include "inputs/scenario/read_steps.h"
#include "models/spec/caller_timeout.h"
#include <string.h>

enum { MAX_PRIORITY = 1000000, MAX_CLASSES = 1000 };

/* ---- classes --------------------------------------------------------------------------------- */

/* What workload metrics are called: api.response must not be a class too. */
static bool is_metric(const char *name)
{
    static const char *const metrics[] = {
        "arrival_rate", "throughput",   "in_system",    "response",      "response_failed",
        "error_rate",   "timeout_rate", "refused_rate", "step",          "retry_rate",
        "sampling",     "success_rate", "cycle",        "cancelled_rate"};
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        if (strcmp(metrics[i], name) == 0)
            return true;
    return false;
}

/* fallback: the priority of a class that gives none. */
static bool get_priority(struct json_cursor *at, const struct resource_names *system,
                         int64_t fallback, int64_t *priority)
{
    *priority = fallback;
    const char *text = fallback == 0 && system->has_priority_queue ? "0" : CURSOR_OPTIONAL;
    return cursor_get_integer(at, "priority", text, 0, MAX_PRIORITY, priority);
}

static bool read_class(struct json_cursor *at, const struct route *route, int64_t priority,
                       struct class_spec *class)
{
    static const char *const keys[] = {"share", "steps", "priority", NULL};
    struct json_cursor steps;
    if (is_metric(at->key))
        return cursor_fail_key(at, "\"%s\" is the name of a metric already", at->key);
    class->name = arena_strdup(at->context->arena, at->key);
    return cursor_open(at, "class", keys) &&
           cursor_get_share(at, "share", CURSOR_REQUIRED, &class->share) &&
           get_priority(at, route->system, priority, &class->priority) &&
           cursor_require(at, "steps", &steps) &&
           read_steps(&steps, route, 1, &class->steps, &class->step_count) && cursor_close(at);
}

static bool read_mix(struct json_cursor *at, const struct route *route, int64_t priority,
                     struct workload_spec *workload)
{
    if (!cursor_open_names(at, "classes", 1))
        return false;
    workload->class_count = json_object_size(at->value);
    if (workload->class_count > MAX_CLASSES)
        return cursor_fail(at, "must be at most %d classes; got %zu", MAX_CLASSES,
                           workload->class_count);
    struct class_spec *classes =
        arena_array(at->context->arena, workload->class_count, sizeof *classes);
    const char *name;
    json_t *value;
    size_t i = 0;
    double sum = 0;
    json_object_foreach(at->value, name, value)
    {
        struct json_cursor child = cursor_at(at, name);
        if (!read_class(&child, route, priority, &classes[i]))
            return false;
        sum += classes[i++].share;
    }
    workload->classes = classes;
    workload->has_mix = true;
    return read_steps_check_shares(at, sum);
}

static bool read_single_class(struct json_cursor *at, const struct route *route, int64_t priority,
                              struct workload_spec *workload)
{
    struct json_cursor steps;
    struct class_spec *class = arena_alloc(at->context->arena, sizeof *class);
    *class = (struct class_spec){.share = 1, .priority = priority};
    workload->classes = class;
    workload->class_count = 1;
    return cursor_require(at, "steps", &steps) &&
           read_steps(&steps, route, 1, &class->steps, &class->step_count);
}

static bool read_classes(struct json_cursor *at, const struct route *route,
                         struct workload_spec *workload)
{
    struct json_cursor mix = cursor_at(at, "mix"), steps = cursor_at(at, "steps");
    int64_t priority = 0;
    if (mix.value != NULL && steps.value != NULL)
        return cursor_fail_key(&mix, "a workload has either \"steps\" or a \"mix\" of classes");
    if (mix.value == NULL && steps.value == NULL)
        return cursor_fail(at, "\"steps\" is missing in workload (or \"mix\")");
    return get_priority(at, route->system, 0, &priority) &&
           (mix.value != NULL ? read_mix(&mix, route, priority, workload)
                              : read_single_class(at, route, priority, workload));
}

/* ---- workloads ------------------------------------------------------------------------------- */

static bool read_workload(struct json_cursor *at, struct resource_names *system, size_t number,
                          struct workload_spec *workload)
{
    static const char *const keys[] = {"arrivals", "steps",    "mix", "priority",
                                       "retry",    "deadline", NULL};
    struct json_cursor arrivals;
    struct trace_names names = {0};
    struct route route = {.system = system, .laps = 1, .workload = number};
    workload->name = arena_strdup(at->context->arena, at->key);
    if (strcmp(at->key, "memory") == 0)
        return cursor_fail_key(at, "\"memory\" is the name of a metric already");
    if (resource_names_has_resource(system, at->key))
        return cursor_fail_key(at, "\"%s\" is the name of a resource already", at->key);
    for (size_t s = 0; s < system->service_count; s++)
        if (strcmp(system->services[s].name, at->key) == 0)
            return cursor_fail_key(at, "\"%s\" is the name of a service already", at->key);
    if (!cursor_open(at, "workload", keys) || !read_retry(at, workload))
        return false;
    arrivals = cursor_at(at, "arrivals");
    workload->arrivals.process = ARRIVAL_NONE; /* until check_arrivals, if there are none */
    if (arrivals.value != NULL && !read_arrivals(&arrivals, &workload->arrivals, &names))
        return false;
    route.is_bounded = workload->deadline_ns > 0;
    at->context->trace = names.count > 0 ? &names : NULL;
    bool ok = read_classes(at, &route, workload);
    at->context->trace = NULL;
    for (size_t c = 0; ok && c < workload->class_count; c++)
        station_steps_note_drains(at, system, &workload->classes[c]);
    if (ok && caller_timeout_is_set(workload))
        context_assume(at->context, caller_timeout_key(workload, at->context->arena),
                       CALLER_TIMEOUT_VALUE, CALLER_TIMEOUT_NOTE, true);
    return ok && read_retry_check_laps(at, workload) && cursor_close(at);
}

/* What is spawned has no customer who waits for it, and no row of a trace. */
static bool check_spawned(struct json_cursor *workload, const struct arrival_spec *arrivals)
{
    if (!arrival_awaits_ends(arrivals) && arrivals->process != ARRIVAL_TRACE)
        return true;
    struct json_cursor place = cursor_at(workload, "arrivals");
    return cursor_fail(&place, "a workload that others spawn cannot be closed, a load test, a "
                               "trace or a cycle");
}

/* Only what others spawn needs no arrivals of its own. */
static bool check_arrivals(struct json_cursor *at, const struct resource_names *system,
                           const struct workload_spec *list, size_t count)
{
    for (size_t w = 0; w < count; w++) {
        bool is_spawned = false;
        for (size_t i = 0; i < system->spawning_count; i++)
            is_spawned |= system->spawnings[i].to == w;
        struct json_cursor workload = cursor_at(at, list[w].name), arrivals;
        workload.what = "workload";
        if (list[w].arrivals.process == ARRIVAL_NONE && !is_spawned)
            return cursor_require(&workload, "arrivals", &arrivals);
        if (is_spawned && !check_spawned(&workload, &list[w].arrivals))
            return false;
    }
    return true;
}

/* Steps name workloads that come later in the file. */
static void number_workloads(const struct json_cursor *at, struct resource_names *system)
{
    const char *name;
    json_t *value;
    json_int_t number = 0;
    json_object_foreach(at->value, name, value)
    {
        json_object_set_new(system->workload_names, name, json_integer(number++));
    }
}

bool read_workloads(struct json_cursor *at, struct resource_names *system,
                    const struct workload_spec **workloads, size_t *count)
{
    if (!cursor_open_names(at, "workloads", 1))
        return false;
    *count = json_object_size(at->value);
    if (*count > SPEC_MAX_WORKLOADS)
        return cursor_fail(at, "must be at most %d workloads; got %zu", SPEC_MAX_WORKLOADS, *count);
    struct workload_spec *list = arena_array(at->context->arena, *count, sizeof *list);
    number_workloads(at, system);
    const char *name;
    json_t *value;
    size_t i = 0;
    json_object_foreach(at->value, name, value)
    {
        struct json_cursor child = cursor_at(at, name);
        if (!read_workload(&child, system, i, &list[i]))
            return false;
        i++;
    }
    *workloads = list;
    return check_arrivals(at, system, list, *count) &&
           station_steps_check_spawns(system, *count, at->context) &&
           limiter_buffer_check_use(system, at->context);
}
