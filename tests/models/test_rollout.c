/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rollouts: worked out by hand to the nanosecond, and in thousands of random systems. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/spec/rollout_rules.h"
#include "models/stations/buffer.h"
#include "models/stations/cpu.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"
#include "tests/support/rollout_trial.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

enum { TRIALS = 1000 };
static const int64_t MS = 1000000;

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

/* ---- by hand ---- */

/* Two replicas, each with a pool of one connection that opens in 10 ms; a request each 100 ms from
 * 100 ms on, in turn, holds one for `held`. Of a database of three connections. */
static void build_by_hand(struct rollout_trial *trial, double held_s)
{
    struct pool_spec *pools = arena_array(arena, 2, sizeof *pools);
    pools[0] = build_pool("api.pool", POOL_CONNECTIONS, 1);
    pools[0].copies = 2;
    pools[0].service = 0;
    pools[0].draws_on_database = true;
    pools[0].connect = law_constant(arena, 0.010);
    pools[1] = pools[0];
    pools[1].max = 2;
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    *service = (struct service_spec){.name = "api", .replicas = 2};
    struct step delay = build_delay(law_constant(arena, held_s));
    struct step hold = build_hold(arena, 0, &delay, 1);
    struct step visit = build_hold(arena, 0, &hold, 1);
    visit.kind = STEP_VISIT;
    struct class_spec class = build_class(arena, NULL, 1, 0, &visit, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 0.1), &class, 1);
    struct cpu_spec database = build_cpu("database", 1000);
    database.is_database = true;
    database.max_connections = 3;
    *trial = (struct rollout_trial){.arena = arena,
                                    .rollout = {.from = "baseline",
                                                .to = "proposed",
                                                .at_ns = 305 * MS,
                                                .batch = 1,
                                                .drain_timeout_ns = 100 * MS,
                                                .restart_time_ns = 150 * MS,
                                                .pause_ns = 50 * MS,
                                                .watch_ns = 1}};
    trial->from = build_scenario(arena, pools, 1, &workload, 1, 2);
    trial->from->services = service;
    trial->from->service_count = 1;
    build_add_cpus(arena, trial->from, &database, 1);
    trial->from->rollout = &trial->rollout;
    trial->to = arena_alloc(arena, sizeof *trial->to);
    *trial->to = *trial->from;
    trial->to->pools = &pools[1];
    rollout_trial_open(trial, true);
}

/* Lets everything happen up to and at that time [ms]. */
static void run_through(struct rollout_trial *trial, int64_t time_ms)
{
    assert_true(replication_run_until(trial->system, time_ms * MS + 1));
}

/* Just after a time [ms]: the connections of both replicas and of the database, and how many
 * requests have ended well. */
static void assert_at(struct rollout_trial *trial, int64_t time_ms, int first, int second,
                      int completed)
{
    const struct replication_state *system = trial->system;
    run_through(trial, time_ms);
    assert_int_equal(system->pools[0].open->level, first);
    assert_int_equal(system->pools[1].open->level, second);
    assert_int_equal(system->cpus[0].connections->level, first + second);
    assert_int_equal(rollout_trial_count(trial).completed, completed);
    rollout_trial_check(trial);
}

