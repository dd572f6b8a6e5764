/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/pool.h"
#include "models/engine/model_internal.h"
#include "models/stations/cpu.h"
#include "models/stations/pool_connections.h"
#include "models/stations/pool_fast.h"
#include "models/stations/pool_refill.h"
#include "models/stations/pool_restart.h"
#include <assert.h>
#include <string.h>

/* Streams are named after the pool; those of a service's replicas also after the replica. */
static void init_streams(struct pool *pool, uint32_t replica, struct arena *arena)
{
    const char *name = pool->spec->copies == 1
                           ? pool->spec->name
                           : arena_printf(arena, "%s.%u", pool->spec->name, (unsigned)replica);
    pool->connect_stream = stream_id(arena_printf(arena, "%s.connect", name));
    pool->checkout_stream = stream_id(arena_printf(arena, "%s.checkout", name));
    pool->lifetime_stream = stream_id(arena_printf(arena, "%s.lifetime", name));
    pool->random_stream = stream_id(arena_printf(arena, "%s.random", name));
}

static void init_observed(struct replication_state *system, struct pool *pool, uint32_t number)
{
    struct statistics *statistics = &system->statistics;
    pool->busy = &statistics->levels[layout_station_level(&system->model->layout, STATION_POOL,
                                                          number, POOL_BUSY)];
    pool->open = &statistics->levels[layout_station_level(&system->model->layout, STATION_POOL,
                                                          number, POOL_OPEN)];
    pool->queue = &statistics->levels[layout_station_level(&system->model->layout, STATION_POOL,
                                                           number, POOL_QUEUE)];
    pool->wait = &statistics->tallies[layout_station_tally(&system->model->layout, STATION_POOL,
                                                           number, POOL_WAIT)];
    pool->queueing = &statistics->tallies[layout_station_tally(&system->model->layout, STATION_POOL,
                                                               number, POOL_QUEUEING)];
    pool->connect_time = &statistics->tallies[layout_station_tally(
        &system->model->layout, STATION_POOL, number, POOL_CONNECT)];
    pool->counts =
        &statistics->counts[layout_station_count(&system->model->layout, STATION_POOL, number, 0)];
}

/* Whose connections the pool's are; a service's own database is that of the same replica. */
static struct cpu *find_database(const struct replication_state *system,
                                 const struct pool_spec *spec, uint32_t replica)
{
    if (!spec->draws_on_database)
        return NULL;
    uint32_t first = system->model->program->copies[STATION_CPU].base[spec->database];
    bool is_own = system->model->spec->cpus[spec->database].service != SPEC_NO_SERVICE;
    return &system->cpus[first + (is_own ? replica : 0)];
}

static uint32_t alarm_if(bool is_needed, uint32_t alarm)
{
    return is_needed ? alarm : NO_ALARM;
}

