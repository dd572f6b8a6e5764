/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/pool_twin_state.h"

#include <assert.h>
#include <string.h>

/* ---- getting one ---- */

static int find_idle(const struct twin *twin, bool latest)
{
    int found = -1;
    for (int i = 0; i < (int)twin->pool->max; i++) {
        const struct connection *one = &twin->connections[i];
        if (one->state != IDLE)
            continue;
        if (found < 0 || (one->idle_order > twin->connections[found].idle_order) == latest)
            found = i;
    }
    return found;
}

static int find_closed(const struct twin *twin)
{
    for (int i = 0; i < (int)twin->pool->max; i++)
        if (twin->connections[i].state == CLOSED)
            return i;
    return -1;
}

static bool is_before(const struct twin *twin, const struct twin_request *a,
                      const struct twin_request *b)
{
    if (twin->pool->order == TWIN_PRIORITY && a->priority != b->priority)
        return a->priority < b->priority;
    return twin->pool->order == TWIN_LIFO ? a->order > b->order : a->order < b->order;
}

static struct twin_request *find_first_waiting(const struct twin *twin)
{
    struct twin_request *first = NULL;
    for (size_t i = 0; i < twin->count; i++) {
        struct twin_request *one = &twin->requests[i];
        if (one->phase == WAITING && (!first || is_before(twin, one, first)))
            first = one;
    }
    return first;
}

static bool can_open(const struct twin *twin)
{
    return find_closed(twin) >= 0 &&
           twin_count_connections(twin, BEING_OPENED) + twin_count_rests(twin, false) <
               twin->pool->connect_concurrency;
}

static int round_of(const struct twin_request *request)
{
    return request->stage / STAGES;
}

/* The request does nothing until its phase has taken its time. */
static void start_phase(struct twin *twin, struct twin_request *request, int phase, int64_t length)
{
    request->phase = phase;
    request->due = twin->now + length;
    request->order = twin->orders++;
}

/* Asking is over. */
static void put_in_hand(struct twin *twin, struct twin_request *request)
{
    request->in_hand[round_of(request)] = twin->now;
    request->stage++;
}

static void start_rest(struct twin *twin, int64_t length, bool is_retry)
{
    assert(twin->rest_count < MAX_RESTS);
    twin->rests[twin->rest_count++] =
        (struct rest){true, is_retry, twin->now + length, twin->orders++};
}

static void have_succeeded(struct twin *twin)
{
    twin->back_off = 0;
    if (twin->pool->pause > 0 && twin->pool->connect_concurrency != TWIN_NEVER)
        start_rest(twin, twin->pool->pause, false);
}

static int64_t next_back_off(struct twin *twin)
{
    int64_t length = twin->back_off > 0 ? 2 * twin->back_off : TWIN_FIRST_REST;
    return twin->back_off = length < TWIN_LAST_REST ? length : TWIN_LAST_REST;
}

static int64_t checkout_cost(struct twin *twin, const struct connection *one)
{
    const struct twin_pool *pool = twin->pool;
    bool is_new = one->uses == 0 && one->opened == twin->now;
    bool is_fresh = pool->checkout_after > 0 && twin->now - one->idle_since <= pool->checkout_after;
    return pool->checkout && !is_new && !is_fresh ? pool->checkout[twin->checkouts++] : 0;
}

static bool take_idle(struct twin *twin, struct twin_request *request)
{
    int number = find_idle(twin, twin->pool->reuses_latest);
    int64_t cost = checkout_cost(twin, &twin->connections[number]);
    twin->connections[number].state = HELD;
    request->connection = number;
    request->given[round_of(request)] = twin->now;
    if (cost > 0) {
        start_phase(twin, request, CHECKING_OUT, cost);
        return false;
    }
    put_in_hand(twin, request);
    return true;
}

static void have_opened(struct twin *twin, struct twin_request *request)
{
    struct connection *one = &twin->connections[request->connection];
    *one = (struct connection){.state = HELD, .opened = twin->now};
    put_in_hand(twin, request);
    twin->totals.opened++;
    have_succeeded(twin);
}

/* The request's connect takes its time, after `rest`. */
static void connect_for(struct twin *twin, struct twin_request *request, int64_t rest, int64_t cost)
{
    struct connection *one = &twin->connections[request->connection];
    one->will_fail = cost > twin->pool->connect_timeout;
    if (one->will_fail)
        cost = twin->pool->connect_timeout;
    start_phase(twin, request, one->will_fail ? FAILING : OPENING, rest + cost);
    one->due = request->due;
}

