/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/scenario_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct assumption *find_assumption(const struct scenario *scenario, const char *key,
                                                const char *note)
{
    for (size_t i = 0; i < scenario->assumption_count; i++) {
        const struct assumption *assumption = &scenario->assumptions[i];
        if (strcmp(assumption->key, key) == 0 && strcmp(assumption->note, note) == 0)
            return assumption;
    }
    fail_msg("no assumption %s, %s", key, note);
    return NULL;
}

static void assert_default(const struct scenario *scenario, const char *key, const char *value)
{
    const struct assumption *assumption = find_assumption(scenario, key, "default");
    assert_true(assumption->is_default);
    assert_string_equal(assumption->value, value);
}

/* ---- the shipped scenario -------------------------------------------------------------------- */

static void read_accubooks(struct fixture *fixture)
{
    char *path = source_path("inputs/scenarios/accubooks-pool.json");
    fixture_read(fixture, &(struct scenario_request){.file = path});
    free(path);
}

static void accubooks_has_its_pool(void **state)
{
    struct fixture *fixture = *state;
    read_accubooks(fixture);
    const struct scenario *scenario = fixture_setting(fixture, 0);
    const struct pool_spec *pool = scenario->pools;
    assert_string_equal(scenario->name, "accubooks-pool");
    assert_null(scenario->description);
    assert_int_equal(scenario->pool_count, 1);
    assert_string_equal(pool->name, "db_pool");
    assert_int_equal(pool->kind, POOL_CONNECTIONS);
    assert_int_equal(pool->max, 50);
    assert_int_equal(pool->min, 10);
    assert_true(distribution_mean(pool->acquire_timeout) == 10);
    assert_true(distribution_is_constant(pool->acquire_timeout));
    assert_within(distribution_mean(pool->connect), 0.02, 1e-12);
    assert_int_equal(pool->connect_timeout_ns, 2000000000);
    assert_int_equal(pool->idle_timeout_ns, 30000000000);
    assert_true(pool->max_lifetime_ns == SPEC_NEVER);
    assert_int_equal(pool->connect_concurrency, SPEC_UNLIMITED);
    assert_int_equal(pool->max_uses, SPEC_UNLIMITED);
    assert_int_equal(pool->queue_limit, SPEC_UNLIMITED);
    assert_null(pool->checkout);
    assert_int_equal(pool->reuse, REUSE_LIFO);
    assert_int_equal(pool->discipline, DISCIPLINE_FIFO);
    assert_true(pool->is_persistent);
    assert_false(scenario->memory.is_given);
    assert_int_equal(scenario->warning_count, 0);
}

static void accubooks_has_its_workload(void **state)
{
    struct fixture *fixture = *state;
    read_accubooks(fixture);
    const struct workload_spec *workload = fixture_setting(fixture, 0)->workloads;
    const struct class_spec *class = workload->classes;
    assert_int_equal(fixture_setting(fixture, 0)->workload_count, 1);
    assert_string_equal(workload->name, "api");
    assert_int_equal(workload->arrivals.process, ARRIVAL_POISSON);
    assert_within(workload->arrivals.rate_per_s, 500, 1e-9);
    assert_int_equal(workload->arrivals.interarrival->kind, DISTRIBUTION_EXPONENTIAL);
    assert_within(workload->arrivals.interarrival->a, 0.002, 1e-14);
    assert_null(workload->arrivals.batch);
    assert_false(workload->has_mix);
    assert_int_equal(workload->class_count, 1);
    assert_null(class->name);
    assert_true(class->share == 1);
    assert_int_equal(class->step_count, 2);
    assert_int_equal(class->steps[0].kind, STEP_DELAY);
    assert_string_equal(class->steps[0].name, "application");
    assert_true(class->steps[0].timeout_ns == SPEC_NEVER);
    const struct step *hold = &class->steps[1];
    assert_int_equal(hold->kind, STEP_HOLD);
    assert_int_equal(hold->pool, 0);
    assert_null(hold->name);
    assert_int_equal(hold->step_count, 1);
    assert_string_equal(hold->steps[0].name, "query");
    assert_int_equal(hold->steps[0].duration->kind, DISTRIBUTION_LOGNORMAL);
}

