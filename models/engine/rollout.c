/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/rollout.h"
#include "models/engine/model_internal.h"
#include "models/engine/rare_operations.h"
#include "models/engine/replica.h"
#include "models/spec/rollout_rules.h"
#include "models/stations/pool_restart.h"
#include <assert.h>

/* ---- values ---------------------------------------------------------------------------------- */

/* Of the replica, after the rollout or before. */
static struct replica_change change_of(struct replication_state *system, uint32_t number,
                                       bool is_changed)
{
    const struct model *model = system->rollout->model;
    return (struct replica_change){
        .system = system, .number = number, .values = is_changed ? model->to : model->spec};
}

/* ---- requests ------------------------------------------------------------------------------- */

static bool is_on(const struct replication_state *system, struct request *request, struct visit on)
{
    const struct visit *visits = replication_visits(system, request);
    if (request->state.phase == PHASE_FREE || request->state.phase == PHASE_THINKING)
        return false;
    for (int v = 0; v < request->state.visit_count; v++)
        if (visits[v].service == on.service && visits[v].replica == on.replica)
            return true;
    return false;
}

/* Takes the request out of whatever it waits in. A pool that it asked refused it. */
static void take_out(struct replication_state *system, uint32_t id, struct request *request)
{
    struct pool *pool = NULL;
    if (request->state.phase == PHASE_WAITING)
        pool = &system->pools[replication_copy_asked(system, request)];
    else if (request->state.phase == PHASE_OPENING || request->state.phase == PHASE_CHECKOUT)
        pool =
            &system->pools[replication_held(system, request)[request->state.held_count - 1].pool];
    if (!pool) {
        rare_operations_abandon(system, id, request, false);
        return;
    }
    pool_abandon(system, pool, id, request);
    replication_count(system, &pool->counts[POOL_TIMED_OUT], request->since, -1);
    replication_count(system, &pool->counts[POOL_REFUSED], request->since, 1);
}

static void cut_request(struct replication_state *system, uint32_t id)
{
    take_out(system, id, replication_request(system, id));
    replication_fail_request(system, id, FAILURE_REFUSED);
    system->rollout->cut++;
}

/* Of those that are ready the ones on the replica leave the list and fail; the others stay in their
 * order. Returns whether there was one. */
static bool cut_ready(struct replication_state *system, struct visit on)
{
    bool was_there = false;
    uint32_t id = system->ready_first, next;
    system->ready_first = NO_REQUEST;
    for (; id != NO_REQUEST; id = next) {
        struct request *request = replication_request(system, id);
        next = request->next;
        if (is_on(system, request, on)) {
            cut_request(system, id);
            was_there = true;
        } else {
            replication_make_ready(system, id, request);
        }
    }
    return was_there;
}

/* Of those that are not ready. */
static void cut_others(struct replication_state *system, struct visit on, bool only_waiting)
{
    for (uint32_t id = 0; id < system->lines; id += system->lines_each) {
        struct request *request = replication_request(system, id);
        bool is_chosen = request->state.phase == PHASE_WAITING ||
                         (!only_waiting && request->state.phase != PHASE_READY);
        if (is_chosen && is_on(system, request, on))
            cut_request(system, id);
    }
}

/* Fails all that are on the replica: first those that wait, so that what the others give back does
 * not go to them. It may still make some of them ready, if they wait for what is shared. */
static void cut_all(struct replication_state *system, struct visit on)
{
    const struct service_state *service = &system->services[on.service];
    cut_others(system, on, true);
    cut_others(system, on, false);
    while (cut_ready(system, on))
        continue;
    assert(service->present[on.replica] == 0);
    (void)service;
}

bool rollout_is_changed(const struct replication_state *system, struct request *request)
{
    const struct visit *on = &replication_visits(system, request)[request->state.visit_count - 1];
    assert(on->service == system->rollout->spec->service);
    return system->rollout->replicas[on->replica].is_changed;
}

void rollout_note_unserved(struct replication_state *system)
{
    system->rollout->unserved++;
}

void rollout_note_empty(struct replication_state *system)
{
    alarms_set(&system->alarms, system->rollout->alarm, system->now);
}

static uint32_t find_least_busy(struct service_state *service, uint32_t replicas)
{
    uint32_t least = NO_REQUEST;
    for (uint32_t i = 0; i < replicas; i++) {
        uint32_t replica = (service->turn + i) % replicas;
        if (!service->is_out[replica] &&
            (least == NO_REQUEST || service->present[replica] < service->present[least]))
            least = replica;
    }
    return least;
}

static uint32_t find_up(const struct service_state *service, uint32_t replica, uint32_t replicas)
{
    while (service->is_out[replica])
        replica = (replica + 1) % replicas;
    return replica;
}

