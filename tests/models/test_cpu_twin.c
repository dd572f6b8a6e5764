/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's processors against their slow twin (cpu_twin.h) over thousands of random small
 * scenarios: the same responses, slowdowns, time-outs and integrals, to the nanosecond. */
#include "models/engine/model.h"
#include "sim/stats/histogram.h"
#include "tests/support/cpu_twin.h"
#include "tests/support/exact_laws.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_REQUESTS = 400, TRIALS = 3000 };
static const double LENGTH_S = 0.7;
static const int64_t LENGTH_NS = 700000000;

struct trial {
    struct arena *arena;
    struct stream_key key;
    struct stream choices;
    struct cpu_spec cpu;
    const struct distribution *interarrival, *demand[CPU_TWIN_STAGES], *pause;
    int64_t timeout_ns;
    struct cpu_twin_request requests[MAX_REQUESTS];
    size_t request_count;
    struct cpu_twin_totals totals;
    const struct model *model;
    const struct column *columns;
    struct observation observation;
};

static uint64_t choose(struct trial *trial, uint64_t count)
{
    return stream_next_bits(&trial->choices) % count;
}

/* Half of the laws are whole milliseconds, so that much happens at one instant. */
static const struct distribution *choose_law(struct trial *trial, double most_ms)
{
    double ms = 1 + (double)choose(trial, (uint64_t)most_ms);
    switch (choose(trial, 3)) {
    case 0:
        return law_constant(trial->arena, ms / 1e3);
    case 1: {
        double values[4];
        for (int i = 0; i < 4; i++)
            values[i] = (ms + i * (double)choose(trial, 3)) / 1e3;
        return law_empirical(trial->arena, values, 4);
    }
    default:
        return law_exponential(trial->arena, ms / 1e3);
    }
}

/* Far enough from the limit that no more than CPU_TWIN_MAX_PRESENT meet without a time-out. */
static bool is_light(const struct trial *trial)
{
    double demand = distribution_mean(trial->demand[0]) + distribution_mean(trial->demand[1]);
    return demand / distribution_mean(trial->interarrival) <
           0.6 * (double)trial->cpu.cores_milli / 1000;
}

/* With contention a whole demand must not end at a whole nanosecond, where rounding would decide.
 */
static void choose_trial(struct trial *trial, bool has_contention)
{
    static const int64_t cores[] = {1000, 2000, 3000, 500, 1500, 7000, 333};
    trial->cpu = build_cpu("cpu", cores[choose(trial, sizeof cores / sizeof *cores)]);
    if (has_contention) {
        trial->cpu.sigma = M_SQRT2 / 37 * (double)choose(trial, 4);
        trial->cpu.kappa = M_E / 931 * (double)(1 + choose(trial, 3));
    }
    trial->interarrival = choose_law(trial, 30);
    while (distribution_mean(trial->interarrival) < 0.004)
        trial->interarrival = choose_law(trial, 30);
    for (int stage = 0; stage < CPU_TWIN_STAGES; stage++)
        trial->demand[stage] = choose_law(trial, 12);
    trial->pause = law_constant(trial->arena, (1 + (double)choose(trial, 9)) / 1e3);
    trial->timeout_ns = CPU_TWIN_NEVER;
    if (choose(trial, 2) == 0 || has_contention || !is_light(trial))
        trial->timeout_ns = 1000000 * (int64_t)(5 + choose(trial, 36));
}

/* ---- the two sides ---- */

static int64_t draw_ns(const struct trial *trial, const struct distribution *law,
                       const char *stream, uint32_t index)
{
    struct stream draw = stream_at(trial->key, stream_id(stream), index, 0);
    return distribution_to_ns(distribution_sample(law, &draw));
}

static void run_twin(struct trial *trial)
{
    int64_t time = 0;
    for (uint32_t i = 0;; i++) {
        time += draw_ns(trial, trial->interarrival, "w.arrivals", i);
        if (time >= LENGTH_NS)
            break;
        assert_true(trial->request_count < MAX_REQUESTS);
        struct cpu_twin_request *request = &trial->requests[trial->request_count++];
        *request = (struct cpu_twin_request){.arrives = time, .timeout = trial->timeout_ns};
        request->pause = distribution_to_ns(distribution_mean(trial->pause));
        for (int stage = 0, number = 0; stage < CPU_TWIN_STAGES; stage++) {
            char stream[32];
            bool is_constant = distribution_is_constant(trial->demand[stage]);
            snprintf(stream, sizeof stream, "w.draw.%d", number);
            number += !is_constant; /* a constant is no draw */
            request->demand[stage] =
                is_constant ? distribution_to_ns(distribution_mean(trial->demand[stage]))
                            : draw_ns(trial, trial->demand[stage], stream, i);
        }
    }
    trial->totals = cpu_twin_run(trial->cpu.cores_milli, trial->cpu.sigma, trial->cpu.kappa,
                                 trial->requests, trial->request_count, LENGTH_NS);
}

static void run_engine(struct trial *trial)
{
    struct arena *arena = trial->arena;
    struct error err = {.status = STATUS_OK};
    struct step steps[3] = {build_work(0, trial->demand[0]), build_delay(trial->pause),
                            build_work(0, trial->demand[1])};
    steps[0].timeout_ns = steps[2].timeout_ns = trial->timeout_ns;
    struct class_spec class = build_class(arena, NULL, 1, 0, steps, 3);
    struct workload_spec workload = build_workload(arena, "w", trial->interarrival, &class, 1);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, LENGTH_S);
    build_add_cpus(arena, scenario, &trial->cpu, 1);
    scenario->run.seed = trial->key.seed;
    struct model *model = model_compile(scenario, arena, &err);
    if (!model)
        fail_msg("%s", err.message);
    size_t count;
    trial->model = model;
    trial->columns = model_columns(model, &count);
    trial->observation.value = arena_array(arena, count, sizeof(double));
    trial->observation.weight = arena_array(arena, count, sizeof(double));
    trial->observation.counts =
        arena_array(arena, model_histogram_count(model), sizeof *trial->observation.counts);
    if (!model_replicate_by_end(model, trial->key.replication, arena, &trial->observation, &err))
        fail_msg("%s", err.message);
}

