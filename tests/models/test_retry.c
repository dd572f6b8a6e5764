/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attempts beyond the first, deadlines and spawned jobs: clockwork in which every time can be said
 * beforehand. Closed forms of retrial queues and of feedback are in test_exact.c. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/stations/buffer.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <string.h>

enum { MS = 1000000, MANY = 100000 };

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

static struct retry_spec always(int64_t attempts, const struct distribution *backoff)
{
    return (struct retry_spec){.attempts = attempts,
                               .backoff = backoff,
                               .multiplier = 1,
                               .on_timeout = true,
                               .on_refused = true};
}

/* The workloads of a scenario that was built, to be changed. */
static struct workload_spec *open_workloads(struct scenario *scenario)
{
    struct workload_spec *workloads =
        arena_array(arena, scenario->workload_count, sizeof *workloads);
    memcpy(workloads, scenario->workloads, scenario->workload_count * sizeof *workloads);
    scenario->workloads = workloads;
    return workloads;
}

/* ---- clockwork ---- */

static struct replication_state *simulate(const struct scenario *scenario)
{
    struct error err = {.status = STATUS_OK};
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    struct replication_state *system = replication_create(model, 0, arena, &err);
    assert_true(replication_run_until(system, scenario->run.duration_ns));
    return system;
}

/* One request at 1 s of these steps, in a run of 2 s. */
static struct scenario *build_one(const struct step *steps, size_t count,
                                  const struct pool_spec *pools, size_t pool_count)
{
    struct class_spec class = build_class(arena, NULL, 1, 0, steps, count);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 1), &class, 1);
    return build_scenario(arena, pools, pool_count, &workload, 1, 1.999999999);
}

/* Each attempt times out after 30 ms; 10 ms, 20 ms and 40 ms lie between the four. */
static void backoff_grows_from_attempt_to_attempt(void **state)
{
    struct step delay = build_delay(law_constant(arena, 0.05));
    delay.timeout_ns = 30 * MS;
    struct scenario *scenario = build_one(&delay, 1, NULL, 0);
    struct retry_spec *retry = &open_workloads(scenario)[0].retry;
    *retry = always(4, law_constant(arena, 0.01));
    retry->multiplier = 2;
    const struct class_state *class = &simulate(scenario)->classes[0];
    assert_int_equal(class->counts[GROUP_TIMED_OUT], 1);
    assert_int_equal(class->counts[GROUP_RETRIED], 3);
    assert_true(class->response_failed->sum == (4 * 30 + 10 + 20 + 40) * MS);
}

/* The second wait would be of 10^28 s: the clock knows 146 years, which no run survives. */
static void a_backoff_beyond_every_run_is_never_over(void **state)
{
    struct step delay = build_delay(law_constant(arena, 0.05));
    delay.timeout_ns = 30 * MS;
    struct scenario *scenario = build_one(&delay, 1, NULL, 0);
    struct retry_spec *retry = &open_workloads(scenario)[0].retry;
    *retry = always(4, law_constant(arena, 0.01));
    retry->multiplier = 1e30;
    const struct class_state *class = &simulate(scenario)->classes[0];
    assert_int_equal(class->counts[GROUP_RETRIED], 2);
    assert_int_equal(class->counts[GROUP_TIMED_OUT], 0);
    assert_int_equal(class->in_system->level, 1);
}

/* A failure of a kind that is not on the list is the last. */
static void only_what_is_listed_is_tried_again(void **state)
{
    struct step delay = build_delay(law_constant(arena, 0.05));
    delay.timeout_ns = 30 * MS;
    struct scenario *scenario = build_one(&delay, 1, NULL, 0);
    struct retry_spec *retry = &open_workloads(scenario)[0].retry;
    *retry = always(4, law_constant(arena, 0.01));
    retry->on_timeout = false;
    const struct class_state *class = &simulate(scenario)->classes[0];
    assert_int_equal(class->counts[GROUP_RETRIED], 0);
    assert_true(class->response_failed->sum == 30 * MS);
}

/* The deadline strikes in an attempt, or between two, and there is no other attempt. */
static void deadline_covers_all_attempts(void **state)
{
    static const int64_t deadlines_ms[] = {35, 75, 29, 119};
    static const uint64_t retried[] = {1, 2, 0, 3};
    for (int i = 0; i < 4; i++) {
        struct step delay = build_delay(law_constant(arena, 0.05));
        delay.timeout_ns = 30 * MS;
        struct scenario *scenario = build_one(&delay, 1, NULL, 0);
        struct workload_spec *workload = open_workloads(scenario);
        workload->retry = always(100, law_constant(arena, 0.01));
        workload->deadline_ns = deadlines_ms[i] * MS;
        const struct class_state *class = &simulate(scenario)->classes[0];
        assert_int_equal(class->counts[GROUP_TIMED_OUT], 1);
        assert_int_equal(class->counts[GROUP_RETRIED], retried[i]);
        assert_true(class->response_failed->sum == deadlines_ms[i] * MS);
    }
}

