/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/replication_state.h"
#include "models/engine/model_internal.h"
#include "models/engine/operations.h"
#include "models/engine/rare_operations.h"
#include "models/engine/request_end.h"
#include "models/engine/retry.h"
#include "models/stations/cpu.h"
#include "models/stations/pool_fast.h"
#include "sim/base/duration_text.h"
#include "sim/study/replications.h"
#include <string.h>

enum { MAX_LINES = 1 << 27, FIRST_REQUESTS = 64 };

bool replication_is_broken_off(struct replication_state *system)
{
    if (--system->until_look > 0)
        return false;
    bool is_broken_off = replications_must_stop();
    system->until_look = is_broken_off ? 1 : REPLICATION_LOOK; /* 1: the main loop looks as well */
    if (is_broken_off) {
        system->must_stop = true;
        system->ready_first = NO_REQUEST;
    }
    return is_broken_off;
}

/* ---- requests ---------------------------------------------------------------------------- */

bool replication_grow_requests(struct replication_state *system)
{
    if (system->lines >= MAX_LINES) {
        system->must_stop = true;
        return error_set(system->err, STATUS_MODEL,
                         "more than %u requests are present at once after %s: "
                         "the load exceeds the capacity and nothing bounds the queue",
                         system->lines / system->lines_each,
                         duration_text((double)system->now / 1e9, system->arena));
    }
    uint32_t lines = system->lines ? 2 * system->lines : FIRST_REQUESTS * system->lines_each;
    char *records = arena_array(system->arena, lines, REQUEST_LINE);
    if (system->lines > 0)
        memcpy(records, system->requests, (size_t)system->lines * REQUEST_LINE);
    system->requests = records;
    for (uint32_t id = lines; id > system->lines;) {
        id -= system->lines_each;
        replication_request(system, id)->next = system->free_first;
        system->free_first = id;
    }
    system->lines = lines;
    calendar_grow_ids(&system->events, lines);
    if (system->timers_each > 0)
        events_grow_ids(&system->timers, lines * system->timers_each);
    return true;
}

enum station_number replication_kind_held(const struct replication_state *system, uint32_t *number)
{
    const struct copies *copies = system->model->program->copies;
    enum station_number kind = STATION_POOL;
    while (*number >= copies[kind].count)
        *number -= copies[kind++].count;
    return kind;
}

void replication_hold(struct replication_state *system, struct request *request,
                      enum station_number kind, uint32_t copy)
{
    for (size_t before = 0; before < kind; before++)
        copy += system->model->program->copies[before].count;
    replication_held(system, request)[request->state.held_count++] =
        (struct held){.pool = copy, .connection = NO_CONNECTION, .since = system->now};
}

/* Gives back what the request took last. */
static void release_last(struct replication_state *system, uint32_t id, struct request *request)
{
    uint32_t copy = replication_held(system, request)[request->state.held_count - 1].pool;
    enum station_number kind = replication_kind_held(system, &copy);
    if (kind == STATION_POOL)
        pool_release(system, request);
    else
        station_kinds[kind]->release->run(system, copy, id, request);
}

void replication_fail_request(struct replication_state *system, uint32_t id, enum failure failure)
{
    static const enum group_count count_of_failure[] = {[FAILURE_TIMEOUT] = GROUP_TIMED_OUT,
                                                        [FAILURE_REFUSED] = GROUP_REFUSED,
                                                        [FAILURE_LIMITED] = GROUP_LIMITED,
                                                        [FAILURE_DEADLINE] = GROUP_TIMED_OUT,
                                                        [FAILURE_CANCELLED] = GROUP_CANCELLED};
    struct request *request = replication_request(system, id);
    struct class_state *class = request->state.class;
    if (request->state.phase == PHASE_WORKING)
        cpu_abandon(system, &system->cpus[replication_copy_asked(system, request)], request);
    calendar_cancel(&system->events, id);
    for (uint32_t k = 1; k <= request->state.timer_count; k++)
        events_cancel(&system->timers, id * system->timers_each + k);
    while (request->state.held_count > 0)
        release_last(system, id, request);
    while (request->state.visit_count > 0)
        operations_leave_replica(system, request);
    if (retry_take(system, id, request, failure))
        return;
    retry_end(system, id, request);
    replication_count(system, &class->counts[count_of_failure[failure]], request->arrived, 1);
    replication_observe_end(system, class->response_failed, request->arrived);
    if (class->program->comes_back) {
        request_leave_system(system, class);
        arrivals_customer_returns(system, id);
    } else {
        request_free(system, id, request);
    }
}

/* The pool that the request waits for, in its queue or for a connection; NULL: it does not. */
struct pool *replication_pool_awaited(const struct replication_state *system,
                                      struct request *request)
{
    if (request->state.phase == PHASE_WAITING)
        return &system->pools[replication_copy_asked(system, request)];
    if (request->state.phase == PHASE_OPENING || request->state.phase == PHASE_CHECKOUT)
        return &system
                    ->pools[replication_held(system, request)[request->state.held_count - 1].pool];
    return NULL;
}

/* Whether it works, or takes its time with something that it holds or on a replica: what a caller
 * that leaves does not stop. */
static bool is_at_work(const struct request *request)
{
    const struct request_state *state = &request->state;
    return state->phase == PHASE_WORKING ||
           (state->phase == PHASE_DELAYED && (state->held_count > 0 || state->visit_count > 0));
}

void replication_cut_short(struct replication_state *system, uint32_t id, enum failure failure)
{
    struct request *request = replication_request(system, id);
    struct pool *pool = replication_pool_awaited(system, request);
    if (failure != FAILURE_CANCELLED && is_at_work(request))
        replication_count(system, &request->state.class->counts[GROUP_CUT], request->arrived, 1);
    if (!pool) {
        rare_operations_abandon(system, id, request, failure == FAILURE_CANCELLED);
    } else {
        pool_abandon(system, pool, id, request);
        if (failure == FAILURE_CANCELLED)
            replication_count(system, &pool->counts[POOL_TIMED_OUT], request->since,
                              -1); /* its time was not up */
    }
    replication_fail_request(system, id, failure);
}

/* ---- draws ------------------------------------------------------------------------------ */

/* Apart: inlined, it costs those that do not draw now as many instructions as a histogram. */
__attribute__((noinline)) int64_t replication_draw_ns(const struct replication_state *system,
                                                      const struct request *request,
                                                      const struct draw *draw)
{
    if (draw->slot >= 0)
        return request->drawn[draw->slot];
    struct stream stream = stream_at(system->key, draw->stream, request->index, request->state.lap);
    return distribution_to_ns(distribution_sample(draw->law, &stream));
}

double replication_draw_uniform(const struct replication_state *system,
                                const struct request *request, const struct draw *draw)
{
    if (draw->slot >= 0)
        return stream_uniform_of_bits((uint64_t)request->drawn[draw->slot]);
    struct stream stream = stream_at(system->key, draw->stream, request->index, request->state.lap);
    return stream_next_uniform(&stream);
}
