/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What limits, and what one more or one less would give, against Erlang C. */
#include "models/program/analytic.h"
#include "models/studies/bottleneck.h"
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

static const double RATE = 5.17, SERVICE_S = 0.823;
enum { SERVERS = 5 };

static struct scenario *build_mmc(void)
{
    struct scenario *scenario =
        build_queue(arena, law_exponential(arena, 1 / RATE), law_exponential(arena, SERVICE_S),
                    build_pool("pool", POOL_THREADS, SERVERS));
    scenario->setting = "baseline";
    scenario->run.duration_ns = 8000000000000;
    scenario->run.warmup_ns = 100000000000;
    scenario->run.min_replications = 20;
    scenario->run.max_replications = 40;
    scenario->run.confidence = 0.999999; /* the bound of the tests */
    scenario->run.precision = 0.01;
    return scenario;
}

static void make_why(const struct scenario *scenario, struct bottleneck *why)
{
    struct error err = {0};
    struct setting_spec *setting = arena_alloc(arena, sizeof *setting);
    struct scenario_set *set = arena_alloc(arena, sizeof *set);
    *setting = (struct setting_spec){.name = "baseline", .scenario = *scenario};
    *set = (struct scenario_set){.file = "s.json", .settings = setting, .setting_count = 1};
    assert_true(bottleneck_make(set, &setting->scenario, arena, why, &err));
}

static struct bottleneck explain(struct scenario *scenario, const atomic_bool *is_interrupted,
                                 bool *is_done)
{
    struct error err = {0};
    struct bottleneck why;
    struct replications_options workers = {.threads = 2, .is_interrupted = is_interrupted};
    make_why(scenario, &why);
    *is_done = bottleneck_study_run(&why, &workers, arena, &err);
    assert_int_equal(err.status, STATUS_OK);
    return why;
}

static double mmc_response(int64_t servers)
{
    struct analytic_station station = {RATE, SERVICE_S, servers};
    return analytic_solve_mmc(station).wait_mean_s + SERVICE_S;
}

static void one_more_and_one_less_change_what_erlang_says(void **state)
{
    bool is_done;
    struct bottleneck why = explain(build_mmc(), NULL, &is_done);
    assert_true(is_done);
    assert_int_equal(why.change_count, 2);
    for (size_t c = 0; c < 2; c++) {
        struct estimate effect = bottleneck_effect(&why, &why.changes[c], "w.response.mean");
        int64_t servers = SERVERS + (c == 0 ? 1 : -1);
        assert_true(why.changes[c].to == (double)servers);
        if (c == 1) { /* 4.25 Erlangs for 4 servers */
            assert_false(why.changes[c].has_steady_state);
            continue;
        }
        assert_true(why.changes[c].has_steady_state);
        assert_within(effect.estimate, mmc_response(servers) - mmc_response(SERVERS),
                      effect.high - effect.estimate);
        assert_true(effect.high < 0);
    }
}

/* A service of three replicas with a pool each; beside them a processor, a limiter and a buffer. */
static struct scenario *build_one_of_each(void)
{
    struct pool_spec pool = build_pool("api.pool", POOL_THREADS, 7);
    struct cpu_spec cpu = build_cpu("cpu", 2500);
    struct limiter_spec *limiter = arena_alloc(arena, sizeof *limiter);
    struct buffer_spec *buffer = arena_alloc(arena, sizeof *buffer);
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    pool.service = 0;
    pool.copies = 3;
    *limiter = build_limiter("gate", 40, 5);
    *buffer = build_buffer("log", 1200);
    *service = (struct service_spec){.name = "api", .replicas = 3};
    struct step inside = build_hold(arena, 0, &(struct step){0}, 0);
    struct step visit = build_hold(arena, 0, &inside, 1), put = build_plain(STEP_PUT, 0);
    visit.kind = STEP_VISIT;
    put.size = law_constant(arena, 1);
    struct step steps[] = {build_plain(STEP_PASS, 0), build_work(0, law_constant(arena, 0.001)),
                           visit, put, build_plain(STEP_DRAIN, 0)};
    struct class_spec class = build_class(arena, NULL, 1, 0, steps, 5);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / RATE), &class, 1);
    struct scenario *scenario = build_scenario(arena, &pool, 1, &workload, 1, 5);
    build_add_cpus(arena, scenario, &cpu, 1);
    scenario->limiters = limiter;
    scenario->buffers = buffer;
    scenario->services = service;
    scenario->limiter_count = scenario->buffer_count = scenario->service_count = 1;
    return scenario;
}

