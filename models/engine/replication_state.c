/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/replication_state.h"
#include "models/engine/model_internal.h"
#include "models/engine/rare_operations.h"
#include "models/engine/retry.h"
#include "models/engine/rollout.h"
#include "models/stations/arrivals_fast.h"
#include "models/stations/cpu.h"
#include "models/stations/cycle.h"
#include "models/stations/limiter.h"
#include "models/stations/pool_fast.h"
#include <string.h>

enum { MAX_LINES = 1 << 27, FIRST_REQUESTS = 64 };

/* ---- requests ---------------------------------------------------------------------------- */

bool replication_grow_requests(struct replication_state *system)
{
    if (system->lines >= MAX_LINES)
        return error_set(system->err, STATUS_MODEL,
                         "more than %u requests are present at once after %.6g simulated seconds: "
                         "the load exceeds the capacity and nothing bounds the queue",
                         system->lines / system->lines_each, (double)system->now / 1e9);
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

/* The request is not there any more; its record is. */
static inline void leave_system(struct replication_state *system, struct class_state *class)
{
    time_average_decrease(class->in_system, system->now);
    if (__builtin_expect(class->has_more_levels, 0))
        arrivals_change_levels(system, class, -1);
}

static inline void free_request(struct replication_state *system, uint32_t id,
                                struct request *request)
{
    leave_system(system, request->state.class);
    request->state.phase = PHASE_FREE;
    request->next = system->free_first;
    system->free_first = id;
}

static inline void finish_request(struct replication_state *system, uint32_t id,
                                  struct request *request)
{
    struct class_state *class = request->state.class;
    tally_add(class->response, system->now - request->arrived);
    free_request(system, id, request);
}

/* The same for a customer who will come again. */
static void return_customer(struct replication_state *system, uint32_t id, struct request *request)
{
    struct class_state *class = request->state.class;
    tally_add(class->response, system->now - request->arrived);
    leave_system(system, class);
    arrivals_customer_returns(system, id);
}

static void leave_replica(struct replication_state *system, struct request *request)
{
    struct visit visit = replication_visits(system, request)[--request->state.visit_count];
    const struct service_state *service = &system->services[visit.service];
    if (--service->present[visit.replica] == 0 && service->out > 0 &&
        service->is_out[visit.replica])
        rollout_note_empty(system);
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
        pool_release(system, request);
    while (request->state.visit_count > 0)
        leave_replica(system, request);
    if (retry_take(system, id, request, failure))
        return;
    retry_end(system, id, request);
    class->counts[count_of_failure[failure]]++;
    tally_add(class->response_failed, system->now - request->arrived);
    if (class->program->comes_back) {
        leave_system(system, class);
        arrivals_customer_returns(system, id);
    } else {
        free_request(system, id, request);
    }
}

/* ---- operations -------------------------------------------------------------------------- */

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
    request->state.phase = PHASE_DELAYED;
    calendar_schedule(&system->events, id, system->now + length);
    return false;
}

/* Returns true when there is no work to do. */
static bool begin_work(struct replication_state *system, uint32_t id, struct request *request,
                       const struct operation *operation)
{
    int64_t demand = operation->fixed_ns;
    if (demand < 0)
        demand = replication_draw_ns(system, request, draw_of(request, operation->draw));
    if (demand == 0)
        return true;
    cpu_begin(system, &system->cpus[replication_copy_asked(system, request)], id, request, demand);
    return false;
}

static uint32_t choose_branch(const struct replication_state *system, const struct request *request,
                              const struct operation *operation)
{
    double u = replication_draw_uniform(system, request, draw_of(request, operation->draw));
    const struct branch_target *branch = operation->branches;
    while (u >= branch->upto)
        branch++;
    return branch->target;
}

/* Of replicas with equally few the one whose turn is next, so that an idle service is used evenly.
 */
static uint32_t find_least_busy(struct service_state *service)
{
    uint32_t replicas = (uint32_t)service->spec->replicas, least = service->turn % replicas;
    for (uint32_t i = 1; i < replicas; i++) {
        uint32_t replica = (service->turn + i) % replicas;
        if (service->present[replica] < service->present[least])
            least = replica;
    }
    service->turn = (least + 1) % replicas;
    return least;
}

/* All replicas take requests. */
static uint32_t choose_replica(const struct replication_state *system,
                               struct service_state *service, const struct request *request,
                               const struct operation *operation)
{
    uint32_t replicas = (uint32_t)service->spec->replicas, replica = 0;
    switch (service->spec->balance) {
    case BALANCE_ROUND_ROBIN:
        replica = service->turn;
        service->turn = (service->turn + 1) % replicas;
        break;
    case BALANCE_RANDOM:
        replica = (uint32_t)(replicas * replication_draw_uniform(
                                            system, request, draw_of(request, operation->draw)));
        break;
    case BALANCE_LEAST_BUSY:
        replica = find_least_busy(service);
        break;
    }
    return replica;
}

