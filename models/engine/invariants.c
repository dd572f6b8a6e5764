/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/invariants.h"
#include "models/engine/model_internal.h"
#include "models/engine/rollout.h"
#include "models/stations/station_checks.h"
#include "sim/kernel/kernel_checks.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

/* ---- a rollout ---------------------------------------------------------------------------- */

static bool is_shut(const struct replication_state *system, size_t service, uint32_t replica)
{
    const struct model *model = system->rollout->model;
    for (size_t p = 0; p < model->spec->pool_count; p++)
        if (model->spec->pools[p].service == service &&
            system->pools[model->program->copies[STATION_POOL].base[p] + replica].open->level != 0)
            return false;
    return true;
}

static const char *check_replica(const struct replication_state *system, uint32_t replica)
{
    size_t number = system->rollout->spec->service;
    const struct service_state *service = &system->services[number];
    enum replica_phase phase = system->rollout->replicas[replica].phase;
    if (service->is_out[replica] != (phase != REPLICA_UP))
        return "rollout (1): a replica that is not up takes requests, or one that is up does not";
    if (phase != REPLICA_DOWN)
        return NULL;
    if (service->present[replica] != 0)
        return "rollout (2): a replica that is down has requests";
    return is_shut(system, number, replica) ? NULL
                                            : "rollout (2): a replica that is down has a pool open";
}

/* Whether copy number `copy` of pool p is on a replica that is down. */
static bool is_down(const struct replication_state *system, size_t p, int64_t copy)
{
    const struct rollout *rollout = system->rollout;
    return rollout->spec->service != SPEC_NO_SERVICE &&
           rollout->model->spec->pools[p].service == rollout->spec->service &&
           rollout->replicas[copy].phase == REPLICA_DOWN;
}

/* Of each copy of a pool and of all together. */
static bool is_capacity_right(const struct replication_state *system, size_t p)
{
    const struct model *model = system->rollout->model;
    const struct time_average *capacity = system->rollout->capacity;
    int64_t sum = 0;
    for (int64_t copy = 0; copy < model->spec->pools[p].copies; copy++) {
        size_t number = model->program->copies[STATION_POOL].base[p] + (size_t)copy;
        int64_t own = is_down(system, p, copy) ? 0 : system->pools[number].max;
        if (capacity[layout_capacity(&model->layout, STATION_POOL, number)].level != own)
            return false;
        sum += own;
    }
    return capacity[layout_capacity(&model->layout, STATION_POOL,
                                    model->layout.kinds[STATION_POOL].reported[p])]
               .level == sum;
}

const char *rollout_check(const struct replication_state *system)
{
    const struct rollout *rollout = system->rollout;
    uint32_t away = 0;
    if (rollout->spec->service != SPEC_NO_SERVICE)
        for (uint32_t r = 0; r < rollout->count; r++) {
            const char *broken = check_replica(system, r);
            if (broken)
                return broken;
            away += rollout->replicas[r].phase != REPLICA_UP;
        }
    if (away > rollout->batch_size)
        return "rollout (3): more than a batch is not up";
    for (size_t p = 0; p < rollout->model->spec->pool_count; p++)
        if (!is_capacity_right(system, p))
            return "rollout (5): the capacity is not that of the replicas that are not down";
    return NULL;
}

/* ---- stations ----------------------------------------------------------------------------- */

static bool note(struct broken_invariant *broken, const char *what, const char *station)
{
    broken->what = what;
    broken->station = station;
    return what == NULL;
}

static bool do_stations_hold(const struct replication_state *system,
                             struct broken_invariant *broken)
{
    const struct model *model = system->model;
    for (size_t k = 0; k < STATION_KINDS; k++) {
        enum station_number kind = (enum station_number)k;
        const struct copies *copies = &model->program->copies[kind];
        for (uint32_t c = 0; c < copies->count; c++)
            if (!note(broken, station_kinds[kind]->find_broken(system, c, &broken->request),
                      station_name(model->spec, kind, copies->of[c])))
                return false;
    }
    return true;
}

/* ---- requests ----------------------------------------------------------------------------- */

/* What the requests say, and what is kept beside them. */
struct head_count {
    int64_t in_phase[PHASES], held, visits, present;
};

static bool count_requests(const struct replication_state *system, struct head_count *count,
                           struct broken_invariant *broken)
{
    *count = (struct head_count){0};
    for (uint32_t id = 0; id < system->lines; id += system->lines_each) {
        const struct request_state *state = &replication_request(system, id)->state;
        bool is_there = state->phase != PHASE_FREE && state->phase != PHASE_THINKING;
        broken->request = id;
        if (state->phase >= PHASES)
            return note(broken, "replication (1): a request is in a phase that is none", NULL);
        if (calendar_has(&system->events, id) != request_phase_has_event(state->phase))
            return note(broken,
                        "replication (1): a request has an event and waits for none, or "
                        "the other way round",
                        NULL);
        if (state->phase == PHASE_READY)
            return note(broken, "replication (2): a request is ready and does not go on", NULL);
        count->in_phase[state->phase]++;
        count->present += is_there;
        count->held += is_there ? state->held_count : 0;
        count->visits += is_there ? state->visit_count : 0;
    }
    broken->request = NO_REQUEST;
    return true;
}

