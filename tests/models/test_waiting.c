/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who of those that wait at a limiter or a buffer is next. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/stations/arrivals.h"
#include "models/stations/buffer.h"
#include "models/stations/limiter.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

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

enum { MAX_ASKERS = 5 };

/* One request of its own workload. */
struct asker {
    double at_s;
    int64_t priority;
    struct step step;
};

/* A system of these requests, each arriving when it says. */
static struct replication_state *start(const struct asker *askers, size_t count,
                                       const struct limiter_spec *limiter,
                                       const struct buffer_spec *buffer, uint32_t replication)
{
    static const char *const names[MAX_ASKERS] = {"a", "b", "c", "d", "e"};
    static struct error err;
    struct workload_spec workloads[MAX_ASKERS];
    for (size_t i = 0; i < count; i++) {
        struct class_spec class =
            build_class(arena, NULL, 1, askers[i].priority, &askers[i].step, 1);
        workloads[i] = build_workload(arena, names[i], law_constant(arena, 1e6), &class, 1);
    }
    struct scenario *scenario = build_scenario(arena, NULL, 0, workloads, count, 1000);
    scenario->limiters = limiter;
    scenario->limiter_count = limiter ? 1 : 0;
    scenario->buffers = buffer;
    scenario->buffer_count = buffer ? 1 : 0;
    struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    struct replication_state *system = replication_create(model, replication, arena, &err);
    for (size_t i = 0; i < count; i++)
        alarms_set(&system->alarms, system->sources[i].alarm, distribution_to_ns(askers[i].at_s));
    return system;
}

/* When the request went on [s]; 0: it has not. */
static double went_on_at(const struct replication_state *system, const struct asker *askers,
                         size_t number)
{
    const struct tally *response = system->classes[number].response;
    return response->count ? askers[number].at_s + (double)response->sum / 1e9 : 0;
}

static void assert_times(const struct replication_state *system, const struct asker *askers,
                         size_t count, const double *times_s)
{
    for (size_t i = 0; i < count; i++)
        assert_within(went_on_at(system, askers, i), times_s[i], 1e-8);
}

/* ---- the orders -------------------------------------------------------------------------- */

static struct asker asker_of(double at_s, int64_t priority, struct step step)
{
    return (struct asker){at_s, priority, step};
}

/* The first takes the token of 0.1 s; the next come back at 1.1, 2.1 and 3.1 s. */
static struct replication_state *pass_four(enum discipline discipline, struct asker *askers,
                                           uint32_t replication)
{
    struct limiter_spec *limiter = arena_alloc(arena, sizeof *limiter);
    *limiter = build_limiter("gate", 1, 1);
    limiter->is_waiting = true;
    limiter->discipline = discipline;
    static const int64_t priorities[] = {0, 2, 1, 2};
    for (int i = 0; i < 4; i++)
        askers[i] = asker_of(0.1 + 0.1 * i, priorities[i], build_plain(STEP_PASS, 0));
    struct replication_state *system = start(askers, 4, limiter, NULL, replication);
    assert_true(replication_run_until(system, INT64_C(5000000000)));
    return system;
}

