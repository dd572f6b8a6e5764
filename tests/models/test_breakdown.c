/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the time goes: against closed forms, against the ordinary metrics of the same replication,
 * and clockwork in which every part can be said beforehand. That the parts of each request add up
 * to its response to the nanosecond is asserted in breakdown.c wherever it runs. */
#include "models/program/analytic.h"
#include "models/studies/breakdown_study.h"
#include "sim/stats/estimate.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { REPLICATIONS = 20 };

/* One false alarm in a million, of a mean over 20 replications: Student's t with 19 degrees. */
static const double MILLION = 0.999999;

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

/* One replication of a model with marks. */
struct split {
    struct breakdown_study study;
    double *values;
};

/* slowest_ns: of every group. */
static struct split replicate_split(const struct scenario *scenario, uint32_t replication,
                                    int64_t slowest_ns)
{
    enum { GROUPS = 8 };
    struct error err = {0};
    struct split split;
    struct model *model = model_compile_breakdown(scenario, arena, &err);
    assert_non_null(model);
    model_set_warmup(model, scenario->run.warmup_ns);
    int64_t *slowest = arena_array(arena, GROUPS, sizeof *slowest);
    for (int g = 0; g < GROUPS; g++)
        slowest[g] = slowest_ns;
    breakdown_study_make(model, slowest, arena, &split.study);
    split.values = arena_array(arena, split.study.column_count, sizeof *split.values);
    struct observation observation = {
        .value = split.values,
        .weight = arena_array(arena, split.study.column_count, sizeof(double))};
    assert_true(breakdown_study_replicate(&split.study, replication, arena, &observation, &err));
    return split;
}

/* The mean of a part over all requests of the first workload, or over the slowest. */
static double part_of(const struct split *split, enum breakdown_kind kind, const char *step,
                      int resource, bool is_slowest)
{
    size_t count;
    const struct breakdown_part *parts = breakdown_parts(split->study.model, 0, &count);
    for (size_t p = 0; p < count; p++)
        if (parts[p].kind == kind && parts[p].resource == resource &&
            (step == parts[p].step || (step && parts[p].step && !strcmp(step, parts[p].step))))
            return split->values[BREAKDOWN_PARTS + 2 * p + (is_slowest ? 1 : 0)];
    fail_msg("no such part");
    return NAN;
}

static void assert_mean(const double *values, double expected)
{
    struct estimate estimate = estimate_mean(values, REPLICATIONS, 1, MILLION);
    assert_within(estimate.estimate, expected, estimate.high - estimate.estimate);
}

static struct step named(struct step step, const char *name)
{
    step.name = name;
    return step;
}

static struct scenario *one_class(const struct pool_spec *pools, size_t pool_count,
                                  const struct distribution *interarrival, const struct step *steps,
                                  size_t count, double duration_s)
{
    struct class_spec class = build_class(arena, NULL, 1, 0, steps, count);
    struct workload_spec workload = build_workload(arena, "w", interarrival, &class, 1);
    struct scenario *scenario = build_scenario(arena, pools, pool_count, &workload, 1, duration_s);
    scenario->run.warmup_ns = scenario->run.duration_ns / 20;
    return scenario;
}

/* ---- against closed forms ---- */

/* Two queues in tandem, M/M/3 then M/M/1: by Burke's theorem each waits as if alone. */
static void a_tandem_splits_into_the_waits_of_its_queues(void **state)
{
    const double rate = 2.385, first_s = 0.917, second_s = 0.331;
    struct pool_spec pools[] = {build_pool("a", POOL_THREADS, 3), build_pool("b", POOL_THREADS, 1)};
    struct step one = named(build_delay(law_exponential(arena, first_s)), "one");
    struct step two = named(build_delay(law_exponential(arena, second_s)), "two");
    struct step steps[] = {build_hold(arena, 0, &one, 1), build_hold(arena, 1, &two, 1)};
    struct scenario *scenario =
        one_class(pools, 2, law_exponential(arena, 1 / rate), steps, 2, 20000);
    double a[REPLICATIONS], b[REPLICATIONS], x[REPLICATIONS], y[REPLICATIONS];
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        struct split split = replicate_split(scenario, r, INT64_MAX);
        a[r] = part_of(&split, BREAKDOWN_POOL_WAIT, NULL, 0, false);
        b[r] = part_of(&split, BREAKDOWN_POOL_WAIT, NULL, 1, false);
        x[r] = part_of(&split, BREAKDOWN_DELAY, "one", BREAKDOWN_NO_RESOURCE, false);
        y[r] = part_of(&split, BREAKDOWN_DELAY, "two", BREAKDOWN_NO_RESOURCE, false);
    }
    struct analytic_station first = {
        .arrival_rate_per_s = rate, .service_time_s = first_s, .servers = 3};
    struct analytic_station second = {
        .arrival_rate_per_s = rate, .service_time_s = second_s, .servers = 1};
    assert_mean(a, analytic_solve_mmc(first).wait_mean_s);
    assert_mean(b, analytic_solve_mmc(second).wait_mean_s);
    assert_mean(x, first_s);
    assert_mean(y, second_s);
}

