/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a batch of jobs takes on some threads, against exact values, as one family. */
#include "tests/support/exact_gate.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <math.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* Each `every_s` so many jobs at once, or in chunks of barrier, each of which holds a thread for a
 * time. */
static struct scenario *build_batch(int64_t every_s, int64_t jobs, int64_t barrier, int64_t threads,
                                    const struct distribution *service)
{
    struct scenario *scenario = build_queue(arena, law_exponential(arena, 1), service,
                                            build_pool("pool", POOL_THREADS, threads));
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    *workload = scenario->workloads[0];
    workload->arrivals = (struct arrival_spec){
        .process = ARRIVAL_CYCLE,
        .rate_per_s = (double)jobs / (double)every_s,
        .cycle = {.every_ns = every_s * 1000000000, .jobs = jobs, .barrier = barrier}};
    scenario->workloads = workload;
    return scenario;
}

/* Sum of 1 / k^power for k = 1..n. */
static double harmonic(int64_t n, double power)
{
    double sum = 0;
    for (int64_t k = n; k >= 1; k--)
        sum += pow((double)k, -power);
    return sum;
}

static void a_constant_batch_takes_its_rounds(void **state)
{
    const char *id = "det-makespan";
    struct scenario *scenario = build_batch(10, 1000, 0, 50, law_constant(arena, 0.075));
    scenario->run.duration_ns = INT64_C(100000000000);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.cycle.mean"), exact_value(id, "makespan"), 1e-12);
    assert_within(once_value(&once, "w.cycle.max"), exact_value(id, "makespan"), 1e-12);
}

/* All threads are busy until fewer jobs than threads are left: (n - c) / c + H_c times the mean. */
static void a_batch_of_few_jobs_agrees(void **state)
{
    const double service_s = 0.385;
    const int64_t jobs = 11, threads = 4;
    double rounds = (double)(jobs - threads) / (double)threads;
    double variance = (double)(jobs - threads) / (double)(threads * threads) + harmonic(threads, 2);
    const struct gate_value values[] = {
        {"w.cycle.mean", service_s * (rounds + harmonic(threads, 1)), 0},
        {"w.cycle.sd", service_s * sqrt(variance), 0}};
    gate_run("makespan-11-4", build_batch(10, jobs, 0, threads, law_exponential(arena, service_s)),
             10000, values, 2);
    gate_assert_agreement();
}

/* Behind a barrier each chunk takes as long as its longest job: n / c times H_c times the mean, and
 * their variances add up. */
static void a_batch_with_barriers_agrees(void **state)
{
    const double service_s = 0.385;
    const int64_t jobs = 12, threads = 4;
    double chunks = (double)(jobs / threads);
    const struct gate_value values[] = {
        {"w.cycle.mean", chunks * service_s * harmonic(threads, 1), 0},
        {"w.cycle.sd", service_s * sqrt(chunks * harmonic(threads, 2)), 0},
        {"pool.wait.mean", 0, 0}};
    gate_run("makespan-barrier-12-4",
             build_batch(20, jobs, threads, threads, law_exponential(arena, service_s)), 20000,
             values, 3);
    gate_assert_agreement();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_constant_batch_takes_its_rounds, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_batch_of_few_jobs_agrees, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_batch_with_barriers_agrees, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
