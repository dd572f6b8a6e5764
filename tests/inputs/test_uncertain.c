/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uncertain inputs: which values are taken, what a draw puts in their place, and what comes of it
 * for a queue whose answer is known. */
#include "inputs/scenario/uncertain.h"
#include "tests/support/scenario_fixture.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct scenario *read_delay(struct fixture *fixture, const char *delay,
                                         const struct uncertain_draw *draw)
{
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    char *text = arena_printf(
        fixture->arena,
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"thread_pool\", "
        "\"threads\": 5 } }, \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", "
        "\"rate\": { \"value\": \"3/s\", \"uncertain\": \"±20%%\" } }, \"steps\": [ { \"hold\": "
        "\"p\", \"steps\": [ { \"delay\": %s } ] } ] } }, \"run\": { \"duration\": \"1h\" } }",
        delay);
    file_write(path, text, strlen(text));
    fixture_read(fixture, &(struct scenario_request){
                              .file = path, .draws = draw, .draw_count = draw ? 1 : 0});
    return fixture_setting(fixture, 0);
}

static const struct distribution *delay_of(const struct scenario *scenario)
{
    return scenario->workloads[0].classes[0].steps[0].steps[0].duration;
}

/* 75 ms on average */
#define SUM_OF_75MS                                                                                \
    "{ \"sum\": [\"25ms\", { \"dist\": \"exponential\", \"mean\": \"50ms\" }], "                   \
    "\"uncertain\": \"±10%\" }"
#define MIXTURE_OF_75MS                                                                            \
    "{ \"dist\": \"mixture\", \"parts\": [ { \"share\": 0.5, \"dist\": \"exponential\", "          \
    "\"mean\": \"50ms\" }, { \"share\": 0.5, \"dist\": \"constant\", \"value\": \"100ms\" } ], "   \
    "\"uncertain\": \"±10%\" }"

static const char *const path = "workloads.w.steps.0.steps.0.delay";

static void without_a_draw_the_central_value_is_taken(void **state)
{
    struct fixture *fixture = *state;
    static const char *const delays[] = {
        "{ \"mean\": \"75ms\", \"uncertain\": \"±10%\" }",
        "{ \"value\": \"75ms\", \"uncertain\": \"+-7.5ms\" }",
        "{ \"value\": \"75ms\", \"uncertain\": [\"60ms\", \"100ms\"] }",
        "{ \"uncertain\": [\"50ms\", \"100ms\"] }",
        "{ \"dist\": \"exponential\", \"mean\": \"75ms\", \"uncertain\": \"+/-10%\" }",
        SUM_OF_75MS};
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        const struct scenario *scenario = read_delay(fixture, delays[i], NULL);
        assert_within(distribution_mean(delay_of(scenario)), 0.075, 1e-12);
        assert_within(scenario->workloads[0].arrivals.rate_per_s, 3, 1e-12);
        assert_int_equal(fixture->set.uncertain.count, 2);
        assert_string_equal(fixture->set.uncertain.inputs[1].path, path);
        bool is_said = false;
        for (size_t a = 0; a < scenario->assumption_count; a++)
            is_said |= strcmp(scenario->assumptions[a].key, path) == 0 &&
                       strstr(scenario->assumptions[a].note, "central");
        assert_true(is_said);
    }
}

/* The middle of 3 to 7 is 5, and every draw is one of 3 ... 7. */
static void a_range_of_whole_numbers_stays_whole(void **state)
{
    struct fixture *fixture = *state;
    struct uncertain_draw draw = {.path = "resources.p.threads"};
    char *file = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"thread_pool\", "
        "\"threads\": { \"uncertain\": [3, 7] } } }, \"workloads\": { \"w\": { \"arrivals\": { "
        "\"process\": \"poisson\", \"rate\": \"3/s\" }, \"steps\": [ { \"hold\": \"p\", "
        "\"steps\": [ { \"delay\": \"75ms\" } ] } ] } }, \"run\": { \"duration\": \"1h\" } }";
    struct scenario_request request = {.file = file};
    file_write(file, text, strlen(text));
    fixture_read(fixture, &request);
    assert_int_equal(fixture_setting(fixture, 0)->pools[0].max, 5);
    request.draws = &draw;
    request.draw_count = 1;
    draw.u = 0.99;
    fixture_read(fixture, &request);
    assert_int_equal(fixture_setting(fixture, 0)->pools[0].max, 7);
}

/* Lognormal with the mean at the value: the quantile at one sigma up, and the mean over all. */
static void a_standard_error_draws_a_lognormal(void **state)
{
    struct fixture *fixture = *state;
    double sigma = sqrt(log(1 + 0.1 * 0.1)), sum = 0;
    struct uncertain_draw draw = {path, gsl_cdf_ugaussian_P(1)};
    const struct scenario *scenario =
        read_delay(fixture, "{ \"mean\": \"75ms\", \"uncertain\": \"±10%\" }", &draw);
    assert_within(distribution_mean(delay_of(scenario)), 0.075 * exp(sigma - sigma * sigma / 2),
                  1e-9);
    assert_within(scenario->workloads[0].arrivals.rate_per_s, 3, 1e-12);
    for (int i = 0; i < 10000; i++)
        sum += uncertain_factor(&fixture->set.uncertain.inputs[1], (i + 0.5) / 10000);
    assert_within(sum / 10000, 1, 1e-4);
}