static int64_t connect_cost(struct twin *twin)
{
    return twin->pool->connect ? twin->pool->connect[twin->connects++] : 0;
}

static bool open_one(struct twin *twin, struct twin_request *request)
{
    int64_t cost = connect_cost(twin);
    request->connection = find_closed(twin);
    request->given[round_of(request)] = twin->now;
    if (cost == 0) {
        have_opened(twin, request);
        return true;
    }
    twin->connections[request->connection] = (struct connection){.state = BEING_OPENED};
    connect_for(twin, request, 0, cost);
    return false;
}

static void make_ready(struct twin *twin, struct twin_request *request)
{
    request->phase = READY;
    twin->ready[twin->ready_count++] = (size_t)(request - twin->requests);
}

/* ---- what the pool opens by itself ---- */

static void become_idle(struct twin *twin, struct connection *one)
{
    one->state = IDLE;
    one->idle_since = twin->now;
    one->idle_order = twin->orders++;
}

static void have_opened_for_nobody(struct twin *twin, struct connection *one)
{
    *one = (struct connection){.opened = twin->now};
    become_idle(twin, one);
    twin->totals.opened++;
    twin->totals.opened_for_nobody++;
    have_succeeded(twin);
}

static void open_for_nobody(struct twin *twin)
{
    struct connection *one = &twin->connections[find_closed(twin)];
    int64_t cost = connect_cost(twin);
    if (cost == 0) {
        have_opened_for_nobody(twin, one);
        return;
    }
    bool will_fail = cost > twin->pool->connect_timeout;
    *one = (struct connection){.state = BEING_OPENED,
                               .is_unowned = true,
                               .will_fail = will_fail,
                               .due = twin->now + (will_fail ? twin->pool->connect_timeout : cost),
                               .order = twin->orders++};
}

static bool is_below_min(const struct twin *twin)
{
    int64_t retries = twin_count_rests(twin, true);
    switch (twin->pool->min_rule) {
    case TWIN_FLOOR:
        return false;
    case TWIN_FILL:
        return twin_count_open(twin) + retries < twin->pool->min;
    case TWIN_IDLE_TARGET:
        break;
    }
    return twin_count_connections(twin, IDLE) + twin_count_unowned(twin) + retries <
           twin->pool->min;
}

static bool is_waited_for(const struct twin *twin)
{
    int64_t retries = twin->has_newcomer && !twin->pool->retries ? 0 : twin_count_rests(twin, true);
    return twin->pool->opens_for_anyone &&
           twin_count_waiting(twin) > twin_count_unowned(twin) + retries;
}

/* False when somebody can be served by one that opened at once. */
static bool open_what_is_wanted(struct twin *twin)
{
    while (can_open(twin) && (is_waited_for(twin) || is_below_min(twin))) {
        open_for_nobody(twin);
        twin->has_newcomer = false;
        if (find_first_waiting(twin) && find_idle(twin, true) >= 0)
            return false;
    }
    twin->has_newcomer = false;
    return true;
}

static void serve_in_order(struct twin *twin)
{
    struct twin_request *first;
    bool may_open = !twin->pool->opens_for_anyone;
    while ((first = find_first_waiting(twin)) &&
           (find_idle(twin, true) >= 0 || (may_open && can_open(twin)))) {
        first->phase = READY;
        if (find_idle(twin, true) >= 0 ? take_idle(twin, first) : open_one(twin, first))
            make_ready(twin, first);
    }
}

static void serve_waiting(struct twin *twin)
{
    do
        serve_in_order(twin);
    while (!open_what_is_wanted(twin));
}

/* ---- what a request does ---- */

static void end_request(struct twin *twin, struct twin_request *request, enum twin_outcome outcome)
{
    request->phase = GONE;
    request->outcome = outcome;
    request->ended = twin->now;
}

/* True when it has one in hand at once. */
static bool ask(struct twin *twin, struct twin_request *request)
{
    int round = round_of(request);
    request->asked[round] = twin->now;
    int64_t patience = request->patience[round];
    request->limit = patience == TWIN_NEVER ? TWIN_NEVER : twin->now + patience;
    request->limit_order = twin->orders++;
    if (find_idle(twin, true) >= 0)
        return take_idle(twin, request);
    if (can_open(twin) && !twin->pool->opens_for_anyone)
        return open_one(twin, request);
    if (twin_count_waiting(twin) >= twin->pool->queue_limit) {
        twin->totals.askings_refused++;
        end_request(twin, request, TWIN_REFUSED);
        return false;
    }
    start_phase(twin, request, WAITING, 0);
    twin->has_newcomer = true;
    return false;
}

