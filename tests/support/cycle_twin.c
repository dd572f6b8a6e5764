/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/cycle_twin.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum state { ASKS, HOLDS, GOES_ON, ENDED, CANCELLED };

struct job {
    int cycle, number;
    enum state state;
    int64_t released, until; /* until: of HOLDS and GOES_ON */
    int order;               /* in which those began        */
};

struct cycle {
    int64_t due, start;  /* start -1: it waits                                                   */
    int released, asked; /* asked: in which order cycles came to have jobs to release */
    bool is_over, is_cancelled, is_judged;
};

struct twin {
    const struct twin_fleet *fleet;
    struct twin_account *account;
    struct job jobs[TWIN_MAX_JOBS]; /* in order of release */
    int job_count;
    struct cycle cycles[TWIN_MAX_CYCLES]; /* in order of becoming due */
    int cycle_count;
    int64_t now, next_due;
    int orders, askings;
};

static bool is_present(const struct job *job)
{
    return job->state == ASKS || job->state == HOLDS || job->state == GOES_ON;
}

static bool is_running(const struct cycle *cycle)
{
    return cycle->start >= 0 && !cycle->is_over;
}

static int count_running(const struct twin *twin)
{
    int running = 0;
    for (int c = 0; c < twin->cycle_count; c++)
        running += is_running(&twin->cycles[c]);
    return running;
}

/* Jobs of a cycle with number below `below` that have not ended or not been released. */
static int count_left(const struct twin *twin, int cycle, int below)
{
    int ended = 0;
    for (int j = 0; j < twin->job_count; j++)
        ended += twin->jobs[j].cycle == cycle && twin->jobs[j].number < below &&
                 !is_present(&twin->jobs[j]);
    return below - ended;
}

/* ---- what happens at an instant; those that return a bool: whether something did ---- */

static void end_job(struct twin *twin, struct job *job)
{
    struct cycle *cycle = &twin->cycles[job->cycle];
    int released = cycle->released, barrier = twin->fleet->barrier;
    job->state = ENDED;
    twin->account->completed++;
    twin->account->response_sum += twin->now - job->released;
    if (barrier > 0 && count_left(twin, job->cycle, released) == 0)
        cycle->asked = ++twin->askings;
}

/* The thread is given back; what takes no time is done at once. */
static void go_on(struct twin *twin, struct job *job)
{
    job->state = GOES_ON;
    job->until = twin->now + twin->fleet->after[job->number];
    job->order = ++twin->orders;
    if (job->until == twin->now)
        end_job(twin, job);
}

static void grant_threads(struct twin *twin)
{
    int free = twin->fleet->threads;
    for (int j = 0; j < twin->job_count; j++)
        free -= twin->jobs[j].state == HOLDS;
    for (int j = 0; j < twin->job_count && free > 0; j++) {
        struct job *job = &twin->jobs[j];
        if (job->state != ASKS)
            continue;
        job->state = HOLDS;
        job->until = twin->now +
                     (twin->fleet->drawn ? twin->fleet->drawn[j] : twin->fleet->held[job->number]);
        twin->account->granted++;
        twin->account->wait_sum += twin->now - job->released;
        job->order = ++twin->orders;
        free--;
        if (job->until > twin->now)
            continue;
        go_on(twin, job);
        free++;
    }
}

/* What ends now, in the order in which it began. */
static bool move_job(struct twin *twin)
{
    struct job *first = NULL;
    for (int j = 0; j < twin->job_count; j++) {
        struct job *job = &twin->jobs[j];
        if ((job->state == HOLDS || job->state == GOES_ON) && job->until == twin->now &&
            (!first || job->order < first->order))
            first = job;
    }
    if (first && first->state == HOLDS)
        go_on(twin, first);
    else if (first)
        end_job(twin, first);
    return first;
}

static bool end_cycles(struct twin *twin)
{
    bool has_ended = false;
    for (int c = 0; c < twin->cycle_count; c++) {
        struct cycle *cycle = &twin->cycles[c];
        if (!is_running(cycle) || count_left(twin, c, twin->fleet->jobs) > 0)
            continue;
        int64_t length = twin->now - cycle->start;
        cycle->is_over = has_ended = true;
        twin->account->ended++;
        twin->account->length_sum += length;
        if (length > twin->account->longest)
            twin->account->longest = length;
        if (!cycle->is_judged)
            twin->account->in_time++;
        cycle->is_judged = true;
    }
    return has_ended;
}

static void cancel_cycles(struct twin *twin)
{
    for (int c = 0; c < twin->cycle_count; c++) {
        if (!is_running(&twin->cycles[c]))
            continue;
        twin->cycles[c].is_over = twin->cycles[c].is_cancelled = true;
        twin->account->cancelled += twin->fleet->jobs - twin->cycles[c].released;
        twin->account->released += twin->fleet->jobs - twin->cycles[c].released;
    }
    for (int j = 0; j < twin->job_count; j++)
        if (is_present(&twin->jobs[j]) && twin->cycles[twin->jobs[j].cycle].is_cancelled) {
            twin->jobs[j].state = CANCELLED;
            twin->account->cancelled++;
        }
}

