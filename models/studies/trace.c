/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/trace.h"
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/engine/watched_loop.h"
#include "models/studies/trace_place.h"
#include "sim/base/spelling.h"
#include <string.h>

/* A request's record as it was when it was last looked at. */
struct shadow {
    enum request_phase phase;
    const struct operation *operation;
    const struct class_state *class;
    uint32_t index, attempt;
    struct trace_place
        place; /* where its operation is done                                          */
};

struct tracer {
    struct watcher watcher; /* first: the watcher's context                                     */
    const struct trace_query *query;
    struct arena *arena;
    trace_sink *sink;
    void *context;
    struct error *err;
    struct trace_found *found;
    struct shadow *shadows; /* [room] by record, one for each lines_each                        */
    uint32_t room;
    uint32_t running; /* whose operation is being run, or NO_REQUEST                        */
    bool is_active;   /* the shadows are as of the last look                                */
    bool is_done;     /* nothing more is asked                                              */
    const struct class_state *wanted; /* REQUEST: its class and index                          */
    uint32_t wanted_index;
    /* FIRST_FAILURE */
    uint64_t events, failing_event, failures;
    bool has_failed;
};

/* ---- looking ------------------------------------------------------------------------------ */

static bool is_there(enum request_phase phase)
{
    return phase != PHASE_FREE && phase != PHASE_THINKING;
}

static struct shadow look_at(const struct replication_state *system, uint32_t id)
{
    struct request *request = replication_request(system, id);
    struct shadow shadow = {.phase = (enum request_phase)request->state.phase,
                            .class = request->state.class,
                            .index = request->index};
    if (!is_there(shadow.phase))
        return shadow;
    shadow.operation = request->state.operation;
    shadow.attempt = request->attempt;
    shadow.place = trace_place_find(system, request);
    return shadow;
}

static void make_room(struct tracer *tracer, const struct replication_state *system)
{
    uint32_t room = system->lines / system->lines_each;
    if (room <= tracer->room)
        return;
    struct shadow *shadows = arena_array(tracer->arena, room, sizeof *shadows);
    if (tracer->room > 0)
        memcpy(shadows, tracer->shadows, tracer->room * sizeof *shadows);
    tracer->shadows = shadows;
    tracer->room = room;
}

static void look_at_all(struct tracer *tracer, const struct replication_state *system)
{
    make_room(tracer, system);
    for (uint32_t r = 0; r < tracer->room; r++)
        tracer->shadows[r] = look_at(system, r * system->lines_each);
    tracer->is_active = true;
}

/* ---- telling ------------------------------------------------------------------------------ */

static bool is_wanted(const struct tracer *tracer, const struct shadow *shadow)
{
    return tracer->query->mode == TRACE_SPAN ||
           (shadow->class == tracer->wanted && shadow->index == tracer->wanted_index);
}

static void tell(struct tracer *tracer, const struct trace_row *row)
{
    if (tracer->is_done || tracer->err->status != STATUS_OK)
        return;
    tracer->found->rows++;
    if (!tracer->sink(tracer->context, row, tracer->err))
        tracer->is_done = true;
}

/* Whoever holds or uses what the request now waits for, and whoever stands before it. */
static void tell_of_those_in_front(struct tracer *tracer, const struct replication_state *system,
                                   struct trace_place place)
{
    char name[TRACE_NAME_SIZE], station[TRACE_NAME_SIZE];
    for (uint32_t r = 0; r < tracer->room; r++) {
        struct request *request = replication_request(system, r * system->lines_each);
        struct shadow shadow = look_at(system, r * system->lines_each);
        const char *what = NULL;
        if (!is_there(shadow.phase) || is_wanted(tracer, &shadow))
            continue;
        bool is_here = shadow.place.kind == place.kind && shadow.place.copy == place.copy;
        for (int h = 0; place.kind == STATION_POOL && h < request->state.held_count; h++)
            if (replication_held(system, request)[h].pool == place.copy)
                what = "(holds)";
        if (is_here && shadow.phase == PHASE_WORKING)
            what = "(works)";
        if (is_here && (shadow.phase == PHASE_WAITING || shadow.phase == PHASE_QUEUED))
            what = "(waits in front)";
        if (what)
            tell(tracer, &(struct trace_row){.time_ns = system->now,
                                             .request = trace_place_name_request(
                                                 system, shadow.class, shadow.index, name),
                                             .what = what,
                                             .station = trace_place_name(system, place, station),
                                             .phase = shadow.phase,
                                             .queue = -1});
    }
}

