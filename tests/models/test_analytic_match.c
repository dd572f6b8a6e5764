/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which scenarios are recognised as queues with a formula, and which must not be. */
#include "models/program/analytic_match.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <string.h>

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

/* M/M/4 at 60 per s and 60 ms, before it is spoilt. */
static struct scenario *build_mm4(struct pool_spec pool)
{
    return build_queue(arena, law_exponential(arena, 1.0 / 60.0), law_exponential(arena, 0.06),
                       pool);
}

static struct pool_spec four_connections(void)
{
    return build_pool("pool", POOL_CONNECTIONS, 4);
}

static struct analytic_answer assert_recognised(const struct scenario *scenario, const char *model)
{
    struct analytic_match match;
    assert_true(analytic_match_scenario(scenario, arena, &match));
    assert_string_equal(match.model, model);
    assert_int_equal(match.pool, 0);
    assert_int_equal(match.workload, 0);
    return match.answer;
}

static void assert_not_recognised(const struct scenario *scenario)
{
    struct analytic_match match;
    if (analytic_match_scenario(scenario, arena, &match))
        fail_msg("taken for %s", match.model);
}

static void service_laws_are_told_apart(void **state)
{
    const struct distribution *arrivals = law_exponential(arena, 0.125);
    struct pool_spec one = build_pool("pool", POOL_THREADS, 1), two = one;
    two.max = two.min = 2;
    struct scenario *scenario = build_queue(arena, arrivals, law_lognormal(arena, 0.1, 2.0), one);
    assert_within(assert_recognised(scenario, "M/G/1").wait_mean_s,
                  exact_value("mg1-ln-cv2", "mean_wait"), 1e-9);
    scenario = build_queue(arena, arrivals, law_constant(arena, 0.1), one);
    assert_within(assert_recognised(scenario, "M/D/1").wait_mean_s, 0.2, 1e-12);
    scenario = build_queue(arena, arrivals, law_exponential(arena, 0.1), one);
    assert_within(assert_recognised(scenario, "M/M/1").wait_mean_s, 0.4, 1e-12);
    const struct distribution *fast = law_exponential(arena, 0.0625);
    scenario = build_queue(arena, fast, law_constant(arena, 0.1), two);
    assert_within(assert_recognised(scenario, "M/D/2").wait_mean_s,
                  exact_value("mdc-2-r80", "mean_wait"), 1e-10);
    assert_not_recognised(build_queue(arena, fast, law_erlang(arena, 2, 0.1), two));
    assert_not_recognised(
        build_queue(arena, law_erlang(arena, 2, 0.125), law_exponential(arena, 0.1), one));
}

static void limits_on_queueing_are_told_apart(void **state)
{
    struct pool_spec pool = four_connections();
    assert_recognised(build_mm4(pool), "M/M/4");
    pool.acquire_timeout = law_constant(arena, 0.2);
    assert_within(assert_recognised(build_mm4(pool), "M/M/4+D").timeout_rate,
                  exact_value("mmnD-4-200ms", "P(timeout)"), 1e-12);
    pool.acquire_timeout = law_exponential(arena, 0.2);
    assert_recognised(build_mm4(pool), "M/M/4+M");
    pool.acquire_timeout = law_erlang(arena, 2, 0.2);
    assert_not_recognised(build_mm4(pool));
    pool.acquire_timeout = NULL;
    pool.queue_limit = 7;
    assert_recognised(build_mm4(pool), "M/M/4/11");
    pool.queue_limit = 0;
    assert_recognised(build_mm4(pool), "M/M/4/4");
    pool.acquire_timeout = law_erlang(arena, 2, 0.2); /* nobody waits */
    assert_recognised(
        build_queue(arena, law_exponential(arena, 0.001), law_gamma(arena, 0.3, 0.7), pool),
        "M/G/4/4");
    pool.queue_limit = 7;
    assert_not_recognised(build_mm4(pool));
}

