/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The times that a scenario has of its own: what belongs to what, and how long it is. */
#include "models/program/expected_arrivals.h"
#include "models/program/time_scales.h"
#include "models/program/traffic.h"
#include "sim/stats/relaxation.h"
#include "tests/support/scenario_fixture.h"
#include <math.h>
#include <string.h>

static const struct time_scales *scales_of(const struct scenario *spec, struct arena *arena)
{
    double *own = arena_array(arena, spec->workload_count, sizeof *own);
    for (size_t w = 0; w < spec->workload_count; w++)
        own[w] = expected_arrivals_long_run(&spec->workloads[w]);
    return time_scales_of(spec, traffic_find_rates(spec, own, arena), arena);
}

/* What is known of that metric's resource in a scenario with these resources and workloads. */
static const struct study_scope *scope_in(void **state, const char *resources,
                                          const char *workloads, const char *resource,
                                          enum time_power power)
{
    struct fixture *fixture = *state;
    const struct scenario *spec = fixture_read_text(
        fixture, arena_printf(fixture->arena,
                              "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { %s },"
                              " \"workloads\": { %s }, \"run\": { \"duration\": \"1h\" } }",
                              resources, workloads));
    return time_scales_scope(scales_of(spec, fixture->arena), resource, power, fixture->arena);
}

#define THREADS(name, count) "\"" name "\": { \"kind\": \"thread_pool\", \"threads\": " count " }"
#define HOLD(pool, time) "{ \"hold\": \"" pool "\", \"steps\": [ { \"delay\": " time " } ] }"
#define EXPONENTIAL(mean) "{ \"dist\": \"exponential\", \"mean\": \"" mean "\" }"
#define RATE(rate) "\"arrivals\": { \"process\": \"poisson\", \"rate\": \"" rate "\" }"

/* M/M/1 of 8/s and 0.1 s. */
static void a_queue_remembers_as_long_as_its_formula_says(void **state)
{
    const struct study_scope *scope =
        scope_in(state, THREADS("p", "1"),
                 "\"w\": { " RATE("8/s") ", \"steps\": [ " HOLD("p", EXPONENTIAL("100ms")) " ] }",
                 "p", TIME_POWER_NONE);
    const struct relaxation_station station = {.service_s = 0.1,
                                               .service_scv = 1,
                                               .arrival_scv = 1,
                                               .units = 1,
                                               .load = 0.8,
                                               .limit_s = INFINITY};
    assert_within(scope->relaxation_s, relaxation_of_station(&station, NULL), 1e-9);
    assert_string_equal(scope->relaxation_of, "p");
    assert_within(scope->slowest_s, 0.125, 1e-12); /* between arrivals */
    assert_within(scope->memory_s, 0.2, 1e-9);     /* of the service alone: 2 S */
    assert_true(scope->is_light && scope->is_enumerated && isinf(scope->tail_index));
}

/* What is too much and bounded elsewhere, or grows, is not for the formula to say. */
static void an_overload_has_the_memory_of_its_work_alone(void **state)
{
    const struct study_scope *scope =
        scope_in(state, THREADS("p", "1"),
                 "\"w\": { " RATE("12/s") ", \"steps\": [ " HOLD("p", EXPONENTIAL("100ms")) " ] }",
                 "p", TIME_POWER_NONE);
    assert_within(scope->relaxation_s, 0.2, 1e-9); /* S (1 + 1) */
}

#define TWO_POOLS THREADS("slow", "1") ", " THREADS("quick", "9")
#define TWO_CLASSES                                                                                \
    "\"mix\": { \"a\": { \"share\": \"50%\", \"steps\": [ " HOLD(                                  \
        "slow",                                                                                    \
        EXPONENTIAL(                                                                               \
            "180ms")) " ] }, \"b\": { \"share\": \"50%\", \"steps\": [ " HOLD("quick",             \
                                                                              EXPONENTIAL(         \
                                                                                  "10ms")) " ] } " \
                                                                                           "}"

