/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cycles of a fleet: every rule against a slow twin and by hand, to the nanosecond. */
#include "models/engine/model_internal.h"
#include "models/spec/cycle_classes.h"
#include "models/stations/cycle.h"
#include "tests/support/cycle_twin.h"
#include "tests/support/exact_laws.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)

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

/* One fleet on threads; its jobs hold one for a time, then go on without. Class c of the mix has
 * shares[c] of the jobs. */
struct fleet {
    struct cycle_spec cycle;
    int64_t threads;
    double held_s[TWIN_FLEET], after_s[TWIN_FLEET], shares[TWIN_FLEET];
    size_t classes;
};

static struct scenario *build_fleet(const struct fleet *fleet, double duration_s)
{
    static const char *const names[TWIN_FLEET] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct class_spec classes[TWIN_FLEET];
    for (size_t c = 0; c < fleet->classes; c++) {
        struct step inside = build_delay(law_constant(arena, fleet->held_s[c]));
        struct step steps[] = {build_hold(arena, 0, &inside, 1),
                               build_delay(law_constant(arena, fleet->after_s[c]))};
        classes[c] = build_class(arena, names[c], fleet->shares[c], 0, steps, 2);
    }
    struct workload_spec workload =
        build_workload(arena, "w", law_constant(arena, 1), classes, fleet->classes);
    workload.arrivals = (struct arrival_spec){.process = ARRIVAL_CYCLE, .cycle = fleet->cycle};
    struct pool_spec pool = build_pool("pool", POOL_THREADS, fleet->threads);
    return build_scenario(arena, &pool, 1, &workload, 1, duration_s);
}

/* A fleet of equal jobs without anything after their holds. */
static struct fleet equal_fleet(int64_t every_ns, int64_t jobs, enum overrun rule, double held_s)
{
    return (struct fleet){.cycle = {.every_ns = every_ns, .jobs = jobs, .overrun = rule},
                          .threads = 1,
                          .held_s = {held_s},
                          .shares = {1},
                          .classes = 1};
}

/* ---- against the twin ---- */

static int draw(int from, int upto)
{
    return from + (int)((unsigned)rand() % (unsigned)(upto - from + 1));
}

/* Times are small multiples of a tenth of a second, so that there are many ties. */
static void draw_fleet(struct fleet *fleet)
{
    *fleet = (struct fleet){.cycle = {.every_ns = draw(1, 8) * 100 * MS,
                                      .jobs = draw(1, TWIN_FLEET),
                                      .overrun = (enum overrun)draw(0, 5)},
                            .threads = draw(1, 4),
                            .classes = (size_t)draw(1, 3)};
    int release = draw(0, 2);
    if (release == 1)
        fleet->cycle.barrier = draw(1, 4);
    if (release == 2)
        fleet->cycle.spread_ns = fleet->cycle.every_ns * draw(0, 4) / 4;
    for (size_t c = 0; c < fleet->classes; c++) {
        fleet->held_s[c] = draw(0, 6) / 10.0;
        fleet->after_s[c] = draw(0, 2) > 0 ? 0 : draw(0, 5) / 10.0;
        fleet->shares[c] = 1.0 / (double)fleet->classes;
    }
}

static struct twin_fleet twin_of(const struct fleet *fleet, const struct scenario *scenario)
{
    const struct cycle_spec *cycle = &fleet->cycle;
    const uint16_t *classes = cycle_classes_assign(&scenario->workloads[0], arena);
    struct twin_fleet twin = {.every = cycle->every_ns,
                              .spread = cycle->spread_ns,
                              .jobs = (int)cycle->jobs,
                              .threads = (int)fleet->threads,
                              .barrier = (int)cycle->barrier,
                              .rule = (enum twin_rule)cycle->overrun};
    for (int k = 0; k < twin.jobs; k++) {
        size_t class = classes ? classes[k] : 0;
        twin.held[k] = llround(fleet->held_s[class] * 1e9);
        twin.after[k] = llround(fleet->after_s[class] * 1e9);
    }
    return twin;
}

/* NaN where there was nothing on both sides. */
static void assert_same(const struct once *once, const char *metric, double sum, double count)
{
    double value = once_value(once, metric);
    if (isnan(value) && count == 0)
        return;
    if (fabs(value - sum / count) > 1e-12 * (1 + fabs(value)))
        fail_msg("%s: %.17g, twin %.17g", metric, value, sum / count);
}