/* What an attempt draws is its own: 80 % of the attempts are too long, so that 20 % of the first,
 * and then 20 % of the rest, get through; with the same draw again nobody ever would. */
static void each_attempt_draws_afresh(void **state)
{
    double values[] = {0.001, 0.1, 0.1, 0.1, 0.1};
    struct step delay = build_delay(law_empirical(arena, values, 5));
    delay.timeout_ns = 10 * MS;
    struct class_spec class = build_class(arena, NULL, 1, 0, &delay, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_constant(arena, 0.01), &class, 1);
    workload.retry = always(3, law_constant(arena, 0));
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 1000);
    const struct class_state *state_of_class = &simulate(scenario)->classes[0];
    double finished =
        (double)(state_of_class->response->count + state_of_class->counts[GROUP_TIMED_OUT]);
    double completed = (double)state_of_class->response->count / finished;
    /* 1 - 0.8^3 of 1e5; five standard deviations are one false alarm in a million. */
    assert_within(completed, 0.488, 5 * 0.00158);
}

/* A request that holds p0 and in it p1 fails at 1.05 s, and others wait for each: what was taken
 * last is given back first, so who waits for p1 is the first at p2. */
static void gives_back_what_was_taken_last_first(void **state)
{
    struct pool_spec pools[3] = {build_pool("p0", POOL_THREADS, 1),
                                 build_pool("p1", POOL_THREADS, 1),
                                 build_pool("p2", POOL_THREADS, 1)};
    struct step rest = build_delay(law_constant(arena, 0.3));
    struct step inner = build_hold(arena, 1, &rest, 1);
    struct step outer = build_hold(arena, 0, &inner, 1);
    outer.timeout_ns = 50 * MS;
    struct step late = build_delay(law_constant(arena, 0.01));
    struct step use = build_delay(law_constant(arena, 0.02));
    struct step last = build_hold(arena, 2, &use, 1);
    struct workload_spec workloads[3];
    const char *const names[] = {"holder", "of_p0", "of_p1"};
    for (size_t w = 0; w < 3; w++) {
        struct step steps[2] = {late, build_hold(arena, w == 2 ? 1 : 0, &last, 1)};
        struct class_spec class = w == 0 ? build_class(arena, NULL, 1, 0, &outer, 1)
                                         : build_class(arena, NULL, 1, 0, steps, 2);
        workloads[w] = build_workload(arena, names[w], law_constant(arena, 1), &class, 1);
    }
    struct replication_state *system = simulate(build_scenario(arena, pools, 3, workloads, 3, 1.9));
    assert_int_equal(system->classes[0].counts[GROUP_TIMED_OUT], 1);
    assert_true(system->classes[2].response->sum == 70 * MS);
    assert_true(system->classes[1].response->sum == 90 * MS);
}

/* ---- spawn, fetch, buffers ---- */

/* Two jobs of 5 ms each, while their parent takes 1 ms. */
static void a_spawned_job_goes_its_own_way(void **state)
{
    struct step spawn = build_plain(STEP_SPAWN, 1), steps[2];
    steps[0] = build_repeat(arena, 2, &spawn, 1);
    steps[1] = build_delay(law_constant(arena, 0.001));
    struct step job = build_delay(law_constant(arena, 0.005));
    struct class_spec parent_class = build_class(arena, NULL, 1, 0, steps, 2);
    struct class_spec job_class = build_class(arena, NULL, 1, 0, &job, 1);
    struct workload_spec workloads[2] = {
        build_workload(arena, "parent", law_constant(arena, 1), &parent_class, 1),
        build_workload(arena, "job", law_constant(arena, 1), &job_class, 1)};
    workloads[1].arrivals = (struct arrival_spec){.process = ARRIVAL_NONE};
    struct scenario *scenario = build_scenario(arena, NULL, 0, workloads, 2, 10.5);
    const struct replication_state *system = simulate(scenario);
    assert_int_equal(system->classes[0].response->count, 10);
    assert_true(system->classes[0].response->sum == 10 * MS);
    assert_int_equal(system->classes[1].counts[GROUP_ARRIVED], 20);
    assert_true(system->classes[1].response->sum == 20 * 5 * MS);
    assert_within(model_expected_requests(system->model, INT64_C(10000000000)), 30, 1e-9);
}