static int count_waiting(const struct twin *twin)
{
    int waiting = 0;
    for (int c = 0; c < twin->cycle_count; c++)
        waiting += twin->cycles[c].start < 0;
    return waiting;
}

static void become_due(struct twin *twin)
{
    const struct twin_fleet *fleet = twin->fleet;
    struct cycle *last = twin->cycle_count > 0 ? &twin->cycles[twin->cycle_count - 1] : NULL;
    bool is_begun = last && last->start >= 0;
    if (last && !last->is_judged && (is_begun || fleet->rule == TWIN_QUEUE)) {
        twin->account->overrun++;
        last->is_judged = true;
    }
    twin->account->due++;
    twin->next_due = fleet->rule == TWIN_WAIT ? INT64_MAX : twin->next_due + fleet->every;
    bool is_missed = (fleet->rule == TWIN_SKIP && count_running(twin) > 0) ||
                     (fleet->rule == TWIN_COALESCE && count_waiting(twin) > 0);
    twin->account->missed += is_missed;
    if (is_missed)
        return;
    if (fleet->rule == TWIN_REPLACE)
        cancel_cycles(twin);
    assert(twin->cycle_count < TWIN_MAX_CYCLES);
    twin->cycles[twin->cycle_count++] = (struct cycle){.due = twin->now, .start = -1};
}

static void begin_cycle(struct twin *twin)
{
    for (int c = 0; c < twin->cycle_count; c++) {
        if (twin->cycles[c].start >= 0)
            continue;
        if (count_running(twin) > 0 && twin->fleet->rule != TWIN_OVERLAP)
            return;
        twin->cycles[c].start = twin->now;
        twin->cycles[c].asked = ++twin->askings;
        twin->account->begun++;
        if (twin->fleet->rule == TWIN_WAIT)
            twin->next_due = twin->now + twin->fleet->every;
        return;
    }
}

/* When job k of a cycle is released; INT64_MAX: not known yet. */
static int64_t release_time(const struct twin *twin, int c, int k)
{
    const struct twin_fleet *fleet = twin->fleet;
    if (fleet->barrier > 0)
        return count_left(twin, c, k / fleet->barrier * fleet->barrier) == 0 ? twin->now
                                                                             : INT64_MAX;
    return twin->cycles[c].start + fleet->spread * k / fleet->jobs;
}

static bool has_release(const struct twin *twin, int c)
{
    const struct cycle *cycle = &twin->cycles[c];
    return is_running(cycle) && cycle->released < twin->fleet->jobs &&
           release_time(twin, c, cycle->released) <= twin->now;
}

/* Of the cycle that came to have some first. */
static bool release_jobs(struct twin *twin)
{
    int first = -1;
    for (int c = 0; c < twin->cycle_count; c++)
        if (has_release(twin, c) &&
            (first < 0 || twin->cycles[c].asked < twin->cycles[first].asked))
            first = c;
    if (first < 0)
        return false;
    do {
        assert(twin->job_count < TWIN_MAX_JOBS);
        twin->jobs[twin->job_count++] = (struct job){.cycle = first,
                                                     .number = twin->cycles[first].released++,
                                                     .state = ASKS,
                                                     .released = twin->now};
        twin->account->released++;
    } while (has_release(twin, first));
    return true;
}

static void settle(struct twin *twin)
{
    bool is_looked_at = false;
    for (;;) {
        grant_threads(twin);
        if (move_job(twin) || end_cycles(twin) || release_jobs(twin))
            continue;
        if (!is_looked_at && twin->next_due == twin->now) {
            become_due(twin);
            is_looked_at = true;
        }
        begin_cycle(twin);
        bool has_released = false;
        while (release_jobs(twin))
            has_released = true;
        if (!has_released)
            return;
    }
}

static int64_t next_time(const struct twin *twin)
{
    int64_t next = twin->next_due > twin->now ? twin->next_due : INT64_MAX;
    for (int j = 0; j < twin->job_count; j++) {
        const struct job *job = &twin->jobs[j];
        if ((job->state == HOLDS || job->state == GOES_ON) && job->until < next)
            next = job->until;
    }
    for (int c = 0; c < twin->cycle_count; c++)
        if (is_running(&twin->cycles[c]) && twin->cycles[c].released < twin->fleet->jobs) {
            int64_t release = release_time(twin, c, twin->cycles[c].released);
            next = release < next ? release : next;
        }
    return next;
}

void cycle_twin_run(const struct twin_fleet *fleet, int64_t until, struct twin_account *account)
{
    static struct twin twin;
    memset(account, 0, sizeof *account);
    memset(&twin, 0, sizeof twin);
    twin.fleet = fleet;
    twin.account = account;
    while (twin.now < until) {
        settle(&twin);
        int64_t next = next_time(&twin);
        next = next < until ? next : until;
        int present = 0;
        for (int j = 0; j < twin.job_count; j++)
            present += is_present(&twin.jobs[j]);
        account->present_time += present * (next - twin.now);
        account->backlog_time += count_waiting(&twin) * (next - twin.now);
        twin.now = next;
    }
}
