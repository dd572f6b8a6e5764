/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has no steady state never passes, whatever the warm-up, and the first lines say why. */
#include "tests/support/scenario_fixture.h"
#include <string.h>

/* Fails the test unless the scenario ends with that status, and its first lines have the words. */
static void assert_said(void **state, const char *text, int status, const char *words)
{
    struct fixture *fixture = *state;
    static const char *const formats[] = {"text", "markdown"};
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    file_write(path, text, strlen(text));
    for (size_t i = 0; i < 2; i++) {
        struct command_result result =
            capsim_run("run", path, "--format", formats[i], "--quiet", NULL);
        const char *said = strstr(result.output, words);
        assert_int_equal(result.status, status);
        if (!said)
            fail_msg("no \"%s\" in %.800s", words, result.output);
        assert_true(said < strstr(result.output, "Criteria for"));
        command_result_free(&result);
    }
}

/* Those who hold both threads wait for room, and who makes room waits for a thread. */
static void a_deadlock_does_not_pass_without_a_warmup(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": {"
        "  \"p\": { \"kind\": \"thread_pool\", \"threads\": 2 },"
        "  \"b\": { \"kind\": \"buffer\", \"capacity\": \"10B\", \"when_full\": \"wait\" } },"
        "\"workloads\": {"
        "  \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"10/s\" }, \"steps\": ["
        "    { \"hold\": \"p\", \"steps\": [ { \"put\": \"b\", \"size\": \"1B\" } ] } ] },"
        "  \"d\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"2/s\" }, \"steps\": ["
        "    { \"hold\": \"p\", \"steps\": [ { \"delay\": \"20ms\" } ] }, { \"drain\": \"b\" } ] } "
        "},"
        "\"criteria\": [ { \"name\": \"c\", \"expect\": \"w.error_rate < 1%\" } ],"
        "\"run\": { \"duration\": \"5min\", \"warmup\": \"0s\", \"replications\": 5 } }";
    assert_said(state, text, 3, "stands still");
    assert_said(state, text, 3, "can deadlock: requests that hold p wait for room in b");
}

static const char overload[] =
    "{ \"capsim\": 1, \"name\": \"s\", \"resources\": {"
    "  \"p\": { \"kind\": \"connection_pool\", \"max\": 5 %s } },"
    "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"100/s\" },"
    "  \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": { \"dist\": \"exponential\","
    "    \"mean\": \"75ms\" } } ] } ] } },"
    "\"criteria\": [ { \"name\": \"c\", \"expect\": \"w.response.mean < 1h\" } ],"
    "\"run\": { \"duration\": \"2min\", \"warmup\": \"0s\", \"replications\": 5 } }";

static void a_queue_that_grows_does_not_pass_without_a_warmup(void **state)
{
    struct fixture *fixture = *state;
    assert_said(state, arena_printf(fixture->arena, overload, ""), 3,
                "p: offered load 150 % (7.5 of 5): nothing bounds its queue: overloaded");
}

/* The criterion is of those served, and holds; two thirds are served. */
static void a_time_out_that_bounds_the_queue_is_told_with_what_must_fail(void **state)
{
    struct fixture *fixture = *state;
    const char *text = arena_printf(fixture->arena, overload, ", \"acquire_timeout\": \"2s\"");
    assert_said(state, text, 0, "p: offered load 150 % (7.5 of 5): its queue is bounded by");
}

static void the_offered_load_is_said_where_all_is_well(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": {"
        "  \"p\": { \"kind\": \"connection_pool\", \"max\": 20 } },"
        "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"100/s\" },"
        "  \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"75ms\" } ] } ] } },"
        "\"criteria\": [ { \"name\": \"c\", \"expect\": \"w.response.mean < 1h\" } ],"
        "\"run\": { \"duration\": \"10min\", \"replications\": 5 } }";
    assert_said(state, text, 0, "baseline: p 37.5 % (7.5 of 20); full at 2.66 times this load");
}

/* Two pools of 12 each want more than the 15 connections that the database accepts. */
static void what_a_database_accepts_is_what_there_is(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": {"
        "  \"db\": { \"kind\": \"database\", \"cores\": 20, \"max_connections\": 18, "
        "\"reserved\": 3 } },"
        "\"services\": { \"s\": { \"replicas\": 2, \"resources\": {"
        "  \"p\": { \"kind\": \"connection_pool\", \"max\": 12, \"database\": \"db\" } } } },"
        "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"40/s\" },"
        "  \"steps\": [ { \"visit\": \"s\", \"steps\": [ { \"hold\": \"p\", \"steps\": [ "
        "{ \"delay\": \"75ms\" } ] } ] } ] } },"
        "\"criteria\": [ { \"name\": \"c\", \"expect\": \"w.response.mean < 1h\" } ],"
        "\"run\": { \"duration\": \"1min\", \"replications\": 5 } }";
    assert_said(state, text, 0,
                "baseline: s.p 12.5 % (3 of 24, 15 accepted); full at 5 times this load");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_deadlock_does_not_pass_without_a_warmup),
        fixture_test(a_queue_that_grows_does_not_pass_without_a_warmup),
        fixture_test(a_time_out_that_bounds_the_queue_is_told_with_what_must_fail),
        fixture_test(the_offered_load_is_said_where_all_is_well),
        fixture_test(what_a_database_accepts_is_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