/* More requests are made than there were records: those that spawn move in memory meanwhile. */
static void a_crowd_can_be_spawned_at_once(void **state)
{
    struct step spawn = build_plain(STEP_SPAWN, 1), steps[2];
    steps[0] = build_repeat(arena, 5000, &spawn, 1);
    steps[1] = build_delay(law_constant(arena, 0.002));
    struct step job = build_delay(law_constant(arena, 0.005));
    struct class_spec parent_class = build_class(arena, NULL, 1, 0, steps, 2);
    struct class_spec job_class = build_class(arena, NULL, 1, 0, &job, 1);
    struct workload_spec workloads[2] = {
        build_workload(arena, "parent", law_constant(arena, 1), &parent_class, 1),
        build_workload(arena, "job", law_constant(arena, 1), &job_class, 1)};
    workloads[1].arrivals = (struct arrival_spec){.process = ARRIVAL_NONE};
    const struct replication_state *system =
        simulate(build_scenario(arena, NULL, 0, workloads, 2, 1.5));
    assert_true(system->classes[0].response->sum == 2 * MS);
    assert_int_equal(system->classes[1].response->count, 5000);
    assert_true(system->classes[1].response->sum == 5000 * INT64_C(5) * MS);
}

/* 300 rows are offered and 200 read, 50 us each. */
static void a_fetch_reads_up_to_its_limit(void **state)
{
    struct step fetch = build_plain(STEP_FETCH, 0);
    fetch.size = law_constant(arena, 300);
    fetch.row_limit = 200;
    fetch.duration = law_constant(arena, 50e-6);
    fetch.name = "rows";
    const struct class_state *class = &simulate(build_one(&fetch, 1, NULL, 0))->classes[0];
    assert_int_equal(class->counts[GROUP_ROWS_OFFERED], 300);
    assert_int_equal(class->counts[GROUP_ROWS_READ], 200);
    assert_true(class->response->sum == 10 * MS);
    assert_true(class->steps[0].sum == 10 * MS);
}

/* 300 bytes every 100 ms into 1000, emptied every 450 ms: at 400 ms it is full with 900, until 450;
 * those who wait go on then, and find room in the order in which they came. */
static struct buffer *fill_buffer(bool is_waiting, struct replication_state **system)
{
    struct step put = build_plain(STEP_PUT, 0), drain = build_plain(STEP_DRAIN, 0);
    put.size = law_constant(arena, 300);
    struct class_spec put_class = build_class(arena, NULL, 1, 0, &put, 1);
    struct class_spec drain_class = build_class(arena, NULL, 1, 0, &drain, 1);
    struct workload_spec workloads[2] = {
        build_workload(arena, "writer", law_constant(arena, 0.1), &put_class, 1),
        build_workload(arena, "flush", law_constant(arena, 0.45), &drain_class, 1)};
    struct scenario *scenario = build_scenario(arena, NULL, 0, workloads, 2, 0.85);
    struct buffer_spec *spec = arena_alloc(arena, sizeof *spec);
    *spec = build_buffer("log", 1000);
    spec->is_waiting = is_waiting;
    scenario->buffers = spec;
    scenario->buffer_count = 1;
    scenario->memory.is_given = true;
    *system = simulate(scenario);
    return &(*system)->buffers[0];
}

static void a_full_buffer_drops(void **state)
{
    struct replication_state *system;
    const struct buffer *log = fill_buffer(false, &system);
    assert_int_equal(log->counts[BUFFER_PUT], 6);     /* at 100, 200, 300; 500, 600, 700 ms */
    assert_int_equal(log->counts[BUFFER_DROPPED], 2); /* at 400 and 800 ms */
    assert_int_equal(log->level->level, 900);
    assert_int_equal(system->memory->level, 900);
    /* 300 x (0.1 + 0.1) + 900 x 0.15, twice but for 50 ms more of 900 without a drain */
    wide_int integral = time_average_integral(log->level, system->now);
    int64_t first = (300 + 600) * 100 + 900 * 150, second = (300 + 600) * 100 + 900 * 150;
    assert_true(integral == (wide_int)(first + second) * MS);
}

static void a_full_buffer_makes_wait(void **state)
{
    struct replication_state *system;
    const struct buffer *log = fill_buffer(true, &system);
    assert_int_equal(log->counts[BUFFER_DROPPED], 0);
    assert_int_equal(log->counts[BUFFER_PUT], 6); /* the one of 400 ms at 450, 500, 600 ms */
    assert_true(log->wait->sum == 50 * MS);
    assert_int_equal(log->queue->level, 2); /* of 700 and 800 ms */
    assert_int_equal(log->level->level, 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(backoff_grows_from_attempt_to_attempt),
                                       cmocka_unit_test(a_backoff_beyond_every_run_is_never_over),
                                       cmocka_unit_test(only_what_is_listed_is_tried_again),
                                       cmocka_unit_test(deadline_covers_all_attempts),
                                       cmocka_unit_test(each_attempt_draws_afresh),
                                       cmocka_unit_test(gives_back_what_was_taken_last_first),
                                       cmocka_unit_test(a_spawned_job_goes_its_own_way),
                                       cmocka_unit_test(a_crowd_can_be_spawned_at_once),
                                       cmocka_unit_test(a_fetch_reads_up_to_its_limit),
                                       cmocka_unit_test(a_full_buffer_drops),
                                       cmocka_unit_test(a_full_buffer_makes_wait)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
