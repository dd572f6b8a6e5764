/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_station_steps.h"

#include "inputs/scenario/read_distribution.h"
#include "inputs/scenario/read_limiter_buffer.h"
#include "sim/base/spelling.h"
#include <string.h>

enum { MAX_ROWS = 1000000000 };

bool station_steps_read_pass(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "pass");
    step->kind = STEP_PASS;
    if (!limiter_buffer_find_limiter(route.system, route.visited, &name, &step->target))
        return false;
    route.system->of[STATION_LIMITER].is_used[step->target] = true;
    return true;
}

/* Who holds something waits with it for room in a buffer, or needs it in order to drain one. */
static void record_nestings(const struct json_cursor *at, const struct route *route, size_t buffer,
                            bool is_put)
{
    struct resource_names *system = route->system;
    size_t node = system->of[STATION_POOL].count + buffer;
    for (const struct route_hold *held = route->held; held != NULL; held = held->outer)
        resource_names_add_nesting(system, at->context->arena,
                                   (struct nesting){.from = is_put ? held->pool : node,
                                                    .to = is_put ? node : held->pool,
                                                    .is_guarded = !is_put,
                                                    .pointer = cursor_pointer(at)});
}

/* Pools that a request has taken, and perhaps given back, before a step. */
struct taken {
    struct resource_names *system;
    const struct json_cursor *at; /* the workload */
    bool *pools, *has_put;        /* [buffers] it has put something there itself */
};

/* Whoever drains must first have had what is taken before: while those that hold it wait for room,
 * nobody comes to drain. Who drains what it put itself is no help to others either way. */
static void record_drains(struct taken *taken, const struct step *steps, size_t count)
{
    size_t pools = taken->system->of[STATION_POOL].count;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        bool is_drain = step->kind == STEP_DRAIN && !taken->has_put[step->target] &&
                        resource_names_buffers(taken->system)[step->target].is_waiting;
        for (size_t p = 0; p < pools && is_drain; p++)
            if (taken->pools[p])
                resource_names_add_nesting(taken->system, taken->at->context->arena,
                                           (struct nesting){.from = pools + step->target,
                                                            .to = p,
                                                            .is_guarded = true,
                                                            .pointer = cursor_pointer(taken->at)});
        if (step->kind == STEP_HOLD && step->station == STATION_POOL)
            taken->pools[step->pool] = true;
        if (step->kind == STEP_PUT)
            taken->has_put[step->target] = true;
        record_drains(taken, step->steps, step->step_count);
        for (size_t b = 0; b < step->branch_count; b++)
            record_drains(taken, step->branches[b].steps, step->branches[b].step_count);
    }
}

void station_steps_note_drains(const struct json_cursor *at, struct resource_names *system,
                               const struct class_spec *class)
{
    struct taken taken = {system, at, NULL, NULL};
    if (system->of[STATION_BUFFER].count == 0)
        return;
    taken.has_put = arena_array(at->context->arena, system->of[STATION_BUFFER].count, sizeof(bool));
    taken.pools = arena_array(at->context->arena, system->of[STATION_POOL].count, sizeof(bool));
    record_drains(&taken, class->steps, class->step_count);
}

bool station_steps_read_put(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "put"), size = cursor_at(at, "size");
    step->kind = STEP_PUT;
    if (!limiter_buffer_find_buffer(route.system, route.visited, &name, &step->target) ||
        !read_distribution_get(at, "size", CURSOR_REQUIRED, UNIT_BYTES, &step->size))
        return false;
    const struct buffer_spec *buffer = &resource_names_buffers(route.system)[step->target];
    struct buffer_use *use = &route.system->buffer_uses[step->target];
    route.system->of[STATION_BUFFER].is_used[step->target] = true;
    if (distribution_is_constant(step->size) &&
        distribution_mean(step->size) > (double)buffer->capacity)
        return cursor_fail(&size, "is more than the whole capacity of %s; got %s", buffer->name,
                           cursor_show(&size));
    if (buffer->is_waiting && !route.is_bounded)
        record_nestings(&name, &route, step->target, true);
    if (buffer->is_waiting && !route.is_bounded && use->waiting_put == NULL)
        use->waiting_put = cursor_pointer(&name);
    return true;
}

bool station_steps_read_drain(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "drain");
    step->kind = STEP_DRAIN;
    if (!limiter_buffer_find_buffer(route.system, route.visited, &name, &step->target))
        return false;
    route.system->buffer_uses[step->target].is_drained = true;
    if (resource_names_buffers(route.system)[step->target].is_waiting)
        record_nestings(&name, &route, step->target, false);
    return true;
}

/* Reading from a pool's connection: the request should have one. */
static void warn_not_held(const struct json_cursor *name, const struct route *route, size_t pool)
{
    for (const struct route_hold *held = route->held; held != NULL; held = held->outer)
        if (held->pool == pool)
            return;
    context_warn(name->context,
                 "%s: reads from %s without holding one of it: its time passes, but it takes none",
                 cursor_path(name), resource_names_pools(route->system)[pool].name);
}

