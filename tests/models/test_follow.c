/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What begins in the measured time is observed to its end, and nothing else. */
#include "models/engine/model.h"
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

static void measure(struct scenario *scenario, double warmup_s, double duration_s)
{
    scenario->run.warmup_ns = llround(warmup_s * 1e9);
    scenario->run.duration_ns = scenario->run.window_ns = llround(duration_s * 1e9);
}

/* One request each second, each with these steps. */
static struct scenario *build_each_second(const struct step *steps, size_t count)
{
    struct class_spec *class = arena_alloc(arena, sizeof *class);
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    *class = build_class(arena, NULL, 1, 0, steps, count);
    *workload = build_workload(arena, "w", law_constant(arena, 1), class, 1);
    return build_scenario(arena, NULL, 0, workload, 1, 1);
}

/* Arrivals at 1, 2, ... of 2.25 s each; measured from 2.5 to 5.5 s. In that time arrive those of 3,
 * 4 and 5 s, and end those of 1, 2 and 3 s. Present: 0.75 + 1.75 + 2.25 + 1.5 + 0.5 s. */
static void what_outlasts_the_run_is_observed(void **state)
{
    struct step delay = build_delay(law_constant(arena, 2.25));
    struct scenario *scenario = build_each_second(&delay, 1);
    measure(scenario, 2.5, 3);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.response.mean"), 2.25, 1e-12);
    assert_within(once.observation.weight[model_find_column(once.model, "w.response.mean")], 3, 0);
    assert_within(once_value(&once, "w.throughput"), 1, 1e-12);
    assert_within(once_value(&once, "w.in_system"), 6.75 / 3, 1e-12);
}

/* The same in a pool with room for all, where ends are not known beforehand, and with a named step;
 * then two steps, of which the second begins in the drain and is not of the measured time. */
static void what_is_held_is_followed_too(void **state)
{
    struct step inside[] = {build_delay(law_constant(arena, 2.25)),
                            build_delay(law_constant(arena, 1.5))};
    inside[0].name = "first";
    inside[1].name = "second";
    struct step hold = build_hold(arena, 0, inside, 2);
    struct scenario *scenario = build_each_second(&hold, 1);
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 9);
    scenario->pools = &pool;
    scenario->pool_count = 1;
    measure(scenario, 2.5, 3);
    struct once once = replicate_once(scenario, 0, arena);
    const double *weight = once.observation.weight;
    assert_within(once_value(&once, "w.response.mean"), 3.75, 1e-12);
    assert_within(weight[model_find_column(once.model, "w.response.mean")], 3, 0);
    /* Those of 3, 4 and 5 s begin their first step; those of 1, 2 and 3 s their second. */
    assert_within(weight[model_find_column(once.model, "w.step.first.mean")], 3, 0);
    assert_within(weight[model_find_column(once.model, "w.step.second.mean")], 3, 0);
    assert_within(weight[model_find_column(once.model, "pool.wait.mean")], 3, 0);
}

/* A server that is never free again, and patience of 2.25 s: who asks in the measured time gives
 * up, the last at 7.25 s; who asked before is not counted, though two of them give up in it. */
static void who_gives_up_later_is_counted(void **state)
{
    struct step delay = build_delay(law_constant(arena, 1000)),
                hold = build_hold(arena, 0, &delay, 1);
    struct scenario *scenario = build_each_second(&hold, 1);
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 1);
    pool.acquire_timeout = law_constant(arena, 2.25);
    scenario->pools = &pool;
    scenario->pool_count = 1;
    measure(scenario, 2.5, 3);
    struct once once = replicate_once(scenario, 0, arena);
    const double *weight = once.observation.weight;
    assert_within(once_value(&once, "pool.timeout_rate"), 1, 0);
    assert_within(weight[model_find_column(once.model, "pool.timeout_rate")], 3, 0);
    assert_within(once_value(&once, "w.error_rate"), 1, 0);
    assert_within(weight[model_find_column(once.model, "w.error_rate")], 3, 0);
}

/* The first request holds the only unit for longer than any is followed, ten times its 1000 s; so
 * do those behind it: those that come at 21, 22 and 23 s still wait at 10,023.5 s. */
static void what_has_not_ended_is_neither_completed_nor_failed(void **state)
{
    struct step delay = build_delay(law_constant(arena, 1000)),
                hold = build_hold(arena, 0, &delay, 1);
    struct scenario *scenario = build_each_second(&hold, 1);
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 1);
    scenario->pools = &pool;
    scenario->pool_count = 1;
    measure(scenario, 20.5, 3);
    struct once once = replicate_once(scenario, 0, arena);
    const double *weight = once.observation.weight;
    assert_within(once_value(&once, "w.unfinished_rate"), 1, 0);
    assert_within(once_value(&once, "w.success_rate"), 0, 0);
    assert_within(once_value(&once, "w.error_rate"), 0, 0);
    assert_within(weight[model_find_column(once.model, "w.error_rate")], 3, 0);
    assert_within(once_value(&once, "w.response.mean"), 10001.5, 1e-6);
    assert_within(once_value(&once, "w.throughput"), 0, 0);
}

