/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which classes of a study still grow, or stand still, and in which words. */
#include "models/studies/plan.h"
#include "tests/support/scenario_fixture.h"
#include <stdlib.h>
#include <string.h>

/* The failed check on the class's steady state after a study of 10 runs without a warm-up; NULL:
 * there is none. */
static const struct model_check *check_of(void **state, const char *resources,
                                          const char *workloads, const char *name)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    struct plan plan;
    struct study_outcome outcome;
    size_t count;
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    const char *text = arena_printf(
        fixture->arena,
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { %s }, \"workloads\": { %s }, \"run\": {"
        " \"duration\": \"10min\", \"warmup\": \"0s\", \"replications\": 10, \"seed\": 1 } }",
        resources, workloads);
    file_write(path, text, strlen(text));
    fixture_read(fixture, &(struct scenario_request){.file = path});
    const struct replications_options workers = {.threads = 2};
    if (!plan_make(&fixture->set, fixture->arena, &plan, &err) ||
        !plan_run(&plan, &workers, fixture->arena, &outcome, &err))
        fail_msg("%s", err.message);
    const struct model_check *checks =
        model_checks(plan.models[0], &outcome.results[0], fixture->arena, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(checks[i].name, name) == 0 && checks[i].words)
            return &checks[i];
    return NULL;
}

#define THREADS "\"p\": { \"kind\": \"thread_pool\", \"threads\": 1 }"
#define HOLD                                                                                       \
    "\"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": { \"dist\": \"exponential\", "      \
    "\"mean\":"                                                                                    \
    " \"100ms\" } } ] } ]"

/* A time-out anywhere may bound any queue, so the offered load alone says nothing here. */
#define TIMED                                                                                      \
    ", \"v\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"1/s\" }, \"steps\": ["       \
    " { \"delay\": \"1ms\", \"timeout\": \"1s\" } ] }"

/* Three of 13 a second stay: the queue grows by 3/s, by 23 % of what comes. */
static void a_queue_that_grows_is_told_with_its_rate(void **state)
{
    const struct model_check *check = check_of(
        state, THREADS,
        "\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"13/s\" }, " HOLD " }" TIMED,
        "steady state: w");
    assert_non_null(check);
    assert_false(check->holds);
    /* (3.5 - 1.5) / 1.5 of the quarters' middles. */
    assert_within(check->simulated, 1 + 2 / 1.5, 0.2);
    const char *rate = strstr(check->words, "overloaded: \"w\" is still growing (by ");
    if (!rate)
        fail_msg("%s", check->words);
    /* Over the last 150 s of 10 runs its standard deviation is sqrt(23 / 1500) = 0.12. */
    assert_within(atof(strstr(rate, "(by ") + strlen("(by ")), 3, 0.6);
    assert_non_null(strstr(check->words, "of its arrivals stay for good"));
}

static void a_steady_queue_fails_no_check(void **state)
{
    assert_null(check_of(
        state, THREADS,
        "\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"6/s\" }, " HOLD " }",
        "steady state: w"));
}

/* Each holds one and waits for another: with a limit that is a warning, and it happens. */
static void a_deadlock_stands_still(void **state)
{
    const struct model_check *check = check_of(
        state,
        "\"p\": { \"kind\": \"thread_pool\", \"threads\": 2 }, \"b\": { \"kind\": \"buffer\","
        " \"capacity\": \"10B\", \"when_full\": \"wait\" }",
        "\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"10/s\" }, \"steps\": ["
        " { \"hold\": \"p\", \"steps\": [ { \"put\": \"b\", \"size\": \"1B\" } ] } ] },"
        " \"d\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"2/s\" }, \"steps\": ["
        " { \"hold\": \"p\", \"steps\": [ { \"delay\": \"20ms\" } ] }, { \"drain\": \"b\" } ] }",
        "steady state: d");
    assert_non_null(check);
    assert_false(check->holds);
    assert_non_null(strstr(check->words, "stands still"));
    assert_true(check->simulated > 100); /* some two a second, from the first minutes on */
}

/* The same with 10 in the hands of each: it takes minutes until all of them meet, and until then
 * all is well. */
static void a_deadlock_that_comes_late_stands_still(void **state)
{
    const struct model_check *check = check_of(
        state,
        "\"p\": { \"kind\": \"thread_pool\", \"threads\": 6 }, \"b\": { \"kind\": \"buffer\","
        " \"capacity\": \"40B\", \"when_full\": \"wait\" }",
        "\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"10/s\" }, \"steps\": ["
        " { \"hold\": \"p\", \"steps\": [ { \"put\": \"b\", \"size\": \"1B\" } ] } ] },"
        " \"d\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"1/s\" }, \"steps\": ["
        " { \"hold\": \"p\", \"steps\": [ { \"delay\": \"20ms\" } ] }, { \"drain\": \"b\" } ] }",
        "steady state: d");
    assert_non_null(check);
    assert_non_null(strstr(check->words, "stands still"));
}

/* By class: the one that waits behind the other grows. */
static void a_class_is_told_by_its_name(void **state)
{
    const char *workloads =
        "\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"13/s\" }, \"mix\": {"
        " \"held\": { \"share\": \"95%\", " HOLD " }, \"free\": { \"share\": \"5%\", \"steps\": ["
        " { \"delay\": \"1ms\" } ] } } }" TIMED;
    assert_non_null(check_of(state, THREADS, workloads, "steady state: w.held"));
    assert_null(check_of(state, THREADS, workloads, "steady state: w.free"));
}

/* What arrives more and more is there more and more: that is the profile's doing. */
static void growth_of_the_load_itself_is_no_overload(void **state)
{
    assert_null(check_of(state, THREADS,
                         "\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"5/s\","
                         " \"profile\": [ [ \"0s\", 0.1 ], [ \"10min\", 1.5 ] ] }, " HOLD " }",
                         "steady state: w"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_queue_that_grows_is_told_with_its_rate),
        fixture_test(a_steady_queue_fails_no_check),
        fixture_test(a_deadlock_stands_still),
        fixture_test(a_deadlock_that_comes_late_stands_still),
        fixture_test(a_class_is_told_by_its_name),
        fixture_test(growth_of_the_load_itself_is_no_overload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