static struct head_count count_kept(const struct replication_state *system)
{
    const struct program *program = system->model->program;
    struct head_count kept = {0};
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        for (uint32_t c = 0; c < program->copies[kind].count; c++) {
            struct station_use use = station_kinds[kind]->count_use(system, c);
            enum request_phase phase = kind == STATION_POOL  ? PHASE_WAITING
                                       : kind == STATION_CPU ? PHASE_WORKING
                                                             : PHASE_QUEUED;
            kept.in_phase[phase] += use.waiting;
            kept.held += use.held;
        }
    for (size_t s = 0; s < system->model->spec->service_count; s++)
        for (int64_t r = 0; r < system->services[s].spec->replicas; r++)
            kept.visits += system->services[s].present[r];
    for (size_t c = 0; c < program->class_count; c++)
        kept.present += system->classes[c].in_system->level;
    return kept;
}

static bool do_requests_hold(const struct replication_state *system,
                             struct broken_invariant *broken)
{
    static const enum request_phase at_stations[] = {PHASE_WAITING, PHASE_WORKING, PHASE_QUEUED};
    struct head_count count, kept = count_kept(system);
    if (!count_requests(system, &count, broken))
        return false;
    for (size_t i = 0; i < sizeof at_stations / sizeof *at_stations; i++)
        if (count.in_phase[at_stations[i]] != kept.in_phase[at_stations[i]])
            return note(broken, "replication (3): not as many wait or work as the stations say",
                        NULL);
    if (count.held != kept.held)
        return note(broken, "replication (4): not as many are held as are busy", NULL);
    if (count.visits != kept.visits)
        return note(broken, "replication (4): not as many visit as are on the replicas", NULL);
    if (count.present != kept.present)
        return note(broken, "replication (4): not as many are present as the classes say", NULL);
    return true;
}

bool invariants_hold(const struct replication_state *system, bool is_whole,
                     struct broken_invariant *broken)
{
    *broken = (struct broken_invariant){.request = NO_REQUEST};
    if (system->ready_first != NO_REQUEST) {
        broken->request = system->ready_first;
        return note(broken, "replication (2): a request is ready and does not go on", NULL);
    }
    if (!is_whole)
        return true;
    if (system->timers_each > 0 && !note(broken, events_check(&system->timers), "time limits"))
        return false;
    if (!note(broken, calendar_check(&system->events, &broken->request), "events"))
        return false;
    broken->request = NO_REQUEST;
    if (system->rollout && !note(broken, rollout_check(system), NULL))
        return false;
    if (!do_stations_hold(system, broken) || !do_requests_hold(system, broken))
        return false;
    broken->request = NO_REQUEST;
    return true;
}

/* ---- asserting ---------------------------------------------------------------------------- */

/* The name and number of a request, as traces have it. */
static void fail(const struct replication_state *system, const struct broken_invariant *broken)
{
    char text[400], who[160] = "";
    if (broken->request != NO_REQUEST) {
        const struct request *request = replication_request(system, broken->request);
        const struct class_state *class = request->state.class;
        int group = class ? system->model->layout.group_of_class[class - system->classes] : 0;
        snprintf(who, sizeof who, ", request %s:%" PRIu32 " (%s)",
                 system->model->layout.groups_by_number[group].name, request->index + 1,
                 request_phase_name(request->state.phase));
    }
    snprintf(text, sizeof text, "%s%s%s; at %.9f s, replication %" PRIu32 "%s", broken->what,
             broken->station ? ": " : "", broken->station ? broken->station : "",
             (double)system->now / 1e9, system->key.replication, who);
    __assert_fail(text, __FILE__, __LINE__, __func__);
}

#ifndef CAPSIM_CHECK
#define CAPSIM_CHECK 1
#endif

void invariants_assert(struct replication_state *system)
{
    enum { EVENTS_EACH = 64 };
    struct broken_invariant broken;
    bool is_whole = CAPSIM_CHECK > 1 || system->unchecked++ >= system->lines / EVENTS_EACH;
    if (system->must_stop)
        return; /* what was left undone is not looked at any more */
    if (!invariants_hold(system, is_whole, &broken))
        fail(system, &broken);
    if (is_whole)
        system->unchecked = 0;
}

void invariants_assert_phase(const struct replication_state *system, const struct request *request,
                             enum request_phase phase)
{
    uint32_t id = (uint32_t)(((const char *)request - system->requests) / REQUEST_LINE);
    struct broken_invariant broken = {"replication (1): a request changes to a phase that cannot "
                                      "follow on the one that it is in",
                                      request_phase_name(phase), id};
    if (!request_phase_may_follow(request->state.phase, phase))
        fail(system, &broken);
}

void invariants_assert_order(const struct replication_state *system, const struct request *request,
                             uint32_t first)
{
    struct broken_invariant broken = {"pool (5): one who came later is served first", NULL, first};
    if (first != NO_REQUEST && replication_request(system, first)->since < request->since)
        fail(system, &broken);
}
