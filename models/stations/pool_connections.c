/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/pool_connections.h"
#include "models/stations/cpu.h"
#include "models/stations/pool_fast.h"
#include "models/stations/pool_refill.h"
#include <string.h>

/* ---- records ----------------------------------------------------------------------------- */

/* The array doubles, so a pool of a million costs only what it opens. */
static void grow_records(struct replication_state *system, struct pool *pool)
{
    uint32_t count = pool->record_count ? 2 * pool->record_count : 16;
    struct connection *records = arena_array(system->arena, count, sizeof *records);
    if (pool->record_count > 0)
        memcpy(records, pool->connections, pool->record_count * sizeof *records);
    for (uint32_t i = count; i-- > pool->record_count;) {
        records[i].newer = pool->free_connection;
        pool->free_connection = i;
    }
    pool->connections = records;
    pool->record_count = count;
    if (pool->opener_alarm != NO_ALARM)
        events_grow_ids(&pool->openings, count);
    if (pool->has_jitter)
        events_grow_ids(&pool->ages, count);
}

uint32_t pool_take_record(struct replication_state *system, struct pool *pool)
{
    if (pool->free_connection == NO_CONNECTION)
        grow_records(system, pool);
    uint32_t number = pool->free_connection;
    pool->free_connection = pool->connections[number].newer;
    pool->connections[number] = (struct connection){.newer = NO_CONNECTION,
                                                    .older = NO_CONNECTION,
                                                    .younger = NO_CONNECTION,
                                                    .elder = NO_CONNECTION,
                                                    .expires = SPEC_NEVER};
    return number;
}

void pool_free_record(struct pool *pool, uint32_t number)
{
    pool->connections[number].newer = pool->free_connection;
    pool->free_connection = number;
}

/* ---- the two lists ------------------------------------------------------------------------ */

void pool_push_idle(struct replication_state *system, struct pool *pool, uint32_t number)
{
    struct connection *connection = &pool->connections[number];
    connection->is_idle = true;
    connection->is_spared = false;
    connection->idle_since = system->now;
    connection->newer = NO_CONNECTION;
    connection->older = pool->idle.newest;
    if (pool->idle.newest == NO_CONNECTION)
        pool->idle.oldest = number;
    else
        pool->connections[pool->idle.newest].newer = number;
    pool->idle.newest = number;
    pool->idle_count++;
}

static void remove_idle(struct pool *pool, uint32_t number)
{
    struct connection *connection = &pool->connections[number];
    connection->is_idle = false;
    if (connection->older == NO_CONNECTION)
        pool->idle.oldest = connection->newer;
    else
        pool->connections[connection->older].newer = connection->newer;
    if (connection->newer == NO_CONNECTION)
        pool->idle.newest = connection->older;
    else
        pool->connections[connection->newer].older = connection->older;
    pool->idle_count--;
}

/* The list of all that have opened, oldest first, is kept only when age matters. */
static void push_age(struct pool *pool, uint32_t number)
{
    struct connection *connection = &pool->connections[number];
    connection->elder = pool->all.newest;
    if (pool->all.newest == NO_CONNECTION)
        pool->all.oldest = number;
    else
        pool->connections[pool->all.newest].younger = number;
    pool->all.newest = number;
}

static void remove_age(struct pool *pool, uint32_t number)
{
    struct connection *connection = &pool->connections[number];
    if (connection->elder == NO_CONNECTION)
        pool->all.oldest = connection->younger;
    else
        pool->connections[connection->elder].younger = connection->younger;
    if (connection->younger == NO_CONNECTION)
        pool->all.newest = connection->elder;
    else
        pool->connections[connection->younger].elder = connection->elder;
}

/* ---- opening and closing ------------------------------------------------------------------ */

static int64_t draw_lifetime(const struct replication_state *system, struct pool *pool)
{
    const struct pool_spec *spec = pool->spec;
    if (!pool->has_jitter)
        return spec->max_lifetime_ns;
    struct stream draw = stream_at(system->key, pool->lifetime_stream, pool->lifetimes++, 0);
    double share = 1 - spec->lifetime_jitter * stream_next_uniform(&draw);
    return (int64_t)((double)spec->max_lifetime_ns * share);
}

void pool_establish(struct replication_state *system, struct pool *pool, uint32_t number)
{
    struct connection *connection = &pool->connections[number];
    connection->opened = system->now;
    pool->counts[POOL_OPENED]++;
    if (pool->spec->max_lifetime_ns == SPEC_NEVER)
        return;
    connection->expires = system->now + draw_lifetime(system, pool);
    if (pool->age_alarm == NO_ALARM)
        return;
    if (pool->has_jitter)
        events_schedule(&pool->ages, number, connection->expires);
    else
        push_age(pool, number);
    pool_wake_by(system, pool->age_alarm,
                 pool_seen_at(pool, pool->age_sweep_ns, connection->expires));
}

void pool_leave_database(struct replication_state *system, struct pool *pool, uint32_t number)
{
    if (pool->connections[number].is_accepted)
        cpu_close_connection(system, pool->database);
    pool->connections[number].is_accepted = false;
}

