/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Services: replicas with copies of their own, against the same system written out. How they are
 * balanced is compared with exact values in test_exact.c. */
#include "models/stations/cpu.h"
#include "tests/support/exact_gate.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include <math.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

/* M/M/1 replicas behind a balancer: arrivals at 16/s, 0.1 s each. */
static struct scenario *build_service(int64_t replicas, enum balance balance)
{
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    *service = (struct service_spec){.name = "api", .replicas = replicas, .balance = balance};
    struct pool_spec pool = build_pool("api.db", POOL_THREADS, 1);
    pool.copies = replicas;
    pool.service = 0;
    struct step delay = build_delay(law_exponential(arena, 0.1));
    struct step *hold = arena_alloc(arena, sizeof *hold);
    *hold = build_hold(arena, 0, &delay, 1);
    struct step visit = {
        .kind = STEP_VISIT, .timeout_ns = SPEC_NEVER, .service = 0, .steps = hold, .step_count = 1};
    struct class_spec class = build_class(arena, NULL, 1, 0, &visit, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / 16.0), &class, 1);
    struct scenario *scenario = build_scenario(arena, &pool, 1, &workload, 1, 1000);
    scenario->services = service;
    scenario->service_count = 1;
    return scenario;
}

/* One replication's value of a metric. */
static double value_of(const struct model *model, const struct observation *observation,
                       const char *metric)
{
    int column = model_find_column(model, metric);
    assert_int_not_equal(column, COLUMN_NONE);
    return observation->value[column];
}

static struct observation observe(const struct scenario *scenario, const struct model **model)
{
    struct error err = {0};
    struct model *compiled = model_compile(scenario, arena, &err);
    assert_string_equal(err.message, "");
    size_t columns;
    model_columns(compiled, &columns);
    struct observation observation = {
        .value = arena_array(arena, columns, sizeof(double)),
        .weight = arena_array(arena, columns, sizeof(double)),
        .counts = arena_array(arena, model_histogram_count(compiled), sizeof(uint32_t *))};
    assert_true(model_replicate(compiled, 0, arena, &observation, &err));
    *model = compiled;
    return observation;
}

/* One replica is the pool itself: the same bytes as without a service. */
static void one_replica_is_the_plain_pool(void **state)
{
    (void)state;
    struct scenario *with = build_service(1, BALANCE_ROUND_ROBIN);
    struct scenario *without =
        build_queue(arena, law_exponential(arena, 1 / 16.0), law_exponential(arena, 0.1),
                    build_pool("pool", POOL_THREADS, 1));
    without->run.duration_ns = with->run.duration_ns;
    const struct model *model_with, *model_without;
    struct observation a = observe(with, &model_with), b = observe(without, &model_without);
    assert_true(value_of(model_with, &a, "w.response.mean") ==
                value_of(model_without, &b, "w.response.mean"));
    assert_true(value_of(model_with, &a, "api.db.wait.p95") ==
                value_of(model_without, &b, "pool.wait.p95"));
}

/* The whole is the mean of its replicas and the worst at least that; open threads are all of them.
 */
static void the_whole_adds_up_and_the_worst_is_worse(void **state)
{
    (void)state;
    const struct model *model;
    struct observation seen = observe(build_service(12, BALANCE_RANDOM), &model);
    double whole = value_of(model, &seen, "api.db.utilization");
    assert_within(whole, value_of(model, &seen, "api.db.busy") / 12, 1e-12);
    assert_true(value_of(model, &seen, "api.db.worst.utilization") > whole);
    assert_true(value_of(model, &seen, "api.db.worst.wait.p95") >
                value_of(model, &seen, "api.db.wait.p95"));
    assert_true(value_of(model, &seen, "api.db.open") == 12);
    assert_true(value_of(model, &seen, "api.db.worst.busy.max") == 1);
    assert_true(value_of(model, &seen, "api.db.worst.utilization.max") == 1);
    assert_true(value_of(model, &seen, "api.db.open.max") == 12);
    assert_within(value_of(model, &seen, "api.db.utilization.max"),
                  value_of(model, &seen, "api.db.busy.max") / 12, 1e-12);
}

/* Nobody waits for one of 100 threads, so that whoever is in the system has one: the most that were
 * busy at once in all replicas are the most that were there at once. */