static void give_back(struct twin *twin, struct twin_request *request)
{
    const struct twin_pool *pool = twin->pool;
    struct connection *one = &twin->connections[request->connection];
    one->uses++;
    bool is_old = pool->max_lifetime != TWIN_NEVER && twin->now - one->opened >= pool->max_lifetime;
    bool is_too_many =
        !find_first_waiting(twin) && twin_count_connections(twin, IDLE) >= pool->max_idle;
    if (!pool->is_persistent || one->uses >= pool->max_uses || is_old || is_too_many) {
        one->state = CLOSED;
        twin->totals.closed_after_use++;
    } else {
        become_idle(twin, one);
    }
    serve_waiting(twin);
}

/* True when that takes time. */
static bool let_pass(struct twin *twin, struct twin_request *request, int64_t length)
{
    if (length > 0)
        start_phase(twin, request, DELAYED, length);
    return length > 0;
}

static void go_on(struct twin *twin, struct twin_request *request)
{
    while (round_of(request) < request->rounds) {
        int round = round_of(request);
        bool has_it;
        switch (request->stage % STAGES) {
        case PASS_TIME:
            request->stage++;
            if (let_pass(twin, request, request->before[round]))
                return;
            break;
        case ASK:
            has_it = ask(twin, request);
            serve_waiting(twin);
            if (!has_it)
                return;
            break;
        case HOLD:
            request->stage++;
            if (let_pass(twin, request, request->held[round]))
                return;
            break;
        default:
            request->stage++;
            give_back(twin, request);
        }
    }
    end_request(twin, request, TWIN_COMPLETED);
}

/* ---- events ---- */

struct event {
    int64_t time, order;
    int rank;
    struct twin_request *request;
    struct connection *connection;
    struct rest *rest;
};

static void consider(struct event *best, struct event other)
{
    if (other.time == TWIN_NEVER || other.time > best->time)
        return;
    if (other.time == best->time &&
        (other.rank > best->rank || (other.rank == best->rank && other.order > best->order)))
        return;
    *best = other;
}

/* When something due at time is looked at. */
static int64_t seen_at(const struct twin *twin, int64_t time)
{
    int64_t period = twin->pool->sweep;
    if (time < twin->now)
        time = twin->now;
    return period == 0 ? time : (time + period - 1) / period * period;
}

static void consider_request(const struct twin *twin, struct twin_request *one, struct event *best)
{
    bool is_limited =
        one->phase == WAITING ||
        (twin->pool->covers_connect &&
         (one->phase == OPENING || one->phase == FAILING || one->phase == CHECKING_OUT));
    if (one->phase == AWAY)
        consider(best,
                 (struct event){one->arrives, one - twin->requests, ARRIVAL, one, NULL, NULL});
    else if (one->phase != GONE && one->phase != WAITING)
        consider(best, (struct event){one->due, one->order, ENDING, one, NULL, NULL});
    if (is_limited)
        consider(best, (struct event){one->limit, one->limit_order, TIME_OUT, one, NULL, NULL});
}

static void consider_connection(struct twin *twin, int64_t number, bool is_above_min,
                                struct event *best)
{
    const struct twin_pool *pool = twin->pool;
    struct connection *one = &twin->connections[number];
    if (one->state == BEING_OPENED && one->is_unowned)
        consider(best, (struct event){one->due, one->order, UNOWNED_ENDING, NULL, one, NULL});
    if (one->state != IDLE)
        return;
    if (pool->idle_timeout != TWIN_NEVER && is_above_min)
        consider(best, (struct event){seen_at(twin, one->idle_since + pool->idle_timeout),
                                      one->idle_order, IDLE_CLOSING, NULL, one, NULL});
    if (pool->max_lifetime != TWIN_NEVER)
        consider(best, (struct event){seen_at(twin, one->opened + pool->max_lifetime), number,
                                      OLD_CLOSING, NULL, one, NULL});
}

static struct event find_next(struct twin *twin)
{
    struct event best = {.time = TWIN_NEVER};
    for (size_t i = 0; i < twin->count; i++)
        consider_request(twin, &twin->requests[i], &best);
    int64_t kept = twin->pool->min_rule == TWIN_IDLE_TARGET ? twin_count_connections(twin, IDLE)
                                                            : twin_count_open(twin);
    for (int64_t i = 0; i < twin->pool->max; i++)
        consider_connection(twin, i, kept > twin->pool->min, &best);
    for (size_t i = 0; i < twin->rest_count; i++)
        if (twin->rests[i].is_pending)
            consider(&best, (struct event){twin->rests[i].due, twin->rests[i].order, UNOWNED_ENDING,
                                           .rest = &twin->rests[i]});
    return best;
}

