#include "models/pool.h"
#include "models/compiled.h"
#include "models/pool_fast.h"
#include <assert.h>
#include <string.h>

/* A law that is given and not always zero. */
static bool takes_time(const struct distribution *law)
{
    return law && !(distribution_is_constant(law) && distribution_mean(law) == 0);
}

/* True if connections must be told apart: they cost time to open or take, age, or are not kept. */
static bool needs_records(const struct pool_spec *spec)
{
    if (spec->kind == POOL_THREADS)
        return false;
    return takes_time(spec->connect) || takes_time(spec->checkout) || !spec->is_persistent ||
           spec->idle_timeout_ns != SPEC_NEVER || spec->max_lifetime_ns != SPEC_NEVER ||
           spec->max_uses != SPEC_UNLIMITED;
}

static bool has_constant_timeout(const struct pool_spec *spec)
{
    return spec->acquire_timeout && distribution_is_constant(spec->acquire_timeout);
}

bool pool_needs_timeout_alarm(const struct pool_spec *spec)
{
    return has_constant_timeout(spec) && spec->discipline == DISCIPLINE_FIFO;
}

bool pool_needs_idle_alarm(const struct pool_spec *spec)
{
    return spec->idle_timeout_ns != SPEC_NEVER && spec->min < spec->max && needs_records(spec);
}

bool pool_needs_age_alarm(const struct pool_spec *spec)
{
    return spec->max_lifetime_ns != SPEC_NEVER && needs_records(spec);
}

bool pool_needs_timers(const struct pool_spec *spec)
{
    return spec->acquire_timeout && !pool_needs_timeout_alarm(spec);
}

static void init_streams(struct pool *pool, struct arena *arena)
{
    const char *name = pool->spec->name;
    pool->connect_stream = stream_id(arena_printf(arena, "%s.connect", name));
    pool->checkout_stream = stream_id(arena_printf(arena, "%s.checkout", name));
    pool->random_stream = stream_id(arena_printf(arena, "%s.random", name));
}

static void init_observed(struct system *system, struct pool *pool, uint32_t number)
{
    struct observed *observed = &system->observed;
    pool->busy = &observed->levels[layout_pool_level(number, POOL_BUSY)];
    pool->open = &observed->levels[layout_pool_level(number, POOL_OPEN)];
    pool->queue = &observed->levels[layout_pool_level(number, POOL_QUEUE)];
    pool->wait = &observed->tallies[layout_pool_tally(number, POOL_WAIT)];
    pool->queueing = &observed->tallies[layout_pool_tally(number, POOL_QUEUEING)];
    pool->connect_time = &observed->tallies[layout_pool_tally(number, POOL_CONNECT)];
    pool->counts = &observed->counts[layout_pool_count(number, 0)];
}

void pool_init(struct system *system, uint32_t number, uint32_t levels, uint32_t timeout_alarm,
               uint32_t idle_alarm, uint32_t age_alarm)
{
    const struct pool_spec *spec = &system->model->spec->pools[number];
    struct pool *pool = &system->pools[number];
    *pool = (struct pool){
        .spec = spec,
        .number = number,
        .max = spec->max,
        .queue_limit = spec->queue_limit == SPEC_UNLIMITED ? INT64_MAX : spec->queue_limit,
        .timeout_ns = has_constant_timeout(spec)
                          ? distribution_to_ns(distribution_mean(spec->acquire_timeout))
                          : SPEC_NEVER,
        .timeout_alarm = timeout_alarm,
        .idle_alarm = idle_alarm,
        .age_alarm = age_alarm,
        .has_timers = pool_needs_timers(spec),
        .has_records = needs_records(spec),
        .free_connection = NO_CONNECTION,
        .idle = {NO_CONNECTION, NO_CONNECTION},
        .all = {NO_CONNECTION, NO_CONNECTION},
        .connect_concurrency =
            spec->connect_concurrency == SPEC_UNLIMITED ? INT64_MAX : spec->connect_concurrency,
        .memory_per_unit = (int64_t)spec->memory_per_unit,
    };
    pool->line_count = spec->discipline == DISCIPLINE_PRIORITY ? levels : 1;
    pool->lines = arena_array(system->arena, pool->line_count, sizeof *pool->lines);
    for (uint32_t line = 0; line < pool->line_count; line++)
        pool->lines[line] = (struct waiting_line){NOBODY, NOBODY};
    init_streams(pool, system->arena);
    init_observed(system, pool, number);
    if (spec->kind == POOL_THREADS)
        pool->open->level = pool->open->largest = pool->max;
}