/* A thinned Poisson stream is independent of the rest; a thinned renewal stream is not. */
static void classes_share_times_where_their_arrivals_are_tied(void **state)
{
    const struct study_scope *apart = scope_in(
        state, TWO_POOLS, "\"w\": { " RATE("10/s") ", " TWO_CLASSES " }", "quick", TIME_POWER_NONE);
    const struct study_scope *tied =
        scope_in(state, TWO_POOLS,
                 "\"w\": { \"arrivals\": { \"process\": \"renewal\", \"interarrival\": { \"dist\": "
                 "\"erlang\","
                 " \"stages\": 2, \"mean\": \"100ms\" } }, " TWO_CLASSES " }",
                 "quick", TIME_POWER_NONE);
    assert_true(apart->relaxation_s < 0.1);
    assert_true(tied->relaxation_s > 1);
    assert_string_equal(apart->relaxation_of, "quick");
    assert_string_equal(tied->relaxation_of, "slow");
}

static void what_is_connected_by_a_class_shares_its_times(void **state)
{
    const struct study_scope *scope =
        scope_in(state, TWO_POOLS,
                 "\"w\": { " RATE("5/s") ", \"steps\": [ " HOLD(
                     "slow", EXPONENTIAL("180ms")) ", " HOLD("quick", EXPONENTIAL("10ms")) " ] }",
                 "quick", TIME_POWER_NONE);
    assert_string_equal(scope->relaxation_of, "slow");
}

/* A cycle is 10 min and 50 min. */
static void bursts_come_round_slowly(void **state)
{
    const struct study_scope *scope = scope_in(
        state, THREADS("p", "9"),
        "\"w\": { \"arrivals\": { \"process\": \"mmpp\", \"states\": [ { \"rate\": \"10/s\", "
        "\"sojourn\":"
        " \"50min\" }, { \"rate\": \"40/s\", \"sojourn\": \"10min\" } ] }, \"steps\": [ " HOLD(
            "p", EXPONENTIAL("100ms")) " ] }",
        "p", TIME_POWER_NONE);
    assert_within(scope->slowest_s, 3600, 1e-6);
    assert_string_equal(scope->slowest_of, "workloads.w.arrivals");
    assert_true(scope->is_enumerated);
}

/* 10/s of which one in a thousand: each 100 s. */
static void a_rare_branch_is_slow(void **state)
{
    const struct study_scope *scope = scope_in(
        state, THREADS("p", "9"),
        "\"w\": { " RATE("10/s") ", \"steps\": [ { \"choose\": [ { \"share\": \"0.1%\", \"steps\": "
                                 "[ " HOLD("p", "\"1s\"") " ] }, { \"share\": \"99.9%\", "
                                                          "\"steps\": [] } ] } ] }",
        "p", TIME_POWER_NONE);
    assert_within(scope->slowest_s, 100, 1e-6);
    assert_non_null(strstr(scope->slowest_of, "a branch of w with a share of 0.1 %"));
}

/* They matter where opening takes time, and how many there are is not known. */
static void lifetimes_count_where_opening_takes_time(void **state)
{
    static const char workload[] =
        "\"w\": { " RATE("10/s") ", \"steps\": [ " HOLD("p", EXPONENTIAL("100ms")) " ] }";
    const struct study_scope *slow =
        scope_in(state,
                 "\"p\": { \"kind\": \"connection_pool\", \"max\": 5, \"max_lifetime\": \"30min\","
                 " \"connect\": \"20ms\" }",
                 workload, "p", TIME_POWER_NONE);
    const struct study_scope *at_once = scope_in(
        state, "\"p\": { \"kind\": \"connection_pool\", \"max\": 5, \"max_lifetime\": \"30min\" }",
        workload, "p", TIME_POWER_NONE);
    assert_within(slow->slowest_s, 1800, 1e-9);
    assert_string_equal(slow->slowest_of, "resources.p.max_lifetime");
    assert_false(slow->is_enumerated);
    assert_true(slow->is_limit && !at_once->is_limit);
    assert_within(at_once->slowest_s, 0.1, 1e-12); /* between arrivals */
}

