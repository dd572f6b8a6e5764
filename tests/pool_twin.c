#include "tests/pool_twin.h"

#include <assert.h>
#include <string.h>

/* Phases of a request. */
enum { AWAY, READY, DELAYED, WAITING, OPENING, FAILING, CHECKING_OUT, GONE };
/* What a request does next, in each round. */
enum { PASS_TIME, ASK, HOLD, GIVE_BACK, STAGES };
/* States of a connection. */
enum { CLOSED, BEING_OPENED, IDLE, HELD };
/* Ranks of events at one instant. */
enum { ENDING, ARRIVAL, TIME_OUT, IDLE_CLOSING, OLD_CLOSING };

struct connection {
    int state;
    int64_t opened, idle_since, idle_order, uses;
};

struct twin {
    const struct twin_pool *pool;
    struct twin_request *requests;
    size_t count;
    int64_t now, orders, connects, checkouts;
    struct connection connections[TWIN_MOST_CONNECTIONS];
    size_t ready[TWIN_MOST_REQUESTS], ready_count;
    struct twin_totals totals;
};

/* ---- counting ---- */

static int64_t count_connections(const struct twin *twin, int state)
{
    int64_t count = 0;
    for (int64_t i = 0; i < twin->pool->max; i++)
        count += twin->connections[i].state == state;
    return count;
}

static int64_t count_open(const struct twin *twin)
{
    return twin->pool->max - count_connections(twin, CLOSED);
}

static int64_t count_waiting(const struct twin *twin)
{
    int64_t count = 0;
    for (size_t i = 0; i < twin->count; i++)
        count += twin->requests[i].phase == WAITING;
    return count;
}

static void pass_time(struct twin *twin, int64_t to)
{
    double length = (double)(to - twin->now);
    int64_t held = count_connections(twin, HELD) + count_connections(twin, BEING_OPENED);
    twin->totals.busy += length * (double)held;
    twin->totals.open += length * (double)count_open(twin);
    twin->totals.waiting += length * (double)count_waiting(twin);
    twin->now = to;
}

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
           count_connections(twin, BEING_OPENED) < twin->pool->connect_concurrency;
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

static bool take_idle(struct twin *twin, struct twin_request *request)
{
    int number = find_idle(twin, twin->pool->reuses_latest);
    int64_t cost = twin->pool->checkout ? twin->pool->checkout[twin->checkouts++] : 0;
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
}

static bool open_one(struct twin *twin, struct twin_request *request)
{
    int64_t cost = twin->pool->connect ? twin->pool->connect[twin->connects++] : 0;
    request->connection = find_closed(twin);
    request->given[round_of(request)] = twin->now;
    if (cost == 0) {
        have_opened(twin, request);
        return true;
    }
    twin->connections[request->connection].state = BEING_OPENED;
    if (cost > twin->pool->connect_timeout)
        start_phase(twin, request, FAILING, twin->pool->connect_timeout);
    else
        start_phase(twin, request, OPENING, cost);
    return false;
}

static void make_ready(struct twin *twin, struct twin_request *request)
{
    request->phase = READY;
    twin->ready[twin->ready_count++] = (size_t)(request - twin->requests);
}

static void serve_waiting(struct twin *twin)
{
    struct twin_request *first;
    while ((first = find_first_waiting(twin)) && (find_idle(twin, true) >= 0 || can_open(twin))) {
        first->phase = READY;
        if (find_idle(twin, true) >= 0 ? take_idle(twin, first) : open_one(twin, first))
            make_ready(twin, first);
    }
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
    if (find_idle(twin, true) >= 0)
        return take_idle(twin, request);
    if (can_open(twin))
        return open_one(twin, request);
    if (count_waiting(twin) >= twin->pool->queue_limit) {
        twin->totals.askings_refused++;
        end_request(twin, request, TWIN_REFUSED);
        return false;
    }
    start_phase(twin, request, WAITING, 0);
    int64_t patience = request->patience[round];
    request->due = patience == TWIN_NEVER ? TWIN_NEVER : twin->now + patience;
    return false;
}

static void give_back(struct twin *twin, struct twin_request *request)
{
    const struct twin_pool *pool = twin->pool;
    struct connection *one = &twin->connections[request->connection];
    one->uses++;
    bool is_old = pool->max_lifetime != TWIN_NEVER && twin->now - one->opened >= pool->max_lifetime;
    if (!pool->is_persistent || one->uses >= pool->max_uses || is_old) {
        one->state = CLOSED;
        twin->totals.closed_after_use++;
    } else {
        one->state = IDLE;
        one->idle_since = twin->now;
        one->idle_order = twin->orders++;
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
        switch (request->stage % STAGES) {
        case PASS_TIME:
            request->stage++;
            if (let_pass(twin, request, request->before[round]))
                return;
            break;
        case ASK:
            if (!ask(twin, request))
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

static struct event find_next(struct twin *twin)
{
    struct event best = {.time = TWIN_NEVER};
    const struct twin_pool *pool = twin->pool;
    for (size_t i = 0; i < twin->count; i++) {
        struct twin_request *one = &twin->requests[i];
        if (one->phase == AWAY)
            consider(&best, (struct event){one->arrives, (int64_t)i, ARRIVAL, one, NULL});
        else if (one->phase == WAITING)
            consider(&best, (struct event){one->due, one->order, TIME_OUT, one, NULL});
        else if (one->phase != GONE)
            consider(&best, (struct event){one->due, one->order, ENDING, one, NULL});
    }
    bool is_above_min = count_open(twin) > pool->min;
    for (int64_t i = 0; i < pool->max; i++) {
        struct connection *one = &twin->connections[i];
        if (one->state != IDLE)
            continue;
        if (pool->idle_timeout != TWIN_NEVER && is_above_min)
            consider(&best, (struct event){one->idle_since + pool->idle_timeout, one->idle_order,
                                           IDLE_CLOSING, NULL, one});
        if (pool->max_lifetime != TWIN_NEVER)
            consider(&best,
                     (struct event){one->opened + pool->max_lifetime, i, OLD_CLOSING, NULL, one});
    }
    return best;
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
    case TIME_OUT:
        twin->totals.askings_timed_out++;
        end_request(twin, event->request, TWIN_TIMED_OUT);
        break;
    default: /* a closing: nobody waits while one is idle */
        event->connection->state = CLOSED;
        twin->totals.closed_idle += event->rank == IDLE_CLOSING;
        twin->totals.closed_old += event->rank == OLD_CLOSING;
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
    for (int round = 0; round < TWIN_MOST_ROUNDS; round++)
        request->asked[round] = request->given[round] = request->in_hand[round] = -1;
}

struct twin_totals pool_twin_run(const struct twin_pool *pool, struct twin_request *requests,
                                 size_t count, int64_t until)
{
    static struct twin twin;
    assert(count <= TWIN_MOST_REQUESTS && pool->max <= TWIN_MOST_CONNECTIONS);
    memset(&twin, 0, sizeof twin);
    twin.pool = pool;
    twin.requests = requests;
    twin.count = count;
    for (size_t i = 0; i < count; i++)
        reset_request(&requests[i]);
    for (int64_t i = 0; pool->starts_full && i < pool->max; i++)
        twin.connections[i].state = IDLE;
    for (;;) {
        struct event next = find_next(&twin);
        if (next.time >= until)
            break;
        pass_time(&twin, next.time);
        handle(&twin, &next);
    }
    pass_time(&twin, until);
    return twin.totals;
}
