/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "dialect" and the keys of pools that open by themselves. */
#include "tests/support/scenario_fixture.h"

#include <stdio.h>
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
    assert_string_equal(find_assumption(scenario, key, "default")->value, value);
}

static void every_key_of_a_pool_that_opens_by_itself_is_read(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state,
        "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 9, \"min\": 3,"
        "\"connect\": \"20ms\", \"connect_timeout\": \"2s\", \"min_rule\": \"fill\","
        "\"connect_pause\": \"30ms\", \"connect_for\": \"anyone\", \"max_idle\": 2,"
        "\"timeout_covers\": \"queue_and_connect\", \"sweep\": \"5s\","
        "\"lifetime_jitter\": \"25%\", \"on_connect_failure\": \"retry\","
        "\"retry_after\": \"7ms\", \"retry_after_max\": \"8s\","
        "\"checkout_after\": \"500ms\" } }",
        POISSON, "[ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"1s\" } ] } ]");
    const struct pool_spec *pool = scenario->pools;
    assert_null(pool->dialect);
    assert_int_equal(pool->min_rule, MIN_FILL);
    assert_int_equal(pool->connect_pause_ns, 30000000);
    assert_int_equal(pool->connect_for, CONNECT_FOR_ANYONE);
    assert_int_equal(pool->max_idle, 2);
    assert_int_equal(pool->timeout_covers, COVERS_QUEUE_AND_CONNECT);
    assert_int_equal(pool->sweep_ns, 5000000000);
    assert_true(pool->lifetime_jitter == 0.25);
    assert_int_equal(pool->on_connect_failure, CONNECT_FAILURE_RETRIES);
    assert_int_equal(pool->retry_first_ns, 7000000);
    assert_int_equal(pool->retry_last_ns, 8000000000);
    assert_int_equal(pool->checkout_after_ns, 500000000);
    assert_int_equal(scenario->warning_count, 1);
    assert_string_equal(scenario->warnings[0],
                        "p: `connect_pause` has no effect without connect_concurrency");
}

static void a_pool_without_a_dialect_keeps_to_the_plain_rules(void **state)
{
    const struct scenario *scenario = fixture_read_system(
        *state,
        "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 9, \"min\": 1,"
        "\"connect\": \"20ms\", \"connect_timeout\": \"1s\", \"acquire_timeout\": \"1s\" } }",
        POISSON, "[ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"1s\" } ] } ]");
    const struct pool_spec *pool = scenario->pools;
    assert_int_equal(pool->min_rule, MIN_FLOOR);
    assert_int_equal(pool->connect_for, CONNECT_FOR_ASKER);
    assert_int_equal(pool->timeout_covers, COVERS_QUEUE);
    assert_int_equal(pool->on_connect_failure, CONNECT_FAILURE_FAILS_ASKER);
    assert_false(pool->has_max_idle);
    assert_int_equal(pool->connect_pause_ns + pool->sweep_ns + pool->checkout_after_ns, 0);
    assert_default(scenario, "resources.p.min_rule", "floor");
    assert_default(scenario, "resources.p.connect_for", "asker");
    assert_default(scenario, "resources.p.timeout_covers", "queue");
    assert_default(scenario, "resources.p.on_connect_failure", "fail_asker");
    assert_default(scenario, "resources.p.connect_pause", "0s");
    assert_default(scenario, "resources.p.max_idle", "none");
}

static const struct scenario *read_dialect_pool(struct fixture *fixture, const char *keys)
{
    char resources[1000];
    snprintf(resources, sizeof resources, "{ \"p\": { \"kind\": \"connection_pool\", %s } }", keys);
    return fixture_read_system(fixture, resources, POISSON,
                               "[ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"1s\" } ] } ]");
}

static void a_dialect_gives_the_keys_that_are_left_out(void **state)
{
    const struct scenario *scenario = read_dialect_pool(*state, "\"dialect\": \"hikaricp\","
                                                                "\"connect\": \"20ms\","
                                                                "\"max\": 7, \"sweep\": \"3s\"");
    const struct pool_spec *pool = scenario->pools;
    assert_string_equal(pool->dialect, "hikaricp");
    assert_int_equal(pool->max, 7);
    assert_int_equal(pool->min, 7);
    assert_int_equal(pool->min_rule, MIN_IDLE_TARGET);
    assert_int_equal(pool->connect_for, CONNECT_FOR_ANYONE);
    assert_int_equal(pool->connect_concurrency, 1);
    assert_int_equal(pool->sweep_ns, 3000000000);
    assert_true(pool->acquire_timeout->a == 30);
    assert_int_equal(pool->rules.opens_at_start, 1);
    assert_int_equal(scenario->warning_count, 0);
    const struct assumption *taken =
        find_assumption(scenario, "resources.p.min", "default of HikariCP 6.0");
    assert_string_equal(taken->value, "7");
    assert_true(taken->is_default);
}