static void accubooks_has_its_criteria_and_run(void **state)
{
    struct fixture *fixture = *state;
    read_accubooks(fixture);
    const struct scenario *scenario = fixture_setting(fixture, 1);
    const struct criterion_spec *latency = &scenario->criteria[3];
    assert_int_equal(scenario->criterion_count, 5);
    assert_string_equal(latency->name, "p95 latency");
    assert_string_equal(latency->expect, "api.response.p95 < 500ms");
    assert_string_equal(latency->metric, "api.response.p95");
    assert_true(latency->limit == 0.5);
    assert_string_equal(latency->no_worse_than, "baseline");
    assert_true(latency->margin == 0.05);
    assert_null(latency->settings);
    assert_string_equal(latency->pointer, "/criteria/5/expect");
    assert_int_equal(scenario->criteria[4].span, SPAN_IN_EVERY);
    assert_int_equal(scenario->criteria[4].window_ns, 300000000000);
    assert_int_equal(scenario->run.duration_ns, 3600000000000);
    assert_true(scenario->run.has_auto_warmup);
    assert_int_equal(scenario->run.min_replications, 5);
    assert_int_equal(scenario->run.max_replications, 400);
    assert_true(scenario->run.confidence == 0.95);
    assert_true(scenario->run.precision == 0.01);
    assert_int_equal(scenario->run.seed, 20260201);
    assert_int_equal(scenario->run.window_ns, 60000000000);
}

static void accubooks_has_two_settings(void **state)
{
    struct fixture *fixture = *state;
    read_accubooks(fixture);
    const struct setting_spec *settings = fixture->set.settings;
    assert_int_equal(fixture->set.setting_count, 2);
    assert_true(fixture->set.has_settings);
    assert_string_equal(settings[0].name, "baseline");
    assert_int_equal(settings[0].override_count, 0);
    assert_string_equal(settings[1].name, "proposed");
    assert_string_equal(settings[1].scenario.setting, "proposed");
    assert_int_equal(settings[1].override_count, 2);
    assert_string_equal(settings[1].overrides[0].path, "resources.db_pool.max");
    assert_string_equal(settings[1].overrides[0].value, "200");
    assert_int_equal(settings[1].scenario.pools[0].max, 200);
    assert_int_equal(settings[1].scenario.pools[0].min, 20);
    assert_int_equal(settings[0].scenario.pools[0].max, 50);
}

static void accubooks_lists_what_was_assumed(void **state)
{
    struct fixture *fixture = *state;
    read_accubooks(fixture);
    const struct scenario *scenario = fixture_setting(fixture, 0);
    const struct assumption *given = scenario->assumptions;
    assert_string_equal(given[0].key, "workloads.api.arrivals");
    assert_string_equal(given[0].value,
                        "{\"process\":\"poisson\",\"customers\":50000,\"active\":0.1,"
                        "\"rate_per_active\":\"0.1/s\"}");
    assert_string_equal(given[0].source, "load test of 1 February 2026");
    assert_false(given[0].is_default);
    assert_null(given[2].source);
    assert_default(scenario, "resources.db_pool.connect_concurrency", "none");
    assert_default(scenario, "resources.db_pool.checkout", "0s");
    assert_default(scenario, "run.window", "1min");
    const struct assumption *fitted = find_assumption(
        scenario, "workloads.api.steps.1.steps.0.delay",
        "fitted from mean and p95; two lognormal laws have this mean and p95: taken is the "
        "narrower, of cv 0.75; the other has cv 31.1");
    assert_non_null(strstr(fitted->note, fitted->doubt));
    assert_false(fitted->is_default);
    assert_string_equal(fitted->value, "lognormal: mu -2.813, sigma 0.6678; mean 75ms, p95 180ms");
    for (size_t i = 0; i < scenario->assumption_count; i++)
        if (scenario->assumptions[i].is_default)
            assert_string_not_equal(scenario->assumptions[i].key, "resources.db_pool.min");
}

/* ---- settings and overrides ------------------------------------------------------------------ */

#define THREE_SETTINGS                                                                             \
    "{ \"capsim\": 1, \"name\": \"s\", \"resources\": " POOL ", \"workloads\": { \"w\": {"         \
    "\"arrivals\": " POISSON ", \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": "        \
    "\"75ms\" } ] } ] } },"                                                                        \
    "\"settings\": { \"a\": { \"resources.p.max\": 7 }, \"b\": { \"resources.p.max\": 9 },"        \
    "\"baseline\": { \"resources.p.min\": 2 }, \"c\": {} },"                                       \
    "\"criteria\": [ { \"name\": \"x\", \"expect\": \"p.wait.p95 < 1s\", \"settings\": [\"b\"],"   \
    "\"no_worse_than\": \"a\" } ],"                                                                \
    "\"run\": { \"duration\": \"1h\" } }"

