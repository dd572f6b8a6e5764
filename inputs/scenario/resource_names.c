/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/resource_names.h"

#include "inputs/json/wording.h"
#include "sim/base/spelling.h"
#include <string.h>

enum { SHOWN_NAMES = 5 };

/* The message for a name that nothing has. kind: "resource", "service" ... */
static bool fail_unknown(const struct json_cursor *at, const char *kind, const char *const *names,
                         size_t count)
{
    const char *meant = spelling_nearest(json_string_value(at->value), names, count);
    if (meant != NULL)
        return reader_fail(at, "no %s %s; did you mean \"%s\"?", kind, cursor_show(at), meant);
    if (count == 0)
        return reader_fail(at, "no %s %s; the scenario has none", kind, cursor_show(at));
    char list[SHOWN_NAMES * (WORDING_NAME + 2)] = "";
    for (size_t i = 0; i < count && i < SHOWN_NAMES; i++)
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", names[i]);
    return reader_fail(at, "no %s %s; there is %s%s", kind, cursor_show(at), list,
                       count > SHOWN_NAMES ? ", ..." : "");
}

bool resource_names_has_resource(const struct resource_names *system, const char *name)
{
    return json_object_get(system->names, name) != NULL ||
           json_object_get(system->cpu_names, name) != NULL ||
           json_object_get(system->limiter_names, name) != NULL ||
           json_object_get(system->buffer_names, name) != NULL;
}

static bool is_visited(const struct visited *visited, size_t service)
{
    while (visited != NULL && visited->service != service)
        visited = visited->outer;
    return visited != NULL;
}

static const char *kind_in(const json_t *resources, const char *name)
{
    return json_string_value(json_object_get(json_object_get(resources, name), "kind"));
}

const char *resource_names_kind_of(const struct resource_names *system,
                                   const struct visited *visited, const struct json_cursor *at)
{
    const char *name = json_string_value(at->value), *kind = NULL;
    const json_t *root = at->context->root, *services = json_object_get(root, "services");
    for (const struct visited *v = visited; v != NULL && kind == NULL; v = v->outer) {
        const json_t *service = json_object_get(services, system->services[v->service].name);
        kind = kind_in(json_object_get(service, "resources"), name);
    }
    return kind != NULL ? kind : kind_in(json_object_get(root, "resources"), name);
}

/* The message for a name that no pool has. */
static bool fail_no_pool(const struct resource_names *system, const struct visited *visited,
                         const struct json_cursor *at)
{
    const char *name = json_string_value(at->value),
               *kind = resource_names_kind_of(system, visited, at);
    if (kind != NULL && (strcmp(kind, "cpu") == 0 || strcmp(kind, "database") == 0))
        return reader_fail(at,
                           "a %s is not held but shared: use { \"work\": \"%s\", \"demand\": ... }",
                           kind, name);
    if (kind != NULL)
        return reader_fail(at, "must be the name of a pool; %s is a %s", cursor_show(at), kind);
    const char **names = arena_array(at->context->arena, system->pool_count, sizeof *names);
    for (size_t i = 0; i < system->pool_count; i++)
        names[i] = system->pools[i].name;
    return fail_unknown(at, "resource", names, system->pool_count);
}

bool resource_names_look_up(const struct resource_names *system, json_t *names,
                            const struct visited *visited, const struct json_cursor *at,
                            size_t *index)
{
    const char *name = json_string_value(at->value);
    const json_t *found = NULL;
    for (const struct visited *v = visited; v != NULL && found == NULL; v = v->outer)
        found = json_object_get(names, arena_printf(at->context->arena, "%s.%s",
                                                    system->services[v->service].name, name));
    if (found == NULL)
        found = json_object_get(names, name);
    if (found != NULL)
        *index = (size_t)json_integer_value(found);
    return found != NULL;
}

bool resource_names_can_reach(const struct resource_names *system, const struct visited *visited,
                              size_t service, const struct json_cursor *at)
{
    return service == SPEC_NO_SERVICE || is_visited(visited, service) ||
           reader_fail(at, "%s belongs to each replica of %s: use it inside {\"visit\": \"%s\"}",
                       cursor_show(at), system->services[service].name,
                       system->services[service].name);
}

const char *resource_names_path_prefix(size_t service)
{
    return service == SPEC_NO_SERVICE ? "resources." : "";
}