static void each_dialect_has_its_defaults(void **state)
{
    static const struct {
        const char *keys;
        int64_t max, min, max_idle, idle_timeout_ns;
        enum connect_for connect_for;
        enum discipline discipline;
    } expected[] = {
        {"\"dialect\": \"node-postgres\"", 10, 0, SPEC_UNLIMITED, 10000000000, CONNECT_FOR_ASKER,
         DISCIPLINE_FIFO},
        {"\"dialect\": \"pgbouncer\"", 20, 0, SPEC_UNLIMITED, 600000000000, CONNECT_FOR_ANYONE,
         DISCIPLINE_FIFO},
        {"\"dialect\": \"go-database-sql\"", 1000000000, 0, 2, SPEC_NEVER, CONNECT_FOR_WAITING,
         DISCIPLINE_RANDOM},
        {"\"dialect\": \"sqlalchemy\"", 15, 0, 5, SPEC_NEVER, CONNECT_FOR_ASKER, DISCIPLINE_FIFO},
        {"\"dialect\": \"tarn\"", 10, 2, SPEC_UNLIMITED, 30000000000, CONNECT_FOR_ANYONE,
         DISCIPLINE_FIFO}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct pool_spec *pool = read_dialect_pool(*state, expected[i].keys)->pools;
        assert_int_equal(pool->max, expected[i].max);
        assert_int_equal(pool->min, expected[i].min);
        assert_int_equal(pool->max_idle, expected[i].max_idle);
        assert_int_equal(pool->idle_timeout_ns, expected[i].idle_timeout_ns);
        assert_int_equal(pool->connect_for, expected[i].connect_for);
        assert_int_equal(pool->discipline, expected[i].discipline);
    }
}

static void a_dialect_says_what_it_ignores(void **state)
{
    const struct scenario *scenario =
        read_dialect_pool(*state, "\"dialect\": \"sqlalchemy\", \"min\": 3, \"max_uses\": 7,"
                                  "\"idle_timeout\": \"7s\"");
    const struct pool_spec *pool = scenario->pools;
    assert_int_equal(pool->min, 0);
    assert_int_equal(pool->max_uses, SPEC_UNLIMITED);
    assert_int_equal(pool->idle_timeout_ns, SPEC_NEVER);
    assert_int_equal(scenario->warning_count, 3);
    assert_string_equal(scenario->warnings[0],
                        "p: `min` has no effect in sqlalchemy (SQLAlchemy 2.1 QueuePool)");
}

static void a_dialect_says_what_it_replaces(void **state)
{
    const struct scenario *scenario = read_dialect_pool(
        *state, "\"dialect\": \"hikaricp\", \"acquire_timeout\": \"100ms\","
                "\"max_lifetime\": \"20s\", \"min\": 2, \"idle_timeout\": \"5s\"");
    const struct pool_spec *pool = scenario->pools;
    assert_true(pool->acquire_timeout->a == 30);
    assert_int_equal(pool->max_lifetime_ns, 1800000000000);
    assert_int_equal(pool->idle_timeout_ns, 600000000000);
    assert_int_equal(scenario->warning_count, 3);
    assert_string_equal(
        scenario->warnings[0],
        "p: `acquire_timeout` below 250ms is taken as 30s in hikaricp (HikariCP 6.0)");
    const struct scenario *fixed =
        read_dialect_pool(*state, "\"dialect\": \"hikaricp\", \"idle_timeout\": \"50s\"");
    assert_int_equal(fixed->pools[0].idle_timeout_ns, SPEC_NEVER);
    assert_int_equal(fixed->warning_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(every_key_of_a_pool_that_opens_by_itself_is_read),
        fixture_test(a_pool_without_a_dialect_keeps_to_the_plain_rules),
        fixture_test(a_dialect_gives_the_keys_that_are_left_out),
        fixture_test(each_dialect_has_its_defaults),
        fixture_test(a_dialect_says_what_it_ignores),
        fixture_test(a_dialect_says_what_it_replaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