static void read_three_settings(struct fixture *fixture, struct scenario_request request)
{
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    file_write(path, THREE_SETTINGS, strlen(THREE_SETTINGS));
    request.file = path;
    fixture_read(fixture, &request);
}

static void baseline_comes_first_and_may_be_overridden(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"baseline", "a", "b", "c"};
    read_three_settings(fixture, (struct scenario_request){0});
    assert_int_equal(fixture->set.setting_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(fixture->set.settings[i].name, names[i]);
    assert_int_equal(fixture_setting(fixture, 0)->pools[0].min, 2);
    assert_int_equal(fixture_setting(fixture, 1)->pools[0].min, 0);
    assert_int_equal(fixture_setting(fixture, 2)->pools[0].max, 9);
}

static void a_chosen_setting_brings_what_it_is_compared_with(void **state)
{
    struct fixture *fixture = *state;
    const char *chosen[] = {"b", "c", "b"};
    read_three_settings(fixture,
                        (struct scenario_request){.setting_names = chosen, .setting_count = 3});
    assert_int_equal(fixture->set.setting_count, 3);
    assert_string_equal(fixture->set.settings[0].name, "a");
    assert_string_equal(fixture->set.settings[1].name, "b");
    assert_string_equal(fixture->set.settings[2].name, "c");
}

static void a_chosen_setting_comes_alone_without_criteria_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    const char *chosen[] = {"c"};
    read_three_settings(fixture,
                        (struct scenario_request){.setting_names = chosen, .setting_count = 1});
    assert_int_equal(fixture->set.setting_count, 1);
    assert_true(fixture->set.has_settings);
}

static void the_command_line_overrides_every_setting(void **state)
{
    struct fixture *fixture = *state;
    const struct override given[] = {
        {"resources.p.max", "12"},
        {"resources.p.acquire_timeout", "5s"},
        {"workloads.w.steps.0.steps.0.delay", "{\"dist\": \"exponential\", \"mean\": \"2s\"}"},
        {"memory.base", "\"60MB\""}};
    read_three_settings(fixture, (struct scenario_request){.overrides = given,
                                                           .override_count = 4,
                                                           .seed = "77",
                                                           .replications = "3:5",
                                                           .duration = "2h"});
    for (size_t i = 0; i < 4; i++) {
        const struct scenario *scenario = fixture_setting(fixture, i);
        assert_int_equal(scenario->pools[0].max, 12);
        assert_true(distribution_mean(scenario->pools[0].acquire_timeout) == 5);
        assert_int_equal(scenario->run.seed, 77);
        assert_int_equal(scenario->run.min_replications, 3);
        assert_int_equal(scenario->run.max_replications, 5);
        assert_int_equal(scenario->run.duration_ns, 7200000000000);
        assert_true(scenario->memory.is_given);
        assert_true(scenario->memory.base == 60e6);
    }
    const struct setting_spec *a = &fixture->set.settings[1];
    assert_int_equal(a->override_count, 5); /* its own first; --seed and the like are not listed */
    assert_string_equal(a->overrides[0].value, "7");
    assert_string_equal(a->overrides[1].value, "12");
    assert_string_equal(a->overrides[2].value, "\"5s\"");
    assert_string_equal(a->overrides[3].value, "{\"dist\":\"exponential\",\"mean\":\"2s\"}");
}

static void one_number_of_replications_is_both(void **state)
{
    struct fixture *fixture = *state;
    read_three_settings(fixture, (struct scenario_request){.replications = "17"});
    assert_int_equal(fixture_setting(fixture, 0)->run.min_replications, 17);
    assert_int_equal(fixture_setting(fixture, 0)->run.max_replications, 17);
}

static void a_scenario_without_settings_is_baseline(void **state)
{
    struct fixture *fixture = *state;
    fixture_read_system(fixture, POOL, POISSON, "[ { \"delay\": \"1s\" } ]");
    assert_int_equal(fixture->set.setting_count, 1);
    assert_string_equal(fixture->set.settings[0].name, "baseline");
    assert_false(fixture->set.has_settings);
}

/* ---- the rest of the format ------------------------------------------------------------------ */