/* In a rollout some replicas take no requests; false when all of them do not, and the request has
 * failed. */
static bool visit_one_that_is_up(struct replication_state *system, uint32_t id,
                                 struct request *request, const struct operation *operation,
                                 uint32_t *replica)
{
    struct service_state *service = &system->services[operation->target];
    bool is_random = service->spec->balance == BALANCE_RANDOM;
    double u = is_random
                   ? replication_draw_uniform(system, request, draw_of(request, operation->draw))
                   : 0;
    if (rollout_choose_replica(service, u, replica))
        return true;
    rollout_note_unserved(system);
    replication_fail_request(system, id, FAILURE_REFUSED);
    return false;
}

/* Returns false when the request has failed. */
static bool visit_replica(struct replication_state *system, uint32_t id, struct request *request,
                          const struct operation *operation)
{
    struct service_state *service = &system->services[operation->target];
    uint32_t replica;
    if (__builtin_expect(service->out > 0, 0)) {
        if (!visit_one_that_is_up(system, id, request, operation, &replica))
            return false;
    } else {
        replica = choose_replica(system, service, request, operation);
    }
    service->present[replica]++;
    replication_visits(system, request)[request->state.visit_count++] =
        (struct visit){operation->target, replica};
    return true;
}

/* The operations that take no time and change only the request; false when it has failed. */
static bool run_bookkeeping(struct replication_state *system, uint32_t id, struct request *request,
                            const struct operation *operation)
{
    struct class_state *class = request->state.class;
    request->state.operation++;
    switch (operation->code) {
    case OPERATION_CHOOSE:
        request->state.operation = &system->operations[choose_branch(system, request, operation)];
        break;
    case OPERATION_JUMP:
        request->state.operation = &system->operations[operation->target];
        break;
    case OPERATION_LOOP:
        if (operation->times == 0)
            request->state.operation = &system->operations[operation->target];
        else
            replication_rounds(system, request)[request->state.loop_count++] = operation->times;
        break;
    case OPERATION_AGAIN:
        request->state.lap++;
        if (--replication_rounds(system, request)[request->state.loop_count - 1] > 0)
            request->state.operation = &system->operations[operation->target];
        else
            request->state.loop_count--;
        break;
    case OPERATION_TIMER_START:
        replication_schedule_timer(system, id * system->timers_each + ++request->state.timer_count,
                                   system->now + operation->timeout_ns);
        break;
    case OPERATION_TIMER_STOP:
        events_cancel(&system->timers, id * system->timers_each + request->state.timer_count--);
        break;
    case OPERATION_VISIT:
        return visit_replica(system, id, request, operation);
    case OPERATION_LEAVE:
        leave_replica(system, request);
        break;
    case OPERATION_STEP_START:
        replication_marks(system, request)[request->state.mark_count++] = system->now;
        break;
    default: /* OPERATION_STEP_END */
        tally_add(&class->steps[operation->step],
                  system->now - replication_marks(system, request)[--request->state.mark_count]);
        break;
    }
    return true;
}

/* The operations that run_one leaves. Returns true when the request goes on; its record may have
 * moved. Apart, so that the main loop stays small. */
__attribute__((noinline)) static bool run_other(struct replication_state *system, uint32_t id,
                                                struct request *request,
                                                const struct operation *operation)
{
    if (operation->code >= OPERATION_PASS)
        return rare_operations_run(system, id, request);
    if (operation->code == OPERATION_RETURN) {
        return_customer(system, id, request);
        return false;
    }
    if (operation->code == OPERATION_WORK) {
        if (!begin_work(system, id, request, operation))
            return false;
        request->state.operation++;
        return true;
    }
    return run_bookkeeping(system, id, request, operation);
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
        if (operation->code == OPERATION_ACQUIRE) {
            struct pool *pool = &system->pools[replication_copy_asked(system, request)];
            if (!pool_acquire(system, pool, id, request))
                return;
            request->state.operation = ++operation;
        }
        if (operation->code == OPERATION_DELAY) {
            if (!begin_delay(system, id, request, operation))
                return;
            request->state.operation = ++operation;
        }
        if (operation->code == OPERATION_RELEASE) {
            pool_release(system, request);
            request->state.operation = ++operation;
        }
        if (operation->code == OPERATION_FINISH) {
            finish_request(system, id, request);
            return;
        }
        if (operation->code > OPERATION_FINISH) {
            if (!run_other(system, id, request, operation))
                return;
            request = replication_request(system, id);
        }
    }
}