void pool_begin(struct replication_state *system, uint32_t number, const struct pool_spec *spec,
                struct pool_alarms alarms)
{
    const struct model *model = system->model;
    struct pool *pool = &system->pools[number];
    const struct pool_spec *first = model_pool_of_copy(model, number);
    uint32_t replica =
        number - model->program->copies[STATION_POOL].base[first - model->spec->pools];
    *pool = (struct pool){
        .spec = spec,
        .database = find_database(system, spec, replica),
        .number = number,
        .max = spec->max,
        .discipline = spec->discipline,
        .queue_limit = spec->queue_limit == SPEC_UNLIMITED ? INT64_MAX : spec->queue_limit,
        .timeout_ns = pool_has_constant_timeout(spec)
                          ? distribution_to_ns(distribution_mean(spec->acquire_timeout))
                          : SPEC_NEVER,
        .timeout_alarm = alarm_if(pool_needs_timeout_alarm(spec), alarms.timeout),
        .idle_alarm = alarm_if(pool_needs_idle_alarm(spec), alarms.idle),
        .age_alarm = alarm_if(pool_needs_age_alarm(spec), alarms.age),
        .opener_alarm = NO_ALARM,
        .covers_connect = pool_covers_connect(spec),
        .has_timers = pool_needs_timers(spec) && !pool_covers_connect(spec),
        .has_records = pool_keeps_records(spec),
        .free_connection = NO_CONNECTION,
        .idle = {NO_CONNECTION, NO_CONNECTION},
        .all = {NO_CONNECTION, NO_CONNECTION},
        .connect_concurrency =
            spec->connect_concurrency == SPEC_UNLIMITED ? INT64_MAX : spec->connect_concurrency,
        .memory_per_unit = (int64_t)spec->memory_per_unit,
        .look = SPEC_NEVER,
        .old_closed = SPEC_NEVER,
        .sweep_origin = system->now + spec->rules.sweep_first_ns,
        .age_sweep_ns = spec->rules.times_lifetime ? 0 : spec->sweep_ns,
        .has_jitter = spec->lifetime_jitter > 0 && spec->max_lifetime_ns != SPEC_NEVER,
    };
    if (pool->has_jitter)
        events_init(&pool->ages, 0, system->arena);
    pool->line_count = spec->discipline == DISCIPLINE_PRIORITY ? model->level_count : 1;
    pool->lines = arena_array(system->arena, pool->line_count, sizeof *pool->lines);
    for (uint32_t line = 0; line < pool->line_count; line++)
        pool->lines[line] = (struct queue_line){NO_REQUEST, NO_REQUEST};
    init_streams(pool, replica, system->arena);
    init_observed(system, pool, number);
}

void pool_init(struct replication_state *system, uint32_t number, struct pool_alarms alarms)
{
    const struct pool_spec *spec = model_pool_of_copy(system->model, number);
    struct pool *pool = &system->pools[number];
    pool_begin(system, number, spec, alarms);
    if (spec->kind == POOL_THREADS)
        time_average_begin(pool->open, pool->max);
}

void pool_change_open(struct replication_state *system, struct pool *pool, int64_t change)
{
    time_average_change(pool->open, change, system->now);
    if (system->memory && pool->memory_per_unit > 0)
        replication_change_memory(system, MEMORY_CONNECTIONS, change * pool->memory_per_unit);
}

static bool can_open(const struct pool *pool)
{
    return pool->open->level < pool->max && pool->opening < pool->connect_concurrency;
}

/* ---- time limits ------------------------------------------------------------------------- */

static void start_limit(struct replication_state *system, struct pool *pool, uint32_t id,
                        const struct request *request)
{
    int draw = request->state.operation->draw;
    int64_t limit = pool->timeout_ns;
    if (draw != DRAW_NONE)
        limit = replication_draw_ns(system, request, &request->state.class->program->draws[draw]);
    replication_schedule_timer(
        system, id * system->timers_each,
        pool_seen_at(pool, pool->spec->rules.timeout_sweep_ns, system->now + limit));
}

static void stop_limit(struct replication_state *system, const struct pool *pool, uint32_t id)
{
    if (pool->covers_connect)
        events_cancel(&system->timers, id * system->timers_each);
}

/* ---- getting one in hand ------------------------------------------------------------------ */

/* The request has one in hand: its wait is over and observed. assigned [ns]: when it left the
 * queue. */
static void grant(struct replication_state *system, struct pool *pool, uint32_t id,
                  const struct request *request, int64_t assigned)
{
    stop_limit(system, pool, id);
    int64_t asked = request->since;
    replication_observe(system, pool->wait, system->now - asked, asked);
    replication_observe(system, pool->queueing, assigned - asked, asked);
    replication_observe(system, pool->connect_time, system->now - assigned, asked);
    if (pool->spec->rules.sweeps_from_first_use && !pool->is_swept) {
        pool->is_swept = true;
        pool->sweep_origin = system->now;
    }
}

/* The record's connection opens for the request, whose it is already. */
static void start_opening(struct replication_state *system, struct pool *pool, uint32_t id,
                          struct request *request, uint32_t number, int64_t rest)
{
    int64_t cost = pool_refill_draw(system, pool, number);
    pool->connections[number].ready += rest;
    request->state.will_fail = pool->connections[number].will_fail;
    calendar_schedule(&system->events, id, system->now + rest + cost);
}

