/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/cycle.h"
#include "models/engine/model_internal.h"
#include "models/stations/arrivals_fast.h"
#include <assert.h>
#include <string.h>

#define NO_RUN UINT32_MAX
enum { FIRST_ROOM = 4 };

/* ---- runs -------------------------------------------------------------------------------- */

static struct cycle_job *job_of(const struct replication_state *system, uint32_t id)
{
    return (struct cycle_job *)(void *)((char *)replication_request(system, id) +
                                        system->job_offset);
}

static void grow_runs(struct replication_state *system, struct cycle *cycle)
{
    uint32_t room = cycle->room ? 2 * cycle->room : FIRST_ROOM;
    struct cycle_run *runs = arena_array(system->arena, room, sizeof *runs);
    if (cycle->room > 0)
        memcpy(runs, cycle->runs, cycle->room * sizeof *runs);
    for (uint32_t r = room; r-- > cycle->room;) {
        runs[r].next = cycle->free_run;
        cycle->free_run = r;
    }
    cycle->runs = runs;
    cycle->room = room;
}

static void free_run(struct cycle *cycle, uint32_t number)
{
    cycle->runs[number].next = cycle->free_run;
    cycle->free_run = number;
}

/* The run has jobs to release at some time; in order of asking. */
static void add_releasing(struct cycle *cycle, uint32_t number)
{
    cycle->runs[number].next = NO_RUN;
    if (cycle->first_releasing == NO_RUN)
        cycle->first_releasing = number;
    else
        cycle->runs[cycle->last_releasing].next = number;
    cycle->last_releasing = number;
}

/* When the run releases its next job. Its chunk is over, and it has jobs left. */
static int64_t next_release(const struct cycle *cycle, const struct cycle_run *run)
{
    const struct cycle_spec *spec = cycle->spec;
    if (spec->spread_ns == 0)
        return run->start;
    return run->start + (int64_t)((wide_int)spec->spread_ns * run->released / spec->jobs);
}

static bool may_begin(const struct cycle *cycle)
{
    return cycle->running == 0 || cycle->spec->overrun == OVERRUN_OVERLAP;
}

static void set_alarm(struct replication_state *system, const struct cycle *cycle)
{
    int64_t time = cycle->next_due;
    if (cycle->backlog > 0 && may_begin(cycle))
        time = system->now;
    if (cycle->first_releasing != NO_RUN) {
        int64_t release = next_release(cycle, &cycle->runs[cycle->first_releasing]);
        release = release > system->now ? release : system->now;
        time = release < time ? release : time;
    }
    alarms_set(&system->alarms, cycle->alarm, time);
}

/* ---- release and end --------------------------------------------------------------------- */

static void list_job(struct replication_state *system, struct cycle_run *run, uint32_t id)
{
    struct cycle_job *job = job_of(system, id);
    job->next = NO_REQUEST;
    job->previous = run->last;
    if (run->last == NO_REQUEST)
        run->first = id;
    else
        job_of(system, run->last)->next = id;
    run->last = id;
}

static void unlist_job(struct replication_state *system, struct cycle_run *run, uint32_t id)
{
    const struct cycle_job *job = job_of(system, id);
    if (job->previous == NO_REQUEST)
        run->first = job->next;
    else
        job_of(system, job->previous)->next = job->next;
    if (job->next == NO_REQUEST)
        run->last = job->previous;
    else
        job_of(system, job->next)->previous = job->previous;
}

/* Returns false, with the system's error set, when there is no room for it. */
static bool release_job(struct replication_state *system, struct source *source, uint32_t number)
{
    struct cycle *cycle = source->cycle;
    struct cycle_run *run = &cycle->runs[number];
    cycle->job = run->released;
    uint32_t id = source_make_request(system, source);
    if (id == NO_REQUEST)
        return false;
    run->released++;
    cycle->unreleased--;
    job_of(system, id)->run = number;
    if (cycle->spec->overrun == OVERRUN_REPLACE)
        list_job(system, run, id);
    replication_make_ready(system, id, replication_request(system, id));
    return true;
}

/* Releases what is due of the first run that has jobs to release. Returns false as release_job. */
static bool release_first(struct replication_state *system, struct source *source)
{
    struct cycle *cycle = source->cycle;
    const struct cycle_spec *spec = cycle->spec;
    uint32_t number = cycle->first_releasing;
    struct cycle_run *run = &cycle->runs[number];
    int64_t upto = spec->jobs;
    if (spec->barrier > 0 && run->released + spec->barrier < upto)
        upto = run->released + spec->barrier;
    run->chunk = upto - run->released;
    while (run->released < upto && next_release(cycle, run) <= system->now)
        if (!release_job(system, source, number))
            return false;
    if (run->released == upto)
        cycle->first_releasing = run->next;
    return true;
}