/* M/M/1 processor sharing: a demand of S takes S / (1 - rho). */
static void assert_work_splits(const struct step *work)
{
    const double rate = 6.31, demand_s = 0.119, rho = rate * demand_s;
    struct scenario *scenario = one_class(NULL, 0, law_exponential(arena, 1 / rate), work, 1, 8000);
    struct cpu_spec cpu = build_cpu("cpu", 1000);
    build_add_cpus(arena, scenario, &cpu, 1);
    double own[REPLICATIONS], shared[REPLICATIONS];
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        struct split split = replicate_split(scenario, r, INT64_MAX);
        own[r] = part_of(&split, BREAKDOWN_WORK, NULL, 0, false);
        shared[r] = part_of(&split, BREAKDOWN_CPU_WAIT, NULL, 0, false);
    }
    assert_mean(own, demand_s);
    assert_mean(shared, demand_s * rho / (1 - rho));
}

static void work_splits_into_its_demand_and_the_sharing(void **state)
{
    struct step work = build_work(0, law_exponential(arena, 0.119));
    assert_work_splits(&work);
}

/* Seven of nine rows, 17 ms each on average. */
static void reading_on_a_processor_splits_like_work(void **state)
{
    struct step fetch = build_plain(STEP_FETCH, 0);
    fetch.cpu = 0;
    fetch.size = law_constant(arena, 9);
    fetch.row_limit = 7;
    fetch.duration = law_exponential(arena, 0.017);
    assert_work_splits(&fetch);
}

/* Work of 10 or 100 ms that is broken off after 20 ms and tried again: each request fails once on
 * average (geometric, half and half), for 20 ms, and then backs off 5 ms. */
static void what_is_broken_off_is_apart(void **state)
{
    struct step slow = build_delay(law_constant(arena, 0.1));
    struct step choice = build_choose(arena, 0.5, &slow, 1);
    struct step steps[] = {build_delay(law_constant(arena, 0.01)), choice};
    struct step limited = build_repeat(arena, 1, steps, 2);
    limited.timeout_ns = 20000000;
    struct scenario *scenario = one_class(NULL, 0, law_exponential(arena, 1), &limited, 1, 3000);
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    *workload = scenario->workloads[0];
    workload->retry = (struct retry_spec){.attempts = 1000,
                                          .backoff = law_constant(arena, 0.005),
                                          .multiplier = 1,
                                          .on_timeout = true};
    scenario->workloads = workload;
    double broken[REPLICATIONS], backoff[REPLICATIONS], delay[REPLICATIONS];
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        struct split split = replicate_split(scenario, r, INT64_MAX);
        broken[r] = part_of(&split, BREAKDOWN_BROKEN_OFF, NULL, BREAKDOWN_NO_RESOURCE, false);
        backoff[r] = part_of(&split, BREAKDOWN_BACKOFF, NULL, BREAKDOWN_NO_RESOURCE, false);
        delay[r] = part_of(&split, BREAKDOWN_DELAY, NULL, BREAKDOWN_NO_RESOURCE, false);
    }
    /* The first delay of 10 ms is finished in every attempt, so it stays with the delays. */
    assert_mean(delay, 0.02);
    assert_mean(broken, 0.01);
    assert_mean(backoff, 0.005);
}

/* ---- against the ordinary metrics ---- */

