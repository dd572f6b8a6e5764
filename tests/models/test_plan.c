/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/plan.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

enum { MAX_SETTINGS = 3 };

/* Settings of one scenario, as scenario_read would give them. */
struct fixture {
    struct arena *arena;
    struct setting_spec settings[MAX_SETTINGS];
    struct scenario_set set;
    struct plan plan;
    struct error err;
};

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){.arena = arena_open()};
    fixture.set = (struct scenario_set){
        .file = "plan.json", .settings = fixture.settings, .has_settings = true};
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *fixture = *state;
    arena_close(fixture->arena);
    return 0;
}

/* Adds a setting: an M/M/1 queue that serves 1 per second, at this load, with automatic warm-up.
 * Its scenario may be changed. */
static struct scenario *add_queue(struct fixture *fixture, const char *name, double load,
                                  double duration_s)
{
    struct setting_spec *setting = &fixture->settings[fixture->set.setting_count++];
    struct scenario *scenario =
        build_queue(fixture->arena, law_exponential(fixture->arena, 1 / load),
                    law_exponential(fixture->arena, 1), build_pool("pool", POOL_CONNECTIONS, 1));
    *setting = (struct setting_spec){.name = name, .scenario = *scenario};
    struct run_spec *run = &setting->scenario.run;
    run->duration_ns = run->window_ns = (int64_t)(duration_s * 1e9);
    run->has_auto_warmup = true;
    run->min_replications = 10;
    run->max_replications = 40;
    return &setting->scenario;
}

static bool make(struct fixture *fixture)
{
    fixture->err = (struct error){0};
    return plan_make(&fixture->set, fixture->arena, &fixture->plan, &fixture->err);
}

static void find_warmup(struct fixture *fixture)
{
    assert_true(make(fixture));
    bool is_interrupted;
    struct replications_options workers = {.threads = 4};
    assert_true(
        plan_find_warmup(&fixture->plan, &workers, fixture->arena, &is_interrupted, &fixture->err));
    assert_false(is_interrupted);
}

static void a_warmup_that_is_given_is_taken(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 1000)->run = (struct run_spec){
        .duration_ns = 1000000000000, .window_ns = 1000000000000, .warmup_ns = 23850000000};
    find_warmup(fixture);
    assert_true(fixture->plan.warmup_s[0] == 23.85);
    assert_null(fixture->plan.warnings[0]);
}

/* The first pilot has at least 2000 requests. At 50 % load that is 4000 s, and the relaxation time
 * 1 / (mu (1 - sqrt(load))^2) (Cohen, The Single Server Queue, 1982, II.2.1) only 12 s: so a
 * quarter of that. At 99 % load it is 2 + 2 * 0.99 * 2 / 0.01^2 = 39,602 s by the heavy-traffic
 * formula, of which tails need 2 + 0.5 ln 20. */
static void the_longest_warmup_of_all_settings_is_shared(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 20000);
    find_warmup(fixture);
    assert_true(fixture->plan.warmup_s[0] == 1000);
    add_queue(fixture, "busy", 0.99, 20000);
    find_warmup(fixture);
    double long_s = fixture->plan.warmup_s[1];
    assert_true(fixture->plan.warmup_s[0] == long_s);
    assert_within(long_s, 39602 * (2 + 0.5 * log(20)), 1);
}

static void a_sixteenth_of_the_run_is_enough_if_many_requests_arrive(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 160000);
    find_warmup(fixture);
    assert_true(fixture->plan.warmup_s[0] == 160000.0 / 16 / 4);
    assert_null(fixture->plan.warnings[0]);
}

static void a_queue_without_steady_state_has_no_warmup_to_find(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 1.1, 10000);
    find_warmup(fixture);
    assert_true(fixture->plan.warmup_s[0] == 0);
    assert_null(fixture->plan.warnings[0]);
    assert_true(fixture->plan.settings[0].is_transient);
    size_t count;
    const char *const *warnings = plan_list_warnings(&fixture->plan, 0, fixture->arena, &count);
    assert_int_equal(count, 1);
    assert_non_null(strstr(warnings[0], "grows without bound"));
}