static void a_rollout_goes_as_worked_out_by_hand(void **state)
{
    (void)state;
    struct rollout_trial trial;
    build_by_hand(&trial, 0.030);
    assert_at(&trial, 100, 1, 0, 0); /* opens for the first request, which ends at 140           */
    assert_at(&trial, 240, 1, 1, 2); /* the second, on the other replica                         */
    assert_at(&trial, 305, 1, 1, 2); /* the third holds one until 330; its replica drains        */
    assert_at(&trial, 329, 1, 1, 2);
    assert_at(&trial, 330, 0, 1, 3); /* empty, so down, until 480                                */
    assert_at(&trial, 430, 0, 1, 4); /* the fourth came at 400, on the second                    */
    assert_at(&trial, 479, 0, 1, 4);
    assert_int_equal(trial.system->pools[0].max, 1);
    assert_at(&trial, 480, 0, 1, 4); /* up, and cold                                             */
    assert_int_equal(trial.system->pools[0].max, 2);
    assert_at(&trial, 500, 1, 1, 4); /* opens for the fifth, which ends at 540                   */
    assert_at(&trial, 529, 1, 1, 4);
    assert_at(&trial, 530, 1, 0, 4); /* the pause is over: the second is empty, so down at once */
    assert_at(&trial, 630, 1, 0, 6); /* the sixth came at 600 to the first: no other is up       */
    assert_at(&trial, 680, 1, 0, 6);
    assert_at(&trial, 740, 1, 1, 7); /* the seventh, at 700, on the second: it is its turn       */
    const struct rollout *rollout = trial.system->rollout;
    assert_int_equal(rollout->began, 305 * MS);
    assert_int_equal(rollout->done, 680 * MS);
    assert_int_equal(rollout->cut + rollout->unserved, 0);
    /* Capacity: 2 until 330, 1 until 480, 3 until 530, 2 until 680, 4 until 740 ms and 1 ns. */
    wide_int area = time_average_integral(&rollout->capacity[2], trial.system->now);
    assert_true(area == (wide_int)(660 + 150 + 150 + 300 + 240) * MS + 4);
}

/* Each request is held for 300 ms, so the third is cut at 325, 25 ms old. */
static void a_drain_that_takes_too_long_is_cut(void **state)
{
    (void)state;
    struct rollout_trial trial;
    build_by_hand(&trial, 0.300);
    trial.rollout.drain_timeout_ns = 20 * MS;
    run_through(&trial, 324);
    assert_int_equal(rollout_trial_count(&trial).failed, 0);
    assert_at(&trial, 325, 0, 1, 0);
    const struct class_state *class = &trial.system->classes[0];
    assert_int_equal(trial.system->rollout->cut, 2); /* the first held the only connection */
    assert_int_equal(class->counts[GROUP_REFUSED], 2);
    assert_true(class->response_failed->sum == (wide_int)(225 + 25) * MS);
    assert_int_equal(trial.system->pools[0].counts[POOL_REFUSED], 1);
    assert_int_equal(trial.system->pools[0].counts[POOL_TIMED_OUT], 0);
    run_through(&trial, 2000);
    rollout_trial_check(&trial);
}

/* Both at once: what comes meanwhile is refused. */
static void requests_that_find_nothing_up_are_refused(void **state)
{
    (void)state;
    struct rollout_trial trial;
    build_by_hand(&trial, 0.030);
    trial.rollout.batch = 2;
    trial.system->rollout->batch_size = 2;
    assert_at(&trial, 350, 0, 0, 3); /* down from 330 (one of them from 305) to 480 and 455 */
    assert_at(&trial, 401, 0, 0, 3);
    assert_int_equal(trial.system->rollout->unserved, 1);
    assert_int_equal(trial.system->classes[0].counts[GROUP_REFUSED], 1);
    assert_at(&trial, 540, 0, 1, 4);
    assert_int_equal(trial.system->rollout->done, 480 * MS);
}

/* At 550 the first replica has changed, the second is down: it comes back as it was, at 680. The
 * first, which is idle, goes then and is back at 830; but going back takes a second at least. */
static void going_back_restores_what_was(void **state)
{
    (void)state;
    struct rollout_trial trial;
    build_by_hand(&trial, 0.030);
    trial.rollout.rollback_time_ns = 1000 * MS;
    assert_true(replication_run_until(trial.system, 550 * MS));
    rollout_go_back(trial.system);
    assert_at(&trial, 679, 1, 0, 6);
    assert_at(&trial, 680, 0, 0, 6);
    assert_int_equal(trial.system->pools[1].max, 1);
    assert_at(&trial, 740, 0, 1, 7);
    assert_at(&trial, 829, 0, 1, 7);
    assert_at(&trial, 830, 0, 1, 8); /* the eighth came at 800 to the second */
    assert_int_equal(trial.system->pools[0].max, 1);
    run_through(&trial, 1549);
    assert_int_equal(trial.system->rollout->stage, ROLLOUT_GOING_BACK);
    run_through(&trial, 1550);
    assert_int_equal(trial.system->rollout->stage, ROLLOUT_BACK);
    assert_int_equal(trial.system->rollout->back, 1550 * MS);
}

