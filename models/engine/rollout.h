/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout.h - a running service is changed from one setting to another, batch of replicas by batch,
 * and back again if need be.
 *
 * Each replica of a batch drains: it takes no new requests; those on it finish, or fail as refused
 * when drain_timeout has passed. As soon as it is empty it is down for restart_time: its pools are
 * shut and the database has their connections back. Then it is up, cold and with the new values
 * (replica.h). Requests on a replica take the steps of its version (program.h). When the whole
 * batch is up, and pause has passed, the next begins. Meanwhile the others serve; a request that
 * finds no replica up is refused. A reload (rollout_is_reload) restarts nothing: values change in
 * place.
 * Going back: replicas that were changed are changed back in the same way, in batches that begin
 * evenly over rollback_time; one that is restarting at that time comes back with the old values. A
 * reload goes back all at once when rollback_time has passed.
 *
 * Everything happens in one alarm, the last at its instant; between changes nothing costs anything,
 * and a system without a rollout has none. Cost: O(replicas) for each change, O(requests present)
 * when a drain times out.
 * Invariants:
 * (1) a replica that is not up takes no request;
 * (2) one that is down has none on it, and its pools are shut;
 * (3) at most a batch is not up;
 * (4) a request ends once: by finishing, or by failing as any request fails
 *     (replication_fail_request), so what arrived is what ended and what is present;
 * (5) capacity is that of the replicas that are not down (replica.h). */
#ifndef CAPSIM_MODELS_ENGINE_ROLLOUT_H
#define CAPSIM_MODELS_ENGINE_ROLLOUT_H

#include "models/engine/replication_state.h"

enum rollout_stage {
    ROLLOUT_AHEAD,
    ROLLOUT_UNDER_WAY,
    ROLLOUT_DONE, /* every replica has the new values            */
    ROLLOUT_GOING_BACK,
    ROLLOUT_BACK /* every replica has the old values again      */
};

enum replica_phase { REPLICA_UP, REPLICA_DRAINING, REPLICA_DOWN };

struct rollout_replica {
    enum replica_phase phase;
    bool is_changed; /* has the new values, or comes back with them */
    int64_t due;     /* DRAINING: its time-out; DOWN: when it is up */
};

/* Told when a batch begins (number from 0), and when the last is up (number = ROLLOUT_ALL_UP), at
 * that instant, before anything else happens. Not while going back. */
enum { ROLLOUT_ALL_UP = -1 };
typedef void rollout_listener(void *context, int batch);

/* Times are SPEC_NEVER until they have come [ns]. */
struct rollout {
    const struct rollout_spec *spec;
    const struct model *model; /* its spec is what it was, its `to` what it becomes            */
    enum rollout_stage stage;
    uint32_t alarm;
    struct rollout_replica *replicas; /* [count]                                              */
    uint32_t count;      /* replicas of the service; 1: what is in no service                 */
    uint32_t batch_size; /* replicas                                                          */
    uint32_t next;       /* the first that the next batch may take                            */
    uint32_t away;       /* of this batch, not up again                                       */
    int batches;         /* begun, in this direction                                          */
    int64_t next_begins; /* of the next batch                                                 */
    int64_t slot;        /* going back: time from one batch to the next                       */
    int64_t began, done, back_began, back;
    uint64_t cut;      /* requests that failed because their replica was stopped              */
    uint64_t unserved; /* requests that found no replica up                                   */
    int64_t lost;      /* bytes in the buffers of replicas when they were stopped             */
    struct time_average *capacity; /* [layout_capacities] as observed.capacity                */
    rollout_listener *listener;    /* NULL: none                                              */
    void *context;
};

/* Gives a system whose model has a rollout its own, asleep. The system may be given the model of
 * what it becomes later, compiled with what it was as its `to`: the rollout keeps its own. */
void rollout_init(struct replication_state *system);
/* It begins at that time [ns, not past]. */
void rollout_start(struct replication_state *system, int64_t time);
/* It goes back from now on. Not before it began, and once. */
void rollout_go_back(struct replication_state *system);

/* The alarm. */
void rollout_wake(struct replication_state *system);
/* Chooses a replica that is up by the service's balance; u: uniform, of a random balance. Returns
 * false when none is. */
bool rollout_choose_replica(struct service_state *service, double u, uint32_t *replica);
/* Whether the replica that the request visits, of the rollout's service, has the new values. */
bool rollout_is_changed(const struct replication_state *system, struct request *request);
/* The last request has left a replica of a service that is not up as a whole. */
void rollout_note_empty(struct replication_state *system);
/* A request found no replica up. */
void rollout_note_unserved(struct replication_state *system);

#endif