/* At 99.5 % load the queue needs days; in 3000 s it only grows. */
static void a_run_too_short_to_settle_is_told(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 3000);
    add_queue(fixture, "slow", 0.995, 3000);
    find_warmup(fixture);
    assert_null(fixture->plan.warnings[0]);
    assert_string_equal(fixture->plan.warnings[1],
                        "run too short: \"slow\" did not settle in the first 50 min, so its "
                        "estimates may be biased by the empty start; make run.duration longer or "
                        "set run.warmup");
    assert_true(fixture->plan.warmup_s[0] == 30000); /* ten times the run, and no more */
    assert_true(fixture->plan.settings[1].is_short_start);
    assert_false(fixture->plan.settings[0].is_short_start);
    assert_false(fixture->plan.settings[0].is_transient);
    assert_true(fixture->plan.settings[1].is_transient);
    size_t count;
    const char *const *warnings = plan_list_warnings(&fixture->plan, 1, fixture->arena, &count);
    assert_int_equal(count, 1);
    assert_ptr_equal(warnings[0], fixture->plan.warnings[1]);
}

/* At 90 % load, 362 s of relaxation. After half of one 1.7 % of the mean is missing in five of
 * them, a quarter of the error of 40 runs; after a whole one 0.7 %, a tenth; of a hundred after a
 * tenth 0.2 %, nothing for 40 runs, and as much as the error of 4000. */
static void a_short_warmup_is_told_where_it_shows(void **state)
{
    static const struct {
        double warmup, length;
        uint32_t most_runs;
        bool is_short;
    } cases[] = {
        {0.5, 5, 40, true}, {1, 5, 40, false}, {0.1, 100, 40, false}, {0.1, 100, 4000, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *fixture = *state;
        fixture->set.setting_count = 0;
        struct run_spec *run = &add_queue(fixture, "baseline", 0.9, 362 * cases[i].length)->run;
        run->has_auto_warmup = false;
        run->warmup_ns = (int64_t)(362e9 * cases[i].warmup);
        run->max_replications = cases[i].most_runs;
        find_warmup(fixture);
        if (fixture->plan.settings[0].is_short_start != cases[i].is_short)
            fail_msg("case %zu", i);
    }
}

/* An empty system looks steady: fewer than 20 requests say nothing. */
static void too_few_requests_do_not_settle(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 39.9);
    find_warmup(fixture);
    assert_non_null(strstr(fixture->plan.warnings[0], "run too short"));
    assert_true(fixture->plan.settings[0].is_transient);
}

static void a_run_of_an_instant_does_not_settle(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 3e-7);
    find_warmup(fixture);
    assert_within(fixture->plan.warmup_s[0], 3e-6, 1e-12); /* ten times the run, and no more */
    assert_true(fixture->plan.settings[0].is_short_start);
    assert_non_null(fixture->plan.warnings[0]);
}

static void an_interruption_of_the_search_is_told(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 1000);
    assert_true(make(fixture));
    atomic_bool stop = true;
    bool is_interrupted;
    struct replications_options workers = {.threads = 2, .is_interrupted = &stop};
    assert_true(
        plan_find_warmup(&fixture->plan, &workers, fixture->arena, &is_interrupted, &fixture->err));
    assert_true(is_interrupted);
}

/* Gives the scenario a fleet of jobs of a second, a third of the capacity; alone, or beside what
 * arrives. */
static void add_fleet(struct fixture *fixture, struct scenario *scenario, int64_t every_s,
                      enum overrun rule, bool is_alone)
{
    struct workload_spec *workloads = arena_array(fixture->arena, 2, sizeof *workloads);
    workloads[0] = workloads[1] = scenario->workloads[0];
    workloads[0].name = "fleet";
    workloads[0].arrivals = (struct arrival_spec){
        .process = ARRIVAL_CYCLE,
        .rate_per_s = 1 / 3.0,
        .cycle = {.every_ns = every_s * 1000000000, .jobs = every_s / 3, .overrun = rule}};
    scenario->workloads = workloads;
    scenario->workload_count = is_alone ? 1 : 2;
}

/* Of each the first period is left out; a setting that is cut later is cut at a whole period. */
static void cycles_alone_need_no_search(void **state)
{
    struct fixture *fixture = *state;
    add_fleet(fixture, add_queue(fixture, "baseline", 0.5, 600), 60, OVERRUN_WAIT, true);
    find_warmup(fixture);
    assert_true(fixture->plan.warmup_s[0] == 60);
    assert_null(fixture->plan.warnings[0]);
    add_queue(fixture, "queue", 0.5, 20000);
    find_warmup(fixture);
    assert_true(fixture->plan.warmup_s[1] == 1000);
    assert_true(fixture->plan.warmup_s[0] == 1020);
}

