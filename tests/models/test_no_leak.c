/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing leaks: thousands of random systems of steps, with time-outs, retries and deadlines
 * everywhere, run until the last request is gone. Then everything that was taken has been given
 * back, everybody who came is accounted for, and the self-checks hold exactly. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "tests/support/exact_laws.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include "tests/support/system_check.h"

#include <math.h>
#include <string.h>

enum { TRIALS = 3000, POOLS = 3, LIMITERS = 2, BUFFERS = 2, FLUSH = 2, WORKLOADS = 3 };
/* Of each kind this one belongs to the one service, whose replicas each have their own. */
enum { OWN = 1, CPUS = 2 };
/* Long enough for the work of all that come before the gap, one after the other. */
#define LENGTH_S 400.1

struct maker {
    struct arena *arena;
    struct stream choices;
    size_t steps_left;
    int visits;      /* around the step that is being made */
    bool has_cycles; /* which never end, and cannot be spawned */
};

static double uniform(struct maker *maker)
{
    return stream_next_uniform(&maker->choices);
}

static int below(struct maker *maker, int count)
{
    return (int)(uniform(maker) * count);
}

static bool chance(struct maker *maker, double p)
{
    return uniform(maker) < p;
}

static size_t trials(void)
{
    return repetitions(TRIALS, TRIALS / 20);
}

/* Whole milliseconds half of the time, so that things meet at one instant. */
static const struct distribution *some_time(struct maker *maker)
{
    double mean_s = 1e-3 * below(maker, 6);
    return mean_s > 0 && chance(maker, 0.5) ? law_exponential(maker->arena, mean_s)
                                            : law_constant(maker->arena, mean_s);
}

static int64_t some_limit(struct maker *maker)
{
    return chance(maker, 0.25) ? 1000000 * (1 + below(maker, 20)) : SPEC_NEVER;
}

/* ---- a random program ---- */

static struct step *some_steps(struct maker *maker, size_t least_pool, size_t workload, int depth,
                               size_t *count);

static struct step some_choice(struct maker *maker, size_t least_pool, size_t workload, int depth)
{
    size_t count;
    struct step *inside = some_steps(maker, least_pool, workload, depth, &count);
    return build_choose(maker->arena, uniform(maker), inside, count);
}

/* The step inside a visit of the service. */
static struct step visit_for(struct maker *maker, struct step step)
{
    struct step *inside = arena_array(maker->arena, 1, sizeof *inside);
    *inside = step;
    struct step visit = build_plain(STEP_VISIT, 0);
    visit.steps = inside;
    visit.step_count = 1;
    return visit;
}

/* The same, if it asks for what belongs to the replica and nobody visits one yet. */
static struct step visit_if(struct maker *maker, struct step step, size_t asked)
{
    return asked == OWN && maker->visits == 0 ? visit_for(maker, step) : step;
}

/* Pools are held in the order of their numbers, so that nothing can deadlock. What belongs to a
 * replica is held in a visit. */
static struct step some_nest(struct maker *maker, size_t least_pool, size_t workload, int depth)
{
    size_t count, pool = least_pool + (size_t)below(maker, POOLS);
    bool is_hold = pool < POOLS;
    bool is_visit = chance(maker, 0.2) || (pool == OWN && maker->visits == 0);
    maker->visits += is_visit;
    struct step *inside =
        some_steps(maker, is_hold ? pool + 1 : least_pool, workload, depth, &count);
    maker->visits -= is_visit;
    struct step nest = is_hold ? build_hold(maker->arena, pool, inside, count)
                               : build_repeat(maker->arena, below(maker, 4), inside, count);
    nest.timeout_ns = is_visit ? some_limit(maker) : SPEC_NEVER;
    return is_visit ? visit_for(maker, nest) : nest;
}

static struct step some_put(struct maker *maker)
{
    struct step put = build_plain(STEP_PUT, (size_t)below(maker, BUFFERS));
    put.size = chance(maker, 0.5) ? law_exponential(maker->arena, 300)
                                  : law_constant(maker->arena, below(maker, 500));
    return visit_if(maker, put, put.target);
}

static struct step some_gate(struct maker *maker, enum step_kind kind, int count)
{
    size_t target = (size_t)below(maker, count);
    return visit_if(maker, build_plain(kind, target), target);
}