bool rollout_choose_replica(struct service_state *service, double u, uint32_t *replica)
{
    uint32_t replicas = (uint32_t)service->spec->replicas;
    if (service->out == replicas)
        return false;
    switch (service->spec->balance) {
    case BALANCE_ROUND_ROBIN:
        *replica = find_up(service, service->turn, replicas);
        service->turn = (*replica + 1) % replicas;
        break;
    case BALANCE_RANDOM: {
        uint32_t rank = (uint32_t)((replicas - service->out) * u);
        *replica = find_up(service, 0, replicas);
        while (rank-- > 0)
            *replica = find_up(service, *replica + 1, replicas);
        break;
    }
    case BALANCE_LEAST_BUSY:
        *replica = find_least_busy(service, replicas);
        service->turn = (*replica + 1) % replicas;
        break;
    }
    return true;
}

/* ---- replicas ------------------------------------------------------------------------------- */

static struct service_state *service_of(struct replication_state *system)
{
    return &system->services[system->rollout->spec->service];
}

static void begin_drain(struct replication_state *system, uint32_t number)
{
    struct rollout *rollout = system->rollout;
    struct rollout_replica *replica = &rollout->replicas[number];
    int64_t timeout = rollout->spec->drain_timeout_ns;
    struct service_state *service = service_of(system);
    replica->phase = REPLICA_DRAINING;
    replica->due = timeout == SPEC_NEVER ? SPEC_NEVER : system->now + timeout;
    service->is_out[number] = true;
    service->out++;
}

static void take_down(struct replication_state *system, uint32_t number)
{
    struct rollout *rollout = system->rollout;
    struct rollout_replica *replica = &rollout->replicas[number];
    struct visit on = {(uint32_t)rollout->spec->service, number};
    if (service_of(system)->present[number] > 0)
        cut_all(system, on);
    struct replica_change change = change_of(system, number, false);
    replica_stop(&change);
    rollout->lost += change.lost;
    replica->phase = REPLICA_DOWN;
    replica->due = system->now + rollout->spec->restart_time_ns;
}

static void bring_up(struct replication_state *system, uint32_t number)
{
    struct rollout *rollout = system->rollout;
    struct service_state *service = service_of(system);
    assert(service->present[number] == 0);
    rollout->replicas[number].phase = REPLICA_UP;
    service->is_out[number] = false;
    service->out--;
    rollout->away--;
    struct replica_change change = change_of(system, number, rollout->replicas[number].is_changed);
    replica_start(&change);
}

/* Replicas that are empty or out of time go down, those whose time is over come up. */
static bool advance_replicas(struct replication_state *system)
{
    struct rollout *rollout = system->rollout;
    bool has_changed = false;
    for (uint32_t r = 0; r < rollout->count && rollout->away > 0; r++) {
        const struct rollout_replica *replica = &rollout->replicas[r];
        if (replica->phase == REPLICA_DRAINING &&
            (replica->due <= system->now || service_of(system)->present[r] == 0)) {
            take_down(system, r);
            has_changed = true;
        }
        if (replica->phase == REPLICA_DOWN && replica->due <= system->now) {
            bring_up(system, r);
            has_changed = true;
        }
    }
    return has_changed;
}

/* ---- batches -------------------------------------------------------------------------------- */

static void tell(const struct rollout *rollout, int batch)
{
    if (rollout->listener && rollout->stage != ROLLOUT_GOING_BACK)
        rollout->listener(rollout->context, batch);
}

/* True if the replica is to be changed in the direction that the rollout has. */
static bool is_due(const struct rollout *rollout, uint32_t number)
{
    return rollout->replicas[number].is_changed == (rollout->stage == ROLLOUT_GOING_BACK);
}

static void begin_batch(struct replication_state *system)
{
    struct rollout *rollout = system->rollout;
    bool is_change = rollout->stage != ROLLOUT_GOING_BACK;
    uint32_t taken = 0;
    tell(rollout, rollout->batches);
    rollout->batches++;
    rollout->next_begins = SPEC_NEVER;
    for (; rollout->next < rollout->count && taken < rollout->batch_size; rollout->next++) {
        uint32_t r = rollout->next;
        if (!is_due(rollout, r))
            continue;
        taken++;
        rollout->replicas[r].is_changed = is_change;
        if (rollout_is_reload(rollout->spec)) {
            struct replica_change change = change_of(system, r, is_change);
            replica_reload(&change);
            continue;
        }
        begin_drain(system, r);
        rollout->away++;
    }
}

static bool is_anything_left(const struct rollout *rollout)
{
    for (uint32_t r = rollout->next; r < rollout->count; r++)
        if (is_due(rollout, r))
            return true;
    return false;
}

