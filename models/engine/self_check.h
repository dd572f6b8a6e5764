/* SPDX-License-Identifier: GPL-3.0-or-later */
/* self_check.h - laws that every run obeys whatever its randomness, checked on what was simulated.
 *
 * Each law is worked out in two ways that share no variable: the time integral of a level on one
 * side, the sum of what single requests went through on the other. With the ages of those present
 * at both ends of the measured period the two are equal to the nanosecond, so a difference is a
 * mistake in the engine, not chance. Source: Little (1961), "A proof for the queuing formula L =
 * lambda W"; in this sample-path form Stidham (1974). */
#ifndef CAPSIM_MODELS_ENGINE_SELF_CHECK_H
#define CAPSIM_MODELS_ENGINE_SELF_CHECK_H

#include "models/engine/replication_state.h"

/* Those present at one time: how many, and how long they have been there in all [ns]. */
struct presence {
    int64_t *present;    /* [workloads]                                                          */
    wide_int *age;       /* [workloads] since arrival                                            */
    wide_int *queue_age; /* [copies of pools] of the waiting, since they asked                  */
    wide_int *held_age;  /* [copies of pools] of what is held, since it was assigned            */
    wide_int *passing_age; /* [limiters] of the waiting, since they asked                       */
    wide_int *putting_age; /* [buffers] likewise                                                */
    wide_int *work_age;    /* [cpus] of the working, since they began                             */
    wide_int *received;    /* [cpus] work that they have got [2^-62 ns]                           */
    int64_t *backlog, *running, *unreleased; /* [workloads] of a cycle: its cycles, its jobs     */
};

/* Room for all workloads and pools of the model. */
struct presence presence_make(const struct model *model, struct arena *arena);
/* Counts by walking over all requests. */
void presence_take(const struct replication_state *system, struct presence *presence);

/* Fills in the columns of the self-checks, from metrics.check_base on. length [ns] is the measured
 * time; half is a snapshot taken in its middle. */
void self_check_observe(const struct replication_state *system, const struct presence *start,
                        const struct presence *end, const struct snapshot *half, int64_t length,
                        struct observation *observation);

/* Names for the columns, [*count]. */
const char *const *self_check_names(const struct scenario *spec, struct arena *arena,
                                    size_t *count);

#endif