static struct step some_work(struct maker *maker)
{
    size_t cpu = (size_t)below(maker, CPUS);
    return visit_if(maker, build_work(cpu, some_time(maker)), cpu);
}

static struct step some_fetch(struct maker *maker)
{
    struct step fetch = build_plain(STEP_FETCH, 0);
    fetch.size = law_exponential(maker->arena, 10);
    fetch.row_limit = 1 + below(maker, 20);
    fetch.duration = law_constant(maker->arena, 1e-4 * below(maker, 5));
    if (chance(maker, 0.5))
        return fetch;
    fetch.cpu = (size_t)below(maker, CPUS);
    return visit_if(maker, fetch, fetch.cpu);
}

static struct step some_step(struct maker *maker, size_t least_pool, size_t workload, int depth)
{
    int kind = depth > 0 ? below(maker, 12) : below(maker, 8);
    switch (kind) {
    case 0:
    case 1:
        return build_delay(some_time(maker));
    case 2:
        return some_gate(maker, STEP_PASS, LIMITERS);
    case 3:
        return some_put(maker);
    case 4:
        return some_gate(maker, STEP_DRAIN, BUFFERS);
    case 5:
        return some_fetch(maker);
    case 6:
        return workload == 0 && !maker->has_cycles ? build_plain(STEP_SPAWN, 1)
                                                   : build_delay(some_time(maker));
    case 7:
        return some_work(maker);
    case 8:
        return some_choice(maker, least_pool, workload, depth);
    default:
        return some_nest(maker, least_pool, workload, depth);
    }
}

static struct step *some_steps(struct maker *maker, size_t least_pool, size_t workload, int depth,
                               size_t *count)
{
    *count = 1 + (size_t)below(maker, 3);
    struct step *steps = arena_array(maker->arena, *count, sizeof *steps);
    for (size_t i = 0; i < *count; i++) {
        steps[i] = some_step(maker, least_pool, workload, depth - 1);
        steps[i].timeout_ns = some_limit(maker);
        if (chance(maker, 0.2))
            steps[i].name = "named";
    }
    return steps;
}

/* ---- a random system ---- */

static struct pool_spec some_pool(struct maker *maker, const char *name)
{
    bool is_threads = chance(maker, 0.5);
    struct pool_spec pool =
        build_pool(name, is_threads ? POOL_THREADS : POOL_CONNECTIONS, 1 + below(maker, 3));
    pool.discipline = (enum discipline)below(maker, 4);
    if (chance(maker, 0.5))
        pool.acquire_timeout = some_time(maker);
    if (is_threads) {
        pool.queue_limit = chance(maker, 0.5) ? below(maker, 4) : SPEC_UNLIMITED;
        return pool;
    }
    pool.memory_per_unit = 7;
    if (chance(maker, 0.5))
        pool.connect = some_time(maker);
    if (chance(maker, 0.3))
        pool.checkout = some_time(maker);
    pool.connect_timeout_ns = some_limit(maker);
    pool.idle_timeout_ns = some_limit(maker);
    pool.max_lifetime_ns = some_limit(maker);
    pool.is_persistent = chance(maker, 0.7);
    return pool;
}

static void add_trouble(struct maker *maker, struct workload_spec *workload)
{
    if (chance(maker, 0.6))
        workload->retry = (struct retry_spec){.attempts = 1 + below(maker, 4),
                                              .backoff = some_time(maker),
                                              .multiplier = 1 + uniform(maker),
                                              .on_timeout = chance(maker, 0.8),
                                              .on_refused = chance(maker, 0.8)};
    if (chance(maker, 0.4))
        workload->deadline_ns = 1000000 * (1 + below(maker, 60));
}

/* Times between arrivals, one in thirty of which is beyond the end. */
static const struct distribution *until_a_gap(struct maker *maker)
{
    double values[30];
    for (int i = 0; i < 29; i++)
        values[i] = 1e-3 * (i / 6);
    values[29] = 1e6;
    return law_empirical(maker->arena, values, 30);
}