/* The number present rises and falls with each cycle, by 400 every 20 minutes: that is no
 * transient. It is cut between two cycles. */
static void cycles_beside_other_arrivals_settle(void **state)
{
    struct fixture *fixture = *state;
    add_fleet(fixture, add_queue(fixture, "baseline", 0.5, 38400), 1200, OVERRUN_WAIT, false);
    add_fleet(fixture, add_queue(fixture, "queue", 0.5, 38400), 1200, OVERRUN_QUEUE, true);
    find_warmup(fixture);
    for (size_t i = 0; i < 2; i++) {
        assert_null(fixture->plan.warnings[i]);
        assert_true(fixture->plan.warmup_s[i] >= 1200 && fixture->plan.warmup_s[i] <= 4800);
        assert_true(fmod(fixture->plan.warmup_s[i], 1200) == 0);
    }
}

/* A cycle a day is nothing to wait for in a run of some hours. */
static void a_period_longer_than_the_run_is_not_waited_for(void **state)
{
    struct fixture *fixture = *state;
    add_fleet(fixture, add_queue(fixture, "baseline", 0.5, 20000), 86400, OVERRUN_QUEUE, false);
    find_warmup(fixture);
    assert_true(fixture->plan.warmup_s[0] <= 10000);
}

static void expect_disagreement(struct fixture *fixture, const char *what)
{
    char message[256];
    snprintf(message, sizeof message,
             "run.%s must be the same in all settings that are compared; it differs between "
             "\"baseline\" and \"other\"",
             what);
    assert_false(make(fixture));
    assert_int_equal(fixture->err.status, STATUS_INPUT);
    assert_string_equal(fixture->err.file, "plan.json");
    assert_string_equal(fixture->err.message, message);
}

static void all_settings_agree_on_the_study(void **state)
{
    struct fixture *fixture = *state;
    add_queue(fixture, "baseline", 0.5, 1000);
    struct run_spec *run = &add_queue(fixture, "other", 0.6, 1000)->run;
    assert_true(make(fixture));
    struct run_spec agreed = *run;
    run->seed++;
    expect_disagreement(fixture, "seed");
    *run = agreed;
    run->precision *= 2;
    expect_disagreement(fixture, "precision");
    *run = agreed;
    run->confidence = 0.99;
    expect_disagreement(fixture, "confidence");
    *run = agreed;
    run->min_replications++;
    expect_disagreement(fixture, "replications");
    *run = agreed;
    run->max_replications++;
    expect_disagreement(fixture, "replications");
    *run = agreed;
    assert_true(make(fixture));
    assert_int_equal(fixture->plan.options.min_replications, 10);
    assert_int_equal(fixture->plan.options.max_replications, 40);
    assert_true(fixture->plan.options.confidence == agreed.confidence);
}

/* A criterion on the pool for every setting but baseline, and one that compares two of them. */
static void criteria_are_those_that_apply_and_know_their_reference(void **state)
{
    static const char *const only_last[] = {"last"};
    static const struct criterion_spec criteria[] = {
        {.name = "busy",
         .metric = "pool.utilization",
         .has_limit = true,
         .op = COMPARISON_LESS,
         .limit = 0.731,
         .limit_unit = "1",
         .limit_text = "73.1%",
         .pointer = "/criteria/0"},
        {.name = "slow",
         .metric = "w.response.mean",
         .no_worse_than = "first",
         .margin = 0.05,
         .settings = only_last,
         .setting_count = 1,
         .pointer = "/criteria/1"},
    };
    struct fixture *fixture = *state;
    static const char *const names[] = {"baseline", "first", "last"};
    for (size_t i = 0; i < 3; i++) {
        struct scenario *scenario = add_queue(fixture, names[i], 0.5, 1000);
        scenario->criteria = criteria;
        scenario->criterion_count = 2;
    }
    assert_true(make(fixture));
    const struct plan *plan = &fixture->plan;
    assert_int_equal(plan->settings[0].criterion_count, 0);
    assert_int_equal(plan->settings[1].criterion_count, 1);
    assert_int_equal(plan->settings[2].criterion_count, 2);
    const struct study_criterion *busy = &plan->settings[1].criteria[0];
    assert_true(busy->has_limit && busy->limit == 0.731 && busy->op == COMPARISON_LESS);
    assert_int_equal(busy->reference, -1);
    assert_int_equal(busy->column, model_find_column(plan->models[1], "pool.utilization"));
    const struct study_criterion *slow = &plan->settings[2].criteria[1];
    assert_false(slow->has_limit);
    assert_int_equal(slow->reference, 1);
    assert_int_equal(slow->reference_column, model_find_column(plan->models[1], "w.response.mean"));
    assert_true(slow->margin == 0.05);
}

