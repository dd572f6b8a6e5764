/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/pool_refill.h"
#include "models/stations/cpu.h"
#include "models/stations/pool_connections.h"
#include "models/stations/pool_fast.h"

static const int64_t FIRST_REST_NS = 10000000, LAST_REST_NS = 5000000000;

/* A database that has no room refuses when the connect is through, and not before the next
 * nanosecond: a failure is an event. */
static void ask_database(struct replication_state *system, const struct pool *pool,
                         struct connection *connection, int64_t *cost)
{
    connection->is_accepted = pool->database && cpu_open_connection(system, pool->database);
    connection->is_refused = pool->database && !connection->is_accepted && !connection->will_fail;
    if (!connection->is_refused)
        return;
    connection->will_fail = true;
    if (*cost == 0)
        *cost = 1;
}

int64_t pool_refill_draw(struct replication_state *system, struct pool *pool, uint32_t number)
{
    const struct pool_spec *spec = pool->spec;
    int64_t cost = 0;
    if (spec->connect) {
        struct stream draw = stream_at(system->key, pool->connect_stream, pool->connects++, 0);
        cost = distribution_to_ns(distribution_sample(spec->connect, &draw));
    }
    struct connection *connection = &pool->connections[number];
    connection->will_fail = cost > spec->connect_timeout_ns;
    if (connection->will_fail)
        cost = spec->connect_timeout_ns;
    ask_database(system, pool, connection, &cost);
    connection->ready = system->now + cost;
    return cost;
}

static void schedule(struct replication_state *system, struct pool *pool, uint32_t number,
                     int64_t time)
{
    events_schedule(&pool->openings, number, time);
    pool_wake_by(system, pool->opener_alarm, time);
}

static void rest(struct replication_state *system, struct pool *pool, int64_t length, bool is_retry)
{
    uint32_t number = pool_take_record(system, pool);
    pool->connections[number].is_rest = true;
    pool->connections[number].will_fail = is_retry;
    pool->opening++;
    pool->retrying += is_retry;
    schedule(system, pool, number, system->now + length);
}

void pool_refill_pause(struct replication_state *system, struct pool *pool)
{
    pool->back_off_ns = 0;
    pool->has_failed = false;
    if (pool->spec->connect_pause_ns > 0 && pool->connect_concurrency != INT64_MAX)
        rest(system, pool, pool->spec->connect_pause_ns, false);
}

int64_t pool_refill_back_off(struct pool *pool)
{
    const struct pool_spec *spec = pool->spec;
    int64_t first = spec->retry_first_ns ? spec->retry_first_ns : FIRST_REST_NS;
    int64_t last = spec->retry_last_ns ? spec->retry_last_ns : LAST_REST_NS;
    int64_t length = pool->back_off_ns ? 2 * pool->back_off_ns : first;
    pool->back_off_ns = length < last ? length : last;
    return pool->back_off_ns;
}

void pool_refill_adopt(struct replication_state *system, struct pool *pool, uint32_t number)
{
    pool->unowned++;
    schedule(system, pool, number, pool->connections[number].ready);
}

/* ---- what is wanted ------------------------------------------------------------------------ */

/* How many are missing to the minimum. */
static int64_t count_missing(const struct pool *pool)
{
    switch (pool->spec->min_rule) {
    case MIN_FLOOR:
        return 0;
    case MIN_FILL:
        return pool->spec->min - pool->open->level - pool->retrying;
    case MIN_IDLE_TARGET:
        break;
    }
    return pool->spec->min - pool->idle_count - pool->unowned - pool->retrying;
}

void pool_refill_look(struct pool *pool)
{
    int64_t missing = count_missing(pool), most = pool->spec->rules.fill_most;
    if (most > 0 && missing > most)
        missing = most;
    if (missing > pool->fill_due)
        pool->fill_due = missing;
}

void pool_refill_ask(struct pool *pool)
{
    pool->has_newcomer = true;
    if (pool->spec->rules.queues_connects && pool->waiting > pool->fill_due)
        pool->fill_due++;
}

static bool has_room(const struct pool *pool)
{
    int64_t most = pool->spec->rules.opener_most;
    return pool->open->level < pool->max && pool->opening < pool->connect_concurrency &&
           (most == 0 || pool->unowned + pool->retrying < most);
}

/* A rest holds back those who waited when it began; a newcomer makes an attempt of his own where
 * failures are told to those who wait. */
static bool is_waited_for(const struct pool *pool)
{
    bool tries_anew =
        pool->has_newcomer && pool->spec->on_connect_failure == CONNECT_FAILURE_FAILS_ASKER;
    return pool->spec->connect_for != CONNECT_FOR_ASKER &&
           pool->waiting > pool->unowned + (tries_anew ? 0 : pool->retrying);
}