/* Opens a connection for the request. Returns true when that takes no time. */
static bool open_for(struct replication_state *system, struct pool *pool, uint32_t id,
                     struct request *request)
{
    uint32_t number = pool_take_record(system, pool);
    pool_change_open(system, pool, 1);
    time_average_increase(pool->busy, system->now);
    pool_push_held(system, pool, request, number);
    int64_t cost = pool_refill_draw(system, pool, number);
    if (cost == 0) {
        pool_establish(system, pool, number);
        pool_refill_pause(system, pool);
        grant(system, pool, id, request, system->now);
        return true;
    }
    request->state.will_fail = pool->connections[number].will_fail;
    pool->opening++;
    replication_set_phase(system, request, PHASE_OPENING);
    calendar_schedule(&system->events, id, system->now + cost);
    return false;
}

/* One that has just opened is ready; so is one that was in use a moment ago, where that is enough.
 */
static int64_t draw_checkout(const struct replication_state *system, struct pool *pool,
                             uint32_t number)
{
    const struct connection *connection = &pool->connections[number];
    int64_t enough = pool->spec->checkout_after_ns;
    bool is_new = connection->uses == 0 && connection->opened == system->now;
    if (!pool->spec->checkout || is_new ||
        (enough > 0 && system->now - connection->idle_since <= enough))
        return 0;
    struct stream draw = stream_at(system->key, pool->checkout_stream, pool->checkouts++, 0);
    return distribution_to_ns(distribution_sample(pool->spec->checkout, &draw));
}

/* Gives an open connection that is in no list to the request. Returns true when that takes no time.
 */
static bool take_open(struct replication_state *system, struct pool *pool, uint32_t id,
                      struct request *request, uint32_t number)
{
    time_average_increase(pool->busy, system->now);
    pool_push_held(system, pool, request, number);
    int64_t cost = draw_checkout(system, pool, number);
    if (cost == 0) {
        grant(system, pool, id, request, system->now);
        return true;
    }
    replication_set_phase(system, request, PHASE_CHECKOUT);
    calendar_schedule(&system->events, id, system->now + cost);
    return false;
}

static void serve_waiting(struct replication_state *system, struct pool *pool)
{
    while (pool->waiting > 0) {
        uint32_t number = pool_take_idle(system, pool);
        bool opens = pool->spec->connect_for == CONNECT_FOR_ASKER && can_open(pool);
        if (number == NO_CONNECTION && !opens)
            return;
        uint32_t id = pool_queue_next(system, pool);
        struct request *request = replication_request(system, id);
        pool_leave_queue(system, pool, id, request);
        bool in_hand = number != NO_CONNECTION ? take_open(system, pool, id, request, number)
                                               : open_for(system, pool, id, request);
        if (in_hand) {
            request->state.operation++;
            replication_make_ready(system, id, request);
        }
    }
}

void pool_serve(struct replication_state *system, struct pool *pool)
{
    do
        serve_waiting(system, pool);
    while (pool_refill_open(system, pool) && pool->waiting > 0);
    pool_watch_idle(system, pool);
}

/* ---- asking and giving back ---------------------------------------------------------------- */

static bool refuse(struct replication_state *system, struct pool *pool, uint32_t id)
{
    replication_count(system, &pool->counts[POOL_REFUSED], system->now, 1);
    replication_fail_request(system, id, FAILURE_REFUSED);
    return false;
}

/* When the request, which waits, is found to have waited too long. */
static int64_t time_out_of(const struct pool *pool, const struct request *request)
{
#ifdef CAPSIM_WRONG_TIMEOUT /* on purpose, one in a thousand: make validate must find it out */
    if ((uint64_t)request->since * UINT64_C(0x9E3779B97F4A7C15) >> 32 < (UINT64_C(1) << 32) / 1000)
        return SPEC_NEVER;
#endif
    return pool_seen_at(pool, pool->spec->rules.timeout_sweep_ns,
                        request->since + pool->timeout_ns);
}