/* How work enters: into what waits by its square, into use by itself, elsewhere not at all. */
static void heavy_work_is_a_tail_of_what_it_does_to(void **state)
{
    static const char workload[] = "\"w\": { " RATE("10/s") ", \"steps\": [ " HOLD(
        "p", "{ \"dist\": \"lognormal\", \"mean\": \"50ms\", \"cv\": 5 }") " ] }";
    const struct study_scope *queue =
        scope_in(state, THREADS("p", "1"), workload, "p", TIME_POWER_QUEUE);
    const struct study_scope *use =
        scope_in(state, THREADS("p", "1"), workload, "p", TIME_POWER_WORK);
    const struct study_scope *none =
        scope_in(state, THREADS("p", "1"), workload, "p", TIME_POWER_NONE);
    assert_int_equal(queue->tail_count, 1);
    assert_int_equal(queue->tails[0].power, 2);
    assert_within(queue->tails[0].part, 1, 1e-12);
    assert_within(queue->tails[0].draws_per_s, 10, 1e-12);
    assert_int_equal(use->tails[0].power, 1);
    assert_int_equal(none->tail_count, 0);
    assert_false(queue->is_light);
}

/* The variance of a Lomax of tail index 1.5 is infinite: no interval for a mean wait holds. */
static void a_tail_without_variance_is_named(void **state)
{
    struct fixture *fixture = *state;
    const struct scenario *spec = fixture_read_text(
        fixture, "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { " THREADS(
                     "p", "1") " },"
                               " \"workloads\": { \"w\": { " RATE("1/s") ", \"steps\": [ " HOLD(
                                   "p", "{ \"dist\": \"pareto\", \"mean\": \"100ms\", \"cv\": "
                                        "3 }") " ] } },"
                                               " \"run\": { \"duration\": \"1h\" } }");
    const struct study_scope *scope =
        time_scales_scope(scales_of(spec, fixture->arena), "p", TIME_POWER_QUEUE, fixture->arena);
    assert_true(isfinite(scope->tail_index));
    assert_string_equal(scope->tail_of, "w");
}

/* What nobody is called belongs to all. */
static void an_unknown_name_depends_on_everything(void **state)
{
    const struct study_scope *scope =
        scope_in(state, TWO_POOLS, "\"w\": { " RATE("10/s") ", " TWO_CLASSES " }", "memory",
                 TIME_POWER_NONE);
    assert_string_equal(scope->relaxation_of, "slow");
}

/* The start is empty for 3 relaxation times, or until the backlog of a state that overloads the
 * station is as usual: that is longer. */
static void the_warmup_is_that_of_what_is_slowest_to_fill(void **state)
{
    static const char bursts[] = "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { " THREADS(
        "p", "1") " },"
                  " \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"mmpp\", \"states\": ["
                  " { \"rate\": \"2/s\", \"sojourn\": \"10min\" }, { \"rate\": \"20/s\", "
                  "\"sojourn\": \"1min\" } ]"
                  " }, \"steps\": [ " HOLD(
                      "p", EXPONENTIAL("100ms")) " ] } }, \"run\": { \"duration\": \"1h\" } }";
    struct fixture *fixture = *state;
    double relaxation_s;
    const struct scenario *spec = fixture_read_text(fixture, bursts);
    double warmup_s = time_scales_warmup(scales_of(spec, fixture->arena), 0, &relaxation_s);
    assert_true(warmup_s >= relaxation_backlog_warmup(60, 2, 0.2) - 1e-6);
    spec = fixture_read_text(
        fixture,
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { " THREADS(
            "p", "1") " },"
                      " \"workloads\": { \"w\": { " RATE("8/s") ", \"steps\": [ " HOLD(
                          "p", EXPONENTIAL("100ms")) " ] } }, \"run\": { \"duration\": \"1h\" } }");
    warmup_s = time_scales_warmup(scales_of(spec, fixture->arena), 0, &relaxation_s);
    assert_within(warmup_s, 3 * relaxation_s, 1e-9);
    assert_within(time_scales_warmup(scales_of(spec, fixture->arena), 0.01, &relaxation_s),
                  relaxation_warmup(0.01) * relaxation_s, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_queue_remembers_as_long_as_its_formula_says),
        fixture_test(an_overload_has_the_memory_of_its_work_alone),
        fixture_test(classes_share_times_where_their_arrivals_are_tied),
        fixture_test(what_is_connected_by_a_class_shares_its_times),
        fixture_test(bursts_come_round_slowly),
        fixture_test(a_rare_branch_is_slow),
        fixture_test(lifetimes_count_where_opening_takes_time),
        fixture_test(heavy_work_is_a_tail_of_what_it_does_to),
        fixture_test(a_tail_without_variance_is_named),
        fixture_test(an_unknown_name_depends_on_everything),
        fixture_test(the_warmup_is_that_of_what_is_slowest_to_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