/* What a look at min asked for is asked for no longer when nothing is missing. */
static bool wants_fill(struct pool *pool)
{
    if (count_missing(pool) <= 0) {
        pool->fill_due = 0;
        return false;
    }
    if (pool->spec->rules.fill_every_ns == 0)
        return true;
    return pool->fill_due > 0;
}

/* ---- opening ------------------------------------------------------------------------------- */

static void start_one(struct replication_state *system, struct pool *pool)
{
    uint32_t number = pool_take_record(system, pool);
    pool_change_open(system, pool, 1);
    if (pool->fill_due > 0)
        pool->fill_due--;
    if (pool_refill_draw(system, pool, number) > 0) {
        pool->opening++;
        pool_refill_adopt(system, pool, number);
        return;
    }
    pool_establish(system, pool, number);
    pool_push_idle(system, pool, number);
    pool_refill_pause(system, pool);
}

/* The next look at min, if it would find one missing. */
static void set_look(struct replication_state *system, struct pool *pool)
{
    int64_t every = pool->spec->rules.fill_every_ns;
    if (every == 0 || pool->look != SPEC_NEVER || count_missing(pool) <= 0)
        return;
    pool->look = pool_seen_at(pool, every, system->now + 1);
    pool_wake_by(system, pool->opener_alarm, pool->look);
}

bool pool_refill_open(struct replication_state *system, struct pool *pool)
{
    int64_t idle = pool->idle_count;
    if (pool->opener_alarm == NO_ALARM)
        return false;
    while (has_room(pool) && (is_waited_for(pool) || wants_fill(pool))) {
        start_one(system, pool);
        pool->has_newcomer = false;
        if (pool->waiting > 0 && pool->idle_count > idle)
            return true;
    }
    pool->has_newcomer = false;
    set_look(system, pool);
    return pool->idle_count > 0;
}

void pool_refill_try(struct replication_state *system, struct pool *pool)
{
    if (pool->opener_alarm != NO_ALARM && has_room(pool) && pool->opening == 0)
        start_one(system, pool);
}

/* ---- ends ---------------------------------------------------------------------------------- */

/* Of a connect that failed one of those who wait is told. */
static void fail_waiting(struct replication_state *system, struct pool *pool, uint32_t id,
                         bool is_refused)
{
    if (is_refused)
        pool_refuse_one(system, pool, id);
    else
        pool_time_out_one(system, pool, id);
}

static void fail(struct replication_state *system, struct pool *pool, uint32_t number)
{
    const struct pool_spec *spec = pool->spec;
    bool is_refused = pool->connections[number].is_refused;
    pool_leave_database(system, pool, number);
    pool_free_record(pool, number);
    pool_change_open(system, pool, -1);
    bool opens_again = spec->connect_for != CONNECT_FOR_ASKER || spec->min_rule != MIN_FLOOR;
    pool->has_failed = true;
    if (opens_again)
        rest(system, pool, pool_refill_back_off(pool), true);
    if (spec->on_connect_failure == CONNECT_FAILURE_FAILS_ASKER &&
        spec->connect_for != CONNECT_FOR_ASKER && pool->waiting > 0)
        fail_waiting(system, pool, pool_queue_next(system, pool), is_refused);
}

static void end_one(struct replication_state *system, struct pool *pool)
{
    uint32_t number = events_pop(&pool->openings);
    const struct connection *connection = &pool->connections[number];
    pool->opening--;
    if (connection->is_rest) {
        pool->retrying -= connection->will_fail;
        pool_free_record(pool, number);
        return;
    }
    pool->unowned--;
    if (connection->will_fail) {
        fail(system, pool, number);
        return;
    }
    pool_establish(system, pool, number);
    if (pool->open->level > pool->max) /* max has become smaller meanwhile */
        pool_close(system, pool, number);
    else
        pool_push_idle(system, pool, number);
    pool_refill_pause(system, pool);
}

void pool_refill_wake(struct replication_state *system, struct pool *pool)
{
    if (events_next_time(&pool->openings) <= system->now) {
        end_one(system, pool);
    } else if (pool->look <= system->now) {
        pool->look = SPEC_NEVER;
        pool_refill_look(pool);
    }
    int64_t next = events_next_time(&pool->openings);
    alarms_set(&system->alarms, pool->opener_alarm, next < pool->look ? next : pool->look);
    pool_serve(system, pool);
}

void pool_start_opener(struct replication_state *system, struct pool *pool, uint32_t alarm)
{
    pool->opener_alarm = alarm;
    events_init(&pool->openings, 0, system->arena);
    for (int64_t i = 0; i < pool->spec->rules.opens_at_start; i++) {
        if (pool->database && !cpu_open_connection(system, pool->database))
            break;
        uint32_t number = pool_take_record(system, pool);
        pool->connections[number].is_accepted = pool->database != NULL;
        pool_change_open(system, pool, 1);
        pool_establish(system, pool, number);
        pool_push_idle(system, pool, number);
    }
    pool_serve(system, pool);
}