/* The two sides of each law are equal. */
static void assert_checks_hold(const struct once *once)
{
    const char *broken = exact_laws_find_broken(once->model, &once->observation, 1e-9, arena);
    if (broken)
        fail_msg("%s", broken);
}

/* Each job holds its thread for a time of its own, from law: fills drawn[TWIN_MAX_JOBS] with what
 * the jobs will draw, in the order of their release. The fleet has one class. */
static void let_jobs_vary(struct scenario *scenario, const struct distribution *law, int64_t *drawn)
{
    struct step *hold = (struct step *)(uintptr_t)&scenario->workloads[0].classes[0].steps[0];
    struct step *delay = (struct step *)(uintptr_t)&hold->steps[0];
    delay->duration = law;
    struct stream_key key = {scenario->run.seed, 0};
    for (uint32_t first = 0; first < TWIN_MAX_JOBS / STREAM_BLOCK * STREAM_BLOCK;
         first += STREAM_BLOCK)
        distribution_fill(law, key, stream_id("w.draw.0"), first, drawn + first);
}

static void compare_with_twin(const struct fleet *fleet, const struct distribution *law,
                              int64_t until)
{
    const double length_s = (double)until / 1e9;
    struct scenario *scenario = build_fleet(fleet, length_s);
    struct twin_fleet twin = twin_of(fleet, scenario);
    struct twin_account account;
    int64_t drawn[TWIN_MAX_JOBS];
    if (law) {
        let_jobs_vary(scenario, law, drawn);
        twin.drawn = drawn;
    }
    struct once once = replicate_once_by_end(scenario, 0, arena);
    cycle_twin_run(&twin, until, &account);
    double ended = (double)account.ended;
    double judged = (double)(account.in_time + account.overrun);
    double finished = (double)(account.completed + account.cancelled);
    assert_same(&once, "w.cycle.mean", (double)account.length_sum / 1e9, ended);
    assert_same(&once, "w.cycle.max", (double)account.longest / 1e9, ended > 0 ? 1 : 0);
    assert_same(&once, "w.cycle.duty", (double)account.length_sum / (double)twin.every, ended);
    assert_same(&once, "w.cycle.overrun_rate", (double)account.overrun, judged);
    assert_same(&once, "w.arrival_rate", (double)account.released, length_s);
    assert_same(&once, "w.throughput", (double)account.completed, length_s);
    assert_same(&once, "w.success_rate", (double)account.completed, finished);
    assert_same(&once, "w.error_rate", (double)account.cancelled, finished);
    assert_same(&once, "w.in_system", (double)account.present_time / 1e9, length_s);
    assert_same(&once, "w.response.mean", (double)account.response_sum / 1e9,
                (double)account.completed);
    assert_same(&once, "pool.timeout_rate", 0, account.granted > 0 ? 1 : 0);
    assert_same(&once, "pool.wait.mean", (double)account.wait_sum / 1e9, (double)account.granted);
    if (twin.rule == TWIN_SKIP || twin.rule == TWIN_COALESCE)
        assert_same(&once, "w.cycle.missed_rate", (double)account.missed,
                    (double)(account.missed + account.begun));
    if (twin.rule == TWIN_QUEUE)
        assert_same(&once, "w.cycle.backlog", (double)account.backlog_time / 1e9, length_s);
    if (twin.rule == TWIN_REPLACE)
        assert_same(&once, "w.cancelled_rate", (double)account.cancelled, finished);
    assert_checks_hold(&once);
}

static void every_rule_agrees_with_the_twin(void **state)
{
    srand(20260226);
    for (int i = 0; i < 6000; i++) {
        struct fleet fleet;
        draw_fleet(&fleet);
        compare_with_twin(&fleet, NULL, draw(1, 60) * 100 * MS + draw(0, 1) * 50 * MS);
        if (i % 100 == 99)
            arena_reset(arena);
    }
}

/* Then some cycles of a fleet overrun and others do not. */
static void fleets_of_unlike_jobs_agree_with_the_twin(void **state)
{
    srand(20260227);
    for (int i = 0; i < 3000; i++) {
        struct fleet fleet;
        draw_fleet(&fleet);
        fleet.classes = 1;
        fleet.shares[0] = 1;
        fleet.cycle.every_ns *= draw(1, 3);
        compare_with_twin(&fleet, law_exponential(arena, draw(1, 6) / 10.0),
                          draw(40, 160) * 100 * MS);
        if (i % 100 == 99)
            arena_reset(arena);
    }
}

