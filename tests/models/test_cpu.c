/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processors and databases against what is known of them: the Universal Scalability Law, refused
 * connections, and the cost of an event. Closed forms are in test_exact.c, a measured server is in
 * test_measured.c, the arithmetic itself in test_cpu_twin.c. */
#include "inputs/scenario/scenario.h"
#include "models/stations/cpu.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

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

static const struct distribution *exponential(double mean)
{
    return law_exponential(arena, mean);
}

/* ---- contention ---- */

/* So many customers who repeat the steps for ever. They come together soon; the same number comes
 * again and again, but finds all places inside taken and is refused. */
static struct scenario *build_closed(int customers, const struct step *steps, size_t count,
                                     const struct cpu_spec *cpu, double duration_s)
{
    struct pool_spec pool = build_pool("inside", POOL_THREADS, customers);
    pool.queue_limit = 0;
    struct step repeat = build_repeat(arena, 1000000, steps, count);
    struct step stay = build_hold(arena, 0, &repeat, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &stay, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_constant(arena, 0.07 * duration_s), &class, 1);
    workload.arrivals.batch = law_constant(arena, customers);
    struct scenario *scenario = build_scenario(arena, &pool, 1, &workload, 1, duration_s);
    build_add_cpus(arena, scenario, cpu, 1);
    scenario->run.warmup_ns = scenario->run.duration_ns / 10;
    return scenario;
}

/* Queries per second of so many clients that do nothing but work on cpu: clients over the mean time
 * of a query (Little's law). */
static double closed_throughput_per_s(int clients, const struct distribution *demand,
                                      const struct cpu_spec *cpu, double duration_s)
{
    struct error err = {0};
    struct step work = build_work(0, demand);
    work.name = "query";
    struct scenario *scenario = build_closed(clients, &work, 1, cpu, duration_s);
    struct model *model = model_compile(scenario, arena, &err);
    size_t count;
    model_columns(model, &count);
    struct observation observation = {
        .value = arena_array(arena, count, sizeof(double)),
        .weight = arena_array(arena, count, sizeof(double)),
        .counts = arena_array(arena, model_histogram_count(model), sizeof(uint32_t *))};
    model_set_warmup(model, scenario->run.warmup_ns);
    struct arena *scratch = arena_open();
    assert_true(model_replicate(model, 0, scratch, &observation, &err));
    double mean_s = observation.value[model_find_column(model, "w.step.query.mean")];
    arena_close(scratch);
    return clients / mean_s;
}

/* X(N) = gamma N / (1 + sigma (N - 1) + kappa N (N - 1)) with a core for everybody. */
static void contention_obeys_the_universal_scalability_law(void **state)
{
    static const struct {
        const char *id;
        double sigma, kappa, gamma_per_s;
    } cases[] = {{"usl-0.03", 0.03, 0.0001, 100}, {"usl-0.05", 0.05, 0.002, 40}};
    for (size_t i = 0; i < 2; i++) {
        struct cpu_spec cpu = build_cpu("cpu", 1000 * CPU_MILLI);
        cpu.sigma = cases[i].sigma;
        cpu.kappa = cases[i].kappa;
        const struct distribution *demand = law_constant(arena, 1 / cases[i].gamma_per_s);
        double peak = exact_value(cases[i].id, "N_peak"), best = floor(peak);
        double at_32 = exact_value(cases[i].id, "X(N=32)");
        double at_best = exact_value(cases[i].id, "X(floor(N_peak))");
        /* Times are whole nanoseconds, of some milliseconds. */
        assert_within(closed_throughput_per_s(32, demand, &cpu, 60), at_32, 1e-6 * at_32);
        assert_within(closed_throughput_per_s((int)best, demand, &cpu, 60), at_best,
                      1e-6 * at_best);
        assert_within(cpu_capacity(&cpu) * cases[i].gamma_per_s, at_best, 1e-3 * at_best);
        assert_true(closed_throughput_per_s((int)(3 * peak), demand, &cpu, 60) < 0.9 * at_best);
    }
}

