/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_connections.h - the connections of a pool that keeps a record for each: which are idle,
 * which are old, and when they are closed.
 *
 * Idle ones are in a list by time of becoming idle, all open ones in a list by age, or, where
 * lifetimes differ, in an event list. A record without a connection may stand for an opener at rest
 * (pool_refill.h). Everything is O(1), or O(log open) where lifetimes differ. Used by pool*.c
 * alone. */
#ifndef CAPSIM_MODELS_STATIONS_POOL_CONNECTIONS_H
#define CAPSIM_MODELS_STATIONS_POOL_CONNECTIONS_H

#include "models/stations/pool.h"

/* Wakes the alarm no later than time, which may be past. */
static inline void pool_wake_by(struct replication_state *system, uint32_t alarm, int64_t time)
{
    if (time < system->now)
        time = system->now;
    if (time < alarms_time(&system->alarms, alarm))
        alarms_set(&system->alarms, alarm, time);
}

/* When what is due at time is seen by a look at each `period` [ns]; 0: at once. */
static inline int64_t pool_seen_at(const struct pool *pool, int64_t period, int64_t time)
{
    int64_t since = time - pool->sweep_origin;
    if (period == 0 || time == SPEC_NEVER)
        return time;
    return pool->sweep_origin + (since <= 0 ? 0 : (since + period - 1) / period * period);
}

/* A record that is in no list. The records may move. */
uint32_t pool_take_record(struct replication_state *system, struct pool *pool);
void pool_free_record(struct pool *pool, uint32_t number);

/* The record's connection is none of the database's from now on, if it was. */
void pool_leave_database(struct replication_state *system, struct pool *pool, uint32_t number);

/* The record's connection is open from now on. */
void pool_establish(struct replication_state *system, struct pool *pool, uint32_t number);
/* Closes an open connection that no request holds and that is not idle. */
void pool_close(struct replication_state *system, struct pool *pool, uint32_t number);
/* It becomes idle. */
void pool_push_idle(struct replication_state *system, struct pool *pool, uint32_t number);
/* Takes the idle one to be used next; NO_CONNECTION when there is none. Those that are too old to
 * be used are closed on the way, if that is when their age is looked at. */
uint32_t pool_take_idle(struct replication_state *system, struct pool *pool);

/* True if it is old and may be closed for that now; false too when that has to wait for other
 * closings: then the alarm is set. */
bool pool_may_close_old(struct replication_state *system, struct pool *pool, uint32_t number);
/* Sets the alarm for the idle one that is due first. */
void pool_watch_idle(struct replication_state *system, struct pool *pool);

#endif
