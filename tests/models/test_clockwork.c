/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues in which nothing is random: waits are known to the nanosecond. */
#include "models/engine/model.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

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

static struct scenario *build_clockwork(double interarrival_s, double service_s,
                                        enum pool_kind kind, int64_t servers)
{
    return build_queue(arena, law_constant(arena, interarrival_s), law_constant(arena, service_s),
                       build_pool("pool", kind, servers));
}

/* The value of a metric in one replication. */
static double replicate_once(struct scenario *scenario, double duration_s, const char *metric)
{
    struct error err = {.status = STATUS_OK};
    struct arena *scratch = arena_open();
    scenario->run.duration_ns = scenario->run.window_ns = distribution_to_ns(duration_s);
    struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    size_t columns;
    model_columns(model, &columns);
    struct observation observation = {
        .value = arena_array(arena, columns, sizeof(double)),
        .weight = arena_array(arena, columns, sizeof(double)),
        .counts = arena_array(arena, model_histogram_count(model), sizeof *observation.counts)};
    assert_true(model_replicate_by_end(model, 0, scratch, &observation, &err));
    arena_close(scratch);
    int column = model_find_column(model, metric);
    assert_int_not_equal(column, COLUMN_NONE);
    return observation.value[column];
}

/* At full load each request needs the server that is freed at the instant it arrives. */
static void what_is_freed_at_an_instant_is_taken_at_that_instant(void **state)
{
    struct scenario *single = build_clockwork(0.1, 0.1, POOL_CONNECTIONS, 1);
    assert_within(replicate_once(single, 1000.03, "pool.wait.max"),
                  exact_value("det-dd1", "max_wait"), 0.0);
    struct scenario *many = build_clockwork(0.001, 0.05, POOL_THREADS, 50);
    assert_within(replicate_once(many, 100.0303, "pool.wait.max"),
                  exact_value("det-ddc", "max_wait"), 0.0);
    assert_within(replicate_once(many, 100.0303, "pool.wait.probability"), 0.0, 0.0);
}

static void an_overloaded_clockwork_lags_further_with_each_request(void **state)
{
    struct scenario *scenario = build_clockwork(0.1, 0.125, POOL_CONNECTIONS, 1);
    /* The hundredth is granted at 0.1 + 99 x 0.125 = 12.475 s, the next at 12.6 s. */
    assert_within(replicate_once(scenario, 12.48, "pool.wait.max"),
                  exact_value("det-overload", "wait_of_100th_(index99)"), 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_freed_at_an_instant_is_taken_at_that_instant),
        cmocka_unit_test(an_overloaded_clockwork_lags_further_with_each_request),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