/* One of a pool, a replica, a core; a hundredth of a rate or a capacity. More comes first. */
static void each_kind_of_resource_has_its_one(void **state)
{
    static const struct {
        const char *name;
        double more, less;
    } expected[] = {{"api.pool", 8, 6},
                    {"cpu", 3.5, 1.5},
                    {"gate", 40.4, 39.6},
                    {"log", 1212, 1188},
                    {"api", 4, 2}};
    bool is_done;
    struct bottleneck why = explain(build_one_of_each(), NULL, &is_done);
    assert_int_equal(why.change_count, 10);
    for (size_t c = 0; c < 10; c += 2)
        for (size_t i = 0; i < 5; i++)
            if (strcmp(why.changes[c].resource->name, expected[i].name) == 0) {
                assert_within(why.changes[c].to, expected[i].more, 1e-12);
                assert_within(why.changes[c + 1].to, expected[i].less, 1e-12);
            }
}

static void the_split_and_the_utilization_are_those_of_the_queue(void **state)
{
    bool is_done;
    struct bottleneck why = explain(build_mmc(), NULL, &is_done);
    struct estimate response = bottleneck_estimate(&why, 0, BREAKDOWN_RESPONSE);
    assert_within(response.estimate, mmc_response(SERVERS), response.high - response.estimate);
    assert_string_equal(why.resources[0].name, "pool");
    assert_within(why.resources[0].utilization, RATE * SERVICE_S / SERVERS, 0.01);
    /* Never fewer than one in a hundred, and one bucket more at most: 0.2 % of the p99 is less than
     * 0.3 % of the density's mean there, and the share varies by a tenth of itself. */
    struct estimate share = bottleneck_estimate(&why, 0, BREAKDOWN_SLOWEST_SHARE);
    assert_in_range((int)(1e6 * share.estimate), 10000, 10200);
}

/* The mean wait of the slowest: of M/M/1, whose response R is exponential of mean m, those beyond
 * the p99 take ln(100) m + m on average. */
static void the_slowest_take_what_theory_says(void **state)
{
    bool is_done;
    struct scenario *scenario = build_mmc();
    struct pool_spec *pool = arena_alloc(arena, sizeof *pool);
    *pool = build_pool("pool", POOL_THREADS, 1);
    scenario->pools = pool;
    struct step service = build_delay(law_exponential(arena, 0.131));
    struct step hold = build_hold(arena, 0, &service, 1);
    struct class_spec class = build_class(arena, NULL, 1, 0, &hold, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / RATE), &class, 1);
    scenario->workloads = &workload;
    struct bottleneck why = explain(scenario, NULL, &is_done);
    double mean = 0.131 / (1 - RATE * 0.131);
    struct estimate slowest = bottleneck_estimate(&why, 0, BREAKDOWN_SLOWEST_RESPONSE);
    assert_within(slowest.estimate, mean * (log(100) + 1), slowest.high - slowest.estimate);
    assert_true(why.resources[0].waiting > 0.5);
}

static void an_interruption_before_the_split_leaves_nothing(void **state)
{
    bool is_done;
    atomic_bool is_interrupted = true;
    explain(build_mmc(), &is_interrupted, &is_done);
    assert_false(is_done);
}

/* Ends what is done after the batch with the marks. The end of a batch may be told twice. */
struct stopper {
    const struct bottleneck *why;
    atomic_bool is_interrupted;
};

static void stop_after_the_marks(void *context, size_t done, size_t jobs)
{
    struct stopper *stopper = context;
    if (done == jobs && stopper->why->marked.results)
        atomic_store(&stopper->is_interrupted, true);
}

static void an_interruption_after_the_split_keeps_it(void **state)
{
    struct error err = {0};
    struct bottleneck why;
    struct stopper stopper = {.why = &why};
    struct replications_options workers = {.threads = 2,
                                           .is_interrupted = &stopper.is_interrupted,
                                           .progress = stop_after_the_marks,
                                           .progress_context = &stopper};
    make_why(build_mmc(), &why);
    assert_true(bottleneck_study_run(&why, &workers, arena, &err));
    assert_true(why.is_interrupted);
    assert_true(!isnan(bottleneck_estimate(&why, 0, BREAKDOWN_RESPONSE).estimate));
    assert_true(isnan(bottleneck_effect(&why, &why.changes[0], "w.response.mean").estimate));
}

/* A pool around a processor: work for 1.2 cores of one, three at a time. */
static struct scenario *build_overload(int64_t connections)
{
    struct scenario *scenario = build_mmc();
    struct cpu_spec *cpu = arena_alloc(arena, sizeof *cpu);
    struct pool_spec *pool = arena_alloc(arena, sizeof *pool);
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    struct class_spec *class = arena_alloc(arena, sizeof *class);
    struct step *hold = arena_alloc(arena, sizeof *hold);
    struct step work = build_work(0, law_exponential(arena, 1.2 / RATE));
    *cpu = build_cpu("core", 1000);
    *pool = build_pool("p", POOL_THREADS, connections);
    *hold = build_hold(arena, 0, &work, 1);
    *workload = scenario->workloads[0];
    *class = workload->classes[0];
    class->steps = hold;
    class->step_count = 1;
    workload->classes = class;
    scenario->pools = pool;
    scenario->cpus = cpu;
    scenario->cpu_count = 1;
    scenario->workloads = workload;
    return scenario;
}