/* Six connections around all work keep at most six of eight cores busy, in every run. */
static void a_pool_around_the_work_bounds_the_use_of_processors(void **state)
{
    static const struct criterion_spec criteria[] = {
        {.name = "cores",
         .metric = "host.utilization",
         .expect = "host.utilization < 90% in every 100s",
         .has_limit = true,
         .span = SPAN_IN_EVERY,
         .window_ns = INT64_C(100000000000),
         .op = COMPARISON_LESS,
         .limit = 0.9,
         .limit_unit = "1",
         .limit_text = "90%",
         .pointer = "/criteria/0"},
    };
    struct fixture *fixture = *state;
    struct scenario *scenario = add_queue(fixture, "last", 0.5, 1000);
    struct cpu_spec host = build_cpu("host", 8000);
    struct step work = build_work(0, law_exponential(fixture->arena, 1));
    struct step steps[] = {build_hold(fixture->arena, 0, &work, 1), work};
    const struct pool_spec pool = build_pool("pool", POOL_CONNECTIONS, 6);
    build_add_cpus(fixture->arena, scenario, &host, 1);
    scenario->pools = &pool;
    scenario->criteria = criteria;
    scenario->criterion_count = 1;
    scenario->run.window_ns = criteria[0].window_ns;
    struct class_spec class = build_class(fixture->arena, "w", 1, 0, steps, 1);
    struct workload_spec workload =
        build_workload(fixture->arena, "w", law_exponential(fixture->arena, 1), &class, 1);
    scenario->workloads = &workload;
    assert_true(make(fixture));
    assert_true(fixture->plan.settings[0].criteria[0].has_highest);
    assert_within(fixture->plan.settings[0].criteria[0].highest, 0.75, 1e-12);
    class = build_class(fixture->arena, "w", 1, 0, steps, 2);
    workload = build_workload(fixture->arena, "w", law_exponential(fixture->arena, 1), &class, 1);
    assert_true(make(fixture));
    assert_within(fixture->plan.settings[0].criteria[0].highest, 1, 0);
}

static void an_unknown_metric_is_refused_with_the_file(void **state)
{
    static const struct criterion_spec criterion = {.name = "busy",
                                                    .metric = "pool.utilisation",
                                                    .expect = "pool.utilisation < 70%",
                                                    .has_limit = true,
                                                    .limit_unit = "1",
                                                    .pointer = "/criteria/0/expect"};
    struct fixture *fixture = *state;
    struct scenario *scenario = add_queue(fixture, "baseline", 0.5, 1000);
    scenario->criteria = &criterion;
    scenario->criterion_count = 1;
    assert_false(make(fixture));
    assert_int_equal(fixture->err.status, STATUS_INPUT);
    assert_string_equal(fixture->err.file, "plan.json");
    assert_string_equal(fixture->err.pointer, "/criteria/0/expect");
    assert_non_null(strstr(fixture->err.message, "pool.utilization"));
}

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FIXTURE(a_warmup_that_is_given_is_taken),
        IN_FIXTURE(the_longest_warmup_of_all_settings_is_shared),
        IN_FIXTURE(a_sixteenth_of_the_run_is_enough_if_many_requests_arrive),
        IN_FIXTURE(a_queue_without_steady_state_has_no_warmup_to_find),
        IN_FIXTURE(a_run_too_short_to_settle_is_told),
        IN_FIXTURE(a_short_warmup_is_told_where_it_shows),
        IN_FIXTURE(too_few_requests_do_not_settle),
        IN_FIXTURE(a_run_of_an_instant_does_not_settle),
        IN_FIXTURE(an_interruption_of_the_search_is_told),
        IN_FIXTURE(cycles_alone_need_no_search),
        IN_FIXTURE(cycles_beside_other_arrivals_settle),
        IN_FIXTURE(a_period_longer_than_the_run_is_not_waited_for),
        IN_FIXTURE(all_settings_agree_on_the_study),
        IN_FIXTURE(criteria_are_those_that_apply_and_know_their_reference),
        IN_FIXTURE(a_pool_around_the_work_bounds_the_use_of_processors),
        IN_FIXTURE(an_unknown_metric_is_refused_with_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
