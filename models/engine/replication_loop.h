/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replication_loop.h - the main loop. Its text is compiled twice: by replication_loop.c as the fast
 * one, and by watched_loop.c, which defines REPLICATION_LOOP_WATCHED before it includes this, as
 * the one that tells a watcher what happens (watched_loop.h). Both let the same events happen.
 *
 * Included by those two alone. */
#ifndef CAPSIM_MODELS_ENGINE_REPLICATION_LOOP_H
#define CAPSIM_MODELS_ENGINE_REPLICATION_LOOP_H

#include "models/engine/event_hash.h"
#include "models/engine/invariants.h"
#include "models/engine/operations.h"
#include "models/engine/rare_events.h"
#include "models/engine/rare_operations.h"
#include "models/engine/request_end.h"
#include "models/engine/watched_loop.h"
#include "models/stations/arrivals_fast.h"
#include "models/stations/pool_fast.h"
#include "sim/study/replications.h"

/* ---- who watches -------------------------------------------------------------------------- */

/* An event is about to happen: it joins the hash, and a watcher is told. */
static inline void note_event(struct replication_state *system, bool is_alarm, uint32_t number)
{
    system->event_hash = event_hash_add(system->event_hash, system->now, is_alarm, number);
#ifdef REPLICATION_LOOP_WATCHED
    system->watcher->begin(system->watcher, system, is_alarm, number);
#endif
}

/* The request is about to run its next operation: a watcher is told. */
static inline void note_operation(struct replication_state *system, uint32_t id)
{
#ifdef REPLICATION_LOOP_WATCHED
    system->watcher->operation(system->watcher, system, id);
#else
    (void)system, (void)id;
#endif
}

/* All that follows from the event has happened: a watcher is told, and what must hold is checked.
 */
static inline void note_end(struct replication_state *system)
{
#ifdef REPLICATION_LOOP_WATCHED
    system->watcher->end(system->watcher, system);
#endif
#ifdef CAPSIM_CHECK
    invariants_assert(system);
#else
    (void)system;
#endif
}

/* ---- requests ----------------------------------------------------------------------------- */

/* The draw of an operation that has one. */
static inline const struct draw *draw_of(const struct request *request, int number)
{
    return &request->state.class->program->draws[number];
}

/* Returns true when the delay takes no time. */
static inline bool begin_delay(struct replication_state *system, uint32_t id,
                               struct request *request, const struct operation *operation)
{
    int64_t length = operation->fixed_ns;
    if (operation->slot != SLOT_NONE)
        length = request->drawn[operation->slot];
    else if (length < 0)
        length = replication_draw_ns(system, request, draw_of(request, operation->draw));
    if (__builtin_expect(length == 0, 0)) {
        if (operation->step != STEP_UNNAMED)
            tally_add_zero(&request->state.class->steps[operation->step]);
        return true;
    }
    request->since = system->now;
    replication_set_phase(system, request, PHASE_DELAYED);
    calendar_schedule(&system->events, id, system->now + length);
    return false;
}

/* Runs the request until something takes time, or it ends. Inlined into the main loop: a call costs
 * a tenth of an event. The four operations are looked for in the order in which they mostly follow
 * each other: each test is a branch of its own, and easier to predict than one jump for all
 * (measured: 1.7 ns a request of M/M/50). */
__attribute__((always_inline)) static inline void run_one(struct replication_state *system,
                                                          uint32_t id, struct request *request)
{
    for (;;) {
        const struct operation *operation = request->state.operation;
        note_operation(system, id);
        if (operation->code == OPERATION_ACQUIRE) {
            struct pool *pool = &system->pools[replication_copy_asked(system, request)];
            if (!pool_acquire(system, pool, id, request))
                return;
            request->state.operation = ++operation;
            note_operation(system, id);
        }
        if (operation->code == OPERATION_DELAY) {
            if (!begin_delay(system, id, request, operation))
                return;
            request->state.operation = ++operation;
            note_operation(system, id);
        }
        if (operation->code == OPERATION_RELEASE) {
            pool_release(system, request);
            request->state.operation = ++operation;
            note_operation(system, id);
        }
        if (operation->code == OPERATION_FINISH) {
            request_finish(system, id, request);
            return;
        }
        if (operation->code > OPERATION_FINISH) {
            if (!operations_run(system, id, request, operation))
                return;
            request = replication_request(system, id);
        }
    }
}

/* Takes the first of those that are ready; NO_REQUEST when there is none. */
static inline uint32_t take_ready(struct replication_state *system)
{
    uint32_t id = system->ready_first;
    if (id != NO_REQUEST)
        system->ready_first = replication_request(system, id)->next;
    return id;
}