bool pool_wait(struct replication_state *system, struct pool *pool, uint32_t id,
               struct request *request)
{
    request->since = system->now;
    if (pool->waiting >= pool->queue_limit)
        return refuse(system, pool, id);
    pool_queue_add(system, pool, id, request);
    replication_set_phase(system, request, PHASE_WAITING);
    time_average_increase(pool->queue, system->now);
    if (pool->timeout_alarm != NO_ALARM) {
        pool_wake_by(system, pool->timeout_alarm, time_out_of(pool, request));
    } else if (pool->has_timers || pool->covers_connect) {
        start_limit(system, pool, id, request);
    }
    return false;
}

/* Takes an idle one or opens one; false when it would have to wait. in_hand: that took no time. */
static bool take_or_open(struct replication_state *system, struct pool *pool, uint32_t id,
                         struct request *request, bool *in_hand)
{
    enum connect_for connect_for = pool->spec->connect_for;
    uint32_t number = pool_take_idle(system, pool);
    if (number != NO_CONNECTION) {
        *in_hand = take_open(system, pool, id, request, number);
        return true;
    }
    if (connect_for == CONNECT_FOR_ANYONE || !can_open(pool) ||
        (connect_for == CONNECT_FOR_ASKER && pool->waiting > 0))
        return false;
    *in_hand = open_for(system, pool, id, request);
    return true;
}

bool pool_acquire_recorded(struct replication_state *system, struct pool *pool, uint32_t id,
                           struct request *request)
{
    bool in_hand = false;
    if (pool->is_shrinking)
        return pool_wait(system, pool, id, request);
    request->since = system->now;
    if (pool->spec->rules.fails_fast && pool->has_failed && pool->open->level == pool->unowned) {
        pool_refill_try(system, pool);
        return refuse(system, pool, id);
    }
    if (!take_or_open(system, pool, id, request, &in_hand)) {
        pool_wait(system, pool, id, request);
        if (request->state.phase == PHASE_WAITING)
            pool_refill_ask(pool);
    } else if (!in_hand && pool->covers_connect) {
        start_limit(system, pool, id, request);
    }
    if (pool->opener_alarm != NO_ALARM)
        pool_serve(system, pool);
    return in_hand;
}

/* An open connection is nobody's: it is closed if its time has come, else it waits for its next
 * use. */
static void put_back(struct replication_state *system, struct pool *pool, uint32_t number)
{
    const struct pool_spec *spec = pool->spec;
    const struct connection *connection = &pool->connections[number];
    bool is_spent =
        !spec->is_persistent ||
        (spec->max_uses != SPEC_UNLIMITED && connection->uses >= spec->max_uses) ||
        (!spec->rules.keeps_old && pool_may_close_old(system, pool, number)) ||
        (spec->has_max_idle && pool->waiting == 0 && pool->idle_count >= spec->max_idle) ||
        pool->open->level > pool->max;
    if (is_spent) {
        pool_close(system, pool, number);
    } else {
        pool_push_idle(system, pool, number);
        pool->connections[number].is_spared =
            spec->rules.spares_idle && pool->open->level <= spec->min;
    }
    pool_serve(system, pool);
}

void pool_release_recorded(struct replication_state *system, struct pool *pool, uint32_t connection)
{
    time_average_decrease(pool->busy, system->now);
    if (connection == NO_CONNECTION) {
        pool_drop_surplus(system, pool);
        return;
    }
    pool->connections[connection].uses++;
    put_back(system, pool, connection);
}

/* ---- a connection that opens for a request -------------------------------------------------- */

/* The request no longer has the connection that was opening for it. Returns its record. */
static uint32_t let_go(struct replication_state *system, struct pool *pool, struct request *request)
{
    const struct held *held = &replication_held(system, request)[--request->state.held_count];
    pool->held_time += (uint64_t)(system->now - held->since);
    time_average_decrease(pool->busy, system->now);
    return held->connection;
}

