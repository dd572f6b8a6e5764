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
    int64_t *present; /* [workloads]                                                          */
    wide_int *age;    /* [workloads] since arrival                                            */
    wide_int *waited[STATION_KINDS]; /* [copies] of those that wait for it, since they asked; of a
                                        cpu of the working, since they began                   */
    wide_int *held[STATION_KINDS];   /* [copies] of what is held, since it was assigned        */
    wide_int *received; /* [cpus] work that they have got [2^-62 ns]                           */
    int64_t *backlog, *running, *unreleased; /* [workloads] of a cycle: its cycles, its jobs     */
};

/* Room for all workloads and pools of the model. */
struct presence presence_make(const struct model *model, struct arena *arena);
/* Counts by walking over all requests. */
void presence_take(const struct replication_state *system, struct presence *presence);

enum { SELF_CHECK_SNAPSHOTS = 3 };

/* Fills in the columns of the self-checks, from metrics.check_base on. length [ns] is the measured
 * time; quarters are snapshots taken at the ends of its first three quarters. */
void self_check_observe(const struct replication_state *system, const struct presence *start,
                        const struct presence *end, const struct snapshot *quarters, int64_t length,
                        struct observation *observation);

/* ---- for the kinds' rows (station_kind.h: check) ---- */

/* Puts the two sides of a law into neighbouring columns. */
void self_check_put(struct observation *observation, size_t column, double left, double right);
/* The same for level n of resource i as a whole: its mean over length [ns], and that of what
 * requests went through, summed [ns, modulo 2^64]. */
void self_check_put_level(const struct replication_state *system, enum station_number kind,
                          size_t i, int n, uint64_t sum, int64_t length,
                          struct observation *observation, size_t column);
/* The integral of that level over the measured time [level * ns]. */
wide_int self_check_integral(const struct replication_state *system, enum station_number kind,
                             size_t i, int n);
/* How much more those present at the end have waited for a copy, or held it, than those present at
 * the start [ns]. */
static inline uint64_t self_check_waited(enum station_number kind, uint32_t copy,
                                         const struct presence *start, const struct presence *end)
{
    return (uint64_t)(end->waited[kind][copy] - start->waited[kind][copy]);
}
static inline uint64_t self_check_held(enum station_number kind, uint32_t copy,
                                       const struct presence *start, const struct presence *end)
{
    return (uint64_t)(end->held[kind][copy] - start->held[kind][copy]);
}

/* Names for the columns, [*count]. */
const char *const *self_check_names(const struct scenario *spec, struct arena *arena,
                                    size_t *count);

#endif
