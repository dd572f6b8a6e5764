/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resource_names.h - the system while it is read: resources by name, and which holds wait inside
 * which.
 *
 * Resources are read first, so that a step can name one. */
#ifndef CAPSIM_INPUTS_SCENARIO_RESOURCE_NAMES_H
#define CAPSIM_INPUTS_SCENARIO_RESOURCE_NAMES_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/spec.h"

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

/* Which steps name a limiter or a buffer. */
struct gate_use {
    bool is_used, is_drained;
    const char *waiting_put; /* pointer of a put that may wait without a time limit; NULL: none */
};

struct resource_names {
    struct pool_spec *pools; /* those of services are called "service.resource" */
    size_t pool_count, pool_capacity;
    bool *is_used; /* [pool_count]: some step holds it */
    struct service_spec *services;
    size_t service_count;
    json_t *names;         /* resource name -> index, for look-up; freed by the caller        */
    struct cpu_spec *cpus; /* room for every resource of the file, those of services included */
    size_t cpu_count;
    bool *is_cpu_used;             /* [cpu_count]: some step works on it, or a pool draws on it */
    json_t *cpu_names;             /* as names; freed as well                                   */
    struct limiter_spec *limiters; /* room for every resource of the file                       */
    size_t limiter_count;
    struct buffer_spec *buffers; /* likewise */
    size_t buffer_count;
    json_t *limiter_names, *buffer_names;        /* as names; freed as well */
    struct gate_use *limiter_uses, *buffer_uses; /* [limiter_count], [buffer_count] */
    json_t *workload_names;                      /* workload -> index; freed as well */
    struct spawning *spawnings;
    size_t spawning_count, spawning_capacity;
    bool has_priority_queue; /* some resource's discipline is priority                   */
    size_t step_count;       /* read so far                                              */
    struct nesting *nestings;
    size_t nesting_count, nesting_capacity;
};

/* A service that a request visits, and those around that visit. */
struct visited {
    size_t service;
    const struct visited *outer; /* NULL: it is the outermost */
};

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

/* Room for one more pool. */
void resource_names_reserve_pool(struct resource_names *system, struct arena *arena);
/* Room for as many cpus, limiters and buffers as the scenario can have. */
void resource_names_reserve_others(struct resource_names *system,
                                   const struct parse_context *context);

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
