/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replications.h - many independent jobs on all cores; each worker has an arena that is reset
 * between jobs.
 *
 * Which thread runs which job, and when, must not matter: a job writes only to slots of its own. */
#ifndef CAPSIM_SIM_STUDY_REPLICATIONS_H
#define CAPSIM_SIM_STUDY_REPLICATIONS_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* One job. Returns false with err filled to stop the whole batch. */
typedef bool replications_job(void *context, size_t job, struct arena *arena, struct error *err);

/* Progress: called from the thread that called replications_run about ten times a second and at the
 * end. */
typedef void replications_progress(void *context, size_t done, size_t jobs);

/* A study tells what its next jobs are called ("warm-up runs"); jobs: how many the batches that
 * follow have in all, 0: each batch is shown by itself. */
typedef void replications_phase(void *context, const char *what, size_t jobs);

struct executor;

struct replications_options {
    unsigned threads;                  /* >= 1                                                    */
    const struct executor *executor;   /* for executor_run; NULL: the threads of this process     */
    const atomic_bool *is_interrupted; /* NULL: cannot be; true: what is not done soon is dropped */
    replications_progress *progress;   /* NULL: none                                              */
    replications_phase *phase;         /* NULL: not told                                          */
    void *progress_context;            /* of both                                                 */
};

/* Tells the phase, if anybody wants to know. */
void replications_begin_phase(const struct replications_options *options, const char *what,
                              size_t jobs);

/* Runs jobs 0..jobs-1 in increasing order of start. done[job] (not NULL) is set for each that was
 * finished. Of several errors the one of the lowest job is kept. A thread that cannot be started is
 * done without; with none the jobs run on the caller. Returns false on an error; an interruption is
 * not one. */
bool replications_run(const struct replications_options *options, replications_job *job,
                      void *context, size_t jobs, bool *done, struct error *err);

/* Whether the job that asks, on the thread that runs it, should give up: it was interrupted, and a
 * second for what can be finished by then has passed. It then returns false with err as it was, and
 * is not done. Costs a load where there is no interruption. */
bool replications_must_stop(void);

/* Cores this process may use (its affinity mask), at least 1. */
unsigned replications_cores(void);

#endif