static void every_key_of_a_pool_is_read(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state,
        "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 9, \"min\": 3,"
        "\"acquire_timeout\": { \"dist\": \"exponential\", \"mean\": \"4s\" },"
        "\"connect\": \"20ms\", \"connect_timeout\": \"2s\", \"connect_concurrency\": 2,"
        "\"checkout\": \"1ms\", \"idle_timeout\": \"30s\", \"max_lifetime\": \"1h\","
        "\"reuse\": \"fifo\", \"persistent\": false, \"max_uses\": 77,"
        "\"memory_per_connection\": \"8MiB\", \"discipline\": \"random\" },"
        "\"t\": { \"kind\": \"thread_pool\", \"threads\": 4, \"queue_limit\": 0,"
        "\"queue_timeout\": \"1s\", \"memory_per_thread\": \"1MB\", \"discipline\": \"lifo\" } }",
        POISSON, "[ { \"delay\": \"1s\" } ]");
    const struct pool_spec *pool = &scenario->pools[0], *threads = &scenario->pools[1];
    assert_int_equal(pool->acquire_timeout->kind, DISTRIBUTION_EXPONENTIAL);
    assert_true(pool->connect->a == 0.02);
    assert_int_equal(pool->connect_concurrency, 2);
    assert_true(pool->checkout->a == 0.001);
    assert_int_equal(pool->max_lifetime_ns, 3600000000000);
    assert_int_equal(pool->reuse, REUSE_FIFO);
    assert_false(pool->is_persistent);
    assert_int_equal(pool->max_uses, 77);
    assert_true(pool->memory_per_unit == 8388608);
    assert_int_equal(pool->discipline, DISCIPLINE_RANDOM);
    assert_int_equal(threads->kind, POOL_THREADS);
    assert_int_equal(threads->max, 4);
    assert_int_equal(threads->min, 4);
    assert_int_equal(threads->queue_limit, 0);
    assert_true(threads->acquire_timeout->a == 1);
    assert_int_equal(threads->discipline, DISCIPLINE_LIFO);
    assert_true(scenario->memory.is_given);
    assert_int_equal(scenario->warning_count, 2); /* neither is used */
    assert_string_equal(scenario->warnings[0], "resources.p is never used");
}

static void null_means_none(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state,
        "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 9,"
        "\"acquire_timeout\": null, \"connect_timeout\": null, \"idle_timeout\": null,"
        "\"max_lifetime\": null, \"max_uses\": null, \"connect_concurrency\": null } }",
        POISSON, "[ { \"delay\": \"1s\", \"timeout\": null } ]");
    const struct pool_spec *pool = scenario->pools;
    assert_null(pool->acquire_timeout);
    assert_true(pool->connect_timeout_ns == SPEC_NEVER && pool->idle_timeout_ns == SPEC_NEVER);
    assert_int_equal(pool->max_uses, SPEC_UNLIMITED);
    for (size_t i = 0; i < scenario->assumption_count; i++) /* it was said, not assumed */
        assert_null(strstr(scenario->assumptions[i].key, "timeout"));
}

static void arrivals_may_be_renewal_and_in_batches(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state, "{}",
        "{ \"process\": \"renewal\", \"interarrival\": { \"dist\": \"erlang\", \"stages\": 2, "
        "\"mean\": \"250ms\" }, \"batch\": { \"dist\": \"uniform\", \"min\": 1, \"max\": 5 } }",
        "[ { \"delay\": \"1s\" } ]");
    const struct arrival_spec *arrivals = &scenario->workloads[0].arrivals;
    assert_int_equal(arrivals->process, ARRIVAL_RENEWAL);
    assert_within(arrivals->rate_per_s, 4, 1e-12);
    assert_true(arrivals->batch->a == 1 && arrivals->batch->b == 5);
    scenario = fixture_read_system(
        *state, "{}", "{ \"process\": \"poisson\", \"rate\": \"30/min\", \"batch\": 3 }",
        "[ { \"delay\": \"1s\" } ]");
    assert_true(scenario->workloads[0].arrivals.rate_per_s == 0.5);
    assert_true(scenario->workloads[0].arrivals.batch->a == 3);
}

