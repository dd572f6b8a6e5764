/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/replica.h"
#include "models/engine/model_internal.h"
#include "models/engine/rollout.h"
#include "models/stations/buffer.h"
#include "models/stations/cpu.h"
#include "models/stations/limiter.h"
#include "models/stations/pool_restart.h"

/* ---- capacities ------------------------------------------------------------------------------ */

/* Of a copy, and of the whole that it is part of. */
static void change_capacity(struct replication_state *system, size_t copy, size_t whole,
                            int64_t change)
{
    struct time_average *capacity = system->rollout->capacity;
    time_average_change(&capacity[copy], change, system->now);
    if (whole != copy)
        time_average_change(&capacity[whole], change, system->now);
}

static void change_station(struct replication_state *system, enum station_number kind, size_t i,
                           uint32_t copy, int64_t change)
{
    const struct statistics_layout *layout = &system->rollout->model->layout;
    change_capacity(system, (size_t)layout_capacity(layout, kind, copy),
                    (size_t)layout_capacity(layout, kind, layout->kinds[kind].reported[i]), change);
}

static void change_pool_capacity(struct replication_state *system, size_t pool, uint32_t copy,
                                 int64_t change)
{
    change_station(system, STATION_POOL, pool, copy, change);
}

static void change_cpu_capacity(struct replication_state *system, size_t cpu, uint32_t copy,
                                int64_t change)
{
    change_station(system, STATION_CPU, cpu, copy, change);
}

void replica_begin_all(struct replication_state *system)
{
    const struct scenario *spec = system->rollout->model->spec;
    const struct program *program = system->rollout->model->program;
    for (size_t p = 0; p < spec->pool_count; p++)
        for (uint32_t copy = 0; copy < spec->pools[p].copies; copy++)
            change_pool_capacity(system, p, program->copies[STATION_POOL].base[p] + copy,
                                 spec->pools[p].max);
    for (size_t c = 0; c < spec->cpu_count; c++)
        for (uint32_t copy = 0; copy < spec->cpus[c].copies; copy++)
            change_cpu_capacity(system, c, program->copies[STATION_CPU].base[c] + copy,
                                spec->cpus[c].cores_milli);
}

/* ---- each kind of resource ------------------------------------------------------------------- */

static void stop_pool(struct replica_change *change, size_t p, uint32_t copy)
{
    struct pool *pool = &change->system->pools[copy];
    change_pool_capacity(change->system, p, copy, -pool->max);
    pool_shut(change->system, pool);
}

static void start_pool(struct replica_change *change, size_t p, uint32_t copy)
{
    struct pool *pool = &change->system->pools[copy];
    pool_renew(change->system, pool, &change->values->pools[p]);
    change_pool_capacity(change->system, p, copy, pool->max);
}

static void reload_pool(struct replica_change *change, size_t p, uint32_t copy)
{
    struct pool *pool = &change->system->pools[copy];
    int64_t before = pool->max;
    pool_reload(change->system, pool, &change->values->pools[p]);
    change_pool_capacity(change->system, p, copy, pool->max - before);
}

static void stop_cpu(struct replica_change *change, size_t c, uint32_t copy)
{
    change_cpu_capacity(change->system, c, copy, -change->system->cpus[copy].spec->cores_milli);
}

static void start_cpu(struct replica_change *change, size_t c, uint32_t copy)
{
    const struct cpu_spec *spec = &change->values->cpus[c];
    cpu_reload(change->system, &change->system->cpus[copy], spec);
    change_cpu_capacity(change->system, c, copy, spec->cores_milli);
}

static void reload_cpu(struct replica_change *change, size_t c, uint32_t copy)
{
    stop_cpu(change, c, copy);
    start_cpu(change, c, copy);
}

static void start_limiter(struct replica_change *change, size_t l, uint32_t copy)
{
    limiter_renew(change->system, &change->system->limiters[copy], &change->values->limiters[l]);
}

static void reload_limiter(struct replica_change *change, size_t l, uint32_t copy)
{
    limiter_reload(change->system, &change->system->limiters[copy], &change->values->limiters[l]);
}

static void stop_buffer(struct replica_change *change, size_t b, uint32_t copy)
{
    (void)b;
    change->lost += buffer_lose(change->system, &change->system->buffers[copy]);
}

static void start_buffer(struct replica_change *change, size_t b, uint32_t copy)
{
    buffer_renew(change->system, &change->system->buffers[copy], &change->values->buffers[b]);
}

static void reload_buffer(struct replica_change *change, size_t b, uint32_t copy)
{
    buffer_reload(change->system, &change->system->buffers[copy], &change->values->buffers[b]);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Does one thing to a resource of one kind: its number, and that of the replica's copy. */
typedef void act(struct replica_change *change, size_t resource, uint32_t copy);

/* Does it to each that the rollout's service has; NULL: there is nothing to do. */
static void act_on_all(struct replica_change *change, act *on_pool, act *on_cpu, act *on_limiter,
                       act *on_buffer)
{
    const struct scenario *spec = change->values;
    const struct program *program = change->system->rollout->model->program;
    size_t service = change->system->rollout->spec->service;
    for (size_t p = 0; p < spec->pool_count; p++)
        if (spec->pools[p].service == service)
            on_pool(change, p, program->copies[STATION_POOL].base[p] + change->number);
    for (size_t c = 0; c < spec->cpu_count; c++)
        if (spec->cpus[c].service == service)
            on_cpu(change, c, program->copies[STATION_CPU].base[c] + change->number);
    for (size_t l = 0; l < spec->limiter_count && on_limiter; l++)
        if (spec->limiters[l].service == service)
            on_limiter(change, l, program->copies[STATION_LIMITER].base[l] + change->number);
    for (size_t b = 0; b < spec->buffer_count; b++)
        if (spec->buffers[b].service == service)
            on_buffer(change, b, program->copies[STATION_BUFFER].base[b] + change->number);
}

void replica_stop(struct replica_change *change)
{
    act_on_all(change, stop_pool, stop_cpu, NULL, stop_buffer);
}

void replica_start(struct replica_change *change)
{
    act_on_all(change, start_pool, start_cpu, start_limiter, start_buffer);
}

void replica_reload(struct replica_change *change)
{
    act_on_all(change, reload_pool, reload_cpu, reload_limiter, reload_buffer);
}
