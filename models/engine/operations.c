/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/operations.h"
#include "models/engine/rare_operations.h"
#include "models/engine/request_end.h"
#include "models/engine/rollout.h"
#include "models/stations/cpu.h"

/* The draw of an operation that has one. */
static inline const struct draw *draw_of(const struct request *request, int number)
{
    return &request->state.class->program->draws[number];
}

/* The request is done; its customer will come again. */
static void return_customer(struct replication_state *system, uint32_t id, struct request *request)
{
    struct class_state *class = request->state.class;
    replication_observe_end(system, class->response, request->arrived);
    request_leave_system(system, class);
    arrivals_customer_returns(system, id);
}

void operations_leave_replica(struct replication_state *system, struct request *request)
{
    struct visit visit = replication_visits(system, request)[--request->state.visit_count];
    const struct service_state *service = &system->services[visit.service];
    if (--service->present[visit.replica] == 0 && service->out > 0 &&
        service->is_out[visit.replica])
        rollout_note_empty(system);
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

/* The operations that take no time and change only the request; false when it has failed, or the
 * replication was interrupted. */
static bool run_bookkeeping(struct replication_state *system, uint32_t id, struct request *request,
                            const struct operation *operation)
{
    struct class_state *class = request->state.class;
    int64_t began;
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
        return !replication_is_broken_off(system);
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
        operations_leave_replica(system, request);
        break;
    case OPERATION_STEP_START:
        replication_marks(system, request)[request->state.mark_count++] = system->now;
        break;
    default: /* OPERATION_STEP_END */
        began = replication_marks(system, request)[--request->state.mark_count];
        replication_observe(system, &class->steps[operation->step], system->now - began, began);
        break;
    }
    return true;
}

__attribute__((noinline)) bool operations_run(struct replication_state *system, uint32_t id,
                                              struct request *request,
                                              const struct operation *operation)
{
    if (operation->code >= OPERATION_STATION)
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
