/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/model.h"
#include "models/engine/model_internal.h"
#include "models/spec/synthetic_test.h"
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

/* 40/s that each hold one of 10 for exactly 0.125 s, and a slow workload beside it. */
static struct scenario *build_two(void)
{
    struct pool_spec pool = build_pool("pool", POOL_CONNECTIONS, 10);
    struct step delay = build_delay(law_constant(arena, 0.125));
    struct step hold = build_hold(arena, 0, &delay, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &hold, 1);
    struct workload_spec workloads[] = {
        build_workload(arena, "slow", law_exponential(arena, 10), &class, 1),
        build_workload(arena, "busy", law_constant(arena, 0.025), &class, 1)};
    return build_scenario(arena, &pool, 1, workloads, 2, 100);
}

static double value_of(const struct scenario *scenario, const char *metric)
{
    struct error err = {0};
    size_t columns;
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    model_columns(model, &columns);
    struct observation observation = {
        .value = arena_array(arena, columns, sizeof(double)),
        .weight = arena_array(arena, columns, sizeof(double)),
        .counts = arena_array(arena, model_histogram_count(model), sizeof *observation.counts)};
    if (!model_replicate(model, 0, arena, &observation, &err))
        fail_msg("%s", err.message);
    return observation.value[model_find_column(model, metric)];
}

static void the_test_sends_what_the_busiest_workload_sends(void **state)
{
    assert_int_equal(synthetic_test_subject(build_two()), 1);
}

/* 5 of the 10 are busy all the time, since 40/s hold them 0.125 s; 4 users at a time take 4 of the
 * others: 60 requests take 15 rounds of 0.125 s, with no wait. */
static void the_load_goes_on_while_the_test_runs(void **state)
{
    const struct synthetic_test test = {60, 4, INT64_C(600000000000), 1};
    struct scenario *tested =
        synthetic_test_scenario(build_two(), &test, INT64_C(2000000000), arena);
    assert_within(value_of(tested, SYNTHETIC_TEST_NAME ".throughput"), 4 / 0.125, 1e-9);
    assert_within(value_of(tested, SYNTHETIC_TEST_NAME ".response.p99"), 0.125, 0.125 / 512);
    assert_within(value_of(tested, "pool.busy"), 9, 0.2);
    assert_within(value_of(tested, "busy.throughput"), 40, 1);
}

/* 20 users on what is left of 10: they wait for one another. */
static void a_test_that_is_too_large_queues(void **state)
{
    const struct synthetic_test test = {500, 20, INT64_C(600000000000), 1};
    struct scenario *tested =
        synthetic_test_scenario(build_two(), &test, INT64_C(2000000000), arena);
    assert_true(value_of(tested, SYNTHETIC_TEST_NAME ".response.mean") > 0.2);
    assert_within(value_of(tested, "pool.utilization"), 1, 0.02);
}

static void it_is_stopped_when_it_takes_too_long(void **state)
{
    const struct synthetic_test test = {60, 4, INT64_C(1000000000), 1};
    struct scenario *tested =
        synthetic_test_scenario(build_two(), &test, INT64_C(2000000000), arena);
    /* Seven rounds of 4 are done after 0.875 s. */
    assert_within(value_of(tested, SYNTHETIC_TEST_NAME ".throughput"), 28, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_test_sends_what_the_busiest_workload_sends),
        cmocka_unit_test(the_load_goes_on_while_the_test_runs),
        cmocka_unit_test(a_test_that_is_too_large_queues),
        cmocka_unit_test(it_is_stopped_when_it_takes_too_long),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
