/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/trace_place.h"
#include "models/engine/model_internal.h"
#include "models/stations/arrivals.h"
#include "models/stations/buffer.h"
#include "models/stations/cpu.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"
#include <inttypes.h>
#include <stdio.h>

const char *trace_place_name_request(const struct replication_state *system,
                                     const struct class_state *class, uint32_t index, char *text)
{
    int group = system->model->layout.group_of_class[class - system->classes];
    snprintf(text, TRACE_NAME_SIZE, "%s:%" PRIu64,
             system->model->layout.groups_by_number[group].name, (uint64_t)index + 1);
    return text;
}

static const char *name_copy(const char *name, int64_t copies, uint32_t copy, char *text)
{
    if (copies == 1)
        return name;
    snprintf(text, TRACE_NAME_SIZE, "%s.%" PRIu32, name, copy);
    return text;
}

const char *trace_place_name(const struct replication_state *system, struct trace_place place,
                             char *text)
{
    const struct model *model = system->model;
    const struct program *program = model->program;
    const struct scenario *spec = model->spec;
    uint32_t copy = place.copy, of;
    switch (place.kind) {
    case STATION_KINDS:
        break;
    case STATION_POOL: {
        const struct pool_spec *pool = model_pool_of_copy(model, copy);
        return name_copy(pool->name, pool->copies,
                         copy - program->copies[STATION_POOL].base[pool - spec->pools], text);
    }
    case STATION_CPU:
        of = program->copies[STATION_CPU].of[copy];
        return name_copy(spec->cpus[of].name, spec->cpus[of].copies,
                         copy - program->copies[STATION_CPU].base[of], text);
    case STATION_LIMITER:
        of = program->copies[STATION_LIMITER].of[copy];
        return name_copy(spec->limiters[of].name, spec->limiters[of].copies,
                         copy - program->copies[STATION_LIMITER].base[of], text);
    case STATION_BUFFER:
        of = program->copies[STATION_BUFFER].of[copy];
        return name_copy(spec->buffers[of].name, spec->buffers[of].copies,
                         copy - program->copies[STATION_BUFFER].base[of], text);
    }
    return NULL;
}

const char *trace_place_name_delay(const struct replication_state *system,
                                   const struct class_state *class,
                                   const struct operation *operation)
{
    const struct program *program = system->model->program;
    size_t w = (size_t)(class->source - system->sources);
    if (!operation || operation->code != OPERATION_DELAY || operation->step == STEP_UNNAMED)
        return NULL;
    return program->step_names[w][operation->step];
}

int64_t trace_place_count(const struct replication_state *system, struct trace_place place)
{
    switch (place.kind) {
    case STATION_POOL:
        return system->pools[place.copy].waiting;
    case STATION_CPU:
        return system->cpus[place.copy].jobs->level;
    case STATION_LIMITER:
        return system->limiters[place.copy].waiting.count;
    case STATION_BUFFER:
        return system->buffers[place.copy].waiting.count;
    case STATION_KINDS:
        break;
    }
    return -1;
}

/* Where the request's operation is done; what it gives back is what it took last. */
struct trace_place trace_place_find(const struct replication_state *system, struct request *request)
{
    const struct operation *operation = request->state.operation;
    switch ((enum operation_code)operation->code) {
    case OPERATION_ACQUIRE:
        return (struct trace_place){STATION_POOL, replication_copy_asked(system, request)};
    case OPERATION_RELEASE:
        return (struct trace_place){
            STATION_POOL, replication_held(system, request)[request->state.held_count - 1].pool};
    case OPERATION_WORK:
        return (struct trace_place){STATION_CPU, replication_copy_asked(system, request)};
    case OPERATION_FETCH:
        if (operation->fetch->is_work)
            return (struct trace_place){STATION_CPU, replication_copy_asked(system, request)};
        break;
    case OPERATION_PASS:
        return (struct trace_place){STATION_LIMITER, replication_copy_asked(system, request)};
    case OPERATION_PUT:
    case OPERATION_DRAIN:
        return (struct trace_place){STATION_BUFFER, replication_copy_asked(system, request)};
    default:
        break;
    }
    return (struct trace_place){STATION_KINDS, 0};
}