/* Every replica of the batch is up: the next is planned, or this was the last. */
static void end_batch(struct replication_state *system)
{
    struct rollout *rollout = system->rollout;
    bool is_back = rollout->stage == ROLLOUT_GOING_BACK;
    if (is_anything_left(rollout)) {
        int64_t slot = rollout->back_began + rollout->batches * rollout->slot;
        rollout->next_begins = !is_back             ? system->now + rollout->spec->pause_ns
                               : slot > system->now ? slot
                                                    : system->now;
    } else if (!is_back) {
        rollout->stage = ROLLOUT_DONE;
        rollout->done = system->now;
        tell(rollout, ROLLOUT_ALL_UP);
    } else if (system->now >= rollout->back_began + rollout->spec->rollback_time_ns) {
        rollout->stage = ROLLOUT_BACK;
        rollout->back = system->now;
    }
}

static bool is_moving(const struct rollout *rollout)
{
    return rollout->stage == ROLLOUT_UNDER_WAY || rollout->stage == ROLLOUT_GOING_BACK;
}

/* One step of what is due now; false when nothing is. */
static bool advance(struct replication_state *system)
{
    struct rollout *rollout = system->rollout;
    if (advance_replicas(system))
        return true;
    if (rollout->next_begins <= system->now) {
        if (rollout->stage == ROLLOUT_AHEAD) {
            rollout->stage = ROLLOUT_UNDER_WAY;
            rollout->began = system->now;
        }
        begin_batch(system);
        return true;
    }
    if (!is_moving(rollout) || rollout->away > 0 || rollout->next_begins != SPEC_NEVER)
        return false;
    end_batch(system);
    return is_moving(rollout) && rollout->next_begins != SPEC_NEVER;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void set_alarm(struct replication_state *system)
{
    struct rollout *rollout = system->rollout;
    int64_t time = rollout->next_begins;
    for (uint32_t r = 0; r < rollout->count; r++)
        if (rollout->replicas[r].phase != REPLICA_UP)
            time = earlier(time, rollout->replicas[r].due);
    if (rollout->stage == ROLLOUT_GOING_BACK && rollout->away == 0)
        time = earlier(time, rollout->back_began + rollout->spec->rollback_time_ns);
    alarms_set(&system->alarms, rollout->alarm, time);
}

void rollout_wake(struct replication_state *system)
{
    while (advance(system))
        continue;
    set_alarm(system);
}

/* ---- beginning and going back --------------------------------------------------------------- */

static void init_capacity(struct replication_state *system)
{
    struct rollout *rollout = system->rollout;
    rollout->capacity =
        arena_array(system->arena, system->model->layout.capacity_count, sizeof *rollout->capacity);
    replica_begin_all(system);
    system->statistics.capacity = rollout->capacity;
}

void rollout_init(struct replication_state *system)
{
    const struct model *model = system->model;
    const struct rollout_spec *spec = model->spec->rollout;
    struct rollout *rollout = arena_alloc(system->arena, sizeof *rollout);
    uint32_t count = rollout_rules_count_replicas(model->spec, spec);
    *rollout = (struct rollout){
        .spec = spec,
        .model = model,
        .alarm = (uint32_t)model->alarm_count - 1, /* the last, see number_alarms */
        .replicas = arena_array(system->arena, count, sizeof *rollout->replicas),
        .count = count,
        .batch_size = rollout_rules_size_of_batch(count, spec),
        .next_begins = SPEC_NEVER,
        .began = SPEC_NEVER,
        .done = SPEC_NEVER,
        .back_began = SPEC_NEVER,
        .back = SPEC_NEVER};
    assert(model->alarms[rollout->alarm].kind == ALARM_ROLLOUT);
    system->rollout = rollout;
    init_capacity(system);
    for (size_t s = 0; s < model->spec->service_count; s++)
        system->services[s].is_out =
            arena_array(system->arena, (size_t)model->spec->services[s].replicas, sizeof(bool));
}

void rollout_start(struct replication_state *system, int64_t time)
{
    system->rollout->next_begins = time;
    set_alarm(system);
}

void rollout_go_back(struct replication_state *system)
{
    struct rollout *rollout = system->rollout;
    uint32_t changed = 0;
    assert(rollout->stage == ROLLOUT_UNDER_WAY || rollout->stage == ROLLOUT_DONE);
    rollout->stage = ROLLOUT_GOING_BACK;
    rollout->back_began = system->now;
    rollout->batches = 0;
    rollout->next = 0;
    for (uint32_t r = 0; r < rollout->count; r++) {
        struct rollout_replica *replica = &rollout->replicas[r];
        replica->is_changed &= replica->phase == REPLICA_UP;
        changed += replica->is_changed;
    }
    int batches = rollout_rules_divide(changed, rollout->batch_size);
    rollout->slot = batches > 0 ? rollout->spec->rollback_time_ns / batches : 0;
    int64_t wait = rollout_is_reload(rollout->spec) ? rollout->spec->rollback_time_ns : 0;
    bool is_planned = batches > 0 && rollout->away == 0; /* else when those away are up */
    rollout->next_begins = is_planned ? system->now + wait : SPEC_NEVER;
    if (rollout_is_reload(rollout->spec))
        rollout->batch_size = rollout->count;
    set_alarm(system);
}
