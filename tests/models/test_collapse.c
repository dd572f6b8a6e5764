/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processors that do less the more jobs they have: when they are past the point of no return. */
#include "models/engine/model.h"
#include "models/program/collapse.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include <math.h>
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

/* One core, kappa 1/2: n jobs of 1 s each get 1 / (1 + (n - 1) n / 2) done a second: 1, 1/2, 1/4,
 * 1/7. At 0.3/s the last that is enough is n = 2, so three jobs are past it. t_0 = 1 / 0.3, t_1 =
 * (1 + 1 t_0) / 0.3, t_2 = (1 + t_1 / 2) / 0.3. */
static void the_mean_time_is_that_of_the_chain(void **state)
{
    struct cpu_spec cpu = {.cores_milli = 1000, .copies = 1, .kappa = 0.5};
    double t0 = 1 / 0.3, t1 = (1 + t0) / 0.3, t2 = (1 + t1 / 2) / 0.3;
    assert_within(collapse_mean_time(&cpu, 0.3, 1, INFINITY), t0 + t1 + t2, 1e-9);
    /* With two at most it never gets there; with three it does. */
    assert_true(isinf(collapse_mean_time(&cpu, 0.3, 1, 2)));
    assert_within(collapse_mean_time(&cpu, 0.3, 1, 3), t0 + t1 + t2, 1e-9);
    /* Half the work at twice the rate is the same in half the time. */
    assert_within(collapse_mean_time(&cpu, 0.6, 0.5, INFINITY), (t0 + t1 + t2) / 2, 1e-9);
}

static void without_kappa_nothing_collapses(void **state)
{
    struct cpu_spec cpu = {.cores_milli = 4000, .copies = 1, .sigma = 0.3};
    assert_true(isinf(collapse_mean_time(&cpu, 0.3, 1, INFINITY)));
}

static void what_is_too_much_at_best_has_collapsed_already(void **state)
{
    struct cpu_spec cpu = {.cores_milli = 1000, .copies = 1, .kappa = 0.5};
    assert_within(collapse_mean_time(&cpu, 1.1, 1, 50), 0, 0);
}

/* Work inside a pool of 4 inside one of 9, and elsewhere inside that of 9: 13 at once. */
static void pools_around_the_work_bound_the_jobs(void **state)
{
    struct pool_spec pools[] = {build_pool("small", POOL_THREADS, 4),
                                build_pool("large", POOL_THREADS, 9)};
    struct step work = build_work(0, law_constant(arena, 1));
    struct step inner = build_hold(arena, 0, &work, 1), outer = build_hold(arena, 1, &inner, 1);
    struct step other = build_hold(arena, 1, &work, 1);
    struct step both[] = {outer, other};
    struct class_spec class = build_class(arena, NULL, 1, 0, both, 2);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 1), &class, 1);
    struct scenario *scenario = build_scenario(arena, pools, 2, &workload, 1, 60);
    assert_within(collapse_most_jobs(scenario, 0, arena), 13, 0);
    struct step open[] = {outer, work};
    class = build_class(arena, NULL, 1, 0, open, 2);
    workload = build_workload(arena, "w", law_constant(arena, 1), &class, 1);
    scenario = build_scenario(arena, pools, 2, &workload, 1, 60);
    assert_true(isinf(collapse_most_jobs(scenario, 0, arena)));
}

/* It would take 32 s on average, and 600 s are simulated. */
static void a_model_that_collapses_has_no_steady_state(void **state)
{
    struct cpu_spec cpu = {
        .name = "c", .cores_milli = 1000, .copies = 1, .kappa = 0.5, .service = SPEC_NO_SERVICE};
    struct step work = build_work(0, law_exponential(arena, 1));
    struct class_spec class = build_class(arena, NULL, 1, 0, &work, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / 0.3), &class, 1);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 600);
    struct error err = {0};
    size_t count;
    build_add_cpus(arena, scenario, &cpu, 1);
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    assert_true(model_is_unstable(model));
    assert_non_null(strstr(model_warnings(model, &count)[0], "c: collapses, on average after"));
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mean_time_is_that_of_the_chain),
        cmocka_unit_test(without_kappa_nothing_collapses),
        cmocka_unit_test(what_is_too_much_at_best_has_collapsed_already),
        cmocka_unit_test(pools_around_the_work_bound_the_jobs),
        cmocka_unit_test(a_model_that_collapses_has_no_steady_state),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
