/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rate limiters against a slow twin: a bucket whose level is counted in parts of a token, one
 * arrival after the other; and where the times can be said beforehand. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/stations/limiter.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <string.h>

enum { TRIALS = 4000, MAX_ARRIVALS = 4000 };

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

/* One workload whose requests pass one limiter, perhaps with patience. */
static struct scenario *build_limited(struct limiter_spec limiter,
                                      const struct distribution *interarrival, int64_t timeout_ns,
                                      double length_s)
{
    struct step pass = {.kind = STEP_PASS, .timeout_ns = timeout_ns};
    struct class_spec class = build_class(arena, NULL, 1, 0, &pass, 1);
    struct workload_spec workload = build_workload(arena, "w", interarrival, &class, 1);
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, length_s);
    struct limiter_spec *kept = arena_alloc(arena, sizeof *kept);
    *kept = limiter;
    scenario->limiters = kept;
    scenario->limiter_count = 1;
    return scenario;
}

static const struct replication_state *simulate(const struct scenario *scenario,
                                                uint32_t replication)
{
    struct error err = {.status = STATUS_OK};
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    struct replication_state *system = replication_create(model, replication, arena, &err);
    assert_true(replication_run_until(system, scenario->run.duration_ns));
    return system;
}

/* ---- the twin ---- */

struct twin {
    uint64_t passed, refused, timed_out;
    int64_t wait_sum, wait_most;
};

/* The bucket holds level / interval tokens and gains one part each ns. Each arrival is followed to
 * its end before the next: in order of arrival, who comes later cannot change it. */
static struct twin run_twin(const struct limiter_spec *limiter, const int64_t *arrivals,
                            size_t count, int64_t patience_ns, int64_t end)
{
    struct twin twin = {0};
    int64_t interval = (int64_t)(1e9 / limiter->rate_per_s), full = limiter->burst * interval;
    int64_t level = full, at = 0; /* level as it was at that time */
    for (size_t i = 0; i < count; i++) {
        int64_t now = arrivals[i] > at ? arrivals[i] : at;
        int64_t level_now = level + (now - at) > full ? full : level + (now - at);
        int64_t lacking = level_now < interval ? interval - level_now : 0;
        int64_t wait = now + lacking - arrivals[i];
        if (wait > 0 && !limiter->is_waiting) {
            twin.refused++;
            continue;
        }
        if (wait > patience_ns) {
            twin.timed_out += arrivals[i] + patience_ns < end;
            continue;
        }
        if (arrivals[i] + wait >= end)
            continue; /* and nobody after it */
        twin.passed++;
        twin.wait_sum += wait;
        twin.wait_most = wait > twin.wait_most ? wait : twin.wait_most;
        at = now + lacking;
        level = level_now + lacking - interval;
    }
    return twin;
}

static size_t list_arrivals(const struct scenario *scenario, uint32_t replication,
                            int64_t arrivals[MAX_ARRIVALS])
{
    struct stream_key key = {scenario->run.seed, replication};
    int64_t time = 0;
    for (uint32_t i = 0; i < MAX_ARRIVALS; i++) {
        struct stream draw = stream_at(key, stream_id("w.arrivals"), i, 0);
        time += distribution_to_ns(
            distribution_sample(scenario->workloads[0].arrivals.interarrival, &draw));
        if (time >= scenario->run.duration_ns)
            return i;
        arrivals[i] = time;
    }
    fail_msg("more than %d arrivals", MAX_ARRIVALS);
    return 0;
}

static void passes_as_the_slow_bucket_does(void **state)
{
    /* Intervals of whole nanoseconds: the twin has no others. */
    static const double rates[] = {1000, 500, 200, 100, 80};
    static int64_t arrivals[MAX_ARRIVALS];
    uint64_t passed = 0, refused = 0, timed_out = 0;
    for (uint32_t trial = 0; trial < TRIALS; trial++) {
        struct stream choices = stream_at((struct stream_key){7, trial}, 1, 0, 0);
        int64_t burst = 1 + (int64_t)(5 * stream_next_uniform(&choices));
        struct limiter_spec limiter = build_limiter("gate", rates[trial % 5], burst);
        limiter.is_waiting = trial / 5 % 2;
        bool is_patient = trial / 10 % 2, has_ties = trial / 20 % 2;
        double mean_s = (0.7 + stream_next_uniform(&choices)) / limiter.rate_per_s;
        double whole[] = {0, 0, 1e-3, 2e-3, 1e-2, 3e-2};
        const struct distribution *interarrival =
            has_ties ? law_empirical(arena, whole, 6) : law_exponential(arena, mean_s);
        int64_t patience_ns = is_patient ? INT64_MAX / 4 : 12 * 1000000 + 1;
        struct scenario *scenario =
            build_limited(limiter, interarrival, is_patient ? SPEC_NEVER : patience_ns, 1.0);
        size_t count = list_arrivals(scenario, trial, arrivals);
        const struct limiter *gate = &simulate(scenario, trial)->limiters[0];
        struct twin twin =
            run_twin(&limiter, arrivals, count, patience_ns, scenario->run.duration_ns);
        assert_int_equal(gate->counts[LIMITER_PASSED], twin.passed);
        assert_int_equal(gate->counts[LIMITER_REFUSED], twin.refused);
        assert_int_equal(gate->counts[LIMITER_TIMED_OUT], twin.timed_out);
        assert_int_equal(gate->wait->count, twin.passed);
        assert_true(gate->wait->sum == twin.wait_sum);
        assert_int_equal(gate->wait->largest, twin.wait_most);
        passed += twin.passed;
        refused += twin.refused;
        timed_out += twin.timed_out;
        arena_reset(arena);
    }
    print_message("%lu passed, %lu refused, %lu timed out\n", (unsigned long)passed,
                  (unsigned long)refused, (unsigned long)timed_out);
    assert_true(passed > 100000 && refused > 10000 && timed_out > 10000);
}