/* Of a part of a core too, and of two cores of which two jobs make the most. */
static void capacity_is_that_of_the_best_number_of_jobs(void **state)
{
    struct cpu_spec quarter = build_cpu("cpu", CPU_MILLI / 4), more = build_cpu("cpu", 2385);
    struct cpu_spec contended = build_cpu("cpu", 3 * CPU_MILLI);
    assert_within(cpu_capacity(&quarter), 0.25, 1e-15);
    assert_within(cpu_capacity(&more), 2.385, 1e-15);
    contended.kappa = 0.2; /* 1, 2 / 1.4, 3 / 2.2 */
    assert_within(cpu_capacity(&contended), 2 / 1.4, 1e-15);
    contended.copies = 5;
    assert_within(cpu_capacity(&contended), 5 * 2 / 1.4, 1e-14);
}

/* ---- a database's connections ---- */

/* 20 requests at once on a pool of 20, of which the database accepts 7: 7 are served, 13 refused at
 * once. (A real pool of node-postgres on 7 slots was seen to serve 6.) */
static void a_database_refuses_connections_beyond_its_limit(void **state)
{
    struct error err = {0};
    struct pool_spec pool = build_pool("pool", POOL_CONNECTIONS, 20);
    struct cpu_spec database = build_cpu("db", 4 * CPU_MILLI);
    struct step work = build_work(0, law_constant(arena, 0.01));
    struct step hold = build_hold(arena, 0, &work, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &hold, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 0.6), &class, 1);
    workload.arrivals.batch = law_constant(arena, 20);
    pool.draws_on_database = true;
    database.is_database = true;
    database.max_connections = 10;
    database.reserved = 3;
    struct scenario *scenario = build_scenario(arena, &pool, 1, &workload, 1, 1);
    build_add_cpus(arena, scenario, &database, 1);
    struct model *model = model_compile(scenario, arena, &err);
    size_t count, warnings;
    model_columns(model, &count);
    const char *const *warning = model_warnings(model, &warnings);
    assert_int_equal(warnings, 1);
    assert_string_equal(warning[0],
                        "db: its pools can open 20 connections at most, it accepts 7 "
                        "(max_connections 10 less 3 reserved): any beyond that is refused");
    struct observation observation = {
        .value = arena_array(arena, count, sizeof(double)),
        .weight = arena_array(arena, count, sizeof(double)),
        .counts = arena_array(arena, model_histogram_count(model), sizeof(uint32_t *))};
    assert_true(model_replicate(model, 0, arena, &observation, &err));
#define VALUE(name) observation.value[model_find_column(model, name)]
    assert_within(VALUE("w.refused_rate"), 13 / 20.0, 1e-12);
    assert_within(VALUE("pool.refused_rate"), 13 / 20.0, 1e-12);
    assert_within(VALUE("db.connection_refused_rate"), 13 / 20.0, 1e-12);
    assert_within(VALUE("db.connections.max"), 7, 0);
    assert_within(VALUE("db.connections"), 7 * 0.4, 1e-12);
    assert_within(VALUE("w.response.mean"), 0.01 * 7 / 4, 1e-9);
    assert_within(VALUE("db.slowdown.max"), 7.0 / 4, 1e-9);
#undef VALUE
}

/* Two fetches at once of 100 rows, 1 ms each, on one core: each takes twice as long as alone, and
 * the work is that of 200 rows. */
static void rows_read_from_a_processor_are_work(void **state)
{
    struct step fetch = build_plain(STEP_FETCH, 0);
    fetch.cpu = 0;
    fetch.size = law_constant(arena, 250);
    fetch.row_limit = 100;
    fetch.duration = law_constant(arena, 0.001);
    struct cpu_spec cpu = build_cpu("cpu", CPU_MILLI);
    struct class_spec class = build_class(arena, NULL, 1, 0, &fetch, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 0.6), &class, 1);
    workload.arrivals.batch = law_constant(arena, 2);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 1);
    build_add_cpus(arena, scenario, &cpu, 1);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.response.mean"), 0.2, 1e-9);
    assert_within(once_value(&once, "cpu.slowdown.mean"), 2, 1e-9);
    assert_within(once_value(&once, "cpu.utilization"), 0.2, 1e-9);
    assert_within(once_value(&once, "w.sampling"), 0.4, 1e-12);
}