static void a_range_draws_evenly(void **state)
{
    struct uncertain_draw draw = {path, 0.25};
    const struct scenario *scenario =
        read_delay(*state, "{ \"mean\": \"75ms\", \"uncertain\": [\"60ms\", \"100ms\"] }", &draw);
    assert_within(distribution_mean(delay_of(scenario)), 0.07, 1e-12);
}

/* Every time of the law by the same factor; its shape stays. */
static void a_law_is_stretched_as_a_whole(void **state)
{
    struct fixture *fixture = *state;
    struct uncertain_draw draw = {path, 0.9};
    static const char *const laws[] = {
        "{ \"dist\": \"lognormal\", \"mean\": \"75ms\", \"p95\": \"180ms\", \"uncertain\": "
        "\"±10%\" }",
        "{ \"dist\": \"uniform\", \"min\": \"50ms\", \"max\": \"100ms\", \"uncertain\": \"±10%\" }",
        "{ \"dist\": \"empirical\", \"values\": [\"50ms\", \"100ms\"], \"uncertain\": \"±10%\" }",
        MIXTURE_OF_75MS, SUM_OF_75MS};
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        const struct distribution *central = delay_of(read_delay(fixture, laws[i], NULL));
        const struct distribution *drawn = delay_of(read_delay(fixture, laws[i], &draw));
        double factor = uncertain_factor(&fixture->set.uncertain.inputs[1], 0.9);
        assert_within(distribution_mean(drawn) / distribution_mean(central), factor, 1e-6);
        assert_within(distribution_variance(drawn) / distribution_variance(central),
                      factor * factor, 1e-5);
    }
}

/* ---- a queue whose answer is known ---- */

/* M/M/1, mu = 10/s, rate evenly in 4..9/s: the mean wait rate / (10 (10 - rate)) is below 7/30 s
 * where the rate is below 7/s, in 60 % of the range. A delay before it plays no part. */
static const char *const mm1 =
    "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"thread_pool\", "
    "\"threads\": 1 } }, \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", "
    "\"rate\": { \"uncertain\": [\"4/s\", \"9/s\"] } }, \"steps\": [ { \"delay\": { \"mean\": "
    "\"50ms\", \"uncertain\": \"±10%\" } }, { \"hold\": \"p\", \"steps\": [ { \"delay\": { "
    "\"dist\": \"exponential\", \"mean\": \"100ms\" } } ] } ] } }, \"criteria\": [ { \"name\": "
    "\"wait\", \"expect\": \"p.wait.mean < 233.3333ms\" } ], \"run\": { \"duration\": \"1h\", "
    "\"warmup\": \"5min\", \"seed\": 5 } }";

static json_t *run_sensitivity(const struct fixture *fixture, const char *threads)
{
    char *file = arena_printf(fixture->arena, "%s/mm1.json", fixture->folder);
    file_write(file, mm1, strlen(mm1));
    struct command_result result =
        capsim_run("sensitivity", file, "--draws", "50", "--replications", "3", "--format", "json",
                   "--quiet", "--threads", threads, NULL);
    assert_string_equal(result.error, "");
    assert_int_equal(result.status, 0);
    json_t *answer = command_result_json(&result);
    command_result_free(&result);
    return answer;
}

static double value_at(const json_t *answer, const char *table, size_t row, const char *column)
{
    return json_number_value(
        json_object_get(json_array_get(json_object_get(answer, table), row), column));
}

static void the_probability_of_a_verdict_is_that_of_the_input(void **state)
{
    json_t *answer = run_sensitivity(*state, "2");
    /* One draw in each fiftieth of the range; the mean of 3 replications moves the bound of the
     * rate by less than 0.15/s at one in a million. */
    assert_within(value_at(answer, "verdicts", 0, "probability"), 0.6, 0.02 + 0.15 / 5);
    assert_true(value_at(answer, "verdicts", 0, "low") < 0.6);
    assert_true(value_at(answer, "verdicts", 0, "high") > 0.6);
    assert_true(value_at(answer, "variance", 0, "input_share") > 0.9);
    /* Mean of the wait over the range: the integral of r / (10 (10 - r)) is (ln(6/1) * 10 - 5) / 50
     */
    assert_within(value_at(answer, "variance", 0, "mean"), (10 * log(6) - 5) / 50, 0.02);
    assert_true(value_at(answer, "inputs", 0, "share") > 0.7);
    assert_true(value_at(answer, "inputs", 1, "share") < 0.05);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(answer, "facts"), "measure_next")),
        "workloads.w.arrivals.rate");
    json_decref(answer);
}

static void threads_do_not_matter(void **state)
{
    json_t *one = run_sensitivity(*state, "1"), *many = run_sensitivity(*state, "3");
    assert_true(json_equal(one, many));
    json_decref(one);
    json_decref(many);
}

static void a_scenario_that_is_certain_is_refused(void **state)
{
    struct fixture *fixture = *state;
    fixture_read_system(fixture, POOL, POISSON, "[ { \"delay\": \"1ms\" } ]");
    struct command_result result = capsim_run("sensitivity", fixture->set.file, NULL);
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.error, "nothing is uncertain: give an input as"));
    assert_string_equal(result.output, "");
    command_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(without_a_draw_the_central_value_is_taken),
        fixture_test(a_range_of_whole_numbers_stays_whole),
        fixture_test(a_standard_error_draws_a_lognormal),
        fixture_test(a_range_draws_evenly),
        fixture_test(a_law_is_stretched_as_a_whole),
        fixture_test(the_probability_of_a_verdict_is_that_of_the_input),
        fixture_test(threads_do_not_matter),
        fixture_test(a_scenario_that_is_certain_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
