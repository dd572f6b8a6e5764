/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replica.h - what a rollout does to one replica: all that it has (each kind by its row,
 * station_kind.h) stops, starts again with other values, or has them changed in place.
 *
 * A replica that starts is cold: its pools fill as their dialect does, its limiters have a full
 * bucket, its buffers are empty. What was in its buffers when it stopped is lost. In place nothing
 * is lost: requests, connections, tokens and bytes stay, and what is too many goes as it is given
 * back, taken or drained. The capacity of pools and processors is what their utilization is divided
 * by, so it is kept over time, by place (layout_capacity).
 *
 * Cost: O(what one replica has). Used by rollout.c alone.
 * Invariants:
 * (1) the capacity of a copy is its max, or its cores in thousandths, and 0 while it is stopped;
 * (2) that of a whole is the sum of its copies'. */
#ifndef CAPSIM_MODELS_ENGINE_REPLICA_H
#define CAPSIM_MODELS_ENGINE_REPLICA_H

#include "models/engine/replication_state.h"

/* One replica of the rollout's service, or what is in no service, and the values that it is to
 * have. */
struct replica_change {
    struct replication_state *system;
    uint32_t number;
    const struct scenario *values;
    int64_t lost; /* bytes that were in its buffers, added up */
};

/* For the kinds' rows: so much more of the capacity of a copy of resource i, and of the whole. */
void replica_change_capacity(struct replica_change *change, enum station_number kind, size_t i,
                             uint32_t copy, int64_t by);

/* Counts the capacity of everything, which is there; it was 0. */
void replica_begin_all(struct replication_state *system);
/* It stops; nobody is on it. */
void replica_stop(struct replica_change *change);
/* It was stopped, and starts with its values. */
void replica_start(struct replica_change *change);
/* Gets its values while it goes on. */
void replica_reload(struct replica_change *change);

#endif