/* ---- steps, by hand ---- */

/* The steps that a request of build_by_hand takes, with another time. */
static const struct workload_spec *build_workload_held(double held_s)
{
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    struct step delay = build_delay(law_constant(arena, held_s));
    struct step hold = build_hold(arena, 0, &delay, 1);
    struct step visit = build_hold(arena, 0, &hold, 1);
    visit.kind = STEP_VISIT;
    struct class_spec class = build_class(arena, NULL, 1, 0, &visit, 1);
    *workload = build_workload(arena, "w", law_constant(arena, 0.1), &class, 1);
    return workload;
}

/* As worked out above, but a replica that has changed takes 70 ms instead of 30: the fifth comes at
 * 500 to the first, which opens for it until 510, and ends at 580; the sixth, at 600, at 670; the
 * seventh, at 700, on the second, which has changed by then, opens until 710 and ends at 780. */
static void a_replica_has_the_steps_of_its_version(void **state)
{
    (void)state;
    struct rollout_trial trial;
    build_by_hand(&trial, 0.030);
    trial.rollout.changes_steps = true;
    trial.to->workloads = build_workload_held(0.070);
    rollout_trial_open(&trial, true);
    assert_at(&trial, 430, 0, 1, 4); /* the fourth, on the second, which is as it was */
    assert_at(&trial, 579, 1, 0, 4);
    assert_at(&trial, 580, 1, 0, 5);
    assert_at(&trial, 669, 1, 0, 5);
    assert_at(&trial, 670, 1, 0, 6);
    assert_at(&trial, 779, 1, 1, 6);
    assert_at(&trial, 780, 1, 1, 7);
    rollout_go_back(trial.system);
    run_through(&trial, 2000);
    assert_int_equal(trial.system->rollout->stage, ROLLOUT_BACK);
    int before = (int)rollout_trial_count(&trial).completed;
    assert_at(&trial, 2030, 1, 1, before + 1); /* came at 2000, and takes 30 ms again */
}

/* ---- limiters, buffers, processors, by hand ---- */

enum { STATIONS_COLD, STATIONS_IN_PLACE };

/* One replica with a gate, a buffer and a core; a request each 100 ms passes the gate (10 tokens a
 * second, 3 at most), puts 30 bytes (of 100) and works for 40 ms. */
static void build_stations(struct rollout_trial *trial, int how)
{
    struct limiter_spec *gates = arena_array(arena, 2, sizeof *gates);
    struct buffer_spec *buffers = arena_array(arena, 2, sizeof *buffers);
    struct cpu_spec *cores = arena_array(arena, 2, sizeof *cores);
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    struct step steps[] = {build_plain(STEP_PASS, 0), build_plain(STEP_PUT, 0),
                           build_work(0, law_constant(arena, 0.040))};
    steps[1].size = law_constant(arena, 30);
    struct step visit = build_hold(arena, 0, steps, 3);
    visit.kind = STEP_VISIT;
    struct class_spec class = build_class(arena, NULL, 1, 0, &visit, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 0.1), &class, 1);
    gates[0] = build_limiter("api.gate", 10, 3);
    buffers[0] = build_buffer("api.buffer", 100);
    cores[0] = build_cpu("api.cores", 1000);
    gates[0].service = buffers[0].service = cores[0].service = 0;
    gates[1] = gates[0], buffers[1] = buffers[0], cores[1] = cores[0];
    gates[1].rate_per_s = 20;
    gates[1].burst = 5;
    buffers[1].capacity = 50;
    cores[1].cores_milli = 500;
    *service = (struct service_spec){.name = "api", .replicas = 1};
    *trial = (struct rollout_trial){.arena = arena,
                                    .rollout = {.from = "baseline",
                                                .to = "proposed",
                                                .at_ns = 305 * MS,
                                                .batch = how == STATIONS_COLD,
                                                .drain_timeout_ns = 100 * MS,
                                                .restart_time_ns = 150 * MS,
                                                .watch_ns = 1}};
    trial->from = build_scenario(arena, NULL, 0, &workload, 1, 2);
    trial->from->services = service;
    trial->from->service_count = 1;
    trial->from->limiters = gates;
    trial->from->buffers = buffers;
    trial->from->limiter_count = trial->from->buffer_count = 1;
    build_add_cpus(arena, trial->from, cores, 1);
    trial->from->rollout = &trial->rollout;
    trial->to = arena_alloc(arena, sizeof *trial->to);
    *trial->to = *trial->from;
    trial->to->limiters = &gates[1];
    trial->to->buffers = &buffers[1];
    trial->to->cpus = &cores[1];
    rollout_trial_open(trial, true);
}