/* Why the request failed, by what it was doing. */
static const char *find_reason(const struct shadow *before)
{
    switch (before->phase) {
    case PHASE_WAITING:
        return "its time was up in the queue";
    case PHASE_OPENING:
        return "the connect failed or its time was up";
    case PHASE_CHECKOUT:
    case PHASE_DELAYED:
    case PHASE_WORKING:
    case PHASE_QUEUED:
    case PHASE_BACKOFF:
        return "its time was up";
    case PHASE_READY:
        break;
    default:
        return NULL;
    }
    switch (before->operation ? (enum operation_code)before->operation->code : OPERATION_FINISH) {
    case OPERATION_ACQUIRE:
        return "refused: the queue is full, or nothing can be opened";
    case OPERATION_STATION:
        return before->operation->verb->refusal;
    case OPERATION_VISIT:
        return "refused: no replica is up";
    case OPERATION_CANCEL:
        return "its cycle was replaced";
    default:
        return "its replica was stopped";
    }
}

/* What has ended or begun by the request itself being run. */
static const char *name_own(const struct shadow *before, enum request_phase phase)
{
    enum operation_code code = (enum operation_code)before->operation->code;
    bool goes_on = phase == PHASE_READY;
    switch (code) {
    case OPERATION_ACQUIRE:
        return goes_on                   ? "acquires"
               : phase == PHASE_OPENING  ? "opens"
               : phase == PHASE_CHECKOUT ? "checks out"
                                         : "waits for";
    case OPERATION_DELAY:
        return "delays";
    case OPERATION_WORK:
        return goes_on ? NULL : "works on";
    case OPERATION_FETCH:
        return goes_on ? NULL : "fetches";
    case OPERATION_RELEASE:
        return "releases";
    case OPERATION_STATION:
        return goes_on ? before->operation->verb->did : "waits for";
    case OPERATION_SPAWN:
        return "spawns";
    default:
        return NULL;
    }
}

/* What became of one that others, or the time, moved on. */
static const char *name_moved(const struct shadow *before, enum request_phase phase)
{
    switch (before->phase) {
    case PHASE_WAITING:
        return phase == PHASE_OPENING    ? "opens"
               : phase == PHASE_CHECKOUT ? "checks out"
                                         : "is granted";
    case PHASE_OPENING:
    case PHASE_CHECKOUT:
        return "is granted";
    case PHASE_DELAYED:
        return "ends the delay";
    case PHASE_WORKING:
        return "ends its work on";
    case PHASE_QUEUED:
        return before->operation->verb->did;
    case PHASE_BACKOFF:
        return "tries again";
    default:
        return NULL;
    }
}

static bool has_ended(const struct shadow *before, const struct shadow *after)
{
    return !is_there(after->phase) || after->class != before->class ||
           after->index != before->index;
}

static const char *name_change(const struct tracer *tracer, uint32_t id,
                               const struct shadow *before, const struct shadow *after)
{
    bool is_own = id == tracer->running && before->phase == PHASE_READY;
    bool is_last =
        before->operation->code == OPERATION_FINISH || before->operation->code == OPERATION_RETURN;
    if (has_ended(before, after))
        return is_own && is_last ? "completes" : "fails";
    if (after->attempt > before->attempt)
        return "fails";
    if (is_own)
        return before->operation == after->operation && before->phase == after->phase
                   ? NULL
                   : name_own(before, after->phase);
    return after->phase == before->phase ? NULL : name_moved(before, after->phase);
}

static void tell_change(struct tracer *tracer, const struct replication_state *system, uint32_t id,
                        const struct shadow *before, const struct shadow *after)
{
    char name[TRACE_NAME_SIZE], station[TRACE_NAME_SIZE], by[TRACE_NAME_SIZE];
    const char *what = name_change(tracer, id, before, after);
    if (!what || !is_wanted(tracer, before))
        return;
    bool is_failure = strcmp(what, "fails") == 0;
    bool is_over = has_ended(before, after);
    const char *place = trace_place_name(system, before->place, station);
    struct trace_row row = {
        .time_ns = system->now,
        .request = trace_place_name_request(system, before->class, before->index, name),
        .what = is_failure && !is_over ? "fails, to be tried again" : what,
        .station = place ? place : trace_place_name_delay(system, before->class, before->operation),
        .phase = is_over ? PHASE_FREE : after->phase,
        .queue = trace_place_count(system, before->place),
        .why = is_failure ? find_reason(before) : NULL};
    if (tracer->running != NO_REQUEST && tracer->running != id) {
        const struct shadow *running = &tracer->shadows[tracer->running / system->lines_each];
        if (running->class && is_there(running->phase))
            row.by = trace_place_name_request(system, running->class, running->index, by);
    }
    tell(tracer, &row);
    if (tracer->query->mode == TRACE_FIRST_FAILURE &&
        (after->phase == PHASE_WAITING || after->phase == PHASE_QUEUED ||
         after->phase == PHASE_WORKING) &&
        !is_over)
        tell_of_those_in_front(tracer, system, after->place);
    tracer->is_done |= is_over && tracer->query->mode != TRACE_SPAN;
}