void pool_change_open(struct system *system, struct pool *pool, int64_t change)
{
    time_average_change(pool->open, change, system->now);
    if (system->memory && pool->memory_per_unit > 0)
        time_average_change(system->memory, change * pool->memory_per_unit, system->now);
}

/* A record for a new connection; the array doubles, so a pool of a million costs only what it
 * opens. */
static uint32_t take_record(struct system *system, struct pool *pool)
{
    if (pool->free_connection == NO_CONNECTION) {
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
    }
    uint32_t number = pool->free_connection;
    pool->free_connection = pool->connections[number].newer;
    pool->connections[number] = (struct connection){.newer = NO_CONNECTION,
                                                    .older = NO_CONNECTION,
                                                    .younger = NO_CONNECTION,
                                                    .elder = NO_CONNECTION};
    return number;
}

static void idle_push(struct pool *pool, uint32_t number)
{
    struct connection *connection = &pool->connections[number];
    connection->is_idle = true;
    connection->newer = NO_CONNECTION;
    connection->older = pool->idle.newest;
    if (pool->idle.newest == NO_CONNECTION)
        pool->idle.oldest = number;
    else
        pool->connections[pool->idle.newest].newer = number;
    pool->idle.newest = number;
    pool->idle_count++;
}

static void idle_remove(struct pool *pool, uint32_t number)
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
static void age_push(struct pool *pool, uint32_t number)
{
    struct connection *connection = &pool->connections[number];
    connection->elder = pool->all.newest;
    if (pool->all.newest == NO_CONNECTION)
        pool->all.oldest = number;
    else
        pool->connections[pool->all.newest].younger = number;
    pool->all.newest = number;
}

static void age_remove(struct pool *pool, uint32_t number)
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

/* Closes an open connection that nobody holds and that is not in the idle list. */
static void close_connection(struct system *system, struct pool *pool, uint32_t number)
{
    if (pool->age_alarm != NO_ALARM)
        age_remove(pool, number);
    pool->connections[number].newer = pool->free_connection;
    pool->free_connection = number;
    pool_change_open(system, pool, -1);
}

static void wake_by(struct system *system, uint32_t alarm, int64_t time)
{
    if (time < system->alarms.time[alarm])
        alarms_set(&system->alarms, alarm, time);
}

static bool can_open(const struct pool *pool)
{
    return pool->open->level < pool->max && pool->opening < pool->connect_concurrency;
}

/* The request has one in hand: its wait is over and observed. assigned [ns]: when it left the
 * queue. */
static void grant(struct system *system, struct pool *pool, const struct request *request,
                  int64_t assigned)
{
    tally_add(pool->wait, system->now - request->since);
    tally_add(pool->queueing, assigned - request->since);
    tally_add(pool->connect_time, system->now - assigned);
}

static int64_t draw_cost(const struct system *system, const struct distribution *law,
                         uint32_t stream, uint32_t *count)
{
    if (!law)
        return 0;
    struct stream draw = stream_at(system->key, stream, (*count)++, 0);
    return distribution_to_ns(distribution_sample(law, &draw));
}

static void connection_established(struct system *system, struct pool *pool, uint32_t number)
{
    pool->connections[number].opened = system->now;
    pool->counts[POOL_OPENED]++;
    if (pool->age_alarm == NO_ALARM)
        return;
    age_push(pool, number);
    wake_by(system, pool->age_alarm, system->now + pool->spec->max_lifetime_ns);
}