static void a_limiter_lets_pass_in_its_order(void **state)
{
    static const struct {
        enum discipline discipline;
        double times_s[4];
    } cases[] = {{DISCIPLINE_FIFO, {0.1, 1.1, 2.1, 3.1}},
                 {DISCIPLINE_LIFO, {0.1, 3.1, 2.1, 1.1}},
                 {DISCIPLINE_PRIORITY, {0.1, 2.1, 1.1, 3.1}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asker askers[4];
        assert_times(pass_four(cases[i].discipline, askers, 0), askers, 4, cases[i].times_s);
    }
}

/* Each of three is next equally often: a binomial with p = 1/3, within 4.9 standard deviations. */
static void a_random_limiter_favours_nobody(void **state)
{
    enum { RUNS = 3000 };
    int first[4] = {0};
    for (uint32_t r = 0; r < RUNS; r++) {
        struct asker askers[4];
        const struct replication_state *system = pass_four(DISCIPLINE_RANDOM, askers, r);
        for (size_t i = 1; i < 4; i++)
            first[i] += went_on_at(system, askers, i) < 1.2;
        arena_reset(arena);
    }
    assert_int_equal(first[1] + first[2] + first[3], RUNS);
    for (int i = 1; i < 4; i++)
        assert_within(first[i], RUNS / 3.0, 4.9 * 25.82);
}

static struct step put_of(double bytes)
{
    struct step put = build_plain(STEP_PUT, 0);
    put.size = law_constant(arena, bytes);
    return put;
}

static struct buffer_spec *waiting_buffer(enum discipline discipline)
{
    struct buffer_spec *buffer = arena_alloc(arena, sizeof *buffer);
    *buffer = build_buffer("log", 1000);
    buffer->is_waiting = true;
    buffer->discipline = discipline;
    return buffer;
}

/* 900 are there from 0.1 s on. 500 and 600 wait; at 1 s there is room for one of them, and with
 * lifo what comes later goes first if it fits. */
static void a_buffer_admits_in_its_order(void **state)
{
    static const struct {
        enum discipline discipline;
        double times_s[4];
    } cases[] = {{DISCIPLINE_FIFO, {0.1, 1, 0, 0}},
                 {DISCIPLINE_LIFO, {0.1, 0, 1, 0.4}},
                 {DISCIPLINE_PRIORITY, {0.1, 0, 1, 0}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct asker askers[] = {asker_of(0.1, 0, put_of(900)), asker_of(0.2, 1, put_of(500)),
                                       asker_of(0.3, 0, put_of(600)), asker_of(0.4, 1, put_of(90)),
                                       asker_of(1, 0, build_plain(STEP_DRAIN, 0))};
        struct replication_state *system =
            start(askers, 5, NULL, waiting_buffer(cases[i].discipline), 0);
        assert_true(replication_run_until(system, INT64_C(2000000000)));
        assert_times(system, askers, 4, cases[i].times_s);
    }
}

/* 800 are there; 500 wait from 0.2 s until their time is up at 0.5 s, and 150 behind them: they do
 * not pass, and go in when the way is free. */
static void whoever_gives_up_lets_those_behind_in(void **state)
{
    struct asker askers[] = {asker_of(0.1, 0, put_of(800)), asker_of(0.2, 0, put_of(500)),
                             asker_of(0.3, 0, put_of(150))};
    askers[1].step.timeout_ns = INT64_C(300000000);
    struct replication_state *system = start(askers, 3, NULL, waiting_buffer(DISCIPLINE_FIFO), 0);
    assert_true(replication_run_until(system, INT64_C(2000000000)));
    assert_times(system, askers, 3, (const double[]){0.1, 0, 0.5});
    assert_int_equal(system->classes[1].counts[GROUP_TIMED_OUT], 1);
    assert_int_equal(system->buffers[0].counts[BUFFER_TIMED_OUT], 1);
    assert_int_equal(system->buffers[0].level->level, 950);
}

/* Who was drawn to be next stays next, also when others come who would fit. */
static void who_is_next_at_a_random_buffer_stays_next(void **state)
{
    for (uint32_t r = 0; r < 20; r++) {
        const struct asker askers[] = {asker_of(0.1, 0, put_of(900)), asker_of(0.2, 0, put_of(500)),
                                       asker_of(0.3, 0, put_of(50)),
                                       asker_of(1, 0, build_plain(STEP_DRAIN, 0))};
        struct replication_state *system =
            start(askers, 4, NULL, waiting_buffer(DISCIPLINE_RANDOM), r);
        assert_true(replication_run_until(system, INT64_C(2000000000)));
        assert_times(system, askers, 3, (const double[]){0.1, 1, 1});
        arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limiter_lets_pass_in_its_order),
        cmocka_unit_test(a_random_limiter_favours_nobody),
        cmocka_unit_test(a_buffer_admits_in_its_order),
        cmocka_unit_test(whoever_gives_up_lets_those_behind_in),
        cmocka_unit_test(who_is_next_at_a_random_buffer_stays_next),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
