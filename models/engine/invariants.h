/* SPDX-License-Identifier: GPL-3.0-or-later */
/* invariants.h - what must hold in a replication between two events: the numbered invariants of the
 * event lists (kernel_checks.h), of the stations (station_checks.h), of a rollout, and that each
 * request is in exactly one place.
 *
 * Compiled with -DCAPSIM_CHECK the main loop asserts all of them, and each change of a request's
 * phase: what can be told at once after every event, what takes a walk over all requests at least
 * after every 64th of so many events as there are places for requests, so that it stays affordable;
 * with -DCAPSIM_CHECK=2 all of it after every event. Without, nothing of it is in the program.
 * Invariants of a replication: (1) a request has an event exactly in the phases that have one; (2)
 * nobody is ready; (3) as many wait, work, pass and put as the stations say; (4) what stations say
 * is held or visited, and how many the classes say are present, is what the requests say. */
#ifndef CAPSIM_MODELS_ENGINE_INVARIANTS_H
#define CAPSIM_MODELS_ENGINE_INVARIANTS_H

#include "models/engine/replication_state.h"

/* Which invariant is broken. */
struct broken_invariant {
    const char *what;    /* "pool (2): somebody waits while one is idle"                        */
    const char *station; /* its name; NULL: none                                                */
    uint32_t request;    /* the record that it is about, or NO_REQUEST                          */
};

/* Returns false, with *broken filled, when one does not hold. is_whole: the walks, too. Changes
 * nothing. */
bool invariants_hold(const struct replication_state *system, bool is_whole,
                     struct broken_invariant *broken);
/* Of a rollout (rollout.h); "rollout (1): ...", or NULL. Used by invariants_hold. */
const char *rollout_check(const struct replication_state *system);

/* After an event: as above. Ends the program, as a failed assert does, with the invariant, the
 * time, the replication and the request. */
void invariants_assert(struct replication_state *system);
/* The request leaves a line in order of arrival as the next one served; first: who is first after
 * it, or NO_REQUEST. Nobody was passed over. */
void invariants_assert_order(const struct replication_state *system, const struct request *request,
                             uint32_t first);

#endif