static const struct bottleneck_resource *resource_of(const struct bottleneck *why, int kind)
{
    size_t r = 0;
    while (why->resources[r].kind != kind)
        r++;
    return &why->resources[r];
}

static void what_a_full_pool_waits_for_is_the_culprit(void **state)
{
    bool is_done;
    struct bottleneck why = explain(build_overload(3), NULL, &is_done);
    const struct bottleneck_resource *pool = resource_of(&why, STATION_POOL);
    const struct bottleneck_resource *core = resource_of(&why, STATION_CPU);
    assert_true(is_done);
    assert_true(pool->waiting > 0.5); /* everybody waits for the pool */
    assert_ptr_equal(bottleneck_culprit(&why, "w", pool, arena), core);
    assert_true(bottleneck_is_behind(&why, pool, core));
    assert_false(bottleneck_is_behind(&why, core, pool));
    assert_within(bottleneck_offered(&why, core), 1.2, 1e-9);
}

static void a_pool_alone_is_its_own_culprit(void **state)
{
    bool is_done;
    struct bottleneck why = explain(build_mmc(), NULL, &is_done);
    const struct bottleneck_resource *pool = resource_of(&why, STATION_POOL);
    assert_ptr_equal(bottleneck_culprit(&why, "w", pool, arena), pool);
    assert_false(bottleneck_is_exclusive(pool));
    assert_true(
        bottleneck_is_exclusive(&(struct bottleneck_resource){.kind = STATION_POOL, .amount = 1}));
}

/* Of the 4 ms inside of q, 3 are the step "long"; what is outside of it does not count. */
static void what_a_pool_is_held_for_is_what_is_inside(void **state)
{
    (void)state;
    struct step inside[3] = {build_delay(law_constant(arena, 0.003)), build_work(0, NULL),
                             build_delay(law_constant(arena, 9))};
    inside[0].name = "long";
    inside[1].duration = law_exponential(arena, 0.001);
    struct step steps[2] = {inside[2], build_hold(arena, 1, inside, 2)};
    struct step outer = build_hold(arena, 0, steps, 2);
    struct class_spec class = build_class(arena, NULL, 1, 0, &outer, 1);
    struct workload_spec workload = build_workload(arena, "w", law_constant(arena, 1), &class, 1);
    struct pool_spec pools[2] = {build_pool("p", POOL_THREADS, 1),
                                 build_pool("q", POOL_THREADS, 1)};
    struct scenario *scenario = build_scenario(arena, pools, 2, &workload, 1, 10);
    const double rates[] = {0.5};
    struct holding of_q = holding_of(scenario, rates, 1), of_p = holding_of(scenario, rates, 0);
    assert_string_equal(of_q.longest->name, "long");
    assert_within(of_q.share, 0.75, 1e-12);
    assert_int_equal(of_q.count, 2);
    assert_within(of_p.share, 9 / 9.004, 1e-12);
    assert_int_equal(of_p.count, 3);
    assert_null(holding_of(scenario, (const double[]){0}, 0).longest);
}

static void a_second_lock_is_no_advice(void **state)
{
    (void)state;
    struct bottleneck_resource lock = {.kind = STATION_POOL, .amount = 1};
    struct bottleneck_change more = {.resource = &lock, .to = 2};
    assert_false(bottleneck_is_advice(&more));
    lock.amount = 2;
    more.to = 3;
    assert_true(bottleneck_is_advice(&more));
    more.to = 1;
    assert_true(bottleneck_is_advice(&more));
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ARENA(one_more_and_one_less_change_what_erlang_says),
        IN_ARENA(each_kind_of_resource_has_its_one),
        IN_ARENA(the_split_and_the_utilization_are_those_of_the_queue),
        IN_ARENA(the_slowest_take_what_theory_says),
        IN_ARENA(what_a_full_pool_waits_for_is_the_culprit),
        IN_ARENA(a_pool_alone_is_its_own_culprit),
        IN_ARENA(what_a_pool_is_held_for_is_what_is_inside),
        IN_ARENA(a_second_lock_is_no_advice),
        IN_ARENA(an_interruption_before_the_split_leaves_nothing),
        IN_ARENA(an_interruption_after_the_split_keeps_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