static void a_mix_has_classes(void **state)
{
    const struct scenario *scenario = fixture_read_text(
        *state,
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"thread_pool\","
        "\"threads\": 2, \"discipline\": \"priority\" } }, \"workloads\": { \"w\": { \"arrivals\": "
        "" POISSON ", \"priority\": 4, \"mix\": {"
        "\"report\": { \"share\": 0.2, \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": "
        "\"1s\" } ] } ] },"
        "\"page\": { \"share\": \"80%\", \"priority\": 1, \"steps\": [ { \"delay\": \"1s\" } ] } } "
        "} }, \"run\": { \"duration\": \"1h\" } }");
    const struct workload_spec *workload = scenario->workloads;
    assert_true(workload->has_mix);
    assert_int_equal(workload->class_count, 2);
    assert_string_equal(workload->classes[0].name, "report");
    assert_true(workload->classes[0].share == 0.2);
    assert_int_equal(workload->classes[0].priority, 4);
    assert_string_equal(workload->classes[1].name, "page");
    assert_int_equal(workload->classes[1].priority, 1);
}

static void steps_may_branch_and_repeat(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state, POOL, POISSON,
        "[ { \"choose\": [ { \"share\": 0.1, \"steps\": [] }, { \"share\": 0.2, \"steps\": [ { "
        "\"delay\": \"1s\" } ] }, { \"share\": 0.7, \"steps\": [ { \"hold\": \"p\", \"steps\": [ { "
        "\"delay\": \"1s\" } ] } ] } ], \"name\": \"cache\" },"
        "{ \"repeat\": 3, \"steps\": [ { \"delay\": \"1s\", \"timeout\": \"2s\" } ] } ]");
    const struct class_spec *class = scenario->workloads[0].classes;
    assert_int_equal(class->steps[0].kind, STEP_CHOOSE);
    assert_string_equal(class->steps[0].name, "cache");
    assert_int_equal(class->steps[0].branch_count, 3);
    assert_int_equal(class->steps[0].branches[0].step_count, 0);
    assert_true(class->steps[0].branches[2].share == 0.7);
    assert_int_equal(class->steps[1].kind, STEP_REPEAT);
    assert_int_equal(class->steps[1].times, 3);
    assert_int_equal(class->steps[1].steps[0].timeout_ns, 2000000000);
}

static void defaults_of_a_run_are_recorded(void **state)
{
    const struct scenario *scenario =
        fixture_read_system(*state, "{}", POISSON, "[ { \"delay\": \"1s\" } ]");
    assert_default(scenario, "run.warmup", "auto");
    assert_default(scenario, "run.replications", "[20, 400]");
    assert_default(scenario, "run.precision", "1%");
    assert_default(scenario, "run.confidence", "0.95");
    assert_default(scenario, "run.seed", "1");
    assert_int_equal(scenario->run.min_replications, 20);
    assert_int_equal(scenario->run.max_replications, 400);
    assert_int_equal(scenario->run.seed, 1);
}

static void a_default_may_be_explained(void **state)
{
    const struct scenario *scenario = fixture_read_text(
        *state,
        "{ \"capsim\": 1, \"name\": \"s\", \"assumptions\": [ { \"key\": \"run.confidence\","
        "\"note\": \"house rule\" } ], \"workloads\": { \"w\": { \"arrivals\": " POISSON
        ", \"steps\": [ { \"delay\": \"1s\" } ] } }, \"run\": { \"duration\": \"1h\" } }");
    assert_string_equal(scenario->assumptions[0].value, "0.95");
    assert_string_equal(scenario->assumptions[0].note, "house rule");
    assert_true(scenario->assumptions[0].is_default);
    for (size_t i = 1; i < scenario->assumption_count; i++)
        assert_string_not_equal(scenario->assumptions[i].key, "run.confidence");
}

/* ---- circular waits -------------------------------------------------------------------------- */

#define TWO_POOLS(more)                                                                            \
    "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 5" more " },"                              \
    "\"q\": { \"kind\": \"thread_pool\", \"threads\": 5 } }"
#define INSIDE(a, b, more)                                                                         \
    "{ \"hold\": \"" a "\", \"steps\": [ { \"hold\": \"" b "\"" more                               \
    ", \"steps\": [ { \"delay\": \"1s\" } ] } ] }"

static void nested_holds_in_one_order_are_fine(void **state)
{
    const struct scenario *scenario =
        fixture_read_system(*state, TWO_POOLS(""), POISSON,
                            "[ " INSIDE("p", "q", "") ", " INSIDE(
                                "p", "q", "") ", { \"hold\": \"q\","
                                              "\"steps\": [ { \"delay\": \"1s\" } ] } ]");
    assert_int_equal(scenario->warning_count, 0);
}