static void tell_arrival(struct tracer *tracer, const struct replication_state *system,
                         const struct shadow *after)
{
    char name[TRACE_NAME_SIZE];
    if (!is_wanted(tracer, after))
        return;
    tracer->found->has_request = true;
    tell(tracer, &(struct trace_row){
                     .time_ns = system->now,
                     .request = trace_place_name_request(system, after->class, after->index, name),
                     .what = "arrives",
                     .phase = after->phase,
                     .queue = -1});
}

/* Tells what has become of a record since the last look. */
static void compare(struct tracer *tracer, const struct replication_state *system, uint32_t id)
{
    struct shadow before = tracer->shadows[id / system->lines_each], after = look_at(system, id);
    if (is_there(before.phase))
        tell_change(tracer, system, id, &before, &after);
    if (is_there(after.phase) && (!is_there(before.phase) || has_ended(&before, &after)))
        tell_arrival(tracer, system, &after);
}

/* Whoever runs first, then the others: what it does is the cause. */
static void compare_all(struct tracer *tracer, const struct replication_state *system)
{
    if (!tracer->is_active)
        return;
    make_room(tracer, system);
    if (tracer->running != NO_REQUEST)
        compare(tracer, system, tracer->running);
    for (uint32_t r = 0; r < tracer->room; r++)
        if (r * system->lines_each != tracer->running)
            compare(tracer, system, r * system->lines_each);
    for (uint32_t r = 0; r < tracer->room; r++)
        tracer->shadows[r] = look_at(system, r * system->lines_each);
}

/* ---- watching ----------------------------------------------------------------------------- */

static struct tracer *tracer_of(struct watcher *watcher)
{
    return (struct tracer *)(void *)watcher;
}

/* A single request is followed from just before its arrival. */
static bool is_time(const struct tracer *tracer, const struct replication_state *system)
{
    const struct trace_query *query = tracer->query;
    if (tracer->is_done)
        return false;
    if (query->mode == TRACE_SPAN)
        return query->from_ns <= system->now && system->now < query->to_ns;
    return tracer->wanted && tracer->wanted->next_index >= tracer->wanted_index;
}

static void watch_begin(struct watcher *watcher, const struct replication_state *system,
                        bool is_alarm, uint32_t number)
{
    struct tracer *tracer = tracer_of(watcher);
    (void)is_alarm, (void)number;
    tracer->running = NO_REQUEST;
    tracer->is_active = false;
    if (is_time(tracer, system))
        look_at_all(tracer, system);
}

static void watch_operation(struct watcher *watcher, const struct replication_state *system,
                            uint32_t id)
{
    struct tracer *tracer = tracer_of(watcher);
    if (!tracer->is_active && is_time(tracer, system))
        look_at_all(tracer, system);
    compare_all(tracer, system);
    tracer->running = id;
}

static void watch_end(struct watcher *watcher, const struct replication_state *system)
{
    compare_all(tracer_of(watcher), system);
}

/* ---- the first failure -------------------------------------------------------------------- */

static uint64_t count_failures(const struct replication_state *system)
{
    uint64_t failures = 0;
    for (size_t c = 0; c < system->model->program->class_count; c++) {
        const uint64_t *counts = system->classes[c].counts;
        failures += counts[GROUP_TIMED_OUT] + counts[GROUP_REFUSED] + counts[GROUP_LIMITED];
    }
    return failures;
}

/* The first time over, the event is found; the second time, in it, the request. */
static void search_begin(struct watcher *watcher, const struct replication_state *system,
                         bool is_alarm, uint32_t number)
{
    struct tracer *tracer = tracer_of(watcher);
    (void)is_alarm, (void)number;
    tracer->running = NO_REQUEST;
    tracer->is_active = false;
    if (++tracer->events == tracer->failing_event)
        look_at_all(tracer, system);
}