/* ---- comparing ---- */

static double engine_value(const struct trial *trial, const char *metric)
{
    int column = model_find_column(trial->model, metric);
    if (column == COLUMN_NONE)
        fail_msg("no metric %s", metric);
    return trial->observation.value[column];
}

/* Sums of nanoseconds are exact on both sides; only the last division rounds. */
static void compare(const struct trial *trial, const char *metric, double expected)
{
    double value = engine_value(trial, metric);
    if (fabs(value - expected) <= 1e-13 * fabs(expected) || (isnan(value) && isnan(expected)))
        return;
    fail_msg("trial %u (cores %ld, sigma %g, kappa %g, time-out %ld, %zu requests): %s is %.17g, "
             "the twin says %.17g",
             trial->key.replication, (long)trial->cpu.cores_milli, trial->cpu.sigma,
             trial->cpu.kappa, (long)trial->timeout_ns, trial->request_count, metric, value,
             expected);
}

/* What was observed per request. */
struct values {
    uint32_t buckets[HISTOGRAM_BUCKETS];
    int64_t count, largest;
    wide_int sum;
};

static void add_value(struct values *values, int64_t value)
{
    values->buckets[histogram_bucket(value)]++;
    values->count++;
    values->sum += value;
    values->largest = value > values->largest ? value : values->largest;
}

static void compare_values(const struct trial *trial, const char *what, const struct values *values)
{
    char name[64];
    snprintf(name, sizeof name, "%s.mean", what);
    compare(trial, name,
            values->count > 0 ? (double)values->sum / (double)values->count / 1e9 : NAN);
    snprintf(name, sizeof name, "%s.max", what);
    compare(trial, name, values->count > 0 ? (double)values->largest / 1e9 : NAN);
    snprintf(name, sizeof name, "%s.p50", what);
    const struct column *column = &trial->columns[model_find_column(trial->model, name)];
    assert_memory_equal(trial->observation.counts[column->histogram], values->buckets,
                        sizeof values->buckets);
}

static void compare_trial(const struct trial *trial)
{
    static struct values response, failed, slowdown;
    memset(&response, 0, sizeof response);
    memset(&failed, 0, sizeof failed);
    memset(&slowdown, 0, sizeof slowdown);
    for (size_t i = 0; i < trial->request_count; i++) {
        const struct cpu_twin_request *request = &trial->requests[i];
        for (int stage = 0; stage < CPU_TWIN_STAGES; stage++)
            if (request->done[stage] >= 0)
                add_value(&slowdown,
                          (int64_t)((wide_int)(request->done[stage] - request->began[stage]) *
                                    1000000000 / request->demand[stage]));
        if (request->outcome == CPU_TWIN_COMPLETED)
            add_value(&response, request->ended - request->arrives);
        else if (request->outcome == CPU_TWIN_TIMED_OUT)
            add_value(&failed, request->ended - request->arrives);
    }
    compare_values(trial, "w.response", &response);
    compare_values(trial, "w.response_failed", &failed);
    compare_values(trial, "cpu.slowdown", &slowdown);
    compare(trial, "w.arrival_rate", (double)trial->request_count / LENGTH_S);
    double length = (double)LENGTH_NS;
    compare(trial, "cpu.utilization",
            (double)trial->totals.busy_milli / length / (double)trial->cpu.cores_milli);
    compare(trial, "cpu.queue", (double)trial->totals.jobs / length);
}

/* What the cores gave and the jobs received; the time spent in jobs and the integral of their
 * number. */
static void compare_checks(const struct trial *trial)
{
    struct arena *arena = arena_open();
    const char *broken = exact_laws_find_broken(trial->model, &trial->observation, 1e-12, arena);
    if (broken)
        fail_msg("%s", broken);
    arena_close(arena);
}

static void run_trials(uint64_t seed, bool has_contention)
{
    const uint32_t trials = (uint32_t)repetitions(TRIALS, TRIALS / 20);
    uint64_t timed_out = 0, completed = 0;
    for (uint32_t replication = 0; replication < trials; replication++) {
        struct trial *trial = &(struct trial){.arena = arena_open(), .key = {seed, replication}};
        trial->choices = stream_at(trial->key, stream_id("trial"), 0, 0);
        choose_trial(trial, has_contention);
        run_twin(trial);
        run_engine(trial);
        compare_trial(trial);
        compare_checks(trial);
        for (size_t i = 0; i < trial->request_count; i++) {
            timed_out += trial->requests[i].outcome == CPU_TWIN_TIMED_OUT;
            completed += trial->requests[i].outcome == CPU_TWIN_COMPLETED;
        }
        arena_close(trial->arena);
    }
    assert_true(completed > 10 * trials); /* the trials try something */
    assert_true(timed_out > trials);
}

static void shares_of_cores_agree_with_the_twin(void **state)
{
    run_trials(2385, false);
}

static void contention_agrees_with_the_twin(void **state)
{
    run_trials(731, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_cores_agree_with_the_twin),
        cmocka_unit_test(contention_agrees_with_the_twin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