/* Takes the first of those that are ready; NOBODY when there is none. */
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
        tally_add(&request->state.class->steps[operation->step], system->now - request->since);
    request->state.phase = PHASE_READY;
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

/* The pool that the request waits for, in its queue or for a connection; NULL: it does not. */
static struct pool *pool_awaited(const struct replication_state *system, struct request *request)
{
    if (request->state.phase == PHASE_WAITING)
        return &system->pools[replication_copy_asked(system, request)];
    if (request->state.phase == PHASE_OPENING || request->state.phase == PHASE_CHECKOUT)
        return &system
                    ->pools[replication_held(system, request)[request->state.held_count - 1].pool];
    return NULL;
}

void replication_cut_short(struct replication_state *system, uint32_t id, enum failure failure)
{
    struct request *request = replication_request(system, id);
    struct pool *pool = pool_awaited(system, request);
    if (!pool) {
        rare_operations_abandon(system, id, request, failure == FAILURE_CANCELLED);
    } else {
        pool_abandon(system, pool, id, request);
        if (failure == FAILURE_CANCELLED)
            pool->counts[POOL_TIMED_OUT]--; /* its time was not up */
    }
    replication_fail_request(system, id, failure);
}

/* A random patience has run out, or the time limit of a step or of the request. */
static void time_out_step(struct replication_state *system, uint32_t timer)
{
    uint32_t id = timer / system->timers_each;
    if (timer % system->timers_each == 0)
        pool_time_out_one(system, pool_awaited(system, replication_request(system, id)), id);
    else
        replication_cut_short(
            system, id, retry_is_deadline(system, timer) ? FAILURE_DEADLINE : FAILURE_TIMEOUT);
}

static void handle_timer(struct replication_state *system)
{
    struct events *timers = &system->timers;
    if (events_next_time(timers) <= system->now) {
        uint32_t timer = events_pop(timers);
        time_out_step(system, timer);
    }
    alarms_set(&system->alarms, system->timer_alarm, events_next_time(timers));
}

/* Every alarm but an arrival; apart, so that the main loop stays small. */
__attribute__((noinline)) static void handle_rare_alarm(struct replication_state *system,
                                                        struct alarm_target target)
{
    switch (target.kind) {
    case ALARM_ARRIVAL:
        break;
    case ALARM_LIMITER:
        limiter_wake(system, &system->limiters[target.number]);
        break;
    case ALARM_CPU:
        cpu_finish(system, &system->cpus[target.number]);
        break;
    case ALARM_QUEUE_TIMEOUT:
        pool_time_out(system, &system->pools[target.number]);
        break;
    case ALARM_TIMERS:
        handle_timer(system);
        break;
    case ALARM_IDLE:
        pool_close_idle(system, &system->pools[target.number]);
        break;
    case ALARM_AGE:
        pool_close_old(system, &system->pools[target.number]);
        break;
    case ALARM_OPENER:
        pool_refill_wake(system, &system->pools[target.number]);
        break;
    case ALARM_ROLLOUT:
        rollout_wake(system);
        break;
    case ALARM_CYCLE:
        cycle_wake(system, target.number);
        break;
    }
}

/* Returns who goes on. */
static inline uint32_t handle_alarm(struct replication_state *system, uint32_t alarm)
{
    if (alarm < system->source_count) /* the first alarms are the workloads', in their order */
        return handle_arrivals(system, &system->sources[alarm]);
    handle_rare_alarm(system, system->model->alarms[alarm]);
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
 * copy's branches are predicted by what they see. */
bool replication_run_until(struct replication_state *system, int64_t until)
{
    struct calendar *events = &system->events;
    for (;;) {
        int64_t event_time = calendar_next_time(events),
                alarm_time = alarms_first_time(&system->alarms);
        uint32_t id;
        if (event_time <= alarm_time) {
            if (event_time >= until)
                break;
            system->now = event_time;
            id = calendar_pop(events);
            look_ahead(system);
            id = handle_event(system, id);
            if (id != NO_REQUEST)
                run_one(system, id, replication_request(system, id));
        } else {
            if (alarm_time >= until)
                break;
            system->now = alarm_time;
            id = handle_alarm(system, alarms_first(&system->alarms));
            if (__builtin_expect(system->err->status != STATUS_OK, 0))
                return false;
            if (id != NO_REQUEST)
                run_one(system, id, replication_request(system, id));
        }
        while ((id = take_ready(system)) != NO_REQUEST)
            run_one(system, id, replication_request(system, id));
    }
    system->now = until;
    return system->err->status == STATUS_OK; /* a spawn may have failed since the last alarm */
}
