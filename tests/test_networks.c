/* Networks of queues against exact values: closed ones by mean value analysis, a server that takes
 * vacations, and how much averages over a run vary from run to run. */
#include "tests/exact_gate.h"
#include "tests/replicate_once.h"
#include "tests/scenario_builder.h"
#include "tests/support.h"

#include <gsl/gsl_cdf.h>
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

static struct pool_spec servers(const char *name, int64_t count)
{
    return build_pool(name, POOL_THREADS, count);
}

/* Customers who think for an exponential time (0: not at all), then go through steps. */
static struct scenario *build_closed(int64_t customers, double think_s,
                                     const struct pool_spec *pools, size_t pool_count,
                                     const struct step *steps, size_t step_count)
{
    struct class_spec class = build_class(arena, NULL, 1, 0, steps, step_count);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1), &class, 1);
    workload.arrivals = (struct arrival_spec){.process = ARRIVAL_CLOSED,
                                              .customers = customers,
                                              .think = think_s > 0 ? law_exponential(arena, think_s)
                                                                   : law_constant(arena, 0)};
    return build_scenario(arena, pools, pool_count, &workload, 1, 1);
}

static struct step hold_for(size_t pool, double mean_s)
{
    struct step delay = build_delay(law_exponential(arena, mean_s));
    return build_hold(arena, pool, &delay, 1);
}

#define RUN(id, scenario, duration_s, values)                                                      \
    gate_run((id), (scenario), (duration_s), (values), sizeof(values) / sizeof *(values))

/* ---- closed networks ---- */

/* R. Jain, The Art of Computer Systems Performance Analysis, example 34.2: 20 terminals; a
 * processor visited 16 times for each request, two disks 10 and 5 times. That the visits are always
 * as many changes nothing: at each station all are exponential with one mean. */
static void terminals_on_a_processor_and_two_disks_agree(void **state)
{
    const char *id = "pub-jain-34.2";
    const struct pool_spec pools[] = {servers("cpu", 1), servers("a", 1), servers("b", 1)};
    struct step holds[] = {hold_for(0, 0.125), hold_for(1, 0.3), hold_for(2, 0.2)};
    struct step steps[] = {build_repeat(arena, 16, &holds[0], 1),
                           build_repeat(arena, 10, &holds[1], 1),
                           build_repeat(arena, 5, &holds[2], 1)};
    double cpu_s = exact_value(id, "R_station1"), a_s = exact_value(id, "R_station2");
    double b_s = exact_value(id, "R_station3");
    double per_s = exact_value(id, "Q_station1") / (16 * cpu_s);
    const struct gate_value values[] = {
        {"w.throughput", per_s, 0},
        {"w.response.mean", 16 * cpu_s + 10 * a_s + 5 * b_s, 0},
        {"cpu.wait.mean", cpu_s - 0.125, 0},
        {"a.wait.mean", a_s - 0.3, 0},
        {"b.wait.mean", b_s - 0.2, 0},
        {"cpu.queue", exact_value(id, "Q_station1") - 16 * per_s * 0.125, 0},
        {"a.queue", exact_value(id, "Q_station2") - 10 * per_s * 0.3, 0},
        {"b.queue", exact_value(id, "Q_station3") - 5 * per_s * 0.2, 0},
    };
    RUN(id, build_closed(20, 4, pools, 3, steps, 3), 2e4, values);
    gate_assert_agreement();
}

/* Bolch et al., Queueing Networks and Markov Chains, example 8.4: three customers; two processors,
 * then one of two stations, then one for each customer. */
static void a_network_with_an_infinite_station_agrees(void **state)
{
    const char *id = "pub-bolch-8.4";
    const struct pool_spec pools[] = {servers("front", 2), servers("a", 1), servers("b", 1)};
    struct step holds[] = {hold_for(1, 0.6), hold_for(2, 0.8)};
    const struct branch branches[] = {{0.5, &holds[0], 1}, {0.5, &holds[1], 1}};
    struct step steps[] = {
        hold_for(0, 0.5),
        {.kind = STEP_CHOOSE, .timeout_ns = SPEC_NEVER, .branches = branches, .branch_count = 2}};
    double per_s = exact_value(id, "Q_station4"); /* of 1 s each */
    const struct gate_value values[] = {
        {"w.throughput", per_s, 0},
        {"w.in_system", 3 - per_s, 0},
        {"front.busy", per_s * 0.5, 0},
        /* Waiting at the first two is rare: judged on the number present there. */
        {"front.queue", exact_value(id, "Q_station1") - per_s * 0.5, exact_value(id, "Q_station1")},
        {"a.queue", exact_value(id, "Q_station2") - 0.5 * per_s * 0.6, 0},
        {"b.queue", exact_value(id, "Q_station3") - 0.5 * per_s * 0.8, 0},
    };
    RUN(id, build_closed(3, 1, pools, 3, steps, 2), 1e4, values);
    gate_assert_agreement();
}

