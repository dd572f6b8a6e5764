/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often requests try is known before they are simulated. */
#include "models/engine/expected_attempts.h"
#include "models/studies/plan.h"
#include "tests/support/scenario_fixture.h"
#include "tests/support/support.h"
#include <math.h>

static const int64_t MINUTES_5 = INT64_C(300000000000);

static const struct model *compile(void **state, const char *resources, const char *workload)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    const struct scenario *spec = fixture_read_text(
        fixture,
        arena_printf(fixture->arena,
                     "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { %s }, \"workloads\": "
                     "{ \"w\": { %s } }, \"run\": { \"duration\": \"5min\", \"warmup\": \"0s\", "
                     "\"seed\": 5, \"replications\": [4, 4] } }",
                     resources, workload));
    const struct model *model = model_compile(spec, fixture->arena, &err);
    if (!model)
        fail_msg("%s", err.message);
    return model;
}

#define SMALL "\"p\": { \"kind\": \"connection_pool\", \"max\": 10, \"acquire_timeout\": \"2s\" }"
#define HELD                                                                                       \
    "\"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": { \"dist\": \"exponential\", "      \
    "\"mean\": \"100ms\" } } ] } ]"
#define OPEN(rate) "\"arrivals\": { \"process\": \"poisson\", \"rate\": \"" rate "\" },"
#define RETRY(attempts, backoff)                                                                   \
    "\"retry\": { \"attempts\": " attempts ", \"backoff\": \"" backoff "\" },"

/* Attempts for each request, simulated. */
static double simulate(void **state, const struct model *model)
{
    struct fixture *fixture = *state;
    struct study_setting setting = {.model = model,
                                    .replicate = model_replicate,
                                    .histogram_count = model_histogram_count(model)};
    struct study_options options = {4, 4, 0.01, 0.95, {.threads = 2}};
    struct study_outcome outcome;
    struct error err = {0};
    setting.columns = model_columns(model, &setting.column_count);
    assert_true(study_run(&setting, 1, &options, fixture->arena, &outcome, &err));
    int column = model_find_column(model, "w.retry_rate");
    assert_true(column != COLUMN_NONE);
    return 1 + outcome.results[0].estimates[column].estimate;
}

/* 1 - f^n = 1 / rho and a = (1 - f^n) / (1 - f), solved by hand for rho 2: f^2 = 1/2, f^3 = 1/2. */
static void attempts_leave_what_succeeds_at_the_capacity(void **state)
{
    (void)state;
    assert_within(expected_attempts_overloaded(2, 2), 0.5 / (1 - sqrt(0.5)), 1e-12);
    assert_within(expected_attempts_overloaded(2, 3), 0.5 / (1 - cbrt(0.5)), 1e-12);
    assert_within(expected_attempts_overloaded(0.99, 3), 1, 0);
    assert_within(expected_attempts_overloaded(NAN, 3), 1, 0);
    assert_within(expected_attempts_overloaded(1e9, 7), 7, 1e-6);
    double many = expected_attempts_overloaded(1.2, 1e6);
    assert_within(many, 1e6 / 1.2 / log(6),
                  2); /* of n small steps: n / (rho ln(rho / (rho - 1))) */
}

static void no_more_attempts_than_fit(void **state)
{
    (void)state;
    struct distribution second = distribution_constant(1);
    struct retry_spec retry = {.attempts = 1000000, .backoff = &second, .multiplier = 1};
    assert_within(expected_attempts_possible(&retry, 0, 59), 60, 0);
    assert_within(expected_attempts_possible(&retry, 1, 60), 31, 0);
    retry.multiplier = 2; /* after 1 s, 3 s, 7 s, 15 s, 31 s, 63 s */
    assert_within(expected_attempts_possible(&retry, 0, 63), 7, 1e-9);
    retry.backoff = NULL;
    assert_within(expected_attempts_possible(&retry, 0, 60), 1e6, 0);
    retry.attempts = 0;
    assert_within(expected_attempts_possible(&retry, 0, 60), 1, 0);
}

/* Against the engine: a steady state of few attempts, and a storm that has none. */
static void the_attempts_of_an_overload_are_those_that_are_simulated(void **state)
{
    static const struct {
        const char *workload;
        double tolerance; /* relative: rough, for waits between attempts are not known */
    } cases[] = {{OPEN("70/s") RETRY("3", "10ms") HELD, 0.001},
                 {OPEN("150/s") RETRY("3", "10ms") HELD, 0.15},
                 {OPEN("150/s") RETRY("100000", "50ms") HELD, 0.3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct model *model = compile(state, SMALL, cases[i].workload);
        struct expected_attempts expected = expected_attempts_of(model, MINUTES_5);
        double each = expected.likely / model_expected_requests(model, MINUTES_5);
        double simulated = simulate(state, model);
        print_message("expected %.3f, simulated %.3f\n", each, simulated);
        assert_within(each, simulated, cases[i].tolerance * simulated);
        assert_within(expected.most, expected.likely, 0);
    }
}

/* Customers who wait for their answers make the load unknown: they may fail as often as they can. A
 * limiter that turns away is an overload, too; of another workload it is none. */
static void what_is_not_known_is_bounded(void **state)
{
    static const char *const closed =
        "\"arrivals\": { \"process\": \"closed\", \"customers\": 50, \"think\": \"1s\" }," RETRY(
            "9", "0s") HELD;
    const struct model *model = compile(state, SMALL, closed);
    double requests = model_expected_requests(model, MINUTES_5);
    struct expected_attempts expected = expected_attempts_of(model, MINUTES_5);
    assert_within(expected.likely, requests, 1e-9 * requests);
    assert_within(expected.most, 9 * requests, 1e-9 * requests);

    model =
        compile(state, "\"l\": { \"kind\": \"rate_limiter\", \"rate\": \"100/s\", \"burst\": 10 }",
                OPEN("200/s") RETRY("4", "0s") "\"steps\": [ { \"pass\": \"l\" } ]");
    requests = model_expected_requests(model, MINUTES_5);
    expected = expected_attempts_of(model, MINUTES_5);
    assert_within(expected.likely, requests * expected_attempts_overloaded(2, 4), 1e-6 * requests);
}

/* What the estimate of a run counts. */
static void work_grows_with_attempts_steps_and_the_model(void **state)
{
    struct fixture *fixture = *state;
    double before = 0;
    const char *const scenarios[] = {
        SMALL "}, \"workloads\": { \"w\": { " OPEN("150/s") HELD,
        SMALL "}, \"workloads\": { \"w\": { " OPEN("150/s") RETRY("100", "10ms") HELD,
        SMALL "}, \"workloads\": { \"w\": { " OPEN("150/s")
            RETRY("100", "10ms") "\"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"repeat\": 100, "
                                 "\"steps\": [ { "
                                 "\"delay\": \"1ms\" } ] } ] } ]"};
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        struct plan plan;
        struct error err = {0};
        fixture_read_text(fixture,
                          arena_printf(fixture->arena,
                                       "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { %s } }, "
                                       "\"run\": { \"duration\": \"5min\" } }",
                                       scenarios[i]));
        assert_true(plan_make(&fixture->set, fixture->arena, &plan, &err));
        struct plan_work work = plan_expect_work(&plan);
        assert_true(work.least_s > 5 * before);
        assert_true(work.most_s >= work.least_s);
        assert_true(i == 0 ? work.attempts == work.requests : work.attempts > 5 * work.requests);
        before = work.least_s;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_leave_what_succeeds_at_the_capacity),
        cmocka_unit_test(no_more_attempts_than_fit),
        fixture_test(the_attempts_of_an_overload_are_those_that_are_simulated),
        fixture_test(what_is_not_known_is_bounded),
        fixture_test(work_grows_with_attempts_steps_and_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