/* Opens a connection for the request. Returns true when that takes no time. */
static bool open_for(struct system *system, struct pool *pool, uint32_t id, struct request *request)
{
    uint32_t number = take_record(system, pool);
    pool_change_open(system, pool, 1);
    time_average_increase(pool->busy, system->now);
    pool_push_held(system, pool, request, number);
    int64_t cost = draw_cost(system, pool->spec->connect, pool->connect_stream, &pool->connects);
    if (cost == 0) {
        connection_established(system, pool, number);
        grant(system, pool, request, system->now);
        return true;
    }
    request->state.will_fail = cost > pool->spec->connect_timeout_ns;
    if (request->state.will_fail)
        cost = pool->spec->connect_timeout_ns;
    pool->opening++;
    request->state.phase = PHASE_OPENING;
    events_schedule(&system->events, id, system->now + cost);
    return false;
}

/* Gives an open connection that is in no list to the request. Returns true when that takes no time.
 */
static bool take_open(struct system *system, struct pool *pool, uint32_t id,
                      struct request *request, uint32_t number)
{
    time_average_increase(pool->busy, system->now);
    pool_push_held(system, pool, request, number);
    int64_t cost = draw_cost(system, pool->spec->checkout, pool->checkout_stream, &pool->checkouts);
    if (cost == 0) {
        grant(system, pool, request, system->now);
        return true;
    }
    request->state.phase = PHASE_CHECKOUT;
    events_schedule(&system->events, id, system->now + cost);
    return false;
}

static uint32_t take_idle(struct pool *pool)
{
    uint32_t number = pool->spec->reuse == REUSE_LIFO ? pool->idle.newest : pool->idle.oldest;
    idle_remove(pool, number);
    return number;
}

/* Serves the waiting for as long as there is an idle connection or room to open one. */
static void serve_waiting(struct system *system, struct pool *pool)
{
    while (pool->waiting > 0 && (pool->idle_count > 0 || can_open(pool))) {
        uint32_t id = pool_queue_next(system, pool);
        struct request *request = system_request(system, id);
        pool_leave_queue(system, pool, id, request);
        bool in_hand = pool->idle_count > 0 ? take_open(system, pool, id, request, take_idle(pool))
                                            : open_for(system, pool, id, request);
        if (in_hand) {
            request->state.operation++;
            system_make_ready(system, id, request);
        }
    }
}

static bool refuse(struct system *system, struct pool *pool, uint32_t id)
{
    pool->counts[POOL_REFUSED]++;
    system_fail_request(system, id, FAILURE_REFUSED);
    return false;
}

bool pool_wait(struct system *system, struct pool *pool, uint32_t id, struct request *request,
               const struct draw *patience)
{
    if (pool->waiting >= pool->queue_limit)
        return refuse(system, pool, id);
    pool_queue_add(system, pool, id, request);
    request->state.phase = PHASE_WAITING;
    time_average_increase(pool->queue, system->now);
    if (pool->timeout_alarm != NO_ALARM) {
        wake_by(system, pool->timeout_alarm, system->now + pool->timeout_ns);
    } else if (pool->has_timers) {
        int64_t limit = patience ? system_draw_ns(system, request, patience) : pool->timeout_ns;
        system_schedule_timer(system, id * system->timers_each, system->now + limit);
    }
    return false;
}

bool pool_acquire_recorded(struct system *system, struct pool *pool, uint32_t id,
                           struct request *request, const struct draw *patience)
{
    if (pool->idle_count > 0)
        return take_open(system, pool, id, request, take_idle(pool));
    if (pool->waiting == 0 && can_open(pool))
        return open_for(system, pool, id, request);
    return pool_wait(system, pool, id, request, patience);
}

/* An open connection is nobody's: it is closed if its time has come, else it waits for its next
 * use. */
static void put_back(struct system *system, struct pool *pool, uint32_t number)
{
    const struct pool_spec *spec = pool->spec;
    struct connection *connection = &pool->connections[number];
    bool is_spent =
        !spec->is_persistent ||
        (spec->max_uses != SPEC_UNLIMITED && connection->uses >= spec->max_uses) ||
        (pool->age_alarm != NO_ALARM && system->now - connection->opened >= spec->max_lifetime_ns);
    if (is_spent) {
        close_connection(system, pool, number);
    } else {
        connection->idle_since = system->now;
        idle_push(pool, number);
    }
    serve_waiting(system, pool);
    if (pool->idle_alarm != NO_ALARM && pool->idle_count > 0 && pool->open->level > spec->min)
        wake_by(system, pool->idle_alarm,
                pool->connections[pool->idle.oldest].idle_since + spec->idle_timeout_ns);
}

