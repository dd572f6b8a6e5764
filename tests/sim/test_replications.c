/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include "sim/study/replications.h"
#include "tests/support/support.h"
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { JOBS = 301 };

/* What jobs see and do. */
struct world {
    double result[JOBS];
    atomic_int begun[JOBS];
    atomic_int running, most_running;
    atomic_size_t finished;
    size_t fails_from, interrupts_at, sleep_us;
    atomic_bool is_interrupted;
    size_t reports, last_done, last_jobs;
};

static void note_that_one_more_runs(struct world *world)
{
    int running = atomic_fetch_add(&world->running, 1) + 1;
    int most = atomic_load(&world->most_running);
    while (most < running && !atomic_compare_exchange_weak(&world->most_running, &most, running))
        ;
}

/* Adds up random numbers that depend on the job alone, in memory of the job's arena. */
static bool simulate(void *context, size_t job, struct arena *arena, struct error *err)
{
    struct world *world = context;
    note_that_one_more_runs(world);
    atomic_fetch_add(&world->begun[job], 1);
    if (world->sleep_us > 0)
        usleep((useconds_t)world->sleep_us);
    struct stream stream = stream_at((struct stream_key){2385, (uint32_t)job}, 1, 0, 0);
    size_t count = 100 + job * 7 % 400;
    double *values = arena_array(arena, count, sizeof *values);
    bool is_clean = true;
    for (size_t i = 0; i < count; i++) {
        is_clean &= values[i] == 0;
        values[i] = stream_next_uniform(&stream);
    }
    for (size_t i = 0; i < count; i++)
        world->result[job] += values[i] / (double)(i + 1);
    atomic_fetch_sub(&world->running, 1);
    if (job == world->interrupts_at)
        atomic_store(&world->is_interrupted, true);
    if (!is_clean || job >= world->fails_from)
        return error_set(err, STATUS_MODEL, "job %zu failed", job);
    atomic_fetch_add(&world->finished, 1);
    return true;
}

static void note_progress(void *context, size_t done, size_t jobs)
{
    struct world *world = context;
    world->reports++;
    assert_true(done >= world->last_done && done <= jobs);
    world->last_done = done;
    world->last_jobs = jobs;
}

static void new_world(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->fails_from = world->interrupts_at = JOBS;
}

static bool run(struct world *world, unsigned threads, size_t jobs, bool *done, struct error *err)
{
    struct replications_options options = {.threads = threads,
                                           .is_interrupted = &world->is_interrupted,
                                           .progress = note_progress,
                                           .progress_context = world};
    return replications_run(&options, simulate, world, jobs, done, err);
}

/* A job without end, which gives up when it is told to. */
static bool simulate_for_ever(void *context, size_t job, struct arena *arena, struct error *err)
{
    struct world *world = context;
    atomic_fetch_add(&world->begun[job], 1);
    while (!replications_must_stop()) {
        atomic_store(&world->is_interrupted, true);
        usleep(1000);
    }
    return false;
}

static void a_job_without_end_gives_up_a_second_after_the_interruption(void **state)
{
    static struct world world;
    struct timespec begin, end;
    struct error err = {0};
    bool done[3] = {false, false, false};
    new_world(&world);
    assert_false(replications_must_stop());
    for (unsigned threads = 1; threads <= 2; threads++) {
        struct replications_options options = {.threads = threads,
                                               .is_interrupted = &world.is_interrupted};
        atomic_store(&world.is_interrupted, false);
        clock_gettime(CLOCK_MONOTONIC, &begin);
        assert_true(replications_run(&options, simulate_for_ever, &world, 3, done, &err));
        clock_gettime(CLOCK_MONOTONIC, &end);
        assert_true(end.tv_sec - begin.tv_sec < 30);
        assert_false(done[0] || done[1] || done[2]);
        assert_int_equal(err.status, STATUS_OK);
    }
    assert_false(replications_must_stop());
}

static void every_job_runs_once_whatever_the_threads(void **state)
{
    static struct world one, many;
    static const unsigned threads[] = {1, 2, 3, 4, 16, 1000};
    struct error err = {0};
    bool done[JOBS];
    new_world(&one);
    assert_true(run(&one, 1, JOBS, done, &err));
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
        new_world(&many);
        memset(done, 0, sizeof done);
        assert_true(run(&many, threads[t], JOBS, done, &err));
        for (size_t job = 0; job < JOBS; job++) {
            assert_int_equal(atomic_load(&many.begun[job]), 1);
            assert_true(done[job]);
        }
        assert_memory_equal(many.result, one.result, sizeof one.result);
        assert_true(atomic_load(&many.most_running) <= (int)threads[t]);
    }
}

static void threads_run_side_by_side(void **state)
{
    static struct world world;
    struct error err = {0};
    bool done[8];
    new_world(&world);
    world.sleep_us = 50000;
    assert_true(run(&world, 4, 8, done, &err));
    assert_true(atomic_load(&world.most_running) > 1);
}

static void the_error_of_the_lowest_job_is_kept(void **state)
{
    static struct world world;
    for (unsigned threads = 1; threads <= 8; threads++)
        for (int repeat = 0; repeat < 20; repeat++) {
            struct error err = {0};
            bool done[JOBS];
            new_world(&world);
            world.fails_from = 37;
            assert_false(run(&world, threads, JOBS, done, &err));
            assert_int_equal(err.status, STATUS_MODEL);
            assert_string_equal(err.message, "job 37 failed");
            for (size_t job = 0; job < JOBS; job++)
                assert_int_equal(done[job], job < 37);
        }
}

