/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limiters, buffers, retries and the steps that hold nothing are read as they are written. */
#include "tests/support/scenario_fixture.h"

#include <string.h>

#define START "{ \"capsim\": 1, \"name\": \"s\", \"resources\": "
#define END ", \"run\": { \"duration\": \"1h\" } }"
#define GATES                                                                                      \
    "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 5 },"                                      \
    "\"gate\": { \"kind\": \"rate_limiter\", \"rate\": \"90/min\", \"burst\": 7, \"excess\": "     \
    "\"wait\" },"                                                                                  \
    "\"log\": { \"kind\": \"buffer\", \"capacity\": \"3KiB\", \"when_full\": \"wait\" } }"

static bool has_default(const struct scenario *scenario, const char *key, const char *value)
{
    for (size_t i = 0; i < scenario->assumption_count; i++) {
        const struct assumption *assumption = &scenario->assumptions[i];
        if (assumption->is_default && strcmp(assumption->key, key) == 0)
            return strcmp(assumption->value, value) == 0;
    }
    return false;
}

static void gates_have_all_their_keys(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state, GATES, POISSON,
        "[ { \"pass\": \"gate\" }, { \"put\": \"log\", \"size\": \"1KB\" }, { \"drain\": \"log\" },"
        "{ \"hold\": \"p\", \"steps\": [ { \"delay\": \"1ms\" } ] } ]");
    const struct step *steps = scenario->workloads[0].classes[0].steps;
    assert_int_equal(scenario->pool_count, 1);
    assert_int_equal(scenario->limiter_count, 1);
    assert_int_equal(scenario->buffer_count, 1);
    assert_string_equal(scenario->limiters[0].name, "gate");
    assert_true(scenario->limiters[0].rate_per_s == 1.5);
    assert_int_equal(scenario->limiters[0].burst, 7);
    assert_true(scenario->limiters[0].is_waiting);
    assert_string_equal(scenario->buffers[0].name, "log");
    assert_int_equal(scenario->buffers[0].capacity, 3072);
    assert_true(scenario->buffers[0].is_waiting);
    assert_int_equal(steps[0].kind, STEP_PASS);
    assert_int_equal(steps[0].target, 0);
    assert_int_equal(steps[1].kind, STEP_PUT);
    assert_true(distribution_mean(steps[1].size) == 1000);
    assert_int_equal(steps[2].kind, STEP_DRAIN);
    assert_true(scenario->memory.is_given); /* what is buffered is memory */
    assert_int_equal(scenario->warning_count, 0);
}

static void defaults_of_gates_are_recorded(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state,
        "{ \"gate\": { \"kind\": \"rate_limiter\", \"rate\": \"3/s\" },"
        "\"log\": { \"kind\": \"buffer\", \"capacity\": \"5KB\" } }",
        POISSON,
        "[ { \"put\": \"log\", \"size\": { \"dist\": \"exponential\", \"mean\": \"2KB\" } } ]");
    assert_int_equal(scenario->limiters[0].burst, 1);
    assert_false(scenario->limiters[0].is_waiting);
    assert_false(scenario->buffers[0].is_waiting);
    assert_true(has_default(scenario, "resources.gate.burst", "1"));
    assert_true(has_default(scenario, "resources.gate.excess", "refuse"));
    assert_true(has_default(scenario, "resources.log.when_full", "drop"));
    assert_int_equal(scenario->warning_count, 2);
    assert_string_equal(scenario->warnings[0], "resources.gate is never used");
    assert_string_equal(scenario->warnings[1],
                        "no step drains resources.log: once full, it stays full");
}

static void a_fetch_has_all_its_keys(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state, POOL, POISSON,
        "[ { \"hold\": \"p\", \"steps\": [ { \"fetch\": \"p\", \"rows_offered\": 300, "
        "\"row_limit\": 200, \"time_per_row\": \"50us\" } ] },"
        "{ \"fetch\": \"p\", \"rows_offered\": 2, \"time_per_row\": \"1us\" } ]");
    const struct step *fetch = scenario->workloads[0].classes[0].steps[0].steps;
    assert_int_equal(fetch->kind, STEP_FETCH);
    assert_int_equal(fetch->pool, 0);
    assert_true(distribution_mean(fetch->size) == 300);
    assert_int_equal(fetch->row_limit, 200);
    assert_within(distribution_mean(fetch->duration), 50e-6, 1e-18);
    assert_true(has_default(scenario, "workloads.w.steps.1.row_limit", "none"));
    assert_int_equal(scenario->warning_count, 1);
    assert_non_null(strstr(scenario->warnings[0], "reads from p without holding one of it"));
}

static void a_retry_has_all_its_keys(void **state)
{
    const struct scenario *scenario = fixture_read_text(
        *state, START POOL ", \"workloads\": { \"w\": { \"arrivals\": " POISSON
                           ", \"deadline\": \"2s\", \"priority\": 3, \"retry\": { \"attempts\": 4, "
                           "\"backoff\": \"20ms\", \"multiplier\": 1.5, \"on\": [\"refused\"] },"
                           "\"steps\": [ { \"delay\": \"1ms\" } ] } }" END);
    const struct workload_spec *workload = scenario->workloads;
    assert_int_equal(workload->retry.attempts, 4);
    assert_within(distribution_mean(workload->retry.backoff), 0.02, 1e-15);
    assert_true(workload->retry.multiplier == 1.5);
    assert_true(workload->retry.on_refused);
    assert_false(workload->retry.on_timeout);
    assert_int_equal(workload->deadline_ns, 2000000000);
    assert_int_equal(workload->classes[0].priority, 3);
}