/* What counts when it happens. */
static void count_now(struct replication_state *system, struct cycle *cycle, enum cycle_count count)
{
    replication_count(system, &cycle->counts[count], system->now, 1);
}

static void end_run(struct replication_state *system, struct cycle *cycle, uint32_t number)
{
    const struct cycle_run *run = &cycle->runs[number];
    count_now(system, cycle, CYCLE_ENDED);
    if (run->is_cancelled) {
        follow_leave(system, run->start);
    } else {
        replication_observe_end(system, cycle->lengths, run->start);
        if (system->now <= run->due)
            count_now(system, cycle, CYCLE_IN_TIME);
        cycle->running--;
        if (cycle->newest == number)
            cycle->newest = NO_RUN;
    }
    free_run(cycle, number);
    if (cycle->backlog > 0)
        set_alarm(system, cycle);
}

void cycle_end_job(struct replication_state *system, struct source *source, uint32_t id)
{
    struct cycle *cycle = source->cycle;
    struct request *request = replication_request(system, id);
    uint32_t number = job_of(system, id)->run;
    struct cycle_run *run = &cycle->runs[number];
    if (cycle->spec->overrun == OVERRUN_REPLACE)
        unlist_job(system, run, id);
    replication_set_phase(system, request, PHASE_FREE);
    request->next = system->free_first;
    system->free_first = id;
    if (--run->left == 0) {
        end_run(system, cycle, number);
    } else if (--run->chunk == 0 && cycle->spec->barrier > 0 && !run->is_cancelled) {
        add_releasing(cycle, number);
        set_alarm(system, cycle);
    }
}

/* ---- replacement ------------------------------------------------------------------------- */

static bool is_queueing(const struct request *request)
{
    return request->state.phase == PHASE_WAITING || request->state.phase == PHASE_QUEUED;
}

/* One that another's end has just let go on is in the ready list: it ends when its turn comes. */
static void cancel_job(struct replication_state *system, uint32_t id)
{
    const struct program *program = system->model->program;
    struct request *request = replication_request(system, id);
    if (request->state.phase == PHASE_READY)
        request->state.operation = &program->operations[program->cancel_operation];
    else
        replication_cut_short(system, id, FAILURE_CANCELLED);
}

/* Those that were not released are cancelled as well, without having been here. */
static void cancel_unreleased(struct replication_state *system, struct source *source,
                              struct cycle_run *run)
{
    struct cycle *cycle = source->cycle;
    for (; run->released < cycle->spec->jobs; run->released++, run->left--) {
        uint32_t class = cycle->classes ? cycle->classes[run->released] : 0;
        struct class_state *state = &source->first_class[class];
        state->counts[GROUP_ARRIVED]++;
        replication_count(system, &state->counts[GROUP_CANCELLED], system->now, 1);
        tally_add_zero(state->response_failed);
        cycle->unreleased--;
    }
}

/* Of the jobs that are present, those that wait in a queue, or all. None of the others leaves while
 * one is cancelled: what it gives back goes to nobody of this run, or makes one ready. */
static void cancel_jobs(struct replication_state *system, const struct cycle_run *run,
                        bool only_queueing)
{
    for (uint32_t id = run->first, next; id != NO_REQUEST; id = next) {
        next = job_of(system, id)->next;
        if (!only_queueing || is_queueing(replication_request(system, id)))
            cancel_job(system, id);
    }
}

/* First those that wait, so that what the others hold goes to nobody who is to be cancelled. */
static void cancel_run(struct replication_state *system, struct source *source)
{
    struct cycle *cycle = source->cycle;
    uint32_t number = cycle->newest;
    struct cycle_run *run = &cycle->runs[number];
    run->is_cancelled = true;
    cycle->running--;
    cycle->newest = cycle->first_releasing = NO_RUN;
    cancel_unreleased(system, source, run);
    if (run->left == 0)
        end_run(system, cycle, number);
    cancel_jobs(system, run, true);
    cancel_jobs(system, run, false);
}

/* ---- cycles ------------------------------------------------------------------------------ */

static void change_backlog(struct replication_state *system, struct cycle *cycle, int64_t change)
{
    cycle->backlog += change;
    time_average_change(cycle->waiting, change, system->now);
}