/* What is read from: a pool's connection, or a cpu or database, where reading is work. */
static bool find_source(const struct route *route, const struct json_cursor *name,
                        struct step *step)
{
    struct resource_names *system = route->system;
    size_t found;
    if (json_is_string(name->value) && resource_names_look_up(system, system->of[STATION_CPU].names,
                                                              route->visited, name, &found)) {
        step->cpu = found;
        system->of[STATION_CPU].is_used[found] = true;
        return resource_names_can_reach(system, route->visited,
                                        resource_names_cpus(system)[found].service, name);
    }
    if (!resource_names_find_pool(system, route->visited, name, &step->pool))
        return false;
    system->of[STATION_POOL].is_used[step->pool] = true;
    warn_not_held(name, route, step->pool);
    return true;
}

bool station_steps_read_fetch(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "fetch");
    step->kind = STEP_FETCH;
    step->row_limit = MAX_ROWS;
    if (!find_source(&route, &name, step) ||
        !read_distribution_get(at, "rows_offered", CURSOR_REQUIRED, UNIT_COUNT, &step->size) ||
        !cursor_get_integer(at, "row_limit", CURSOR_NONE, 0, MAX_ROWS, &step->row_limit) ||
        !read_distribution_get(at, "time_per_row", CURSOR_REQUIRED, UNIT_SECONDS, &step->duration))
        return false;
    return true;
}

/* ---- spawn ----------------------------------------------------------------------------------- */

static bool find_workload(const struct resource_names *system, const struct json_cursor *at,
                          size_t *workload)
{
    const char *name = json_string_value(at->value), *key;
    json_t *value;
    if (name == NULL)
        return cursor_fail_type(at, "the name of a workload");
    json_t *index = json_object_get(system->workload_names, name);
    if (index != NULL) {
        *workload = (size_t)json_integer_value(index);
        return true;
    }
    size_t count = 0;
    const char **names =
        arena_array(at->context->arena, json_object_size(system->workload_names), sizeof *names);
    json_object_foreach(system->workload_names, key, value)
    {
        names[count++] = key;
    }
    const char *meant = spelling_nearest(name, names, count);
    if (meant != NULL)
        return cursor_fail(at, "no workload %s; did you mean \"%s\"?", cursor_show(at), meant);
    return cursor_fail(at, "no workload %s; there is %s%s", cursor_show(at), names[0],
                       count > 1 ? ", ..." : "");
}

bool station_steps_read_spawn(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "spawn");
    struct resource_names *system = route.system;
    step->kind = STEP_SPAWN;
    if (!find_workload(system, &name, &step->target))
        return false;
    if (system->spawning_count == system->spawning_capacity) {
        size_t capacity = system->spawning_capacity == 0 ? 16 : 2 * system->spawning_capacity;
        struct spawning *grown = arena_array(at->context->arena, capacity, sizeof *grown);
        if (system->spawning_count > 0)
            memcpy(grown, system->spawnings, system->spawning_count * sizeof *grown);
        system->spawnings = grown;
        system->spawning_capacity = capacity;
    }
    system->spawnings[system->spawning_count++] = (struct spawning){
        .from = route.workload, .to = step->target, .pointer = cursor_pointer(&name)};
    return true;
}

enum visit { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

/* Walks along the spawnings from workload w. Returns one that leads back to a workload on the way
 * here, or NULL. At most SPEC_MAX_WORKLOADS deep. */
static const struct spawning *find_circle(const struct resource_names *system, size_t w,
                                          enum visit *visits)
{
    visits[w] = VISIT_OPEN;
    for (size_t i = 0; i < system->spawning_count; i++) {
        const struct spawning *spawning = &system->spawnings[i], *found = NULL;
        if (spawning->from != w)
            continue;
        if (visits[spawning->to] == VISIT_OPEN)
            return spawning;
        if (visits[spawning->to] == VISIT_NEW)
            found = find_circle(system, spawning->to, visits);
        if (found != NULL)
            return found;
    }
    visits[w] = VISIT_DONE;
    return NULL;
}

bool station_steps_check_spawns(const struct resource_names *system, size_t workload_count,
                                struct parse_context *context)
{
    enum visit *visits = arena_array(context->arena, workload_count, sizeof *visits);
    for (size_t w = 0; w < workload_count; w++) {
        const struct spawning *found =
            visits[w] == VISIT_NEW ? find_circle(system, w, visits) : NULL;
        if (found == NULL)
            continue;
        error_set(context->err, STATUS_MODEL,
                  "spawns without end: what is spawned here spawns this again");
        return context_place(context, found->pointer, LOCATE_VALUE);
    }
    return true;
}