static void time_out(struct twin *twin, struct twin_request *request)
{
    struct connection *one = &twin->connections[request->connection];
    twin->totals.askings_timed_out++;
    if (request->phase == CHECKING_OUT) {
        give_back(twin, request);
    } else if (request->phase == OPENING || request->phase == FAILING) {
        twin->totals.given_up++;
        one->is_unowned = true;
        one->order = twin->orders++;
    }
    end_request(twin, request, TWIN_TIMED_OUT);
}

static void fail_for_nobody(struct twin *twin, struct connection *one)
{
    const struct twin_pool *pool = twin->pool;
    struct twin_request *first = find_first_waiting(twin);
    one->state = CLOSED;
    if (pool->opens_for_anyone || pool->min_rule != TWIN_FLOOR)
        start_rest(twin, next_back_off(twin), true);
    if (pool->opens_for_anyone && !pool->retries && first)
        time_out(twin, first);
}

/* A rest, or an opening for nobody. */
static void end_unowned(struct twin *twin, const struct event *event)
{
    if (event->rest)
        event->rest->is_pending = false;
    else if (event->connection->will_fail)
        fail_for_nobody(twin, event->connection);
    else
        have_opened_for_nobody(twin, event->connection);
    serve_waiting(twin);
}

/* The phase of a request has taken its time. */
static void end_phase(struct twin *twin, struct twin_request *request)
{
    int phase = request->phase;
    if (phase == DELAYED) {
        request->phase = READY;
        go_on(twin, request);
        return;
    }
    if (phase == FAILING && twin->pool->retries) {
        int64_t rest = next_back_off(twin);
        connect_for(twin, request, rest, connect_cost(twin));
        return;
    }
    if (phase == FAILING) {
        twin->connections[request->connection].state = CLOSED;
        twin->totals.openings_failed++;
        twin->totals.askings_timed_out++;
        end_request(twin, request, TWIN_TIMED_OUT);
    } else {
        if (phase == OPENING)
            have_opened(twin, request);
        else
            put_in_hand(twin, request);
        make_ready(twin, request);
    }
    serve_waiting(twin);
}

static void handle(struct twin *twin, const struct event *event)
{
    switch (event->rank) {
    case ENDING:
        end_phase(twin, event->request);
        break;
    case ARRIVAL:
        event->request->phase = READY;
        go_on(twin, event->request);
        break;
    case UNOWNED_ENDING:
        end_unowned(twin, event);
        break;
    case TIME_OUT:
        time_out(twin, event->request);
        break;
    default: /* a closing */
        event->connection->state = CLOSED;
        twin->totals.closed_idle += event->rank == IDLE_CLOSING;
        twin->totals.closed_old += event->rank == OLD_CLOSING;
        serve_waiting(twin);
    }
    for (size_t i = 0; i < twin->ready_count; i++)
        go_on(twin, &twin->requests[twin->ready[i]]);
    twin->ready_count = 0;
}

static void reset_request(struct twin_request *request)
{
    request->phase = AWAY;
    request->stage = 0;
    request->outcome = TWIN_PRESENT;
    for (int round = 0; round < TWIN_MAX_ROUNDS; round++)
        request->asked[round] = request->given[round] = request->in_hand[round] = -1;
}

struct twin_totals pool_twin_run(const struct twin_pool *pool, struct twin_request *requests,
                                 size_t count, int64_t until)
{
    static struct twin twin;
    assert(count <= TWIN_MAX_REQUESTS && pool->max <= TWIN_MAX_CONNECTIONS);
    memset(&twin, 0, sizeof twin);
    twin.pool = pool;
    twin.requests = requests;
    twin.count = count;
    for (size_t i = 0; i < count; i++)
        reset_request(&requests[i]);
    for (int64_t i = 0; pool->starts_full && i < pool->max; i++)
        twin.connections[i].state = IDLE;
    serve_waiting(&twin);
    twin.totals.opened = 0; /* those that open before time begins                              */
    for (;;) {
        struct event next = find_next(&twin);
        if (next.time >= until)
            break;
        twin_pass_time(&twin, next.time);
        handle(&twin, &next);
    }
    twin_pass_time(&twin, until);
    return twin.totals;
}