static void the_largest_is_of_all_replicas_together(void **state)
{
    (void)state;
    const struct model *model;
    struct scenario *scenario = build_service(12, BALANCE_RANDOM);
    struct pool_spec wide = scenario->pools[0];
    wide.max = 100;
    scenario->pools = &wide;
    struct observation seen = observe(scenario, &model);
    double together = value_of(model, &seen, "w.in_system.max");
    assert_true(value_of(model, &seen, "api.db.busy.max") == together);
    assert_true(value_of(model, &seen, "api.db.worst.busy.max") < together);
    assert_true(value_of(model, &seen, "api.db.open.max") == 1200);
}

/* A visit that ends in a time-out leaves its replica: with nobody left behind, least-busy would
 * otherwise starve it. */
static void a_failing_request_leaves_its_replica(void **state)
{
    (void)state;
    struct scenario *scenario = build_service(2, BALANCE_LEAST_BUSY);
    struct step *visit = (struct step *)scenario->workloads[0].classes[0].steps;
    visit->timeout_ns = 50000000;
    const struct model *model;
    struct observation seen = observe(scenario, &model);
    assert_true(value_of(model, &seen, "w.timeout_rate") > 0.3);
    double whole = value_of(model, &seen, "api.db.utilization");
    double worst = value_of(model, &seen, "api.db.worst.utilization");
    assert_within(worst, whole, 0.05 * whole);
}

/* ---- cpus, limiters and buffers of each replica ---- */

static struct scenario *build_visits(int64_t replicas, enum balance balance,
                                     const struct distribution *interarrival,
                                     const struct step *inside, size_t count)
{
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    *service = (struct service_spec){.name = "api", .replicas = replicas, .balance = balance};
    struct step visit = build_plain(STEP_VISIT, 0);
    visit.steps = inside;
    visit.step_count = count;
    struct class_spec class = build_class(arena, NULL, 1, 0, &visit, 1);
    struct workload_spec workload = build_workload(arena, "w", interarrival, &class, 1);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 1000);
    scenario->services = service;
    scenario->service_count = 1;
    return scenario;
}

/* A random split onto two processors, each shared by those who work there: the mean response is
 * that of two M/M/1 queues, whatever the law of work. */
static void each_replica_shares_its_own_processor(void **state)
{
    (void)state;
    double response = exact_value("random2-r80", "mean_response");
    const struct step work = build_work(0, law_lognormal(arena, 0.1, 1));
    struct cpu_spec cpu = build_cpu("api.cpu", CPU_MILLI);
    cpu.copies = 2;
    cpu.service = 0;
    struct scenario *scenario =
        build_visits(2, BALANCE_RANDOM, law_exponential(arena, 1 / 16.0), &work, 1);
    build_add_cpus(arena, scenario, &cpu, 1);
    const struct gate_value values[] = {{"w.response.mean", response, 0},
                                        {"api.cpu.utilization", 0.8, 0},
                                        {"api.cpu.slowdown.mean", response / 0.1, 0},
                                        {"api.cpu.queue", 16 * response, 0}};
    gate_run("random2-r80-ps", scenario, 20000, values, 4);
    gate_assert_agreement();
    const struct model *model;
    struct observation seen = observe(scenario, &model);
    double whole = value_of(model, &seen, "api.cpu.utilization");
    assert_true(value_of(model, &seen, "api.cpu.worst.utilization") > whole);
    assert_true(value_of(model, &seen, "api.cpu.worst.slowdown.mean") >
                value_of(model, &seen, "api.cpu.slowdown.mean"));
    assert_true(value_of(model, &seen, "api.cpu.utilization.max") == 1);
}

/* 10 requests a second in turn to two replicas, at 0.1 s, 0.2 s ...: of the five each second of one
 * replica, 0.2 s apart, every second finds a token that comes back after 0.25 s. */
static void each_replica_has_its_own_tokens(void **state)
{
    (void)state;
    const struct step pass = build_plain(STEP_PASS, 0);
    struct limiter_spec limiter = build_limiter("api.gate", 4, 1);
    limiter.copies = 2;
    limiter.service = 0;
    struct scenario *scenario =
        build_visits(2, BALANCE_ROUND_ROBIN, law_constant(arena, 0.1), &pass, 1);
    scenario->limiters = &limiter;
    scenario->limiter_count = 1;
    scenario->run.duration_ns = INT64_C(4050000000);
    const struct model *model;
    struct observation seen = observe(scenario, &model);
    assert_within(value_of(model, &seen, "w.throughput") * 4.05, 20, 1e-9);
    assert_within(value_of(model, &seen, "api.gate.refused_rate"), 0.5, 1e-12);
    assert_within(value_of(model, &seen, "api.gate.worst.refused_rate"), 0.5, 1e-12);
}