/* A bit of everything: two pools, one of which opens connections, a processor, a limiter, a mix. */
static struct scenario *build_everything(void)
{
    struct pool_spec pools[] = {build_pool("t", POOL_THREADS, 4),
                                build_pool("c", POOL_CONNECTIONS, 3)};
    pools[1].connect = law_exponential(arena, 0.021);
    pools[1].max_uses = 7;
    pools[1].acquire_timeout = law_constant(arena, 0.4);
    struct step work = named(build_work(0, law_exponential(arena, 0.043)), "work");
    struct step inside[] = {named(build_delay(law_gamma(arena, 0.031, 0.7)), "think"),
                            build_hold(arena, 1, &work, 1)};
    struct step pass = {.kind = STEP_PASS, .timeout_ns = SPEC_NEVER};
    struct step twice = build_repeat(arena, 2, &work, 1);
    struct step heavy[] = {pass, build_hold(arena, 0, inside, 2)};
    struct step light[] = {pass, build_choose(arena, 0.4, &twice, 1)};
    struct class_spec classes[] = {build_class(arena, "heavy", 0.6, 0, heavy, 2),
                                   build_class(arena, "light", 0.4, 0, light, 2)};
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / 31.7), classes, 2);
    workload.retry = (struct retry_spec){.attempts = 3,
                                         .backoff = law_exponential(arena, 0.05),
                                         .multiplier = 2,
                                         .on_timeout = true,
                                         .on_refused = true};
    struct scenario *scenario = build_scenario(arena, pools, 2, &workload, 1, 600);
    struct cpu_spec cpu = build_cpu("cpu", 2000);
    struct limiter_spec *limiter = arena_alloc(arena, sizeof *limiter);
    *limiter = (struct limiter_spec){.name = "gate",
                                     .copies = 1,
                                     .service = SPEC_NO_SERVICE,
                                     .rate_per_s = 37,
                                     .burst = 2,
                                     .is_waiting = true};
    scenario->limiters = limiter;
    scenario->limiter_count = 1;
    build_add_cpus(arena, scenario, &cpu, 1);
    scenario->run.warmup_ns = 20000000000;
    return scenario;
}

static void marks_change_nothing_and_miss_nothing(void **state)
{
    struct scenario *scenario = build_everything();
    struct once once = replicate_once_by_end(scenario, 3, arena);
    struct split split = replicate_split(scenario, 3, 300000000);
    static const char *const groups[] = {"w", "w.heavy", "w.light"};
    size_t count;
    breakdown_parts(split.study.model, 0, &count);
    for (int g = 0; g < 3; g++) {
        const double *value = split.values + split.study.base[g];
        const char *metric = arena_printf(arena, "%s.response.mean", groups[g]);
        double sum = 0, slowest = 0;
        for (size_t p = 0; p < count; p++) {
            sum += value[BREAKDOWN_PARTS + 2 * p];
            slowest += value[BREAKDOWN_PARTS + 2 * p + 1];
        }
        assert_true(value[BREAKDOWN_RESPONSE] == once_value(&once, metric));
        assert_within(sum, value[BREAKDOWN_RESPONSE], 1e-12);
        assert_within(slowest, value[BREAKDOWN_SLOWEST_RESPONSE], 1e-12);
        assert_true(value[BREAKDOWN_SLOWEST_RESPONSE] > 0.3);
        assert_true(value[BREAKDOWN_SLOWEST_SHARE] > 0 && value[BREAKDOWN_SLOWEST_SHARE] < 1);
    }
}

/* Who is slowest is known to the nanosecond: of 10 and 20 ms, those of 20 ms. */
static void the_slowest_are_those_from_the_threshold_on(void **state)
{
    struct step extra = named(build_delay(law_constant(arena, 0.01)), "extra");
    struct step steps[] = {named(build_delay(law_constant(arena, 0.01)), "base"),
                           build_choose(arena, 0.25, &extra, 1)};
    struct scenario *scenario = one_class(NULL, 0, law_exponential(arena, 0.1), steps, 2, 1000);
    struct split split = replicate_split(scenario, 0, 20000000);
    assert_true(split.values[BREAKDOWN_SLOWEST_RESPONSE] == 0.02);
    assert_true(part_of(&split, BREAKDOWN_DELAY, "extra", BREAKDOWN_NO_RESOURCE, true) == 0.01);
    /* 10,000 requests: 5 standard deviations of a share of a quarter */
    assert_within(split.values[BREAKDOWN_SLOWEST_SHARE], 0.25, 5 * sqrt(0.25 * 0.75 / 10000));
    split = replicate_split(scenario, 0, 20000001);
    assert_true(isnan(split.values[BREAKDOWN_SLOWEST_RESPONSE]));
}