/* Short enough to be late often, by every rule. */
static struct arrival_spec some_cycle(struct maker *maker)
{
    int64_t every_ns = 1000000 * (5 + below(maker, 20)), jobs = 1 + below(maker, 5);
    return (struct arrival_spec){.process = ARRIVAL_CYCLE,
                                 .rate_per_s = (double)jobs * 1e9 / (double)every_ns,
                                 .cycle = {.every_ns = every_ns,
                                           .jobs = jobs,
                                           .overrun = (enum overrun)below(maker, 6),
                                           .barrier = below(maker, 3)}};
}

static struct workload_spec some_workload(struct maker *maker, size_t number)
{
    static const char *const names[] = {"first", "second"};
    struct class_spec classes[2];
    size_t count, class_count = 1 + (size_t)below(maker, 2);
    for (size_t c = 0; c < class_count; c++) {
        struct step *steps = some_steps(maker, 0, number, 4, &count);
        classes[c] = build_class(maker->arena, class_count > 1 ? (c ? "b" : "a") : NULL,
                                 1.0 / (double)class_count, below(maker, 3), steps, count);
    }
    struct workload_spec workload =
        build_workload(maker->arena, names[number], until_a_gap(maker), classes, class_count);
    if (chance(maker, 0.5))
        workload.arrivals.batch = law_constant(maker->arena, 1 + below(maker, 3));
    if (number == 1 && maker->has_cycles)
        workload.arrivals = some_cycle(maker);
    else if (number == 1 && chance(maker, 0.5))
        workload.arrivals = (struct arrival_spec){.process = ARRIVAL_NONE};
    add_trouble(maker, &workload);
    return workload;
}

/* Somebody who never fails empties the buffers, so that nobody waits there for ever. */
static struct workload_spec flush_workload(struct maker *maker)
{
    struct step drains[BUFFERS];
    for (size_t b = 0; b < BUFFERS; b++)
        drains[b] = visit_if(maker, build_plain(STEP_DRAIN, b), b);
    struct class_spec class = build_class(maker->arena, NULL, 1, 0, drains, BUFFERS);
    return build_workload(maker->arena, "flush", law_constant(maker->arena, 0.5), &class, 1);
}

static struct scenario *some_scenario(struct maker *maker)
{
    struct pool_spec pools[POOLS] = {some_pool(maker, "p0"), some_pool(maker, "p1"),
                                     some_pool(maker, "p2")};
    struct workload_spec workloads[WORKLOADS] = {some_workload(maker, 0), some_workload(maker, 1),
                                                 flush_workload(maker)};
    pools[OWN].service = 0;
    pools[OWN].copies = 1 + below(maker, 3);
    struct scenario *scenario =
        build_scenario(maker->arena, pools, POOLS, workloads, WORKLOADS, LENGTH_S);
    struct limiter_spec *limiters = arena_array(maker->arena, LIMITERS, sizeof *limiters);
    struct buffer_spec *buffers = arena_array(maker->arena, BUFFERS, sizeof *buffers);
    struct cpu_spec cpus[CPUS] = {build_cpu("c0", 500 + below(maker, 4000)),
                                  build_cpu("c1", 500 + below(maker, 4000))};
    for (int i = 0; i < LIMITERS; i++) {
        limiters[i] = build_limiter(i ? "l1" : "l0", 100 + 700 * uniform(maker), 1);
        limiters[i].burst += below(maker, 3);
        limiters[i].is_waiting = chance(maker, 0.5);
        limiters[i].discipline = (enum discipline)below(maker, 4);
    }
    for (int i = 0; i < BUFFERS; i++) {
        buffers[i] = build_buffer(i ? "b1" : "b0", 500 + below(maker, 1000));
        buffers[i].is_waiting = chance(maker, 0.5);
        buffers[i].discipline = (enum discipline)below(maker, 4);
    }
    cpus[OWN].sigma = chance(maker, 0.5) ? 0.1 : 0;
    cpus[OWN].service = limiters[OWN].service = buffers[OWN].service = 0;
    cpus[OWN].copies = limiters[OWN].copies = buffers[OWN].copies = pools[OWN].copies;
    build_add_cpus(maker->arena, scenario, cpus, CPUS);
    struct service_spec *service = arena_array(maker->arena, 1, sizeof *service);
    *service = (struct service_spec){
        .name = "service", .replicas = pools[OWN].copies, .balance = (enum balance)below(maker, 3)};
    /* Whoever flushes would keep away from a replica where somebody waits for just that. */
    if (service->balance == BALANCE_LEAST_BUSY)
        buffers[OWN].is_waiting = false;
    scenario->services = service;
    scenario->service_count = 1;
    scenario->limiters = limiters;
    scenario->limiter_count = LIMITERS;
    scenario->buffers = buffers;
    scenario->buffer_count = BUFFERS;
    scenario->memory = (struct memory_spec){.is_given = true, .base = 11, .per_request = 3};
    return scenario;
}