/* A shipped scenario: of pools of 6, 12 and 48 connections to one contended database the second
 * answers most, by more than a quarter; the processors of the third are all busy, and slower. */
static void the_sweep_over_pool_size_has_an_optimum(void **state)
{
    static const char *const sizes[] = {"6", "12", "48"}, *const baseline[] = {"baseline"};
    char *file = source_path("inputs/scenarios/postgres-cores.json");
    double per_s[3], slowdown[3];
    for (int i = 0; i < 3; i++) {
        struct override size = {"resources.pool.max", sizes[i]};
        struct scenario_request request = {.file = file,
                                           .setting_names = baseline,
                                           .setting_count = 1,
                                           .overrides = &size,
                                           .override_count = 1,
                                           .duration = "1min"};
        struct scenario_set set;
        struct error err = {0};
        assert_true(scenario_read(&request, arena, &set, &err));
        struct once once = replicate_once(&set.settings[0].scenario, 0, arena);
        per_s[i] = once_value(&once, "api.throughput");
        slowdown[i] = once_value(&once, "postgres.slowdown.mean");
        scenario_close(&set);
    }
    free(file);
    print_message("%.0f/s, %.0f/s, %.0f/s\n", per_s[0], per_s[1], per_s[2]);
    assert_true(per_s[1] > 1.25 * per_s[0] && per_s[1] > 1.25 * per_s[2]);
    assert_true(slowdown[0] < slowdown[1] && slowdown[1] < slowdown[2]);
}

/* 100,000 customers who do not think on 8 cores, 1 ms each: 8,000/s at most, not 10^8. */
static void customers_get_no_more_than_the_cores_give(void **state)
{
    struct error err = {0};
    struct cpu_spec cpu = build_cpu("cpu", 8 * CPU_MILLI);
    struct step work = build_work(0, law_exponential(arena, 0.001));
    struct class_spec class = build_class(arena, NULL, 1, 0, &work, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 1), &class, 1);
    workload.arrivals = (struct arrival_spec){
        .process = ARRIVAL_CLOSED, .customers = 100000, .think = law_constant(arena, 0)};
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 3600);
    build_add_cpus(arena, scenario, &cpu, 1);
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    assert_within(model_expected_requests(model, scenario->run.duration_ns), 8000 * 3600.0, 1);
}

/* ---- cost ---- */

enum { COST_S = 1000 };

/* Processor seconds per departure with so many jobs always present. */
static double cost_of_departure_s(int jobs)
{
    struct cpu_spec cpu = build_cpu("cpu", CPU_MILLI);
    double best_s = INFINITY;
    for (int turn = 0; turn < 5; turn++) {
        struct timespec before, after;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
        double per_s = closed_throughput_per_s(jobs, exponential(1e-3), &cpu, COST_S);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
        double taken_s = (double)(after.tv_sec - before.tv_sec) +
                         1e-9 * (double)(after.tv_nsec - before.tv_nsec);
        best_s = fmin(best_s, taken_s / (1.1 * COST_S * per_s));
    }
    return best_s;
}

/* From 100 jobs to 10,000 a tree's cost doubles (and memory gets slower), a list's grows a
 * hundredfold: eightfold tells them apart on any machine. */
static void an_event_costs_the_logarithm_of_the_jobs_present(void **state)
{
    double few_s = cost_of_departure_s(100), many_s = cost_of_departure_s(10000);
    print_message("a departure costs %.0f ns with 100 jobs present, %.0f ns with 10,000\n",
                  1e9 * few_s, 1e9 * many_s);
    assert_true(many_s < 8 * few_s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contention_obeys_the_universal_scalability_law),
        cmocka_unit_test(capacity_is_that_of_the_best_number_of_jobs),
        cmocka_unit_test(a_database_refuses_connections_beyond_its_limit),
        cmocka_unit_test(rows_read_from_a_processor_are_work),
        cmocka_unit_test(customers_get_no_more_than_the_cores_give),
        cmocka_unit_test(the_sweep_over_pool_size_has_an_optimum),
        cmocka_unit_test(an_event_costs_the_logarithm_of_the_jobs_present),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