/* 2 s of work against a deadline of 1.5 s: what is held, or on a processor, is cut; what is not
 * yet begun, or nobody's, is not. */
static void work_that_ends_with_its_caller_is_counted(void **state)
{
    struct step delay = build_delay(law_constant(arena, 2)), hold = build_hold(arena, 0, &delay, 1);
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 9);
    struct scenario *scenario = build_each_second(&hold, 1);
    scenario->pools = &pool;
    scenario->pool_count = 1;
    struct workload_spec workload = scenario->workloads[0];
    workload.deadline_ns = 1500000000;
    scenario->workloads = &workload;
    measure(scenario, 2.5, 3);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.error_rate"), 1, 0);
    assert_within(once_value(&once, "w.cut_rate"), 1, 0);
    struct class_spec class = build_class(arena, NULL, 1, 0, &delay, 1);
    workload.classes = &class;
    once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.error_rate"), 1, 0);
    assert_within(once_value(&once, "w.cut_rate"), 0, 0);
    /* Another has the only unit, so they wait until their time is up. */
    struct step long_delay = build_delay(law_constant(arena, 1000)),
                kept = build_hold(arena, 0, &long_delay, 1);
    struct class_spec held = build_class(arena, NULL, 1, 0, &hold, 1),
                      hog = build_class(arena, NULL, 1, 0, &kept, 1);
    workload.classes = &held;
    struct workload_spec both[] = {workload,
                                   build_workload(arena, "hog", law_constant(arena, 0.5), &hog, 1)};
    scenario->workloads = both;
    scenario->workload_count = 2;
    pool.max = 1;
    once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.error_rate"), 1, 0);
    assert_within(once_value(&once, "w.cut_rate"), 0, 0);
}

/* A heavy tail that would be cut off: Lomax of mean 10 s, cv 3, in runs of 30 s; per replication
 * the mean of all who arrive. In 40 replications some 120,000 values: within five standard errors.
 * */
static void no_tail_is_cut_off(void **state)
{
    enum { REPLICATIONS = 40 };
    struct distribution lomax = {
        .kind = DISTRIBUTION_PARETO, .a = 2.25, .b = 12.5, .highest = INFINITY};
    struct step delay = build_delay(&lomax);
    struct class_spec class = build_class(arena, NULL, 1, 0, &delay, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 0.01), &class, 1);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 1);
    measure(scenario, 1, 30);
    double sum = 0, squares = 0, cut = 0;
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        struct once once = replicate_once(scenario, r, arena);
        double mean = once_value(&once, "w.response.mean");
        struct once ended = replicate_once_by_end(scenario, r, arena);
        cut += once_value(&ended, "w.response.mean") / REPLICATIONS;
        sum += mean;
        squares += mean * mean;
    }
    double mean = sum / REPLICATIONS;
    double error = sqrt((squares - sum * mean) / (REPLICATIONS - 1) / REPLICATIONS);
    assert_within(mean, 10, 5 * error);
    assert_true(cut < 8); /* what ends in the measured time, for comparison */
}

/* Nothing of the measured time itself depends on what comes after it. */
static void levels_and_rates_are_those_of_the_measured_time(void **state)
{
    struct step delay = build_delay(law_exponential(arena, 0.07)),
                hold = build_hold(arena, 0, &delay, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &hold, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 0.01), &class, 1);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 1);
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 8);
    scenario->pools = &pool;
    scenario->pool_count = 1;
    measure(scenario, 5, 20);
    struct once once = replicate_once(scenario, 0, arena);
    struct once ended = replicate_once_by_end(scenario, 0, arena);
    static const char *const same[] = {"w.throughput", "w.arrival_rate", "w.in_system",
                                       "pool.utilization", "pool.queue"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(once_value(&once, same[i]) == once_value(&ended, same[i]));
    assert_true(once_value(&once, "w.response.mean") != once_value(&ended, "w.response.mean"));
    assert_true(once.observation.event_hash == ended.observation.event_hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_outlasts_the_run_is_observed),
        cmocka_unit_test(what_is_held_is_followed_too),
        cmocka_unit_test(who_gives_up_later_is_counted),
        cmocka_unit_test(what_has_not_ended_is_neither_completed_nor_failed),
        cmocka_unit_test(work_that_ends_with_its_caller_is_counted),
        cmocka_unit_test(no_tail_is_cut_off),
        cmocka_unit_test(levels_and_rates_are_those_of_the_measured_time),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