/* ---- what must be true at the end ---- */

static void add_ends(const struct replication_state *system, uint64_t totals[GROUP_COUNTS])
{
    for (size_t c = 0; c < system->model->program->class_count; c++) {
        const struct class_state *class = &system->classes[c];
        for (int count = 0; count < GROUP_COUNTS; count++)
            totals[count] += class->counts[count];
        totals[GROUP_COMPLETED] += class->response->count;
    }
}

/* Nothing more would happen but the flushing. */
static void check_end(const struct replication_state *system, struct arena *arena)
{
    const char *excess = system_check_capacity(system, arena);
    const char *left = system_check_dry(system, arena);
    if (excess || left)
        fail_msg("%s", excess ? excess : left);
}

static void everything_taken_is_given_back(void **state)
{
    uint64_t totals[GROUP_COUNTS] = {0};
    struct arena *arena = arena_open();
    for (uint32_t trial = 0; trial < trials(); trial++) {
        struct error err = {.status = STATUS_OK};
        struct maker maker = {.arena = arena};
        maker.choices = stream_at((struct stream_key){20261, trial}, 1, 0, 0);
        const struct scenario *scenario = some_scenario(&maker);
        const struct model *model = model_compile(scenario, arena, &err);
        assert_non_null(model);
        struct replication_state *system = replication_create(model, trial, arena, &err);
        assert_true(replication_run_until(system, scenario->run.duration_ns));
        add_ends(system, totals);
        check_end(system, arena);
        arena_reset(arena);
    }
    print_message("%lu requests: %lu completed, %lu timed out, %lu refused, %lu limited; %lu more "
                  "attempts\n",
                  (unsigned long)totals[GROUP_ARRIVED], (unsigned long)totals[GROUP_COMPLETED],
                  (unsigned long)totals[GROUP_TIMED_OUT], (unsigned long)totals[GROUP_REFUSED],
                  (unsigned long)totals[GROUP_LIMITED], (unsigned long)totals[GROUP_RETRIED]);
    /* The systems are such that every end is common. */
    for (int count = 0; count <= GROUP_RETRIED; count++)
        assert_true(totals[count] > trials() / 3 ||
                    count == GROUP_CANCELLED); /* only cycles do that */
    arena_close(arena);
}

/* The laws that hold to the nanosecond, cut in the middle of the trouble. */
static void laws_hold_exactly(void **state)
{
    struct arena *arena = arena_open();
    for (uint32_t trial = 0; trial < trials(); trial++) {
        struct error err = {.status = STATUS_OK};
        struct maker maker = {.arena = arena, .has_cycles = trial % 2 == 0};
        maker.choices = stream_at((struct stream_key){20261, trial}, 1, 0, 0);
        struct scenario *scenario = some_scenario(&maker);
        scenario->run.duration_ns = scenario->run.window_ns = 61234567;
        struct model *model = model_compile(scenario, arena, &err);
        assert_non_null(model);
        model_set_warmup(model, trial % 2 ? 23456789 : 0);
        size_t columns = model->metrics.column_count;
        struct observation observation = {
            .value = arena_array(arena, columns, sizeof(double)),
            .weight = arena_array(arena, columns, sizeof(double)),
            .counts = arena_array(arena, model_histogram_count(model), sizeof(uint32_t *))};
        assert_true(model_replicate(model, trial, arena, &observation, &err));
        const char *broken = exact_laws_find_broken(model, &observation, 1e-12, arena);
        if (broken)
            fail_msg("trial %u: %s", trial, broken);
        arena_reset(arena);
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everything_taken_is_given_back),
                                       cmocka_unit_test(laws_hold_exactly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