/* The cycle that was due before has not ended: true once for each. */
static bool is_overrun(const struct replication_state *system, const struct cycle *cycle)
{
    if (cycle->backlog > 0)
        return cycle->spec->overrun == OVERRUN_QUEUE;
    return cycle->newest != NO_RUN && cycle->runs[cycle->newest].due == system->now;
}

static void become_due(struct replication_state *system, struct source *source)
{
    struct cycle *cycle = source->cycle;
    enum overrun rule = cycle->spec->overrun;
    if (is_overrun(system, cycle))
        count_now(system, cycle, CYCLE_OVERRUN);
    count_now(system, cycle, CYCLE_DUE);
    cycle->next_due = rule == OVERRUN_WAIT ? ALARMS_NEVER : system->now + cycle->spec->every_ns;
    if ((rule == OVERRUN_SKIP && cycle->running > 0) ||
        (rule == OVERRUN_COALESCE && cycle->backlog > 0)) {
        count_now(system, cycle, CYCLE_MISSED);
        return;
    }
    if (rule == OVERRUN_REPLACE && cycle->running > 0)
        cancel_run(system, source);
    change_backlog(system, cycle, 1);
}

static void begin(struct replication_state *system, struct cycle *cycle)
{
    if (cycle->free_run == NO_RUN)
        grow_runs(system, cycle);
    uint32_t number = cycle->free_run;
    cycle->free_run = cycle->runs[number].next;
    if (cycle->spec->overrun == OVERRUN_WAIT)
        cycle->next_due = system->now + cycle->spec->every_ns;
    cycle->runs[number] =
        (struct cycle_run){.start = system->now,
                           .due = cycle->next_due - (cycle->backlog - 1) * cycle->spec->every_ns,
                           .left = cycle->spec->jobs,
                           .first = NO_REQUEST,
                           .last = NO_REQUEST};
    change_backlog(system, cycle, -1);
    cycle->newest = number;
    cycle->running++;
    cycle->unreleased += cycle->spec->jobs;
    count_now(system, cycle, CYCLE_BEGUN);
    add_releasing(cycle, number);
}

/* Releases what is due at this instant. Returns false, with the system's error set, when there is
 * no room for it. */
static bool release_due(struct replication_state *system, struct source *source)
{
    const struct cycle *cycle = source->cycle;
    while (cycle->first_releasing != NO_RUN &&
           next_release(cycle, &cycle->runs[cycle->first_releasing]) <= system->now)
        if (!release_first(system, source))
            return false;
    return true;
}

/* Chunks first, and alone: they may end at this instant, and their cycle in time. */
void cycle_wake(struct replication_state *system, uint32_t number)
{
    struct source *source = &system->sources[number];
    struct cycle *cycle = source->cycle;
    assert(system->ready_first == NO_REQUEST);
    bool has_chunks = cycle->first_releasing != NO_RUN &&
                      next_release(cycle, &cycle->runs[cycle->first_releasing]) <= system->now;
    if (!has_chunks) {
        if (cycle->next_due == system->now)
            become_due(system, source);
        if (cycle->backlog > 0 && may_begin(cycle))
            begin(system, cycle);
    }
    if (release_due(system, source))
        set_alarm(system, cycle);
}

void cycle_init(struct replication_state *system, uint32_t number, uint32_t alarm)
{
    const struct statistics_layout *layout = &system->model->layout;
    struct source *source = &system->sources[number];
    int place = layout->cycle_of_workload[number];
    struct cycle *cycle = arena_alloc(system->arena, sizeof *cycle);
    *cycle = (struct cycle){
        .spec = &source->spec->arrivals.cycle,
        .classes = system->model->cycle_classes[number],
        .free_run = NO_RUN,
        .newest = NO_RUN,
        .first_releasing = NO_RUN,
        .alarm = alarm,
        .lengths = &system->statistics.tallies[layout_cycle_tally(layout, place, CYCLE_LENGTH)],
        .waiting = &system->statistics.levels[layout_cycle_level(layout, place, CYCLE_BACKLOG)],
        .counts = &system->statistics.counts[layout_cycle_count(layout, place, 0)]};
    source->cycle = cycle;
    alarms_set(&system->alarms, alarm, 0);
}

uint64_t cycle_count_running(const struct cycle *cycle, int64_t begin)
{
    uint64_t count = 0;
    for (uint32_t r = 0; r < cycle->room; r++)
        count += cycle->runs[r].left > 0 && cycle->runs[r].start >= begin ? 1 : 0;
    return count;
}
