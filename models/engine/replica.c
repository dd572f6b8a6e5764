/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/replica.h"
#include "models/engine/model_internal.h"
#include "models/engine/rollout.h"

/* ---- capacities ------------------------------------------------------------------------------ */

static void change_capacity(struct replication_state *system, enum station_number kind, size_t i,
                            uint32_t copy, int64_t change)
{
    const struct statistics_layout *layout = &system->rollout->model->layout;
    struct time_average *capacity = system->rollout->capacity;
    uint32_t whole = layout->kinds[kind].reported[i];
    time_average_change(&capacity[layout_capacity(layout, kind, copy)], change, system->now);
    if (whole != copy)
        time_average_change(&capacity[layout_capacity(layout, kind, whole)], change, system->now);
}

void replica_change_capacity(struct replica_change *change, enum station_number kind, size_t i,
                             uint32_t copy, int64_t by)
{
    change_capacity(change->system, kind, i, copy, by);
}

static void begin_kind(struct replication_state *system, enum station_number kind)
{
    const struct scenario *spec = system->rollout->model->spec;
    const struct copies *copies = &system->rollout->model->program->copies[kind];
    for (uint32_t copy = 0; copy < copies->count && station_kinds[kind]->capacity; copy++) {
        size_t i = copies->of[copy];
        change_capacity(system, kind, i, copy,
                        station_kinds[kind]->capacity(station_spec(spec, kind, i)));
    }
}

void replica_begin_all(struct replication_state *system)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        begin_kind(system, (enum station_number)kind);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Does one thing to a resource of one kind: its number, and that of the replica's copy. */
typedef void act(struct replica_change *change, size_t i, uint32_t copy);

/* Does it to each of the kind that the rollout's service has; NULL: there is nothing to do. */
static void act_on_kind(struct replica_change *change, enum station_number kind, act *on)
{
    const struct copies *copies = &change->system->rollout->model->program->copies[kind];
    size_t service = change->system->rollout->spec->service;
    for (size_t i = 0; i < station_count(change->values, kind) && on; i++)
        if (station_service(change->values, kind, i) == service)
            on(change, i, copies->base[i] + change->number);
}

void replica_stop(struct replica_change *change)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        act_on_kind(change, (enum station_number)kind, station_kinds[kind]->stop);
}

void replica_start(struct replica_change *change)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        act_on_kind(change, (enum station_number)kind, station_kinds[kind]->start);
}

void replica_reload(struct replica_change *change)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        act_on_kind(change, (enum station_number)kind, station_kinds[kind]->reload);
}