static void a_restart_begins_with_new_values_and_nothing_in_hand(void **state)
{
    (void)state;
    struct rollout_trial trial;
    build_stations(&trial, STATIONS_COLD);
    const struct replication_state *system = trial.system;
    run_through(&trial, 339);
    assert_int_equal(system->buffers[0].level->level, 90); /* of 100, 200 and 300 */
    run_through(&trial, 340);                              /* the third is done, so it stops */
    assert_int_equal(system->rollout->lost, 90);
    assert_int_equal(system->buffers[0].level->level, 0);
    run_through(&trial, 489);
    assert_int_equal(system->rollout->unserved, 1);
    assert_ptr_equal(system->limiters[0].spec, trial.from->limiters);
    run_through(&trial, 490);
    assert_ptr_equal(system->limiters[0].spec, trial.to->limiters);
    assert_ptr_equal(system->buffers[0].spec, trial.to->buffers);
    assert_int_equal(system->limiters[0].full_at, 0);
    run_through(&trial, 579);
    assert_int_equal(rollout_trial_count(&trial).completed, 3);
    assert_int_equal(system->buffers[0].level->level, 30);
    run_through(&trial, 580); /* half a core takes 80 ms for what came at 500 */
    assert_int_equal(rollout_trial_count(&trial).completed, 4);
    /* Capacity: 1 core until 340, none until 490, half a one until 580 ms and 1 ns. */
    const struct time_average *capacity =
        &system->rollout->capacity[layout_capacity(&trial.model->layout, STATION_CPU, 0)];
    assert_true(time_average_integral(capacity, system->now) ==
                (wide_int)(1000 * 340 + 500 * 90) * MS + 500);
}

static void a_reload_keeps_tokens_bytes_and_work_that_is_done(void **state)
{
    (void)state;
    struct rollout_trial trial;
    build_stations(&trial, STATIONS_IN_PLACE);
    const struct replication_state *system = trial.system;
    run_through(&trial, 305);
    /* 0.95 tokens were missing of 3, so 2.95 are of 5, one each 50 ms: full again at 452.5 ms. */
    double full_ms = (double)system->limiters[0].full_at / 0x1p32 / (double)MS;
    assert_true(fabs(full_ms - 452.5) < 1e-6);
    assert_int_equal(system->buffers[0].level->level, 90);
    run_through(&trial, 374);
    assert_int_equal(rollout_trial_count(&trial).completed, 2);
    run_through(&trial, 375); /* 35 of the 40 ms were left, at half the speed */
    assert_int_equal(rollout_trial_count(&trial).completed, 3);
    run_through(&trial, 400);
    assert_int_equal(system->buffers[0].counts[BUFFER_DROPPED], 1);
    assert_int_equal(system->buffers[0].level->level, 90);
    assert_int_equal(system->rollout->lost + (int64_t)system->rollout->unserved, 0);
}

/* Four requests each 100 ms hold a connection each, and then one of the threads, for 1 ms; at 305
 * ms nobody does, and the pools become others in place. */