/* Two pools, one held within the other: time without a name goes to the one taken last. */
static void a_delay_belongs_to_the_innermost_pool(void **state)
{
    struct pool_spec pools[] = {build_pool("a", POOL_THREADS, 1), build_pool("b", POOL_THREADS, 1)};
    struct step within = build_delay(law_constant(arena, 0.002));
    struct step outer[] = {build_delay(law_constant(arena, 0.001)),
                           build_hold(arena, 1, &within, 1),
                           build_delay(law_constant(arena, 0.004))};
    struct step steps[] = {build_delay(law_constant(arena, 0.008)), build_hold(arena, 0, outer, 3),
                           build_delay(law_constant(arena, 0.016))};
    struct scenario *scenario = one_class(pools, 2, law_constant(arena, 1), steps, 3, 10);
    struct split split = replicate_split(scenario, 0, INT64_MAX);
    assert_within(part_of(&split, BREAKDOWN_DELAY, NULL, BREAKDOWN_NO_RESOURCE, false), 0.024,
                  1e-12);
    assert_within(part_of(&split, BREAKDOWN_DELAY, NULL, 0, false), 0.005, 1e-12);
    assert_within(part_of(&split, BREAKDOWN_DELAY, NULL, 1, false), 0.002, 1e-12);
}

/* More steps than there are parts: the rest is one part, and everything still adds up. */
static void what_finds_no_part_is_one_together(void **state)
{
    enum { STEPS = BREAKDOWN_MAX_PARTS + 50 };
    struct step steps[STEPS];
    for (int i = 0; i < STEPS; i++)
        steps[i] = named(build_delay(law_constant(arena, 0.001)), arena_printf(arena, "s%d", i));
    struct scenario *scenario = one_class(NULL, 0, law_exponential(arena, 1), steps, STEPS, 100);
    struct split split = replicate_split(scenario, 0, INT64_MAX);
    size_t count;
    breakdown_parts(split.study.model, 0, &count);
    assert_int_equal(count, BREAKDOWN_MAX_PARTS);
    assert_within(part_of(&split, BREAKDOWN_OTHER, NULL, BREAKDOWN_NO_RESOURCE, false),
                  0.001 * (STEPS - BREAKDOWN_MAX_PARTS + 1), 1e-12);
}

/* The record of a job of a cycle is longer by a part that is no multiple of 8 bytes. */
static void a_job_of_a_cycle_has_its_parts_too(void **state)
{
    struct step delay = named(build_delay(law_constant(arena, 0.003)), "work");
    struct scenario *scenario = one_class(NULL, 0, law_exponential(arena, 1), &delay, 1, 100);
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    *workload = scenario->workloads[0];
    workload->arrivals = (struct arrival_spec){
        .process = ARRIVAL_CYCLE,
        .cycle = {.every_ns = 421000000, .jobs = 15, .overrun = OVERRUN_QUEUE}};
    scenario->workloads = workload;
    struct split split = replicate_split(scenario, 0, INT64_MAX);
    assert_within(part_of(&split, BREAKDOWN_DELAY, "work", BREAKDOWN_NO_RESOURCE, false), 0.003,
                  1e-12);
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ARENA(a_tandem_splits_into_the_waits_of_its_queues),
        IN_ARENA(work_splits_into_its_demand_and_the_sharing),
        IN_ARENA(reading_on_a_processor_splits_like_work),
        IN_ARENA(what_is_broken_off_is_apart),
        IN_ARENA(marks_change_nothing_and_miss_nothing),
        IN_ARENA(the_slowest_are_those_from_the_threshold_on),
        IN_ARENA(a_delay_belongs_to_the_innermost_pool),
        IN_ARENA(what_finds_no_part_is_one_together),
        IN_ARENA(a_job_of_a_cycle_has_its_parts_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