/* The connection that was opening for the request comes to nothing. */
static void drop_opening(struct replication_state *system, struct pool *pool,
                         struct request *request)
{
    uint32_t number = let_go(system, pool, request);
    pool_leave_database(system, pool, number);
    pool_free_record(pool, number);
    pool->opening--;
    pool_change_open(system, pool, -1);
}

/* The connect has failed: the asker fails with it, or tries again. */
static void fail_opening(struct replication_state *system, struct pool *pool, uint32_t id,
                         struct request *request, uint32_t number)
{
    pool->has_failed = true;
    bool is_refused = pool->connections[number].is_refused;
    if (pool->spec->on_connect_failure == CONNECT_FAILURE_RETRIES) {
        pool_leave_database(system, pool, number);
        start_opening(system, pool, id, request, number, pool_refill_back_off(pool));
        return;
    }
    stop_limit(system, pool, id);
    drop_opening(system, pool, request);
    replication_count(system, &pool->counts[is_refused ? POOL_REFUSED : POOL_TIMED_OUT],
                      request->since, 1);
    replication_fail_request(system, id, is_refused ? FAILURE_REFUSED : FAILURE_TIMEOUT);
    pool_serve(system, pool);
}

__attribute__((noinline)) void pool_connection_event(struct replication_state *system, uint32_t id,
                                                     struct request *request)
{
    const struct held *held = &replication_held(system, request)[request->state.held_count - 1];
    struct pool *pool = &system->pools[held->pool];
    bool was_opening = request->state.phase == PHASE_OPENING;
    if (was_opening && request->state.will_fail) {
        fail_opening(system, pool, id, request, held->connection);
        return;
    }
    grant(system, pool, id, request, held->since);
    request->state.operation++;
    replication_make_ready(system, id, request);
    if (!was_opening)
        return;
    pool_establish(system, pool, held->connection);
    pool->opening--;
    pool_refill_pause(system, pool);
    pool_serve(system, pool);
}

void pool_abandon(struct replication_state *system, struct pool *pool, uint32_t id,
                  struct request *request)
{
    replication_count(system, &pool->counts[POOL_TIMED_OUT], request->since, 1);
    stop_limit(system, pool, id);
    if (request->state.phase == PHASE_WAITING) {
        pool_leave_queue(system, pool, id, request);
    } else if (request->state.phase == PHASE_OPENING) {
        drop_opening(system, pool, request);
        pool_serve(system, pool);
    } else {
        pool_release(system, request);
    }
}

/* What the request was to get is not its own any more: a connection that opens goes on opening. */
void pool_time_out_one(struct replication_state *system, struct pool *pool, uint32_t id)
{
    struct request *request = replication_request(system, id);
    stop_limit(system, pool, id);
    if (request->state.phase == PHASE_WAITING)
        pool_leave_queue(system, pool, id, request);
    else if (request->state.phase == PHASE_OPENING)
        pool_refill_adopt(system, pool, let_go(system, pool, request));
    else
        pool_release(system, request);
    replication_count(system, &pool->counts[POOL_TIMED_OUT], request->since, 1);
    replication_fail_request(system, id, FAILURE_TIMEOUT);
}

void pool_refuse_one(struct replication_state *system, struct pool *pool, uint32_t id)
{
    stop_limit(system, pool, id);
    pool_leave_queue(system, pool, id, replication_request(system, id));
    refuse(system, pool, id);
}

void pool_time_out(struct replication_state *system, struct pool *pool)
{
    uint32_t id = pool->lines[0].first;
    if (id != NO_REQUEST && time_out_of(pool, replication_request(system, id)) <= system->now) {
        pool_time_out_one(system, pool, id);
        id = pool->lines[0].first;
    }
    alarms_set(&system->alarms, pool->timeout_alarm,
               id == NO_REQUEST ? ALARMS_NEVER
                                : time_out_of(pool, replication_request(system, id)));
}