static void an_error_met_before_is_not_hidden(void **state)
{
    static struct world world;
    struct error err = {0};
    bool done[JOBS];
    new_world(&world);
    world.fails_from = 0;
    error_set(&err, STATUS_INPUT, "the first");
    assert_false(run(&world, 2, JOBS, done, &err));
    assert_string_equal(err.message, "the first");
}

static void an_interruption_drops_the_jobs_not_begun(void **state)
{
    static struct world world;
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct error err = {0};
        bool done[JOBS];
        new_world(&world);
        world.interrupts_at = 41;
        world.sleep_us = 100;
        assert_true(run(&world, threads, JOBS, done, &err));
        assert_int_equal(err.status, STATUS_OK);
        size_t finished = 0;
        for (size_t job = 0; job < JOBS; job++) {
            assert_int_equal(done[job], atomic_load(&world.begun[job]));
            finished += done[job];
        }
        assert_true(done[41]);
        assert_int_equal(finished, atomic_load(&world.finished));
        /* A worker between its look at the flag and its job begins that one; an idle machine lets
         * the others finish a few more before the flag is set. */
        assert_true(finished >= 42 && finished < JOBS);
        assert_int_equal(world.last_done, finished);
    }
}

static void an_interruption_before_the_start_runs_nothing(void **state)
{
    static struct world world;
    struct error err = {0};
    bool done[JOBS];
    memset(done, 1, sizeof done);
    new_world(&world);
    atomic_store(&world.is_interrupted, true);
    assert_true(run(&world, 4, JOBS, done, &err));
    for (size_t job = 0; job < JOBS; job++)
        assert_false(done[job]);
}

/* 60 jobs of at least 10 ms on one thread: at least 5 intervals of 100 ms pass. */
static void progress_is_told_while_jobs_run_and_at_the_end(void **state)
{
    static struct world world;
    static const size_t jobs[] = {60, 60, 120};
    for (unsigned threads = 1; threads <= 2; threads++) {
        struct error err = {0};
        bool done[JOBS];
        new_world(&world);
        world.sleep_us = 10000;
        assert_true(run(&world, threads, jobs[threads], done, &err));
        assert_true(world.reports >= 4);
        assert_int_equal(world.last_done, jobs[threads]);
        assert_int_equal(world.last_jobs, jobs[threads]);
    }
}

static void no_jobs_are_done_at_once(void **state)
{
    static struct world world;
    struct error err = {0};
    bool done[1];
    new_world(&world);
    assert_true(run(&world, 4, 0, done, &err));
    assert_int_equal(world.reports, 1);
    assert_int_equal(world.last_jobs, 0);
}

/* A stack larger than the address space makes every pthread_create fail. */
static void without_threads_the_jobs_run_on_the_caller(void **state)
{
    static struct world world;
    struct error err = {0};
    bool done[JOBS];
    pthread_attr_t usual, huge;
    assert_int_equal(pthread_getattr_default_np(&usual), 0);
    assert_int_equal(pthread_attr_init(&huge), 0);
    assert_int_equal(pthread_attr_setstacksize(&huge, (size_t)1 << 47), 0);
    assert_int_equal(pthread_setattr_default_np(&huge), 0);
    new_world(&world);
    bool is_ok = run(&world, 4, JOBS, done, &err);
    assert_int_equal(pthread_setattr_default_np(&usual), 0);
    pthread_attr_destroy(&usual);
    pthread_attr_destroy(&huge);
    assert_true(is_ok);
    assert_int_equal(atomic_load(&world.most_running), 1);
    for (size_t job = 0; job < JOBS; job++)
        assert_true(done[job]);
}

static void cores_are_those_this_process_may_use(void **state)
{
    cpu_set_t usual, one;
    assert_int_equal(sched_getaffinity(0, sizeof usual, &usual), 0);
    assert_int_equal(replications_cores(), CPU_COUNT(&usual));
    size_t first = 0;
    while (!CPU_ISSET(first, &usual))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    unsigned cores = replications_cores();
    assert_int_equal(sched_setaffinity(0, sizeof usual, &usual), 0);
    assert_int_equal(cores, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First, while the C library has no old thread's stack to use again. */
        cmocka_unit_test(without_threads_the_jobs_run_on_the_caller),
        cmocka_unit_test(every_job_runs_once_whatever_the_threads),
        cmocka_unit_test(a_job_without_end_gives_up_a_second_after_the_interruption),
        cmocka_unit_test(threads_run_side_by_side),
        cmocka_unit_test(the_error_of_the_lowest_job_is_kept),
        cmocka_unit_test(an_error_met_before_is_not_hidden),
        cmocka_unit_test(an_interruption_drops_the_jobs_not_begun),
        cmocka_unit_test(an_interruption_before_the_start_runs_nothing),
        cmocka_unit_test(progress_is_told_while_jobs_run_and_at_the_end),
        cmocka_unit_test(no_jobs_are_done_at_once),
        cmocka_unit_test(cores_are_those_this_process_may_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