static void the_order_of_service_matters_only_to_the_impatient(void **state)
{
    struct pool_spec pool = four_connections();
    pool.discipline = DISCIPLINE_RANDOM;
    assert_recognised(build_mm4(pool), "M/M/4");
    pool.acquire_timeout = law_constant(arena, 0.2);
    assert_not_recognised(build_mm4(pool));
    pool.discipline = DISCIPLINE_PRIORITY; /* of one class */
    assert_recognised(build_mm4(pool), "M/M/4+D");
}

static void batches_are_recognised_when_constant(void **state)
{
    struct scenario *scenario = build_queue(arena, law_exponential(arena, 0.2),
                                            law_exponential(arena, 0.06), four_connections());
    struct workload_spec workload = scenario->workloads[0];
    scenario->workloads = &workload;
    workload.arrivals.batch = law_constant(arena, 10.0);
    assert_within(assert_recognised(scenario, "M^10/M/4").wait_mean_s,
                  exact_value("mx4-b10", "mean_wait"), 1e-12);
    workload.arrivals.batch = law_constant(arena, 1.0);
    assert_recognised(scenario, "M/M/4");
    workload.arrivals.batch = law_constant(arena, 14.0); /* 14 x 5 x 0.06 > 4 */
    assert_not_recognised(scenario);
    workload.arrivals.batch = law_exponential(arena, 3.0);
    assert_not_recognised(scenario);
}

/* Connections may come and go as they like while that costs no time. */
static void a_pool_that_costs_time_is_not_recognised(void **state)
{
    struct pool_spec pool = four_connections();
    pool.max_uses = 3;
    pool.idle_timeout_ns = 1000000;
    pool.is_persistent = false;
    pool.connect = law_constant(arena, 0.0);
    assert_recognised(build_mm4(pool), "M/M/4");
    pool.connect = law_constant(arena, 1e-9);
    assert_not_recognised(build_mm4(pool));
    pool.connect = NULL;
    pool.checkout = law_exponential(arena, 1e-6);
    assert_not_recognised(build_mm4(pool));
}

static void a_queue_that_grows_without_bound_is_not_recognised(void **state)
{
    struct pool_spec pool = four_connections();
    const struct distribution *service = law_exponential(arena, 0.06);
    assert_not_recognised(build_queue(arena, law_exponential(arena, 0.015), service, pool));
    pool.acquire_timeout = law_constant(arena, 0.2);
    assert_recognised(build_queue(arena, law_exponential(arena, 0.015), service, pool), "M/M/4+D");
}

static void attempts_beyond_the_first_are_not_recognised(void **state)
{
    struct scenario *scenario = build_mm4(four_connections());
    struct workload_spec workload = scenario->workloads[0];
    scenario->workloads = &workload;
    workload.retry.attempts = 1;
    assert_recognised(scenario, "M/M/4");
    workload.retry.attempts = 2;
    assert_not_recognised(scenario);
    workload.retry.attempts = 1;
    workload.deadline_ns = 1;
    assert_not_recognised(scenario);
}

static void other_steps_are_not_recognised(void **state)
{
    struct step delays[2] = {build_delay(law_exponential(arena, 0.06)),
                             build_delay(law_exponential(arena, 0.01))};
    struct step twice = build_hold(arena, 0, delays, 2), once = build_hold(arena, 0, delays, 1);
    struct step nested = build_hold(arena, 0, &once, 1), limited = once;
    limited.timeout_ns = 1000000000;
    const struct step *const spoilt[] = {&twice, &nested, &limited, &delays[0]};
    struct class_spec class;
    struct workload_spec workload[2];
    struct pool_spec pool = four_connections();
    for (size_t i = 0; i < 4; i++) {
        class = build_class(arena, NULL, 1.0, 0, spoilt[i], 1);
        workload[0] = build_workload(arena, "w", law_exponential(arena, 0.1), &class, 1);
        assert_not_recognised(build_scenario(arena, &pool, 1, workload, 1, 600.0));
    }
    class = build_class(arena, NULL, 1.0, 0, &once, 1);
    workload[0] = workload[1] = build_workload(arena, "w", law_exponential(arena, 0.1), &class, 1);
    assert_recognised(build_scenario(arena, &pool, 1, workload, 1, 600.0), "M/M/4");
    assert_not_recognised(build_scenario(arena, &pool, 1, workload, 2, 600.0));
}

