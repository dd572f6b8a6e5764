/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_fast.h - acquire and release, as far as they are short: inlined into the main loop, which
 * runs them for every request. Everything longer is in pool.c. */
#ifndef CAPSIM_MODELS_STATIONS_POOL_FAST_H
#define CAPSIM_MODELS_STATIONS_POOL_FAST_H

#include "models/engine/invariants.h"
#include "models/stations/pool_queue.h"

/* The request holds one, from now on. */
static inline void pool_push_held(struct replication_state *system, struct pool *pool,
                                  struct request *request, uint32_t connection)
{
    struct held *held = &replication_held(system, request)[request->state.held_count++];
    *held = (struct held){pool->number, connection, system->now};
}

/* What is counted when a request leaves the queue, granted or not. */
static inline void pool_note_left_queue(struct replication_state *system, struct pool *pool,
                                        uint32_t id, const struct request *request)
{
    time_average_decrease(pool->queue, system->now);
    pool->queue_time += (uint64_t)(system->now - request->since);
    if (__builtin_expect(pool->has_timers, 0))
        events_cancel(&system->timers, id * system->timers_each);
}

/* The request leaves the queue. */
static inline void pool_leave_queue(struct replication_state *system, struct pool *pool,
                                    uint32_t id, struct request *request)
{
    pool_queue_remove(system, pool, request);
    pool_note_left_queue(system, pool, id, request);
}

/* Takes the request that is served next out of the queue, which is not empty. */
static inline uint32_t pool_take_waiting(struct replication_state *system, struct pool *pool)
{
    uint32_t id;
    if (__builtin_expect(pool->discipline == DISCIPLINE_FIFO, 1)) {
        id = pool_queue_take_first(system, pool);
#ifdef CAPSIM_CHECK
        invariants_assert_order(system, replication_request(system, id), pool->lines[0].first);
#endif
    } else {
        id = pool_queue_next(system, pool);
        pool_queue_remove(system, pool, replication_request(system, id));
    }
    pool_note_left_queue(system, pool, id, replication_request(system, id));
    return id;
}

/* The request acquires one; its operation is the ACQUIRE. Returns true when it is granted now: held
 * was pushed, go on. Otherwise the request waits, is granted one later, or has failed; the caller
 * leaves it alone. */
__attribute__((always_inline)) static inline bool pool_acquire(struct replication_state *system,
                                                               struct pool *pool, uint32_t id,
                                                               struct request *request)
{
    if (__builtin_expect(pool->has_records, 0))
        return pool_acquire_recorded(system, pool, id, request);
    if (pool->busy->level >= pool->open->level) {
        if (pool->open->level >= pool->max)
            return pool_wait(system, pool, id, request);
        pool_change_open(system, pool, 1);
        pool->counts[POOL_OPENED]++;
    }
    time_average_increase(pool->busy, system->now);
    pool_push_held(system, pool, request, NO_CONNECTION);
    tally_add_zero(pool->wait);
    return true;
}

/* Hands what was released to the first in the queue: nothing changes but whose it is. */
__attribute__((always_inline)) static inline void pool_pass_on(struct replication_state *system,
                                                               struct pool *pool)
{
    uint32_t id = pool_take_waiting(system, pool);
    struct request *request = replication_request(system, id);
    pool_push_held(system, pool, request, NO_CONNECTION);
    replication_observe(system, pool->wait, system->now - request->since, request->since);
    request->state.operation++;
    replication_make_ready(system, id, request);
}

/* Releases what the request acquired last. */
__attribute__((always_inline)) static inline void pool_release(struct replication_state *system,
                                                               struct request *request)
{
    const struct held *held = &replication_held(system, request)[--request->state.held_count];
    struct pool *pool = &system->pools[held->pool];
    pool->held_time += (uint64_t)(system->now - held->since);
    if (__builtin_expect(pool->has_records, 0))
        pool_release_recorded(system, pool, held->connection);
    else if (pool->waiting > 0)
        pool_pass_on(system, pool);
    else
        time_average_decrease(pool->busy, system->now);
}

#endif