void pool_close(struct replication_state *system, struct pool *pool, uint32_t number)
{
    if (pool->age_alarm != NO_ALARM) {
        if (pool->has_jitter)
            events_cancel(&pool->ages, number);
        else
            remove_age(pool, number);
    }
    pool_leave_database(system, pool, number);
    pool_free_record(pool, number);
    pool_change_open(system, pool, -1);
    if (pool->spec->rules.queues_connects)
        pool_refill_look(pool);
}

uint32_t pool_take_idle(struct replication_state *system, struct pool *pool)
{
    while (pool->idle_count > 0) {
        uint32_t number = pool->spec->reuse == REUSE_LIFO ? pool->idle.newest : pool->idle.oldest;
        remove_idle(pool, number);
        if (!pool->spec->rules.drops_old || system->now < pool->connections[number].expires)
            return number;
        pool_close(system, pool, number);
        if (pool->spec->rules.reopens_old)
            break;
    }
    return NO_CONNECTION;
}

/* ---- limits ------------------------------------------------------------------------------- */

static bool is_above_min(const struct pool *pool)
{
    int64_t count = pool->spec->min_rule == MIN_IDLE_TARGET ? pool->idle_count : pool->open->level;
    return count > pool->spec->min;
}

static int64_t idle_due(const struct pool *pool, uint32_t number)
{
    return pool->connections[number].idle_since + pool->spec->idle_timeout_ns;
}

static int64_t later(const struct replication_state *system, int64_t time)
{
    return time < system->now ? system->now : time;
}

void pool_watch_idle(struct replication_state *system, struct pool *pool)
{
    if (pool->idle_alarm == NO_ALARM || pool->idle_count == 0)
        return;
    uint32_t at = pool->idle.oldest;
    while (at != NO_CONNECTION && pool->connections[at].is_spared)
        at = pool->connections[at].newer;
    if (at != NO_CONNECTION && (is_above_min(pool) || pool->spec->rules.spares_idle))
        pool_wake_by(system, pool->idle_alarm,
                     pool_seen_at(pool, pool->spec->sweep_ns, later(system, idle_due(pool, at))));
}

void pool_close_idle(struct replication_state *system, struct pool *pool)
{
    int64_t next = ALARMS_NEVER;
    for (uint32_t at = pool->idle.oldest, newer; at != NO_CONNECTION; at = newer) {
        newer = pool->connections[at].newer;
        if (pool->connections[at].is_spared)
            continue;
        if (!is_above_min(pool) && !pool->spec->rules.spares_idle)
            break;
        next = pool_seen_at(pool, pool->spec->sweep_ns, idle_due(pool, at));
        if (next > system->now)
            break;
        next = ALARMS_NEVER;
        if (is_above_min(pool)) {
            remove_idle(pool, at);
            pool_close(system, pool, at);
        } else {
            pool->connections[at].is_spared = true;
        }
    }
    alarms_set(&system->alarms, pool->idle_alarm, next);
    pool_serve(system, pool);
}

bool pool_may_close_old(struct replication_state *system, struct pool *pool, uint32_t number)
{
    int64_t gap = pool->spec->rules.lifetime_gap_ns;
    if (system->now < pool->connections[number].expires)
        return false;
    if (gap > 0 && pool->old_closed != SPEC_NEVER && system->now - pool->old_closed < gap) {
        if (pool->age_alarm != NO_ALARM)
            pool_wake_by(system, pool->age_alarm,
                         pool_seen_at(pool, pool->age_sweep_ns, pool->old_closed + gap));
        return false;
    }
    pool->old_closed = system->now;
    return true;
}

static void close_if_idle(struct replication_state *system, struct pool *pool, uint32_t number)
{
    if (pool->connections[number].is_idle && pool_may_close_old(system, pool, number)) {
        remove_idle(pool, number);
        pool_close(system, pool, number);
    }
}

/* When the next will be old. */
static int64_t close_old_by_list(struct replication_state *system, struct pool *pool)
{
    for (uint32_t at = pool->all.oldest, younger; at != NO_CONNECTION; at = younger) {
        younger = pool->connections[at].younger;
        if (pool->connections[at].expires > system->now)
            return pool->connections[at].expires;
        close_if_idle(system, pool, at);
    }
    return ALARMS_NEVER;
}

static int64_t close_old_by_event(struct replication_state *system, struct pool *pool)
{
    while (events_next_time(&pool->ages) <= system->now) {
        uint32_t number = events_pop(&pool->ages);
        close_if_idle(system, pool, number);
    }
    return events_next_time(&pool->ages);
}

/* Old ones that are busy are closed when they are given back; they are past here and wake nobody
 * again. */
void pool_close_old(struct replication_state *system, struct pool *pool)
{
    alarms_set(&system->alarms, pool->age_alarm, ALARMS_NEVER);
    int64_t next =
        pool->has_jitter ? close_old_by_event(system, pool) : close_old_by_list(system, pool);
    if (next != ALARMS_NEVER)
        pool_wake_by(system, pool->age_alarm, pool_seen_at(pool, pool->age_sweep_ns, next));
    pool_serve(system, pool);
}
