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
        return cursor_fail(at, "no %s %s; did you mean \"%s\"?", kind, cursor_show(at), meant);
    if (count == 0)
        return cursor_fail(at, "no %s %s; the scenario has none", kind, cursor_show(at));
    char list[SHOWN_NAMES * (WORDING_NAME + 2)] = "";
    for (size_t i = 0; i < count && i < SHOWN_NAMES; i++)
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", names[i]);
    return cursor_fail(at, "no %s %s; there is %s%s", kind, cursor_show(at), list,
                       count > SHOWN_NAMES ? ", ..." : "");
}

bool resource_names_has_resource(const struct resource_names *system, const char *name)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        if (json_object_get(system->of[kind].names, name) != NULL)
            return true;
    return false;
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
        return cursor_fail(at,
                           "a %s is not held but shared: use { \"work\": \"%s\", \"demand\": ... }",
                           kind, name);
    if (kind != NULL)
        return cursor_fail(at, "must be the name of a pool; %s is a %s", cursor_show(at), kind);
    const char **names =
        arena_array(at->context->arena, system->of[STATION_POOL].count, sizeof *names);
    for (size_t i = 0; i < system->of[STATION_POOL].count; i++)
        names[i] = resource_names_pools(system)[i].name;
    return fail_unknown(at, "resource", names, system->of[STATION_POOL].count);
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
           cursor_fail(at, "%s belongs to each replica of %s: use it inside {\"visit\": \"%s\"}",
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
    if (!resource_names_look_up(system, system->of[STATION_POOL].names, visited, at, pool))
        return fail_no_pool(system, visited, at);
    return resource_names_can_reach(system, visited, resource_names_pools(system)[*pool].service,
                                    at);
}

bool resource_names_find_held(const struct resource_names *system, const struct visited *visited,
                              const struct json_cursor *at, enum station_number *kind,
                              size_t *index)
{
    *kind = STATION_POOL;
    for (size_t k = 0; k < STATION_KINDS && json_is_string(at->value); k++)
        if (station_kinds[k]->acquire &&
            resource_names_look_up(system, system->of[k].names, visited, at, index)) {
            const struct station_place *place = &station_kinds[k]->place;
            const char *spec = (const char *)system->of[k].specs + *index * place->size;
            size_t service;
            memcpy(&service, spec + place->service, sizeof service);
            *kind = (enum station_number)k;
            return resource_names_can_reach(system, visited, service, at);
        }
    return resource_names_find_pool(system, visited, at, index);
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
    if (resource_names_look_up(system, system->of[STATION_CPU].names, visited, at, cpu)) {
        if (is_database && !resource_names_cpus(system)[*cpu].is_database)
            return cursor_fail(at, "must be a database; %s is a cpu", cursor_show(at));
        size_t owner = resource_names_cpus(system)[*cpu].service;
        if (is_database && owner != SPEC_NO_SERVICE && !is_visited(visited, owner))
            return cursor_fail(at, "%s belongs to each replica of %s: only its pools can name it",
                               cursor_show(at), system->services[owner].name);
        return resource_names_can_reach(system, visited, resource_names_cpus(system)[*cpu].service,
                                        at);
    }
    const char *other = resource_names_kind_of(system, visited, at);
    if (other != NULL)
        return cursor_fail(at, "must be a %s; %s is a %s", kind, cursor_show(at), other);
    const char **names =
        arena_array(at->context->arena, system->of[STATION_CPU].count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < system->of[STATION_CPU].count; i++)
        if (!is_database || resource_names_cpus(system)[i].is_database)
            names[count++] = resource_names_cpus(system)[i].name;
    return fail_unknown(at, kind, names, count);
}

void resource_names_begin(struct resource_names *system, const struct parse_context *context)
{
    const char *name;
    json_t *service;
    size_t count = json_object_size(json_object_get(context->root, "resources"));
    json_object_foreach(json_object_get(context->root, "services"), name, service)
    {
        count += json_object_size(json_object_get(service, "resources"));
    }
    if (count > SPEC_MAX_RESOURCES)
        count = SPEC_MAX_RESOURCES; /* more are refused */
    for (size_t kind = 0; kind < STATION_KINDS; kind++) {
        system->of[kind].specs =
            arena_array(context->arena, count, station_kinds[kind]->place.size);
        system->of[kind].is_used = arena_array(context->arena, count, sizeof(bool));
        system->of[kind].names = json_object();
    }
    system->buffer_uses = arena_array(context->arena, count, sizeof *system->buffer_uses);
}

void *resource_names_next(struct resource_names *system, enum station_number kind,
                          const struct resource_place *place)
{
    const struct station_place *at = &station_kinds[kind]->place;
    char *spec = (char *)system->of[kind].specs + system->of[kind].count * at->size;
    memset(spec, 0, at->size);
    memcpy(spec + at->name, &place->name, sizeof place->name);
    memcpy(spec + at->copies, &place->copies, sizeof place->copies);
    memcpy(spec + at->service, &place->service, sizeof place->service);
    return spec;
}

void resource_names_add(struct resource_names *system, enum station_number kind,
                        const struct resource_place *place)
{
    struct resource_list *list = &system->of[kind];
    json_object_set_new(list->names, place->name, json_integer((json_int_t)list->count++));
}

size_t resource_names_count(const struct resource_names *system)
{
    size_t count = 0;
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        count += system->of[kind].count;
    return count;
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
