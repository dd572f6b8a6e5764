/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/pool_restart.h"
#include "models/engine/model_internal.h"
#include "models/stations/pool_connections.h"
#include "models/stations/pool_fast.h"
#include <assert.h>

/* ---- stopping and starting ------------------------------------------------------------------ */

static void close_idle_ones(struct replication_state *system, struct pool *pool)
{
    while (pool->idle_count > 0) {
        uint32_t number = pool_take_idle(system, pool);
        if (number != NO_CONNECTION) /* else an old one was closed on the way */
            pool_close(system, pool, number);
    }
}

/* What opens for nobody comes to nothing. */
static void drop_openings(struct replication_state *system, struct pool *pool)
{
    while (pool->opener_alarm != NO_ALARM && events_next_time(&pool->openings) != EVENTS_NEVER) {
        uint32_t number = events_pop(&pool->openings);
        if (pool->connections[number].is_rest)
            continue;
        pool_leave_database(system, pool, number);
        pool_change_open(system, pool, -1);
    }
}

static void sleep_alarm(struct replication_state *system, uint32_t alarm)
{
    if (alarm != NO_ALARM)
        alarms_set(&system->alarms, alarm, ALARMS_NEVER);
}

void pool_shut(struct replication_state *system, struct pool *pool)
{
    assert(pool->busy->level == 0 && pool->waiting == 0);
    if (pool->has_records) {
        close_idle_ones(system, pool);
        drop_openings(system, pool);
    } else {
        pool_change_open(system, pool, -pool->open->level);
    }
    assert(pool->open->level == 0);
    sleep_alarm(system, pool->timeout_alarm);
    sleep_alarm(system, pool->idle_alarm);
    sleep_alarm(system, pool->age_alarm);
    sleep_alarm(system, pool->opener_alarm);
}

void pool_renew(struct replication_state *system, struct pool *pool, const struct pool_spec *spec)
{
    const struct model *model = system->model;
    const struct pool before = *pool;
    uint32_t number = before.number;
    struct pool_alarms alarms = {model_alarm_of_pool(model, ALARM_QUEUE_TIMEOUT, number),
                                 model_alarm_of_pool(model, ALARM_IDLE, number),
                                 model_alarm_of_pool(model, ALARM_AGE, number)};
    pool_begin(system, number, spec, alarms);
    pool->queue_time = before.queue_time;
    pool->held_time = before.held_time;
    pool->connects = before.connects;
    pool->checkouts = before.checkouts;
    pool->choices = before.choices;
    pool->lifetimes = before.lifetimes;
    if (spec->kind == POOL_THREADS)
        pool_change_open(system, pool, pool->max);
    if (pool_needs_opener_alarm(spec))
        pool_start_opener(system, pool, model_alarm_of_pool(model, ALARM_OPENER, number));
}

/* ---- changing in place ---------------------------------------------------------------------- */

static void close_surplus(struct replication_state *system, struct pool *pool)
{
    while (pool->open->level > pool->max && pool->idle_count > 0) {
        uint32_t number = pool_take_idle(system, pool);
        if (number != NO_CONNECTION)
            pool_close(system, pool, number);
    }
    pool_serve(system, pool);
}

void pool_drop_surplus(struct replication_state *system, struct pool *pool)
{
    assert(pool->is_shrinking && pool->busy->level >= pool->max);
    pool_change_open(system, pool, -1);
    if (pool->busy->level > pool->max)
        return;
    pool->is_shrinking = pool->has_records = false;
}

/* Of a pool without records: as many are open as may be, threads all of them. */
static void set_open(struct replication_state *system, struct pool *pool)
{
    int64_t busy = pool->busy->level, open = pool->open->level;
    int64_t most = busy > pool->max ? busy : pool->max;
    int64_t wanted = pool->spec->kind == POOL_THREADS || open > most ? most : open;
    pool->is_shrinking = pool->has_records = busy > pool->max;
    if (wanted != open)
        pool_change_open(system, pool, wanted - open);
}

static void serve_more(struct replication_state *system, struct pool *pool)
{
    while (pool->waiting > 0 && pool->busy->level < pool->max) {
        if (pool->busy->level == pool->open->level) {
            pool_change_open(system, pool, 1);
            pool->counts[POOL_OPENED]++;
        }
        time_average_increase(pool->busy, system->now);
        pool_pass_on(system, pool);
    }
}

void pool_reload(struct replication_state *system, struct pool *pool, const struct pool_spec *spec)
{
    uint32_t number = pool->number;
    bool needs_idle_alarm = pool_needs_idle_alarm(spec);
    if (pool->idle_alarm != NO_ALARM && !needs_idle_alarm)
        alarms_set(&system->alarms, pool->idle_alarm, ALARMS_NEVER);
    pool->idle_alarm =
        needs_idle_alarm ? model_alarm_of_pool(system->model, ALARM_IDLE, number) : NO_ALARM;
    pool->spec = spec;
    pool->max = spec->max;
    pool->queue_limit = spec->queue_limit == SPEC_UNLIMITED ? INT64_MAX : spec->queue_limit;
    if (pool_keeps_records(spec)) {
        close_surplus(system, pool);
        return;
    }
    set_open(system, pool);
    serve_more(system, pool);
}
