/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resource_names.h - the system while it is read: resources by name, and which holds wait inside
 * which.
 *
 * Resources are read first, so that a step can name one. */
#ifndef CAPSIM_INPUTS_SCENARIO_RESOURCE_NAMES_H
#define CAPSIM_INPUTS_SCENARIO_RESOURCE_NAMES_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/station_kind.h"

/* Where a resource is: its full name, and as in struct pool_spec how often it exists and in which
 * service. */
struct resource_place {
    const char *name;
    int64_t copies;
    size_t service;
};

/* Somewhere a request that holds `from` acquires `to`. */
struct nesting {
    size_t from, to;     /* indices of pools; behind them, of buffers                    */
    bool is_bounded;     /* a timeout ends the wait                                      */
    bool is_guarded;     /* another pool is held around both, which limits who gets here */
    const char *pointer; /* of the inner hold                                            */
};

/* A step that puts a job on another workload. */
struct spawning {
    size_t from, to;     /* workloads                                                 */
    const char *pointer; /* of the name after "spawn"                                 */
};

/* What else is known of a buffer. */
struct buffer_use {
    bool is_drained;
    const char *waiting_put; /* pointer of a put that may wait without a time limit; NULL: none */
};

/* The resources of one kind that have been read; those of services are called
 * "service.resource". */
struct resource_list {
    void *specs; /* of the kind's type, with room for every resource of the file                 */
    size_t count;
    bool *is_used; /* [count]: some step uses it, or a pool draws on it                           */
    json_t *names; /* name -> index, for look-up; freed by the caller                            */
};

struct resource_names {
    struct resource_list of[STATION_KINDS];
    struct buffer_use *buffer_uses; /* [buffers]                                                */
    struct service_spec *services;
    size_t service_count;
    json_t *workload_names; /* workload -> index; freed as well */
    struct spawning *spawnings;
    size_t spawning_count, spawning_capacity;
    bool has_priority_queue; /* some resource's discipline is priority                   */
    size_t step_count;       /* read so far                                              */
    struct nesting *nestings;
    size_t nesting_count, nesting_capacity;
};

/* The lists of the kinds that are asked for by type. */
static inline struct pool_spec *resource_names_pools(const struct resource_names *system)
{
    return system->of[STATION_POOL].specs;
}
static inline struct limiter_spec *resource_names_limiters(const struct resource_names *system)
{
    return system->of[STATION_LIMITER].specs;
}
static inline struct buffer_spec *resource_names_buffers(const struct resource_names *system)
{
    return system->of[STATION_BUFFER].specs;
}
static inline struct cpu_spec *resource_names_cpus(const struct resource_names *system)
{
    return system->of[STATION_CPU].specs;
}

/* A service that a request visits, and those around that visit. */
struct visited {
    size_t service;
    const struct visited *outer; /* NULL: it is the outermost */
};

/* The kind, in *kind, and the index of what can be held, as resource_names_find_pool. */
bool resource_names_find_held(const struct resource_names *system, const struct visited *visited,
                              const struct json_cursor *at, enum station_number *kind,
                              size_t *index);
/* The index of a pool by name; false, with the nearest valid name, when there is none. at: where
 * the name stands. Inside visits a service's resources go by their own name, the innermost first;
 * outside they cannot be had. */
bool resource_names_find_pool(const struct resource_names *system, const struct visited *visited,
                              const struct json_cursor *at, size_t *pool);
/* True if a resource of any kind has this name. */
bool resource_names_has_resource(const struct resource_names *system, const char *name);
/* The index of a service by name, like that. */
bool resource_names_find_service(const struct resource_names *system, const struct json_cursor *at,
                                 size_t *service);

/* Empty lists, with room for as many resources of each kind as the scenario can have. */
void resource_names_begin(struct resource_names *system, const struct parse_context *context);
/* A new last resource of its kind, zero but for its name, copies and service, which place says; it
 * counts when resource_names_add is called. */
void *resource_names_next(struct resource_names *system, enum station_number kind,
                          const struct resource_place *place);
void resource_names_add(struct resource_names *system, enum station_number kind,
                        const struct resource_place *place);
/* How many there are of all kinds. */
size_t resource_names_count(const struct resource_names *system);

/* The same for a cpu or a database; is_database: only the latter will do. */
bool resource_names_find_cpu(const struct resource_names *system, const struct visited *visited,
                             const struct json_cursor *at, bool is_database, size_t *cpu);

/* Looks up the name of a resource of one kind: names has the indices of that kind. Inside visits a
 * service's own come first. Returns false when there is none of that name. */
bool resource_names_look_up(const struct resource_names *system, json_t *names,
                            const struct visited *visited, const struct json_cursor *at,
                            size_t *index);
/* The kind, as written, of the resource that a name means there, or NULL. */
const char *resource_names_kind_of(const struct resource_names *system,
                                   const struct visited *visited, const struct json_cursor *at);
/* True when a resource of that service (SPEC_NO_SERVICE: of none) can be had inside visits;
 * otherwise the message. */
bool resource_names_can_reach(const struct resource_names *system, const struct visited *visited,
                              size_t service, const struct json_cursor *at);
/* "resources." before the name of a resource that belongs to no service, for messages. */
const char *resource_names_path_prefix(size_t service);

/* Records a hold inside a hold. */
void resource_names_add_nesting(struct resource_names *system, struct arena *arena,
                                struct nesting nesting);

#endif
