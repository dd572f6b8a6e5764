/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_services.h"

#include "inputs/scenario/read_resources.h"
#include <string.h>

static const char *const balance_names[] = {"round_robin", "random", "least_busy"};

static bool read_service(struct json_cursor *at, struct resource_names *system)
{
    static const char *const keys[] = {"replicas", "balance", "resources", NULL};
    size_t number = system->service_count, balance = BALANCE_ROUND_ROBIN;
    struct service_spec *service = &system->services[number];
    struct json_cursor resources;
    service->name = arena_strdup(at->context->arena, at->key);
    if (strcmp(at->key, "memory") == 0)
        return cursor_fail_key(at, "\"memory\" is the name of a metric already");
    if (resource_names_has_resource(system, at->key))
        return cursor_fail_key(at, "\"%s\" is the name of a resource already", at->key);
    if (!cursor_open(at, "service", keys) ||
        !cursor_get_integer(at, "replicas", CURSOR_REQUIRED, 1, SPEC_MAX_REPLICAS,
                            &service->replicas) ||
        !cursor_get_choice(at, "balance", "round_robin", balance_names, 3, &balance) ||
        !cursor_require(at, "resources", &resources))
        return false;
    service->balance = (enum balance)balance;
    system->service_count++;
    return read_resources_of_service(&resources, number, system) && cursor_close(at);
}

bool read_services(struct json_cursor *at, struct resource_names *system)
{
    if (at->value == NULL)
        return true;
    if (!cursor_open_names(at, "services", 0))
        return false;
    size_t count = json_object_size(at->value);
    if (count > SPEC_MAX_RESOURCES)
        return cursor_fail(at, "must be at most %d services; got %zu", SPEC_MAX_RESOURCES, count);
    system->services = arena_array(at->context->arena, count, sizeof *system->services);
    const char *name;
    json_t *value;
    json_object_foreach(at->value, name, value)
    {
        struct json_cursor service = cursor_at(at, name);
        if (!read_service(&service, system))
            return false;
    }
    return true;
}