static void build_pools_in_place(struct rollout_trial *trial, const struct pool_spec *from,
                                 const struct pool_spec *to)
{
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    struct step delay = build_delay(law_constant(arena, 0.001));
    struct step holds[] = {build_hold(arena, 0, &delay, 1), build_hold(arena, 1, &delay, 1)};
    struct step visit = build_hold(arena, 0, holds, 2);
    visit.kind = STEP_VISIT;
    struct class_spec class = build_class(arena, NULL, 1, 0, &visit, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 0.1), &class, 1);
    workload.arrivals.batch = law_constant(arena, 4);
    *service = (struct service_spec){.name = "api", .replicas = 1};
    *trial = (struct rollout_trial){
        .arena = arena,
        .rollout = {.from = "baseline", .to = "proposed", .at_ns = 305 * MS, .watch_ns = 1}};
    trial->from = build_scenario(arena, from, 2, &workload, 1, 2);
    trial->from->services = service;
    trial->from->service_count = 1;
    trial->from->rollout = &trial->rollout;
    trial->to = arena_alloc(arena, sizeof *trial->to);
    *trial->to = *trial->from;
    trial->to->pools = to;
    rollout_trial_open(trial, true);
}

static void a_reload_opens_all_threads_and_closes_what_is_too_much(void **state)
{
    (void)state;
    static struct pool_spec from[2], to[2];
    struct rollout_trial trial;
    from[0] = build_pool("api.connections", POOL_CONNECTIONS, 5);
    from[1] = build_pool("api.threads", POOL_THREADS, 2);
    from[0].service = from[1].service = 0;
    to[0] = from[0];
    to[1] = from[1];
    to[0].max = 3;
    to[1].max = to[1].min = 7;
    build_pools_in_place(&trial, from, to);
    const struct pool *connections = &trial.system->pools[0], *threads = &trial.system->pools[1];
    run_through(&trial, 304);
    assert_int_equal(connections->open->level, 4); /* as many as were needed */
    assert_int_equal(threads->open->level, 2);
    run_through(&trial, 305);
    assert_int_equal(connections->open->level, 3);
    assert_int_equal(threads->open->level, 7);
    run_through(&trial, 450); /* 3 and then 1 on connections, each at once on threads */
    assert_int_equal(rollout_trial_count(&trial).completed, 16);
    assert_int_equal(connections->open->level, 3);
    assert_int_equal(threads->open->level, 7);
}

/* ---- at random ---- */

/* What happened over all trials, so that none of it is missed. */
static struct {
    uint64_t completed, failed, cut, unserved, done, back, refused_connections;
} seen;

static void note_seen(const struct rollout_trial *trial)
{
    const struct replication_state *system = trial->system;
    struct rollout_totals totals = rollout_trial_count(trial);
    seen.completed += totals.completed;
    seen.failed += totals.failed;
    seen.cut += system->rollout->cut;
    seen.unserved += system->rollout->unserved;
    seen.done += system->rollout->done != SPEC_NEVER;
    seen.back += system->rollout->stage == ROLLOUT_BACK;
    seen.refused_connections += system->cpus[0].counts[CPU_REFUSED];
}

/* Runs the trial millisecond by millisecond; some go back on the way. */
static void run_trial(struct rollout_trial *trial)
{
    int64_t length = distribution_to_ns(TRIAL_LENGTH_S);
    int64_t turns = trial->number % 3 == 0 ? 30 * MS + trial->number % 200 * MS : SPEC_NEVER;
    for (int64_t time = 0; time <= length; time += MS / 2) {
        const struct rollout *rollout = trial->system->rollout;
        assert_true(replication_run_until(trial->system, time));
        rollout_trial_check(trial);
        if (time >= turns &&
            (rollout->stage == ROLLOUT_UNDER_WAY || rollout->stage == ROLLOUT_DONE)) {
            rollout_go_back(trial->system);
            turns = SPEC_NEVER;
        }
    }
    note_seen(trial);
}