static void find_failed(struct tracer *tracer, const struct replication_state *system)
{
    for (uint32_t r = 0; tracer->is_active && !tracer->wanted && r < tracer->room; r++) {
        uint32_t id = r * system->lines_each;
        struct shadow after = look_at(system, id), *before = &tracer->shadows[r];
        bool is_last = before->operation && (before->operation->code == OPERATION_FINISH ||
                                             before->operation->code == OPERATION_RETURN);
        if (is_there(before->phase) && has_ended(before, &after) &&
            !(id == tracer->running && is_last)) {
            tracer->wanted = before->class;
            tracer->wanted_index = before->index;
        }
        *before = after;
    }
}

static void search_operation(struct watcher *watcher, const struct replication_state *system,
                             uint32_t id)
{
    struct tracer *tracer = tracer_of(watcher);
    find_failed(tracer, system);
    tracer->running = id;
}

static void search_end(struct watcher *watcher, const struct replication_state *system)
{
    struct tracer *tracer = tracer_of(watcher);
    find_failed(tracer, system);
    if (!tracer->has_failed && count_failures(system) > 0) {
        tracer->has_failed = true;
        tracer->failing_event = tracer->events;
    }
}

/* ---- running ------------------------------------------------------------------------------ */

static struct replication_state *run_once(struct tracer *tracer, const struct model *model)
{
    struct error *err = tracer->err;
    struct replication_state *system =
        replication_create(model, tracer->query->replication, tracer->arena, err);
    if (err->status == STATUS_OK)
        watched_loop_run_until(system, model->warmup_ns + model->spec->run.duration_ns,
                               &tracer->watcher);
    return system;
}

/* Runs twice to find who fails first. */
static void find_first_failure(struct tracer *tracer, const struct model *model)
{
    tracer->watcher = (struct watcher){search_begin, search_operation, search_end};
    run_once(tracer, model);
    if (!tracer->has_failed || tracer->err->status != STATUS_OK)
        return;
    tracer->events = 0;
    const struct replication_state *system = run_once(tracer, model);
    size_t class = tracer->wanted ? (size_t)(tracer->wanted - system->classes) : 0;
    tracer->failures = tracer->wanted ? class + 1 : 0;
}

/* The class of a group by its name, or class_count with err filled. */
static size_t find_class(const struct model *model, const char *name, struct arena *arena,
                         struct error *err)
{
    const struct statistics_layout *layout = &model->layout;
    size_t count = model->program->class_count;
    const char **names = arena_array(arena, count, sizeof *names);
    for (size_t c = 0; c < count; c++) {
        names[c] = layout->groups_by_number[layout->group_of_class[c]].name;
        if (strcmp(names[c], name) == 0)
            return c;
    }
    const char *nearest = spelling_nearest(name, names, count);
    error_set(err, STATUS_USAGE, "no requests are called \"%s\"%s%s%s", name,
              nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    return count;
}

bool trace_run(const struct model *model, const struct trace_query *query, struct arena *arena,
               trace_sink *sink, void *context, struct trace_found *found, struct error *err)
{
    struct tracer tracer = {.query = query,
                            .arena = arena,
                            .sink = sink,
                            .context = context,
                            .err = err,
                            .found = found,
                            .running = NO_REQUEST};
    size_t class = 0;
    *found = (struct trace_found){0};
    if (query->mode == TRACE_REQUEST) {
        class = find_class(model, query->group, arena, err);
        tracer.wanted_index = (uint32_t)(query->number - 1);
    } else if (query->mode == TRACE_FIRST_FAILURE) {
        find_first_failure(&tracer, model);
        class = tracer.failures > 0 ? tracer.failures - 1 : 0;
        tracer.is_done = tracer.failures == 0;
    }
    if (err->status != STATUS_OK)
        return false;
    struct replication_state *system = replication_create(model, query->replication, arena, err);
    if (err->status != STATUS_OK)
        return false;
    if (query->mode != TRACE_SPAN)
        tracer.wanted = &system->classes[class];
    tracer.room = 0;
    tracer.watcher = (struct watcher){watch_begin, watch_operation, watch_end};
    watched_loop_run_until(system, model->warmup_ns + model->spec->run.duration_ns,
                           &tracer.watcher);
    found->event_hash = system->event_hash;
    return err->status == STATUS_OK || system->is_over;
}