static void a_timeout_in_the_circle_is_a_warning(void **state)
{
    static const char expected[] =
        "requests that hold p wait for q in a circle: only timeouts end that";
    const struct scenario *scenario = fixture_read_system(
        *state, TWO_POOLS(""), POISSON,
        "[ " INSIDE("p", "q", ", \"timeout\": \"3s\"") ", " INSIDE("q", "p", "") " ]");
    assert_int_equal(scenario->warning_count, 1);
    assert_string_equal(scenario->warnings[0], expected);
    scenario = fixture_read_system(*state, TWO_POOLS(", \"acquire_timeout\": \"1s\""), POISSON,
                                   "[ " INSIDE("q", "p", "") ", " INSIDE("p", "q", "") " ]");
    assert_int_equal(scenario->warning_count, 1);
}

static void a_guard_around_the_circle_is_a_warning(void **state)
{
    const struct scenario *scenario =
        fixture_read_system(*state, TWO_POOLS(""), POISSON,
                            "[ { \"hold\": \"q\", \"steps\": [ " INSIDE("p", "p", "") " ] } ]");
    assert_int_equal(scenario->warning_count, 2); /* and how many would be safe */
    assert_non_null(strstr(scenario->warnings[0], "unless what is held around both"));
}

/* Criteria about what is set: the value in force under each setting, as written, overridden or the
 * default, with its unit. */
static void a_criterion_may_be_about_what_is_set(void **state)
{
    struct fixture *fixture = *state;
    fixture_read_text(
        fixture,
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": "
        "\"connection_pool\", \"max\": 50, \"idle_timeout\": \"30s\" } },"
        " \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"3/s\" },"
        " \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"9ms\" } ] } ] } },"
        " \"settings\": { \"proposed\": { \"resources.p.max\": 200 } }, \"criteria\": ["
        " { \"name\": \"measured\", \"expect\": \"p.utilization < 70%\" },"
        " { \"name\": \"max\", \"expect\": \"p.max == 200\" },"
        " { \"name\": \"idle\", \"expect\": \"p.idle_timeout <= 60s\" },"
        " { \"name\": \"life\", \"expect\": \"resources.p.max_lifetime == none\" },"
        " { \"name\": \"min\", \"expect\": \"p.min == 0\", \"settings\": [\"baseline\"] } ],"
        " \"run\": { \"duration\": \"1min\" } }");
    const struct scenario *before = &fixture->set.settings[0].scenario,
                          *after = &fixture->set.settings[1].scenario;
    assert_int_equal(after->criterion_count, 1);
    assert_int_equal(after->configured_count, 4);
    assert_true(before->configured[0].value == 50 && after->configured[0].value == 200);
    assert_int_equal(after->configured[0].criterion.op, COMPARISON_EQUAL);
    assert_string_equal(after->configured[0].path, "resources.p.max");
    assert_true(after->configured[1].value == 30 && after->configured[1].criterion.limit == 60);
    assert_string_equal(after->configured[1].unit, "s");
    assert_true(isinf(after->configured[2].value) && isinf(after->configured[2].criterion.limit));
    assert_true(before->configured[3].value == 0);
    assert_int_equal(before->configured[3].criterion.setting_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(accubooks_has_its_pool),
        fixture_test(accubooks_has_its_workload),
        fixture_test(accubooks_has_its_criteria_and_run),
        fixture_test(accubooks_has_two_settings),
        fixture_test(accubooks_lists_what_was_assumed),
        fixture_test(baseline_comes_first_and_may_be_overridden),
        fixture_test(a_chosen_setting_brings_what_it_is_compared_with),
        fixture_test(a_chosen_setting_comes_alone_without_criteria_of_its_own),
        fixture_test(the_command_line_overrides_every_setting),
        fixture_test(one_number_of_replications_is_both),
        fixture_test(a_scenario_without_settings_is_baseline),
        fixture_test(every_key_of_a_pool_is_read),
        fixture_test(null_means_none),
        fixture_test(arrivals_may_be_renewal_and_in_batches),
        fixture_test(a_mix_has_classes),
        fixture_test(steps_may_branch_and_repeat),
        fixture_test(defaults_of_a_run_are_recorded),
        fixture_test(a_default_may_be_explained),
        fixture_test(nested_holds_in_one_order_are_fine),
        fixture_test(a_timeout_in_the_circle_is_a_warning),
        fixture_test(a_guard_around_the_circle_is_a_warning),
        fixture_test(a_criterion_may_be_about_what_is_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
