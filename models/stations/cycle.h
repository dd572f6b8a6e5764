/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cycle.h - a fleet of jobs that is released anew each period: collectors that are polled, a
 * nightly batch.
 *
 * Cycles are due at 0, every, 2 every ... One that is due while another runs has overrun it, and
 * the rule says what happens:
 * - WAIT: the next begins when the last has ended and is due `every` after the start of the last;
 * - QUEUE: it begins as soon as those before it have ended, and is still due where it was;
 * - SKIP: it is missed;
 * - COALESCE: all that were due meanwhile are one, which begins when the last has ended;
 * - OVERLAP: it begins all the same;
 * - REPLACE: what is left of the last is cancelled and it begins.
 *
 * Where every job ends before the next cycle is due the six are the same.
 *
 * A cycle releases its jobs at once, or job k at spread * k / jobs after its start, or in chunks of
 * `barrier`, each when all of the chunk before have ended. A job is a request from its release
 * on: its response begins there, its failure (after all attempts) is its end. The cycle lasts from
 * its start to the end of its last job. Of a mix the jobs are the same in each cycle, because a
 * fleet is: each class has its share of them, rounded by largest remainder (Hamilton), and its jobs
 * are spread evenly over the order of release.
 *
 * All of it happens at the cycle's alarm, the last of its instant: a job that ends at the very
 * instant at which the next cycle is due has ended in time, whatever it ended with. A cycle is
 * judged once, in time or overrun, when it ends or at the latest when the next is due; so one that
 * is cut by the end of the run is judged too, if that came after. With QUEUE one that waits for its
 * turn can be overrun before it begins.
 *
 * Cost: O(1) for each job and each cycle, none for other workloads; one alarm for each workload.
 * Sixteen bytes in each request's record.
 * Invariants:
 * (1) left = jobs not released + jobs present, and jobs released in all = jobs present + jobs that
 *     ended;
 * (2) running counts the cycles with left > 0, at most 1 unless the rule is OVERLAP (REPLACE: but
 *     for those cancelled at this instant);
 * (3) backlog is 0 after the alarm unless a cycle runs, at most 1 unless the rule is QUEUE;
 * (4) the ready list is empty when the alarm goes off.
 * Owner: the replication's arena. Source of the rules: what schedulers do (Java's
 * scheduleWithFixedDelay with a minimum, its scheduleAtFixedRate, Kubernetes' CronJob concurrency
 * policies, coalescing timers). */
#ifndef CAPSIM_MODELS_STATIONS_CYCLE_H
#define CAPSIM_MODELS_STATIONS_CYCLE_H

#include "models/engine/replication_state.h"

/* What a job's record says of its cycle: the run, and its neighbours among the jobs of that run
 * that are present, in order of release (REPLACE only). */
struct cycle_job {
    uint32_t run, next, previous;
};

/* One cycle that has begun. */
struct cycle_run {
    int64_t start, due;            /* due: when the next cycle is                              */
    int64_t released, left, chunk; /* jobs so far; that have not ended; of the chunk, likewise */
    uint32_t first, last;          /* jobs present, in order of release; REPLACE only          */
    uint32_t next;                 /* free or releasing, or NO_RUN                             */
    bool is_cancelled;
};

/* The cycles of one workload in a replication. */
struct cycle {
    const struct cycle_spec *spec;
    const uint16_t *classes; /* [jobs] class of each job, or NULL: there is one                 */
    struct cycle_run *runs;  /* [room]                                                          */
    uint32_t room, free_run, newest; /* newest: the one begun last, or NO_RUN when it has ended */
    uint32_t first_releasing, last_releasing; /* runs that have jobs to release at some time    */
    int64_t next_due;                         /* when the next cycle is, or ALARMS_NEVER        */
    int64_t backlog;                          /* cycles that are due and have not begun         */
    int64_t unreleased;                       /* jobs of those that run                         */
    int64_t job;                              /* number in its cycle of the job being released  */
    uint32_t running, alarm;
    struct tally *lengths;
    struct time_average *waiting; /* backlog                                                    */
    uint64_t *counts;             /* CYCLE_COUNTS                                               */
};

/* Starts workload number `number`, whose first cycle is due at 0. alarm: its slot, after all
 * others. */
void cycle_init(struct replication_state *system, uint32_t number, uint32_t alarm);
/* The alarm. */
void cycle_wake(struct replication_state *system, uint32_t number);
/* A job has left the system; its record is the cycle's to free. */
void cycle_end_job(struct replication_state *system, struct source *source, uint32_t id);

/* The cycles that began at `begin` [ns] or later and have not ended. */
uint64_t cycle_count_running(const struct cycle *cycle, int64_t begin);

#endif
