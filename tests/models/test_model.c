/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model knows before anything is simulated, against sums by hand. */
#include "models/engine/model.h"
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

/* 2.385/s of requests that hold one of `outer` for a visit of a service of three replicas, and work
 * there on a processor, the replica's own, and on one that all share. */
static struct scenario *build_visits(void)
{
    enum { REPLICAS = 3 };
    struct pool_spec pools[] = {build_pool("outer", POOL_THREADS, 4),
                                build_pool("api.inner", POOL_THREADS, 2)};
    struct cpu_spec cpus[] = {build_cpu("shared", 1500), build_cpu("api.own", 500)};
    pools[1].service = cpus[1].service = 0;
    pools[1].copies = cpus[1].copies = REPLICAS;
    struct step work[] = {build_work(0, law_exponential(arena, 0.31)),
                          build_work(1, law_exponential(arena, 0.17))};
    struct step inner = build_hold(arena, 1, work, 2), visit = build_hold(arena, 0, &inner, 1);
    visit.kind = STEP_VISIT;
    visit.service = 0;
    struct step outer = build_hold(arena, 0, &visit, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &outer, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / 2.385), &class, 1);
    struct scenario *scenario = build_scenario(arena, pools, 2, &workload, 1, 600);
    build_add_cpus(arena, scenario, cpus, 2);
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    *service = (struct service_spec){.name = "api", .replicas = REPLICAS};
    scenario->services = service;
    scenario->service_count = 1;
    return scenario;
}

static const struct model *compile(const struct scenario *scenario)
{
    struct error err = {0};
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    return model;
}

/* Of a station with copies that of all together; work takes at least as long as on a core. */
static void the_offered_load_is_over_all_of_a_station(void **state)
{
    const struct model *model = compile(build_visits());
    double shared = 2.385 * 0.31 / 1.5, own = 2.385 * 0.17 / (0.5 * 3);
    assert_within(model_offered_utilization(model, "shared"), shared, 1e-12);
    assert_within(model_offered_utilization(model, "api.own"), own, 1e-12);
    double held = 2.385 * (0.31 + 0.17);
    assert_within(model_offered_utilization(model, "outer"), held / 4, 1e-12);
    assert_within(model_offered_utilization(model, "api.inner"), held / (2 * 3), 1e-12);
    assert_within(model_offered_utilization(model, NULL), shared, 1e-12);
    assert_true(isnan(model_offered_utilization(model, "none")));
}

static void customers_who_wait_offer_no_known_load(void **state)
{
    struct scenario *scenario = build_visits();
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    *workload = scenario->workloads[0];
    workload->arrivals = (struct arrival_spec){
        .process = ARRIVAL_CLOSED, .customers = 7, .think = law_exponential(arena, 1)};
    scenario->workloads = workload;
    assert_true(isnan(model_offered_utilization(compile(scenario), NULL)));
}

/* One pool of 3 with 2 s of 2/s: 4 Erlangs. A time-out bounds the queue, and is named. */
static void what_is_offered_too_much_says_what_bounds_the_queue(void **state)
{
    struct step delay = build_delay(law_exponential(arena, 2)),
                hold = build_hold(arena, 0, &delay, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &hold, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 0.5), &class, 1);
    struct pool_spec pool = build_pool("p", POOL_THREADS, 3);
    size_t count;
    const struct model *model = compile(build_scenario(arena, &pool, 1, &workload, 1, 600));
    const struct offered_load *loads = model_offered_loads(model, &count);
    assert_int_equal(count, 1);
    assert_string_equal(loads[0].resource, "p");
    assert_within(loads[0].load, 4, 1e-12);
    assert_within(loads[0].capacity, 3, 0);
    assert_true(loads[0].is_too_much && loads[0].bound == NULL);
    assert_true(model_is_unstable(model));
    pool.acquire_timeout = law_constant(arena, 1);
    model = compile(build_scenario(arena, &pool, 1, &workload, 1, 600));
    loads = model_offered_loads(model, &count);
    assert_true(loads[0].is_too_much);
    assert_string_equal(loads[0].bound, "acquire_timeout");
    assert_false(model_is_unstable(model));
}

/* 2 % of calls hang: 60 s, cut after 10 s. One that is drawn is cut at random: E[min(S, T)] of an
 * exponential law is mean (1 - exp(-T / mean)). So is what works on a processor, at most. */
static void a_time_out_cuts_what_is_held(void **state)
{
    struct step delays[] = {build_delay(law_constant(arena, 60)),
                            build_delay(law_exponential(arena, 3)),
                            build_work(0, law_constant(arena, 0.7))};
    delays[0].timeout_ns = 10000000000;
    delays[1].timeout_ns = 2000000000;
    delays[2].timeout_ns = 500000000;
    struct step hold = build_hold(arena, 0, delays, 3);
    struct class_spec class = build_class(arena, NULL, 1, 0, &hold, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / 0.31), &class, 1);
    struct pool_spec pool = build_pool("p", POOL_THREADS, 5);
    struct cpu_spec cpu = build_cpu("c", 1000);
    struct scenario *scenario = build_scenario(arena, &pool, 1, &workload, 1, 600);
    build_add_cpus(arena, scenario, &cpu, 1);
    size_t count;
    const struct offered_load *loads = model_offered_loads(compile(scenario), &count);
    assert_int_equal(count, 2);
    assert_within(loads[0].load, 0.31 * (10 + 3 * (1 - exp(-2.0 / 3)) + 0.5), 1e-6);
    assert_within(loads[1].load, 0.31 * 0.5, 1e-12);
    assert_false(loads[0].is_too_much);
}

/* As much as it can do of clockwork leaves no queue. */
static void clockwork_at_its_capacity_is_not_too_much(void **state)
{
    struct step delay = build_delay(law_constant(arena, 2)), hold = build_hold(arena, 0, &delay, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &hold, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 1), &class, 1);
    struct pool_spec pool = build_pool("p", POOL_THREADS, 2);
    size_t count;
    const struct model *model = compile(build_scenario(arena, &pool, 1, &workload, 1, 600));
    assert_false(model_offered_loads(model, &count)[0].is_too_much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_offered_load_is_over_all_of_a_station),
        cmocka_unit_test(customers_who_wait_offer_no_known_load),
        cmocka_unit_test(what_is_offered_too_much_says_what_bounds_the_queue),
        cmocka_unit_test(a_time_out_cuts_what_is_held),
        cmocka_unit_test(clockwork_at_its_capacity_is_not_too_much),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