/* ---- times that can be said beforehand ---- */

/* A crowd of 1000 at 10 s, 650 tokens a second, 3 saved: the k-th of those who wait, from 1, goes
 * on at the first whole ns after 10 s + k / 650 s: nothing is lost to rounding on the way. */
static void a_rate_of_no_whole_interval_is_met_exactly(void **state)
{
    struct limiter_spec limiter = build_limiter("gate", 650, 3);
    limiter.is_waiting = true;
    struct scenario *scenario = build_limited(limiter, law_constant(arena, 10), SPEC_NEVER, 19.5);
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    *workload = scenario->workloads[0];
    workload->arrivals.batch = law_constant(arena, 1000);
    scenario->workloads = workload;
    const struct limiter *gate = &simulate(scenario, 0)->limiters[0];
    int64_t sum = 0, last = 0;
    for (int64_t k = 1; k <= 997; k++)
        sum += last = (k * 1000000000 + 649) / 650;
    assert_int_equal(gate->counts[LIMITER_PASSED], 1000);
    assert_true(gate->wait->sum == sum);
    assert_int_equal(gate->wait->largest, last);
}

/* 10/s against 4/s, nothing saved but one token: of 10 each second, at 0.1 s, 0.2 s, ..., those at
 * 0.1, 0.4, 0.7, 1.0 ... pass. */
static void refusing_keeps_the_rate(void **state)
{
    struct limiter_spec limiter = build_limiter("gate", 4, 1);
    const struct replication_state *system =
        simulate(build_limited(limiter, law_constant(arena, 0.1), SPEC_NEVER, 3.05), 0);
    const struct class_state *class = &system->classes[0];
    assert_int_equal(system->limiters[0].counts[LIMITER_PASSED], 10);
    assert_int_equal(system->limiters[0].counts[LIMITER_REFUSED], 20);
    assert_int_equal(class->counts[GROUP_LIMITED], 20);
    assert_int_equal(class->counts[GROUP_REFUSED], 0);
    assert_int_equal(class->counts[GROUP_TIMED_OUT], 0);
    assert_int_equal(class->response->count, 10);
}

/* Refusals by a limiter are refusals and no errors. */
static void refusals_are_apart_from_errors(void **state)
{
    struct error err = {.status = STATUS_OK};
    struct limiter_spec limiter = build_limiter("gate", 4, 1);
    struct scenario *scenario = build_limited(limiter, law_constant(arena, 0.1), SPEC_NEVER, 3.05);
    const struct model *model = model_compile(scenario, arena, &err);
    size_t columns;
    model_columns(model, &columns);
    struct observation observation = {
        .value = arena_array(arena, columns, sizeof(double)),
        .weight = arena_array(arena, columns, sizeof(double)),
        .counts = arena_array(arena, model_histogram_count(model), sizeof(uint32_t *))};
    assert_true(model_replicate(model, 0, arena, &observation, &err));
    assert_within(observation.value[model_find_column(model, "gate.refused_rate")], 2.0 / 3, 1e-12);
    assert_within(observation.value[model_find_column(model, "w.refused_rate")], 2.0 / 3, 1e-12);
    assert_within(observation.value[model_find_column(model, "w.error_rate")], 0, 0);
    assert_within(observation.value[model_find_column(model, "w.success_rate")], 1.0 / 3, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(passes_as_the_slow_bucket_does),
                                       cmocka_unit_test(a_rate_of_no_whole_interval_is_met_exactly),
                                       cmocka_unit_test(refusing_keeps_the_rate),
                                       cmocka_unit_test(refusals_are_apart_from_errors)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