/* Runs the request, then all that became ready by it, in order. */
__attribute__((noinline)) static void run_request(struct replication_state *system, uint32_t id)
{
    for (; id != NO_REQUEST; id = take_ready(system))
        run_one(system, id, replication_request(system, id));
}

/* ---- events ------------------------------------------------------------------------------ */

/* Any event but the end of a delay. Returns who goes on. */
__attribute__((noinline)) static uint32_t handle_rare_event(struct replication_state *system,
                                                            uint32_t id, struct request *request)
{
    if (request->state.phase == PHASE_THINKING) {
        arrivals_customer_asks(system, id);
        return id;
    }
    if (request->state.phase == PHASE_BACKOFF) {
        rare_operations_resume(system, request);
        return id;
    }
    pool_connection_event(system, id, request);
    return take_ready(system);
}

/* The request's delay is over, or its connection is ready. Returns who goes on. */
static inline uint32_t handle_event(struct replication_state *system, uint32_t id)
{
    struct request *request = replication_request(system, id);
    if (__builtin_expect(request->state.phase != PHASE_DELAYED, 0))
        return handle_rare_event(system, id, request);
    const struct operation *operation = request->state.operation++;
    if (operation->step != STEP_UNNAMED)
        replication_observe(system, &request->state.class->steps[operation->step],
                            system->now - request->since, request->since);
    replication_set_phase(system, request, PHASE_READY);
    return id;
}

/* Several requests arrive, or none. Returns the last, which goes on; the others have gone on
 * already. */
__attribute__((noinline)) static uint32_t handle_batch(struct replication_state *system,
                                                       struct source *source)
{
    uint32_t batch = arrivals_draw_batch(system, source);
    arrivals_move_on(system, source);
    if (batch == 0)
        return NO_REQUEST;
    for (; batch > 1; batch--) {
        if (replication_is_broken_off(system))
            return NO_REQUEST;
        uint32_t id = source_make_request(system, source);
        if (id == NO_REQUEST)
            return NO_REQUEST;
        run_request(system, id);
    }
    return source_make_request(system, source);
}

/* An arrival instant has come. Returns the request that goes on. */
static inline uint32_t handle_arrivals(struct replication_state *system, struct source *source)
{
    if (__builtin_expect(source->has_batches, 0))
        return handle_batch(system, source);
    arrivals_move_on(system, source);
    return source_make_request(system, source);
}

/* Returns who goes on. */
static inline uint32_t handle_alarm(struct replication_state *system, uint32_t alarm)
{
    if (alarm < system->source_count) /* the first alarms are the workloads', in their order */
        return handle_arrivals(system, &system->sources[alarm]);
    rare_events_wake(system, system->model->alarms[alarm]);
    return take_ready(system);
}

/* The record of who comes next was last touched long ago: it is fetched while the present one is
 * handled, since the guess at what comes next, an arrival or this, is often wrong. always_inline:
 * gcc leaves out a call of a function that only fetches. */
__attribute__((always_inline)) static inline void look_ahead(const struct replication_state *system)
{
    const char *next = (const char *)replication_request(system, calendar_next_id(&system->events));
    __builtin_prefetch(next);
    __builtin_prefetch(next + REQUEST_LINE);
}

/* run_one stands here three times because other operations follow an event than an arrival: each
 * copy's branches are predicted by what they see. Somebody may have lost patience: that is looked
 * at when the loop begins and every so many events, some tenths of a millisecond. */
__attribute__((always_inline)) static inline bool run_loop(struct replication_state *system,
                                                           int64_t until)
{
    struct calendar *events = &system->events;
    for (uint32_t until_look = 0;; until_look--) {
        if (__builtin_expect(until_look == 0, 0)) {
            if (replications_must_stop())
                return false;
            until_look = REPLICATION_LOOK;
        }
        int64_t event_time = calendar_next_time(events),
                alarm_time = alarms_first_time(&system->alarms);
        uint32_t id;
        if (event_time <= alarm_time) {
            if (event_time >= until)
                break;
            system->now = event_time;
            id = calendar_pop(events);
            note_event(system, false, id);
            look_ahead(system);
            id = handle_event(system, id);
            if (id != NO_REQUEST)
                run_one(system, id, replication_request(system, id));
        } else {
            if (alarm_time >= until)
                break;
            uint32_t alarm = alarms_first(&system->alarms);
            system->now = alarm_time;
            note_event(system, true, alarm);
            id = handle_alarm(system, alarm);
            if (__builtin_expect(system->must_stop, 0))
                return false;
            if (id != NO_REQUEST)
                run_one(system, id, replication_request(system, id));
        }
        while (__builtin_expect((id = take_ready(system)) != NO_REQUEST, 0))
            run_one(system, id, replication_request(system, id));
        note_end(system);
    }
    system->now = until;
    return !system->must_stop; /* a spawn may have failed since the last alarm */
}

#endif