static void nothing_is_lost_or_too_many_in_random_rollouts(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    const size_t trials = repetitions(TRIALS, TRIALS / 10);
    for (uint32_t number = 0; number < trials; number++) {
        struct rollout_trial trial;
        struct arena *own = arena_open();
        rollout_trial_make(&trial, own, number);
        rollout_trial_open(&trial, true);
        run_trial(&trial);
        arena_close(own);
    }
    assert_true(seen.completed > 30 * trials);
    assert_true(seen.failed > 3 * trials);
    assert_true(seen.cut > trials / 4);
    assert_true(seen.unserved > trials / 4);
    assert_true(seen.done > trials / 2);
    assert_true(seen.back > trials / 20);
    assert_true(seen.refused_connections > trials / 4);
}

static void nothing_is_lost_or_too_many_in_random_reloads(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    const size_t trials = repetitions(TRIALS, TRIALS / 10);
    for (uint32_t number = 0; number < trials; number++) {
        struct rollout_trial trial;
        struct arena *own = arena_open();
        rollout_trial_make(&trial, own, number);
        rollout_trial_make_reload(&trial);
        if (!rollout_rules_check(trial.from, trial.to, &trial.rollout, own)) {
            rollout_trial_open(&trial, true);
            run_trial(&trial);
        }
        arena_close(own);
    }
    assert_true(seen.done > trials / 2);
    assert_true(seen.back > trials / 20);
    assert_int_equal(seen.cut + seen.unserved, 0);
}

static void assert_same_observations(const struct replication_state *a,
                                     const struct replication_state *b)
{
    const struct statistics_layout *layout = &a->model->layout;
    for (int l = 0; l < layout->level_count; l++) {
        const struct time_average *left = &a->statistics.levels[l];
        const struct time_average *right = &b->statistics.levels[l];
        assert_true(time_average_integral(left, 0) == time_average_integral(right, 0));
        assert_int_equal(left->level, right->level);
        assert_int_equal(left->largest, right->largest);
    }
    assert_memory_equal(a->statistics.counts, b->statistics.counts,
                        (size_t)layout->count_count * sizeof *a->statistics.counts);
    for (int t = 0; t < layout->tally_count; t++) {
        const struct tally *left = &a->statistics.tallies[t], *right = &b->statistics.tallies[t];
        assert_true(left->sum == right->sum && left->sum_squares == right->sum_squares);
        assert_int_equal(left->largest, right->largest);
        assert_memory_equal(left->buckets, right->buckets,
                            HISTOGRAM_BUCKETS * sizeof *left->buckets);
    }
}

/* Even though the new values are set: batch by batch, all at once, and back. */
static void a_setting_that_becomes_itself_in_no_time_changes_nothing(void **state)
{
    (void)state;
    const size_t trials = repetitions(TRIALS, TRIALS / 10);
    for (uint32_t number = 0; number < trials; number++) {
        struct rollout_trial with, without;
        struct arena *own = arena_open();
        rollout_trial_make(&with, own, number);
        rollout_trial_make_reload(&with);
        rollout_trial_make_equal(&with);
        without = with;
        with.from->rollout = with.to->rollout = &with.rollout;
        rollout_trial_open(&with, true);
        run_trial(&with);
        rollout_trial_open(&without, false);
        assert_true(replication_run_until(without.system, with.system->now));
        assert_int_not_equal(with.system->rollout->began, SPEC_NEVER);
        assert_same_observations(with.system, without.system);
        arena_close(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rollout_goes_as_worked_out_by_hand, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_drain_that_takes_too_long_is_cut, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(requests_that_find_nothing_up_are_refused, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(going_back_restores_what_was, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_restart_begins_with_new_values_and_nothing_in_hand,
                                        open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_replica_has_the_steps_of_its_version, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_reload_opens_all_threads_and_closes_what_is_too_much,
                                        open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_reload_keeps_tokens_bytes_and_work_that_is_done,
                                        open_arena, close_arena),
        cmocka_unit_test(nothing_is_lost_or_too_many_in_random_rollouts),
        cmocka_unit_test(nothing_is_lost_or_too_many_in_random_reloads),
        cmocka_unit_test(a_setting_that_becomes_itself_in_no_time_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