/* 8/s of 0.1 s on one core, and so on. */
static struct scenario *build_shared(double rate_per_s, const struct distribution *work,
                                     int64_t cores_milli)
{
    struct cpu_spec cpu = build_cpu("cpu", cores_milli);
    struct step step = build_work(0, work);
    struct class_spec class = build_class(arena, NULL, 1.0, 0, &step, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / rate_per_s), &class, 1);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 600.0);
    build_add_cpus(arena, scenario, &cpu, 1);
    return scenario;
}

static void shared_processors_are_recognised(void **state)
{
    struct analytic_match match;
    struct scenario *one = build_shared(8, law_lognormal(arena, 0.1, 2), 1000);
    assert_true(analytic_match_scenario(one, arena, &match) && match.is_shared);
    assert_string_equal(match.model, "M/G/1-PS");
    double response_s = exact_value("mm1ps-r80", "mean_response (any G)");
    assert_within(match.jobs, 8 * response_s, 1e-12);
    assert_within(match.slowdown, response_s / 0.1, 1e-12);
    struct scenario *eight = build_shared(720, law_exponential(arena, 0.01), 8000);
    assert_true(analytic_match_scenario(eight, arena, &match));
    assert_string_equal(match.model, "M/M/8-PS");
    assert_within(match.slowdown, exact_value("mm8ps-r90", "mean_response (any G)") / 0.01, 1e-9);
    assert_within(match.answer.utilization, 0.9, 1e-12);
    /* A quarter of a core: as one on which everything takes four times as long. */
    struct scenario *part = build_shared(2, law_constant(arena, 0.1), 250);
    assert_true(analytic_match_scenario(part, arena, &match));
    assert_within(match.slowdown, 4 / (1 - 0.8), 1e-12);
}

static void other_processors_are_not_recognised(void **state)
{
    const struct distribution *work = law_exponential(arena, 0.1);
    assert_not_recognised(build_shared(8, work, 1500));
    assert_not_recognised(build_shared(10, work, 1000));
    struct scenario *slowed = build_shared(8, work, 1000);
    ((struct cpu_spec *)slowed->cpus)[0].sigma = 0.01;
    assert_not_recognised(slowed);
    struct scenario *limited = build_shared(8, work, 1000);
    ((struct step *)limited->workloads[0].classes[0].steps)->timeout_ns = 1000000000;
    assert_not_recognised(limited);
}

/* A database may refuse connections: the formulas know nothing of it. */
static void a_pool_on_a_database_is_not_recognised(void **state)
{
    struct pool_spec pool = four_connections();
    pool.draws_on_database = true;
    assert_not_recognised(build_mm4(pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_laws_are_told_apart),
        cmocka_unit_test(limits_on_queueing_are_told_apart),
        cmocka_unit_test(the_order_of_service_matters_only_to_the_impatient),
        cmocka_unit_test(batches_are_recognised_when_constant),
        cmocka_unit_test(a_pool_that_costs_time_is_not_recognised),
        cmocka_unit_test(a_queue_that_grows_without_bound_is_not_recognised),
        cmocka_unit_test(attempts_beyond_the_first_are_not_recognised),
        cmocka_unit_test(other_steps_are_not_recognised),
        cmocka_unit_test(shared_processors_are_recognised),
        cmocka_unit_test(other_processors_are_not_recognised),
        cmocka_unit_test(a_pool_on_a_database_is_not_recognised),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
