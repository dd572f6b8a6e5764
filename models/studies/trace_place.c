/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/trace_place.h"
#include "models/engine/model_internal.h"
#include "models/stations/arrivals.h"
#include "models/stations/cpu.h"
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
    const struct scenario *spec = system->model->spec;
    if (place.kind == STATION_KINDS)
        return NULL;
    const struct copies *copies = &system->model->program->copies[place.kind];
    uint32_t of = copies->of[place.copy];
    return name_copy(station_name(spec, place.kind, of), station_copies(spec, place.kind, of),
                     place.copy - copies->base[of], text);
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
    return place.kind == STATION_KINDS
               ? -1
               : station_kinds[place.kind]->count_use(system, place.copy).waiting;
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
    case OPERATION_STATION:
        return (struct trace_place){operation->verb->kind, replication_copy_asked(system, request)};
    default:
        break;
    }
    return (struct trace_place){STATION_KINDS, 0};
}