void pool_release_recorded(struct system *system, struct pool *pool, uint32_t connection)
{
    time_average_decrease(pool->busy, system->now);
    pool->connections[connection].uses++;
    put_back(system, pool, connection);
}

/* The connection that was opening for the request comes to nothing. */
static void drop_opening(struct system *system, struct pool *pool, struct request *request)
{
    const struct held *held = &system_held(system, request)[--request->state.held_count];
    pool->held_time += (uint64_t)(system->now - held->since);
    time_average_decrease(pool->busy, system->now);
    pool->connections[held->connection].newer = pool->free_connection;
    pool->free_connection = held->connection;
    pool->opening--;
    pool_change_open(system, pool, -1);
}

__attribute__((noinline)) void pool_connection_event(struct system *system, uint32_t id,
                                                     struct request *request)
{
    const struct held *held = &system_held(system, request)[request->state.held_count - 1];
    struct pool *pool = &system->pools[held->pool];
    bool was_opening = request->state.phase == PHASE_OPENING;
    if (was_opening && request->state.will_fail) {
        drop_opening(system, pool, request);
        pool->counts[POOL_TIMED_OUT]++;
        system_fail_request(system, id, FAILURE_TIMEOUT);
        serve_waiting(system, pool);
        return;
    }
    grant(system, pool, request, held->since);
    request->state.operation++;
    system_make_ready(system, id, request);
    if (!was_opening)
        return;
    connection_established(system, pool, held->connection);
    pool->opening--;
    serve_waiting(system, pool);
}

void pool_abandon(struct system *system, struct pool *pool, uint32_t id, struct request *request)
{
    pool->counts[POOL_TIMED_OUT]++;
    if (request->state.phase == PHASE_WAITING) {
        pool_leave_queue(system, pool, id, request);
    } else if (request->state.phase == PHASE_OPENING) {
        drop_opening(system, pool, request);
        serve_waiting(system, pool);
    } else {
        pool_release(system, request);
    }
}

void pool_time_out_one(struct system *system, struct pool *pool, uint32_t id)
{
    pool_leave_queue(system, pool, id, system_request(system, id));
    pool->counts[POOL_TIMED_OUT]++;
    system_fail_request(system, id, FAILURE_TIMEOUT);
}

void pool_time_out(struct system *system, struct pool *pool)
{
    uint32_t id = pool->lines[0].first;
    if (id != NOBODY && system_request(system, id)->since + pool->timeout_ns <= system->now) {
        pool_time_out_one(system, pool, id);
        id = pool->lines[0].first;
    }
    int64_t next =
        id == NOBODY ? ALARMS_NEVER : system_request(system, id)->since + pool->timeout_ns;
    alarms_set(&system->alarms, pool->timeout_alarm, next);
}

void pool_close_idle(struct system *system, struct pool *pool)
{
    const struct pool_spec *spec = pool->spec;
    int64_t next = ALARMS_NEVER;
    while (pool->idle_count > 0 && pool->open->level > spec->min) {
        uint32_t oldest = pool->idle.oldest;
        next = pool->connections[oldest].idle_since + spec->idle_timeout_ns;
        if (next > system->now)
            break;
        idle_remove(pool, oldest);
        close_connection(system, pool, oldest);
        next = ALARMS_NEVER;
    }
    alarms_set(&system->alarms, pool->idle_alarm, next);
}

/* Old ones that are busy are closed when they are given back; they are past here and wake nobody
 * again. */
void pool_close_old(struct system *system, struct pool *pool)
{
    int64_t next = ALARMS_NEVER;
    for (uint32_t at = pool->all.oldest, younger; at != NO_CONNECTION; at = younger) {
        younger = pool->connections[at].younger;
        next = pool->connections[at].opened + pool->spec->max_lifetime_ns;
        if (next > system->now)
            break;
        next = ALARMS_NEVER;
        if (pool->connections[at].is_idle) {
            idle_remove(pool, at);
            close_connection(system, pool, at);
        }
    }
    alarms_set(&system->alarms, pool->age_alarm, next);
    serve_waiting(system, pool);
}