bool resource_names_find_pool(const struct resource_names *system, const struct visited *visited,
                              const struct json_cursor *at, size_t *pool)
{
    if (!json_is_string(at->value))
        return cursor_fail_type(at, "the name of a resource");
    if (!resource_names_look_up(system, system->names, visited, at, pool))
        return fail_no_pool(system, visited, at);
    return resource_names_can_reach(system, visited, system->pools[*pool].service, at);
}

bool resource_names_find_service(const struct resource_names *system, const struct json_cursor *at,
                                 size_t *service)
{
    const char *name = json_string_value(at->value);
    if (name == NULL)
        return cursor_fail_type(at, "the name of a service");
    const char **names = arena_array(at->context->arena, system->service_count, sizeof *names);
    for (size_t i = 0; i < system->service_count; i++) {
        names[i] = system->services[i].name;
        *service = i;
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return fail_unknown(at, "service", names, system->service_count);
}

bool resource_names_find_cpu(const struct resource_names *system, const struct visited *visited,
                             const struct json_cursor *at, bool is_database, size_t *cpu)
{
    const char *name = json_string_value(at->value);
    const char *kind = is_database ? "database" : "cpu or database";
    if (name == NULL)
        return cursor_fail_type(at, is_database ? "the name of a database"
                                                : "the name of a cpu or database");
    if (resource_names_look_up(system, system->cpu_names, visited, at, cpu)) {
        if (is_database && !system->cpus[*cpu].is_database)
            return reader_fail(at, "must be a database; %s is a cpu", cursor_show(at));
        size_t owner = system->cpus[*cpu].service;
        if (is_database && owner != SPEC_NO_SERVICE && !is_visited(visited, owner))
            return reader_fail(at, "%s belongs to each replica of %s: only its pools can name it",
                               cursor_show(at), system->services[owner].name);
        return resource_names_can_reach(system, visited, system->cpus[*cpu].service, at);
    }
    const char *other = resource_names_kind_of(system, visited, at);
    if (other != NULL)
        return reader_fail(at, "must be a %s; %s is a %s", kind, cursor_show(at), other);
    const char **names = arena_array(at->context->arena, system->cpu_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < system->cpu_count; i++)
        if (!is_database || system->cpus[i].is_database)
            names[count++] = system->cpus[i].name;
    return fail_unknown(at, kind, names, count);
}

void resource_names_reserve_others(struct resource_names *system,
                                   const struct parse_context *context)
{
    const char *name;
    json_t *service;
    size_t count = json_object_size(json_object_get(context->root, "resources"));
    json_object_foreach(json_object_get(context->root, "services"), name, service)
    {
        count += json_object_size(json_object_get(service, "resources"));
    }
    struct arena *arena = context->arena;
    system->limiters = arena_array(arena, count, sizeof *system->limiters);
    system->limiter_uses = arena_array(arena, count, sizeof *system->limiter_uses);
    system->buffers = arena_array(arena, count, sizeof *system->buffers);
    system->buffer_uses = arena_array(arena, count, sizeof *system->buffer_uses);
    system->cpus = arena_array(arena, count, sizeof *system->cpus);
    system->is_cpu_used = arena_array(arena, count, sizeof *system->is_cpu_used);
}

void resource_names_reserve_pool(struct resource_names *system, struct arena *arena)
{
    if (system->pool_count < system->pool_capacity)
        return;
    size_t capacity = system->pool_capacity == 0 ? 16 : 2 * system->pool_capacity;
    struct pool_spec *pools = arena_array(arena, capacity, sizeof *pools);
    bool *is_used = arena_array(arena, capacity, sizeof *is_used);
    if (system->pool_count > 0) {
        memcpy(pools, system->pools, system->pool_count * sizeof *pools);
        memcpy(is_used, system->is_used, system->pool_count * sizeof *is_used);
    }
    system->pools = pools;
    system->is_used = is_used;
    system->pool_capacity = capacity;
}

void resource_names_add_nesting(struct resource_names *system, struct arena *arena,
                                struct nesting nesting)
{
    if (system->nesting_count == system->nesting_capacity) {
        size_t capacity = system->nesting_capacity == 0 ? 16 : 2 * system->nesting_capacity;
        struct nesting *grown = arena_array(arena, capacity, sizeof *grown);
        if (system->nesting_count > 0)
            memcpy(grown, system->nestings, system->nesting_count * sizeof *grown);
        system->nestings = grown;
        system->nesting_capacity = capacity;
    }
    system->nestings[system->nesting_count++] = nesting;
}