/* ---- by hand: three jobs of 0.25 s on one thread, every 0.5 s ---- */

static struct once run_late(enum overrun rule)
{
    struct fleet fleet = equal_fleet(500 * MS, 3, rule, 0.25);
    return replicate_once_by_end(build_fleet(&fleet, 6), 0, arena);
}

/* It begins anew at 0, 0.75, 1.5 ...; the one of 5.25 ends at 6, which is not seen. */
static void waiting_cycles_follow_each_other(void **state)
{
    struct once once = run_late(OVERRUN_WAIT);
    assert_within(once_value(&once, "w.cycle.mean"), 0.75, 0);
    assert_within(once_value(&once, "w.cycle.duty"), 1.5, 0);
    assert_within(once_value(&once, "w.cycle.overrun_rate"), 1, 0);
    assert_within(once_value(&once, "w.arrival_rate"), 24 / 6.0, 1e-12);
}

/* Twelve are due, eight begin at 0, 0.75 ...: of the time between one and the next as many wait as
 * were due before, less those begun. */
static void queueing_cycles_fall_behind(void **state)
{
    struct once once = run_late(OVERRUN_QUEUE);
    double waited = 0;
    for (int c = 0; c < 12; c++)
        waited += fmin(6, 0.75 * c) - 0.5 * c;
    assert_within(once_value(&once, "w.cycle.backlog"), waited / 6, 1e-12);
    assert_within(once_value(&once, "w.cycle.overrun_rate"), 1, 0);
    assert_within(once_value(&once, "w.arrival_rate"), 24 / 6.0, 1e-12);
}

/* At 0, 1, 2 ...: every other is missed. */
static void skipped_cycles_leave_every_other(void **state)
{
    struct once once = run_late(OVERRUN_SKIP);
    assert_within(once_value(&once, "w.cycle.missed_rate"), 0.5, 0);
    assert_within(once_value(&once, "w.arrival_rate"), 18 / 6.0, 1e-12);
    assert_within(once_value(&once, "w.cycle.overrun_rate"), 1, 0);
}

/* At 0, 0.75 (due at 0.5), 1.5 (due then; that of 1.0 is the same one) ...: those of 1, 2.5 and 4
 * are missed, that of 5.5 still waits. */
static void coalesced_cycles_are_one(void **state)
{
    struct once once = run_late(OVERRUN_COALESCE);
    assert_within(once_value(&once, "w.cycle.missed_rate"), 3 / 11.0, 1e-12);
    assert_within(once_value(&once, "w.arrival_rate"), 24 / 6.0, 1e-12);
    assert_within(once_value(&once, "w.cycle.overrun_rate"), 1, 0);
}

/* On the thread they run one behind the other: the k-th of twelve, due at 0.5 k, ends at 0.75 k. */
static void overlapping_cycles_grow_longer(void **state)
{
    struct once once = run_late(OVERRUN_OVERLAP);
    double sum = 0;
    for (int k = 1; k < 8; k++) /* the eighth ends at 6, which is not seen */
        sum += 0.75 * k - 0.5 * (k - 1);
    assert_within(once_value(&once, "w.cycle.mean"), sum / 7, 1e-12);
    assert_within(once_value(&once, "w.cycle.max"), 0.75 * 7 - 0.5 * 6, 0);
    assert_within(once_value(&once, "w.arrival_rate"), 36 / 6.0, 1e-12);
}

/* Two jobs are done, the second at the instant of the next cycle; the third is cancelled. */
static void replaced_cycles_never_end(void **state)
{
    struct once once = run_late(OVERRUN_REPLACE);
    assert_true(isnan(once_value(&once, "w.cycle.mean")));
    assert_within(once_value(&once, "w.cancelled_rate"), 11 / 34.0, 1e-12); /* one is not seen */
    assert_within(once_value(&once, "w.error_rate"), 11 / 34.0, 1e-12);
    assert_within(once_value(&once, "w.success_rate"), 23 / 34.0, 1e-12);
    assert_within(once_value(&once, "w.cycle.overrun_rate"), 1, 0);
    assert_within(once_value(&once, "pool.utilization"), 1, 0);
}

/* ---- ties ---- */

/* Two jobs of 0.25 s of work on one core end at 0.5, when the next are due: in time, for every
 * rule, though work ends after arrivals. */