/* Example 8.3 there, a central server: six customers who never think. */
static void a_central_server_agrees(void **state)
{
    const char *id = "pub-bolch-8.3";
    static const double visits[] = {1, 0.4, 0.2, 0.1}, means_s[] = {0.02, 0.2, 0.4, 0.6};
    const struct pool_spec pools[] = {servers("cpu", 1), servers("a", 1), servers("b", 1),
                                      servers("c", 1)};
    struct step steps[4] = {hold_for(0, means_s[0])};
    for (size_t s = 1; s < 4; s++) {
        struct step hold = hold_for(s, means_s[s]);
        steps[s] = build_choose(arena, visits[s], &hold, 1);
    }
    double per_s = exact_value(id, "throughput"), queues[4];
    const char *const names[] = {"Q_station1", "Q_station2", "Q_station3", "Q_station4"};
    for (int s = 0; s < 4; s++)
        queues[s] = exact_value(id, names[s]) - per_s * visits[s] * means_s[s];
    const struct gate_value values[] = {{"w.throughput", per_s, 0}, {"cpu.queue", queues[0], 0},
                                        {"a.queue", queues[1], 0},  {"b.queue", queues[2], 0},
                                        {"c.queue", queues[3], 0},  {"w.in_system", 6, 0}};
    RUN(id, build_closed(6, 0, pools, 4, steps, 4), 1e4, values);
    gate_assert_agreement();
}

/* ---- vacations ---- */

/* A server that goes away whenever nobody waits, and again when it finds nobody on its return: one
 * customer of the last priority who comes back at once. */
static struct scenario *build_vacations(const struct distribution *vacation)
{
    struct pool_spec pool = servers("pool", 1);
    pool.discipline = DISCIPLINE_PRIORITY;
    struct step away = build_delay(vacation), hold = build_hold(arena, 0, &away, 1);
    struct step service = hold_for(0, 0.1);
    struct class_spec classes[] = {build_class(arena, NULL, 1, 0, &service, 1),
                                   build_class(arena, NULL, 1, 1, &hold, 1)};
    struct workload_spec workloads[] = {
        build_workload(arena, "w", law_exponential(arena, 0.125), &classes[0], 1),
        build_workload(arena, "vacation", law_exponential(arena, 1), &classes[1], 1)};
    workloads[1].arrivals = (struct arrival_spec){
        .process = ARRIVAL_CLOSED, .customers = 1, .think = law_constant(arena, 0)};
    return build_scenario(arena, &pool, 1, workloads, 2, 1);
}

static void a_server_with_vacations_agrees(void **state)
{
    const struct gate_value exponential[] = {
        {"w.response.mean", exact_value("vac-exp-0.05", "mean_wait") + 0.1, 0},
        {"pool.utilization", 1, 0}};
    const struct gate_value constant[] = {
        {"w.response.mean", exact_value("vac-det-0.5", "mean_wait") + 0.1, 0},
        {"pool.utilization", 1, 0}};
    RUN("vac-exp-0.05", build_vacations(law_exponential(arena, 0.05)), 2e4, exponential);
    RUN("vac-det-0.5", build_vacations(law_constant(arena, 0.5)), 2e4, constant);
    gate_assert_agreement();
}

/* ---- how much a run varies ---- */

/* The variance of an average over a run, times the length of the run: for long runs a constant,
 * which says how long is long. The sample variance over RUNS runs is a chi-square over its degrees
 * of freedom, within the bounds but for once in a million; what the finite length and the empty
 * start leave is less than 1 %. */
static void assert_variance(const char *id, const char *row, const char *metric, double rate_per_s,
                            double length_s, double per_length)
{
    enum { RUNS = 1000 };
    struct scenario *scenario = build_queue(arena, law_exponential(arena, 1 / rate_per_s),
                                            law_exponential(arena, 1), servers("pool", 1));
    scenario->run.duration_ns = scenario->run.window_ns = distribution_to_ns(length_s);
    scenario->run.warmup_ns = distribution_to_ns(500);
    scenario->run.seed = stream_id(id);
    double sum = 0, squares = 0, center = rate_per_s / (1 - rate_per_s);
    struct arena *each = arena_open();
    for (uint32_t r = 0; r < RUNS; r++) {
        struct once once = replicate_once(scenario, r, each);
        double off = once_value(&once, metric) - center;
        sum += off;
        squares += off * off;
        arena_reset(each);
    }
    arena_close(each);
    double variance = (squares - sum * sum / RUNS) / (RUNS - 1) * per_length;
    double exact = exact_value(id, row), ratio = variance / exact;
    print_message("%s: %.4g, exact %.4g\n", id, variance, exact);
    assert_true(ratio * 1.01 > gsl_cdf_chisq_Pinv(5e-7, RUNS - 1) / (RUNS - 1));
    assert_true(ratio / 1.01 < gsl_cdf_chisq_Qinv(5e-7, RUNS - 1) / (RUNS - 1));
}

static void averages_vary_from_run_to_run_as_they_must(void **state)
{
    assert_variance("mm1-avar-W-0.5", "asym_var_wait_in_queue", "pool.wait.mean", 0.5, 1e4, 5e3);
    assert_variance("mm1-avar-W-0.8", "asym_var_wait_in_queue", "pool.wait.mean", 0.8, 4e4, 3.2e4);
    assert_variance("mm1-avar-L-0.8", "asym_var_number_in_system", "w.in_system", 0.8, 4e4, 4e4);
    assert_variance("mm1-avar-L-0.9", "asym_var_number_in_system", "w.in_system", 0.9, 8e4, 8e4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminals_on_a_processor_and_two_disks_agree),
        cmocka_unit_test(a_network_with_an_infinite_station_agrees),
        cmocka_unit_test(a_central_server_agrees),
        cmocka_unit_test(a_server_with_vacations_agrees),
        cmocka_unit_test(averages_vary_from_run_to_run_as_they_must),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