static void defaults_of_a_retry_are_recorded(void **state)
{
    const struct scenario *scenario = fixture_read_text(
        *state, START POOL ", \"workloads\": { \"w\": { \"arrivals\": " POISSON
                           ", \"deadline\": null, \"retry\": { \"attempts\": 2, \"backoff\": "
                           "\"0s\" }, \"steps\": [ { \"delay\": \"1ms\" } ] } }" END);
    assert_int_equal(scenario->workloads[0].deadline_ns, 0);
    assert_true(scenario->workloads[0].retry.multiplier == 1);
    assert_true(scenario->workloads[0].retry.on_refused);
    assert_true(scenario->workloads[0].retry.on_timeout);
    assert_true(has_default(scenario, "workloads.w.retry.multiplier", "1"));
    assert_true(has_default(scenario, "workloads.w.retry.on", "[\"timeout\",\"refused\"]"));
}

static void what_is_spawned_may_come_later_and_without_arrivals(void **state)
{
    const struct scenario *scenario = fixture_read_text(
        *state, START POOL ", \"workloads\": { \"w\": { \"arrivals\": " POISSON
                           ", \"steps\": [ { \"spawn\": \"job\" } ] },"
                           "\"job\": { \"steps\": [ { \"delay\": \"1ms\" } ] } }" END);
    assert_int_equal(scenario->workloads[0].classes[0].steps[0].kind, STEP_SPAWN);
    assert_int_equal(scenario->workloads[0].classes[0].steps[0].target, 1);
    assert_int_equal(scenario->workloads[1].arrivals.process, ARRIVAL_NONE);
}

/* Two holds in a circle: the deadline ends the wait, so that is a warning and no error. */
static void a_deadline_in_the_circle_is_a_warning(void **state)
{
    const struct scenario *scenario = fixture_read_text(
        *state,
        START POOL ", \"workloads\": { \"w\": { \"arrivals\": " POISSON
                   ", \"deadline\": \"2s\", \"steps\": [ { \"hold\": \"p\", \"steps\": "
                   "[ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"1ms\" } ] } ] } ] } }" END);
    assert_int_equal(scenario->warning_count, 2); /* and how many would be safe */
    assert_non_null(strstr(scenario->warnings[0], "only timeouts end that"));
}

/* Whoever drains needs what those hold who wait for that. */
static void a_drain_behind_those_who_wait_is_a_warning(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state, GATES, POISSON,
        "[ { \"pass\": \"gate\" }, { \"hold\": \"p\", \"steps\": [ { \"put\": \"log\", "
        "\"size\": \"1KB\" } ] }, { \"hold\": \"p\", \"steps\": [ { \"drain\": \"log\" "
        "} ] } ]");
    assert_int_equal(scenario->warning_count, 1);
    assert_string_equal(
        scenario->warnings[0],
        "can deadlock: requests that hold p wait for room in log, and who drains it "
        "must have p first: nobody does unless something else drains it in time");
    scenario = fixture_read_system(
        *state, GATES, POISSON,
        "[ { \"pass\": \"gate\" }, { \"hold\": \"p\", \"steps\": [ { \"put\": \"log\", "
        "\"size\": \"1KB\" } ] }, { \"drain\": \"log\" } ]");
    assert_int_equal(scenario->warning_count, 0);
}

/* It gives p back before it drains, but it needs p to get there. */
static void who_drains_after_holding_is_behind_those_who_wait(void **state)
{
    static const char workloads[] =
        ", \"workloads\": { \"w\": { \"arrivals\": " POISSON ", \"steps\": [ { \"hold\": \"p\","
        " \"steps\": [ { \"put\": \"b\", \"size\": \"1B\" } ] } ] }, \"d\": { "
        "\"arrivals\": " POISSON ", \"steps\": [ %s { \"drain\": \"b\" } ] } }" END;
    static const char buffer[] =
        "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 5 }, \"b\": { \"kind\": \"buffer\","
        " \"capacity\": \"10B\", \"when_full\": \"wait\" } }";
    static const struct {
        const char *before;
        size_t warnings;
    } cases[] = {{"{ \"hold\": \"p\", \"steps\": [ { \"delay\": \"1ms\" } ] },", 1},
                 {"{ \"delay\": \"1ms\" },", 0}};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 2; i++) {
        const char *rest = arena_printf(fixture->arena, workloads, cases[i].before);
        const struct scenario *scenario =
            fixture_read_text(fixture, arena_printf(fixture->arena, START "%s%s", buffer, rest));
        assert_int_equal(scenario->warning_count, cases[i].warnings);
        if (i == 0)
            assert_non_null(strstr(scenario->warnings[0], "can deadlock: requests that hold p wait "
                                                          "for room in b"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(gates_have_all_their_keys),
        fixture_test(defaults_of_gates_are_recorded),
        fixture_test(a_fetch_has_all_its_keys),
        fixture_test(a_retry_has_all_its_keys),
        fixture_test(defaults_of_a_retry_are_recorded),
        fixture_test(what_is_spawned_may_come_later_and_without_arrivals),
        fixture_test(a_deadline_in_the_circle_is_a_warning),
        fixture_test(a_drain_behind_those_who_wait_is_a_warning),
        fixture_test(who_drains_after_holding_is_behind_those_who_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