static void work_that_ends_when_the_next_is_due_is_in_time(void **state)
{
    for (int rule = OVERRUN_WAIT; rule <= OVERRUN_REPLACE; rule++) {
        struct fleet fleet = equal_fleet(500 * MS, 2, (enum overrun)rule, 0.25);
        struct scenario *scenario = build_fleet(&fleet, 6.25);
        struct cpu_spec cpu = build_cpu("cpu", 1000);
        struct step work = build_work(0, law_constant(arena, 0.25));
        struct class_spec class = build_class(arena, "a", 1, 0, &work, 1);
        struct workload_spec workload =
            build_workload(arena, "w", law_constant(arena, 1), &class, 1);
        workload.arrivals = scenario->workloads[0].arrivals;
        scenario->workloads = &workload;
        build_add_cpus(arena, scenario, &cpu, 1);
        struct once once = replicate_once_by_end(scenario, 0, arena);
        assert_within(once_value(&once, "w.cycle.mean"), 0.5, 0);
        assert_within(once_value(&once, "w.cycle.overrun_rate"), 0, 0);
        assert_within(once_value(&once, "w.success_rate"), 1, 0);
        assert_within(once_value(&once, "cpu.utilization"), 1, 0);
    }
}

/* ---- release ---- */

static void a_spread_cycle_lasts_from_its_first_to_its_last_job(void **state)
{
    struct fleet fleet = equal_fleet(1000 * MS, 4, OVERRUN_WAIT, 0.125);
    fleet.cycle.spread_ns = 1000 * MS; /* at 0, 0.25, 0.5, 0.75: nobody waits */
    struct once once = replicate_once_by_end(build_fleet(&fleet, 10), 0, arena);
    assert_within(once_value(&once, "w.cycle.mean"), 0.875, 0);
    assert_within(once_value(&once, "pool.wait.max"), 0, 0);
    assert_within(once_value(&once, "pool.utilization"), 0.5, 0);
}

/* Ten jobs in chunks of four on as many threads: three chunks, whatever the last's size. */
static void a_barrier_waits_for_the_whole_chunk(void **state)
{
    struct fleet fleet = equal_fleet(1000 * MS, 10, OVERRUN_WAIT, 0.2);
    fleet.cycle.barrier = 4;
    fleet.threads = 4;
    struct once once = replicate_once_by_end(build_fleet(&fleet, 10), 0, arena);
    assert_within(once_value(&once, "w.cycle.mean"), 0.6, 1e-15);
    assert_within(once_value(&once, "pool.queue.max"), 0, 0);
}

/* ---- classes ---- */

static void assert_classes(const char *expected, const double *shares, size_t classes)
{
    struct fleet fleet = equal_fleet(1000 * MS, (int64_t)strlen(expected), OVERRUN_WAIT, 0.1);
    fleet.classes = classes;
    memcpy(fleet.shares, shares, classes * sizeof *shares);
    struct scenario *scenario = build_fleet(&fleet, 10);
    const uint16_t *order = cycle_classes_assign(&scenario->workloads[0], arena);
    for (size_t k = 0; k < strlen(expected); k++)
        assert_int_equal('a' + order[k], expected[k]);
}

static void classes_have_their_share_of_each_cycle_evenly(void **state)
{
    assert_classes("aabaaaabaa", (const double[]){0.8, 0.2}, 2);
    assert_classes("abababab", (const double[]){0.5, 0.5}, 2);
    assert_classes("aaabaaa", (const double[]){0.9, 0.1}, 2);     /* 6.3 and 0.7 */
    assert_classes("aaaa", (const double[]){0.9, 0.1}, 2);        /* 3.6 and 0.4 */
    assert_classes("abc", (const double[]){0.34, 0.33, 0.33}, 3); /* remainders of nearly one */
    assert_classes("abcabcab", (const double[]){0.375, 0.375, 0.25}, 3);
}

static void every_cycle_has_the_same_jobs(void **state)
{
    struct fleet fleet = equal_fleet(1000 * MS, 100, OVERRUN_WAIT, 0.001);
    fleet.classes = 2;
    fleet.shares[0] = 0.99;
    fleet.shares[1] = 0.01;
    fleet.held_s[1] = 0.5;
    struct once once = replicate_once_by_end(build_fleet(&fleet, 50), 0, arena);
    assert_within(once_value(&once, "w.cycle.max"), 0.599, 1e-15);
    assert_within(once_value(&once, "w.cycle.mean"), 0.599, 1e-15);
    assert_within(once_value(&once, "w.b.throughput"), 1, 0);
}

/* ---- failures ---- */