/* 300 bytes each 0.1 s, in turn to three replicas whose buffers take 700: the fourth round, from
 * 0.7 s on, does not fit. */
static void each_replica_has_its_own_buffer(void **state)
{
    (void)state;
    struct step put = build_plain(STEP_PUT, 0);
    put.size = law_constant(arena, 300);
    struct buffer_spec buffer = build_buffer("api.log", 700);
    buffer.copies = 3;
    buffer.service = 0;
    struct scenario *scenario =
        build_visits(3, BALANCE_ROUND_ROBIN, law_constant(arena, 0.1), &put, 1);
    scenario->buffers = &buffer;
    scenario->buffer_count = 1;
    scenario->memory.is_given = true;
    scenario->run.duration_ns = INT64_C(1000000000);
    const struct model *model;
    struct observation seen = observe(scenario, &model);
    /* 0.1 s of 300, of 600 ... of 1800, then 0.4 s of that. */
    assert_within(value_of(model, &seen, "api.log.level"),
                  0.1 * 300 * (1 + 2 + 3 + 4 + 5) + 0.4 * 1800, 1e-9);
    assert_within(value_of(model, &seen, "memory"), value_of(model, &seen, "api.log.level"), 1e-9);
    assert_within(value_of(model, &seen, "api.log.worst.level.max"), 600, 1e-9);
    assert_within(value_of(model, &seen, "api.log.dropped_rate"), 3 / 9.0, 1e-12);
}

/* Each replica's pool of three draws on its own database, which accepts two. */
static void each_replica_has_its_own_database(void **state)
{
    (void)state;
    struct pool_spec pool = build_pool("api.db", POOL_CONNECTIONS, 3);
    pool.copies = 2;
    pool.service = 0;
    pool.draws_on_database = true;
    struct cpu_spec database = build_cpu("api.postgres", CPU_MILLI);
    database.is_database = true;
    database.max_connections = 5;
    database.reserved = 3;
    database.copies = 2;
    database.service = 0;
    struct step delay = build_delay(law_constant(arena, 1)), hold = build_hold(arena, 0, &delay, 1);
    struct scenario *scenario =
        build_visits(2, BALANCE_ROUND_ROBIN, law_constant(arena, 0.1), &hold, 1);
    scenario->pools = &pool;
    scenario->pool_count = 1;
    build_add_cpus(arena, scenario, &database, 1);
    scenario->run.duration_ns = INT64_C(1000000000);
    const struct model *model;
    struct observation seen = observe(scenario, &model);
    /* Of those at 0.1 ... 0.9 s the first four get one. */
    assert_within(value_of(model, &seen, "api.postgres.worst.connections.max"), 2, 0);
    assert_within(value_of(model, &seen, "api.postgres.connections.max"), 4, 0);
    assert_within(value_of(model, &seen, "api.postgres.connections"), 0.9 + 0.8 + 0.7 + 0.6, 1e-9);
    assert_within(value_of(model, &seen, "api.postgres.worst.connections"), 0.9 + 0.7, 1e-9);
    assert_within(value_of(model, &seen, "w.refused_rate"), 5 / 9.0, 1e-12);
    size_t count;
    assert_string_equal(
        model_warnings(model, &count)[1],
        "api.postgres: the pools of each replica can open 3 connections at most, it "
        "accepts 2 (max_connections 5 less 3 reserved): any beyond that is refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_replica_is_the_plain_pool),
        cmocka_unit_test(the_whole_adds_up_and_the_worst_is_worse),
        cmocka_unit_test(the_largest_is_of_all_replicas_together),
        cmocka_unit_test(a_failing_request_leaves_its_replica),
        cmocka_unit_test(each_replica_shares_its_own_processor),
        cmocka_unit_test(each_replica_has_its_own_tokens),
        cmocka_unit_test(each_replica_has_its_own_buffer),
        cmocka_unit_test(each_replica_has_its_own_database),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
