/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - connections or threads shared by requests: who gets one, who waits, when one is opened
 * and closed.
 *
 * One state machine for every pool. A request that acquires gets an idle connection; else one is
 * opened for it, while fewer than max are open and fewer than connect_concurrency are opening; else
 * it waits. A connection that is released goes to the next request in the queue by the discipline,
 * or becomes idle. A connection that opens belongs to the request that caused it. A pool whose
 * connections neither cost anything nor age (every thread pool) keeps counts alone; the others keep
 * a record for each connection.
 *
 * Cost: O(1) per acquire and release; one event for an opening or a checkout that takes time. A
 * constant time-out on a queue in order of arrival needs no event: the queue's head is the next to
 * expire, and one alarm per pool watches it. The same holds for idle and lifetime limits, each
 * checked from its oldest.
 *
 * Invariants:
 * (1) busy <= max and busy + idle = open <= max;
 * (2) no request waits while one is idle, or while one could be opened;
 * (3) a waiting request is in exactly one queue;
 * (4) no request waits past the end of a constant time limit;
 * (5) of a queue in order of arrival no request is passed over.
 * station_checks.h has them as code.
 * Source: M/M/c with impatient customers where connect costs nothing (analytic.h); semantics of the
 * pools in use. */
#ifndef CAPSIM_MODELS_STATIONS_POOL_H
#define CAPSIM_MODELS_STATIONS_POOL_H

#include "models/spec/pool_needs.h"
#include "models/stations/queue_lines.h"

struct connection {
    uint32_t newer, older;   /* neighbours in the idle list, by time of becoming idle       */
    uint32_t younger, elder; /* neighbours in the list of all open ones, by time of opening */
    bool is_idle;
    bool is_spared; /* idle, and its limit has ended: it stays                              */
    bool will_fail; /* opening: it will run into its time-out                               */
    bool is_accepted, is_refused; /* by the database, of a pool that draws on one */
    bool is_rest; /* no connection, but an opener at rest; will_fail: after a failed one */
    int64_t opened, idle_since, expires; /* SPEC_NEVER: no limit on its life */
    int64_t ready;                       /* when its opening ends */
    int64_t uses;
};

/* One end is the oldest, the other the newest. */
struct connection_list {
    uint32_t oldest, newest;
};

struct pool {
    /* Two cache lines that every acquire and release reads. */
    bool has_records;
    bool is_shrinking; /* without records, and more are busy than max: has_records is set meanwhile,
                          so that nothing takes the short ways                          */
    bool has_timers;   /* time-outs of queueing through the timers: not in order of acquire */
    bool covers_connect; /* time-outs through the timers until the grant */
    uint32_t number;     /* of the pool                                  */
    uint32_t waiting;
    enum discipline discipline;
    int64_t max;
    struct time_average *busy, *queue, *open;
    struct tally *wait;
    struct queue_line *lines; /* [line_count] one for each level of priority, else one            */
    uint64_t held_time;       /* of all that was released [ns, modulo 2^64]                       */
    uint64_t queue_time;      /* of all that left the queue, for the self-check [ns, modulo 2^64] */
    uint32_t line_count, timeout_alarm; /* NO_ALARM: not needed                   */
    int64_t queue_limit;                /* INT64_MAX: none                        */
    int64_t timeout_ns;                 /* constant limit on queueing; SPEC_NEVER */
    uint64_t *counts;                   /* POOL_COUNTS                            */
    const struct pool_spec *spec;
    struct tally *queueing, *connect_time;
    struct queue_crowd crowd;       /* those of random order */
    uint32_t idle_alarm, age_alarm; /* NO_ALARM: not needed */
    struct cpu *database;           /* that its connections are of; NULL: none */
    struct connection *connections;
    uint32_t free_connection, record_count;
    struct connection_list idle, all;
    int64_t idle_count, opening, connect_concurrency;
    uint32_t connect_stream, checkout_stream, random_stream;
    uint32_t connects, checkouts, choices; /* draws made so far */
    int64_t memory_per_unit;
    /* Of pools that open by themselves (pool_refill.h) or have a dialect. */
    uint32_t opener_alarm;
    struct events openings;    /* without a request, and rests: by record                         */
    int64_t unowned, retrying; /* openings without a request; rests after a failed connect        */
    int64_t fill_due, look;    /* connects that the last look at min wants; the next look         */
    int64_t back_off_ns;       /* the last rest after a failed connect; 0: the last one succeeded */
    bool has_failed;           /* the last connect                                                */
    bool has_newcomer;         /* a request began to wait just now                                */
    bool has_jitter, is_swept;
    struct events ages; /* jitter: the end of each life, by record */
    uint32_t lifetime_stream, lifetimes;
    int64_t sweep_origin, age_sweep_ns;
    int64_t old_closed; /* when one was closed for its age; SPEC_NEVER: never */
};

/* The slots of a pool's alarms, or NO_ALARM. */
struct pool_alarms {
    uint32_t timeout, idle, age;
};

/* Makes pool number `number` of the scenario empty, as its setting says. Alarms that it does not
 * need are left asleep. */
void pool_init(struct replication_state *system, uint32_t number, struct pool_alarms alarms);
/* The same with another spec of the same kind, and without threads. */
void pool_begin(struct replication_state *system, uint32_t number, const struct pool_spec *spec,
                struct pool_alarms alarms);

/* pool_acquire and pool_release are in pool_fast.h. What they leave to pool.c: pools with records,
 * and waiting. pool_wait: puts the request in the queue and sets its time limit. false, as nothing
 * is granted. */
bool pool_acquire_recorded(struct replication_state *system, struct pool *pool, uint32_t id,
                           struct request *request);
void pool_release_recorded(struct replication_state *system, struct pool *pool,
                           uint32_t connection);
bool pool_wait(struct replication_state *system, struct pool *pool, uint32_t id,
               struct request *request);
/* Serves the queue, and opens what is wanted, for as long as there is an idle connection or room to
 * open one. */
void pool_serve(struct replication_state *system, struct pool *pool);
/* Gives the pool its alarm for opening by itself, and lets it begin. */
void pool_start_opener(struct replication_state *system, struct pool *pool, uint32_t alarm);
/* The number of open connections changes by change. */
void pool_change_open(struct replication_state *system, struct pool *pool, int64_t change);
/* The event of a request that is OPENING or in CHECKOUT. */
void pool_connection_event(struct replication_state *system, uint32_t id, struct request *request);
/* Takes a request that is WAITING, OPENING or in CHECKOUT out of the pool because its time is up
 * elsewhere. */
void pool_abandon(struct replication_state *system, struct pool *pool, uint32_t id,
                  struct request *request);
/* The wake-ups. */
void pool_time_out(struct replication_state *system, struct pool *pool);
void pool_time_out_one(struct replication_state *system, struct pool *pool, uint32_t id);
/* A request of the queue fails, because the database refused a connection. */
void pool_refuse_one(struct replication_state *system, struct pool *pool, uint32_t id);
/* The other wake-ups. */
void pool_close_idle(struct replication_state *system, struct pool *pool);
void pool_close_old(struct replication_state *system, struct pool *pool);
void pool_refill_wake(struct replication_state *system, struct pool *pool);

#endif
