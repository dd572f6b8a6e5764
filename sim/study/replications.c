/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/replications.h"
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PROGRESS_INTERVAL_NS = 100000000, /* between two calls of progress */
    MAX_THREADS = 4096,
    CORE_SETS = 16, /* cpu_set_t has room for 1024 cores */
    GRACE_S = 1     /* for a job that was begun before the interruption */
};

/* What the workers share. Jobs are handed out in increasing order and none is handed out after a
 * failure: so every job below a failed one is run to its end, and which error is the lowest does
 * not depend on threads. */
struct batch {
    const struct replications_options *options;
    replications_job *job;
    void *context;
    size_t jobs;
    bool *done;
    atomic_size_t next, finished;
    atomic_bool has_failed;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t worker_ended;
    unsigned working;
    size_t failed_job;
    struct error first_error;
};

/* Of the job that this thread runs: the flag of its batch, and until when it may go on once that is
 * set (tv_sec 0: it was not seen set). */
static _Thread_local const atomic_bool *flag_of_job;
static _Thread_local struct timespec job_ends_at;

static bool is_stopped(const struct batch *batch)
{
    const atomic_bool *is_interrupted = batch->options->is_interrupted;
    return atomic_load(&batch->has_failed) ||
           (is_interrupted != NULL && atomic_load(is_interrupted));
}

static void keep_error(struct batch *batch, size_t job, const struct error *err)
{
    assert(err->status != STATUS_OK);
    pthread_mutex_lock(&batch->mutex);
    if (!atomic_load(&batch->has_failed) || job < batch->failed_job) {
        batch->failed_job = job;
        batch->first_error = *err;
    }
    atomic_store(&batch->has_failed, true);
    pthread_mutex_unlock(&batch->mutex);
}

static bool is_past(struct timespec then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec != then.tv_sec ? now.tv_sec > then.tv_sec : now.tv_nsec >= then.tv_nsec;
}

static bool is_broken_off(void)
{
    return job_ends_at.tv_sec > 0 && is_past(job_ends_at);
}

bool replications_must_stop(void)
{
    if (flag_of_job == NULL || !atomic_load(flag_of_job))
        return false;
    if (job_ends_at.tv_sec == 0) {
        clock_gettime(CLOCK_MONOTONIC, &job_ends_at);
        job_ends_at.tv_sec += GRACE_S;
    }
    return is_broken_off();
}

/* Runs the next job that nobody has begun. Returns false when there is none, or none may start. */
static bool run_next(struct batch *batch, struct arena *arena)
{
    if (is_stopped(batch))
        return false;
    size_t job = atomic_fetch_add(&batch->next, 1);
    if (job >= batch->jobs)
        return false;
    struct error err = {0};
    flag_of_job = batch->options->is_interrupted;
    job_ends_at = (struct timespec){0};
    if (batch->job(batch->context, job, arena, &err)) {
        batch->done[job] = true;
        atomic_fetch_add(&batch->finished, 1);
    } else if (err.status != STATUS_OK || !is_broken_off()) {
        keep_error(batch, job, &err);
    }
    flag_of_job = NULL;
    arena_reset(arena);
    return true;
}

static void *work(void *context)
{
    struct batch *batch = context;
    struct arena *arena = arena_open();
    while (run_next(batch, arena))
        ;
    arena_close(arena);
    pthread_mutex_lock(&batch->mutex);
    batch->working--;
    pthread_cond_signal(&batch->worker_ended);
    pthread_mutex_unlock(&batch->mutex);
    return NULL;
}

static void report_progress(struct batch *batch)
{
    const struct replications_options *options = batch->options;
    if (options->progress != NULL)
        options->progress(options->progress_context, atomic_load(&batch->finished), batch->jobs);
}

static struct timespec next_report(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += PROGRESS_INTERVAL_NS;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

static void run_on_caller(struct batch *batch)
{
    struct arena *arena = arena_open();
    struct timespec report_at = next_report();
    while (run_next(batch, arena))
        if (is_past(report_at)) {
            report_progress(batch);
            report_at = next_report();
        }
    arena_close(arena);
}

/* The caller only reports progress meanwhile: progress may write to a slow terminal. */
static void wait_for_workers(struct batch *batch)
{
    struct timespec report_at = next_report();
    pthread_mutex_lock(&batch->mutex);
    while (batch->working > 0) {
        pthread_cond_timedwait(&batch->worker_ended, &batch->mutex, &report_at);
        if (!is_past(report_at))
            continue;
        pthread_mutex_unlock(&batch->mutex);
        report_progress(batch);
        report_at = next_report();
        pthread_mutex_lock(&batch->mutex);
    }
    pthread_mutex_unlock(&batch->mutex);
}

/* Starts up to count workers and waits for them. Returns how many could be started. */
static unsigned run_on_workers(struct batch *batch, unsigned count)
{
    pthread_t threads[MAX_THREADS];
    unsigned started = 0;
    while (started < count) {
        pthread_mutex_lock(&batch->mutex);
        batch->working++;
        pthread_mutex_unlock(&batch->mutex);
        if (pthread_create(&threads[started], NULL, work, batch) != 0)
            break;
        started++;
    }
    if (started < count) {
        pthread_mutex_lock(&batch->mutex);
        batch->working--;
        pthread_mutex_unlock(&batch->mutex);
    }
    wait_for_workers(batch);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return started;
}

static void batch_open(struct batch *batch)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&batch->worker_ended, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&batch->mutex, NULL);
}

static void batch_close(struct batch *batch)
{
    pthread_cond_destroy(&batch->worker_ended);
    pthread_mutex_destroy(&batch->mutex);
}

bool replications_run(const struct replications_options *options, replications_job *job,
                      void *context, size_t jobs, bool *done, struct error *err)
{
    assert(options->threads >= 1);
    struct batch batch = {
        .options = options, .job = job, .context = context, .jobs = jobs, .done = done};
    memset(done, 0, jobs * sizeof *done);
    size_t threads = options->threads < jobs ? options->threads : jobs;
    if (threads > MAX_THREADS)
        threads = MAX_THREADS;
    batch_open(&batch);
    if (threads < 2 || run_on_workers(&batch, (unsigned)threads) == 0)
        run_on_caller(&batch);
    batch_close(&batch);
    report_progress(&batch);
    if (!atomic_load(&batch.has_failed))
        return true;
    if (err->status == STATUS_OK)
        *err = batch.first_error;
    return false;
}

unsigned replications_cores(void)
{
    cpu_set_t sets[CORE_SETS];
    CPU_ZERO_S(sizeof sets, sets);
    if (sched_getaffinity(0, sizeof sets, sets) == 0)
        return (unsigned)CPU_COUNT_S(sizeof sets, sets);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 1;
}

void replications_begin_phase(const struct replications_options *options, const char *what,
                              size_t jobs)
{
    if (options->phase)
        options->phase(options->progress_context, what, jobs);
}