/* A job that ran into its deadline has ended: the cycle ends with it. */
static void a_deadline_ends_a_cycle(void **state)
{
    struct fleet fleet = equal_fleet(1000 * MS, 2, OVERRUN_WAIT, 0.5);
    struct scenario *scenario = build_fleet(&fleet, 10);
    struct workload_spec workload = scenario->workloads[0];
    workload.deadline_ns = 700 * MS;
    scenario->workloads = &workload;
    struct once once = replicate_once_by_end(scenario, 0, arena);
    assert_within(once_value(&once, "w.cycle.mean"), 0.7, 1e-15);
    assert_within(once_value(&once, "w.timeout_rate"), 0.5, 0);
}

/* Whatever the jobs of a replaced cycle wait for or use, they give it back, and the laws hold. */
static void a_cancelled_job_gives_back_what_it_has(void **state)
{
    for (uint32_t r = 0; r < 200; r++) {
        struct fleet fleet = equal_fleet(170 * MS, 40, OVERRUN_REPLACE, 0.01);
        struct scenario *scenario = build_fleet(&fleet, 5);
        struct pool_spec pools[] = {build_pool("pool", POOL_CONNECTIONS, 7)};
        pools[0].connect = law_exponential(arena, 0.02);
        pools[0].checkout = law_exponential(arena, 0.002);
        pools[0].connect_timeout_ns = 50 * MS;
        pools[0].max_uses = 3;
        pools[0].acquire_timeout = law_exponential(arena, 0.2);
        struct limiter_spec limiter = {.name = "gate",
                                       .rate_per_s = 150,
                                       .burst = 5,
                                       .is_waiting = true,
                                       .copies = 1,
                                       .service = SPEC_NO_SERVICE};
        struct buffer_spec buffer = {.name = "tank",
                                     .capacity = 900,
                                     .is_waiting = true,
                                     .copies = 1,
                                     .service = SPEC_NO_SERVICE};
        struct cpu_spec cpu = build_cpu("cpu", 1500);
        struct step put = {
            .kind = STEP_PUT, .timeout_ns = 100 * MS, .size = law_exponential(arena, 250)};
        struct step work = build_work(0, law_exponential(arena, 0.02));
        struct step pass = {.kind = STEP_PASS, .timeout_ns = SPEC_NEVER};
        struct step drain = {.kind = STEP_DRAIN, .timeout_ns = SPEC_NEVER};
        struct step inside[] = {pass, work, put};
        struct step steps[] = {build_hold(arena, 0, inside, 3),
                               build_delay(law_exponential(arena, 0.02)),
                               build_choose(arena, 0.05, &drain, 1)};
        struct class_spec class = build_class(arena, "a", 1, 0, steps, 3);
        struct workload_spec workload =
            build_workload(arena, "w", law_constant(arena, 1), &class, 1);
        workload.arrivals = scenario->workloads[0].arrivals;
        workload.arrivals.cycle.barrier = r % 3 == 2 ? 25 : 0;
        workload.retry = (struct retry_spec){.attempts = 3,
                                             .backoff = law_exponential(arena, 0.01),
                                             .multiplier = 2,
                                             .on_timeout = true};
        scenario->pools = pools;
        scenario->workloads = &workload;
        scenario->limiters = &limiter;
        scenario->limiter_count = 1;
        scenario->buffers = &buffer;
        scenario->buffer_count = 1;
        build_add_cpus(arena, scenario, &cpu, 1);
        struct once once = replicate_once_by_end(scenario, r, arena);
        assert_checks_hold(&once);
        assert_true(once_value(&once, "w.cancelled_rate") > 0.05);
        assert_true(once_value(&once, "w.retry_rate") > 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_rule_agrees_with_the_twin, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(fleets_of_unlike_jobs_agree_with_the_twin, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(waiting_cycles_follow_each_other, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(queueing_cycles_fall_behind, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(skipped_cycles_leave_every_other, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(coalesced_cycles_are_one, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(overlapping_cycles_grow_longer, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(replaced_cycles_never_end, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(work_that_ends_when_the_next_is_due_is_in_time, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(a_spread_cycle_lasts_from_its_first_to_its_last_job,
                                        open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_barrier_waits_for_the_whole_chunk, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(classes_have_their_share_of_each_cycle_evenly, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(every_cycle_has_the_same_jobs, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_deadline_ends_a_cycle, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_cancelled_job_gives_back_what_it_has, open_arena,
                                        close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
