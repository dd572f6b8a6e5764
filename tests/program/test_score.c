/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score: measured values against evidence. */
#include "reports/answers/score_answer.h"
#include "sim/base/arena.h"
#include "tests/support/evidence_place.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Scores the text as measured values; the JSON answer, *status its exit status. */
static json_t *score(const struct evidence_place *place, const char *text, int *status)
{
    const char *actual = place_path(place, "../actual.json");
    file_write(actual, text, strlen(text));
    struct command_result run =
        capsim_run("score", place->evidence, "--actual", actual, "--format", "json", NULL);
    *status = run.status;
    json_t *answer = command_result_json(&run);
    command_result_free(&run);
    return answer;
}

static const char *text_at(json_t *answer, const char *table, size_t row, const char *column)
{
    json_t *list = json_object_get(answer, table);
    return json_string_value(json_object_get(json_array_get(list, row), column));
}

static void each_value_is_placed_in_its_interval(void **state)
{
    int status;
    json_t *answer = score(*state,
                           "{ \"metrics\": { \"pool.utilization\": \"60%\", \"api.response.p95\":"
                           " 0.23, \"api.throughput\": \"10/s\", \"api.error_rate\": null },"
                           " \"load_test\": { \"response.p95\": \"300ms\" } }",
                           &status);
    assert_int_equal(status, 1);
    assert_int_equal(json_array_size(json_object_get(answer, "values")), 3); /* null is left out */
    assert_string_equal(text_at(answer, "values", 0, "place"), "above");
    assert_string_equal(text_at(answer, "values", 1, "place"), "inside");
    assert_string_equal(text_at(answer, "values", 2, "place"), "below");
    assert_string_equal(text_at(answer, "load_test", 0, "place"), "inside");
    json_decref(answer);
}

static void criteria_are_judged_by_what_was_measured(void **state)
{
    int status;
    json_t *answer = score(*state, "{ \"metrics\": { \"api.response.p95\": \"501ms\" } }", &status);
    assert_int_equal(status, 1);
    assert_string_equal(text_at(answer, "criteria", 0, "criterion"), "busy");
    assert_string_equal(text_at(answer, "criteria", 0, "status"), "not measured");
    assert_string_equal(text_at(answer, "criteria", 1, "projected"), "pass");
    assert_string_equal(text_at(answer, "criteria", 1, "status"), "not met");
    json_decref(answer);
}

/* Scores what one run of that length on other customers shows, with an input changed; the JSON
 * answer, *status its exit status. */
static json_t *score_a_changed_run(const struct evidence_place *place, const char *duration,
                                   const char *change, int *status)
{
    struct command_result run =
        capsim_run("run", place->scenario, "--setting", "larger", "--seed", "99", "--replications",
                   "1", "--duration", duration, "--set", change, "--format", "json", NULL);
    json_t *report = command_result_json(&run);
    json_t *setting = json_array_get(json_object_get(report, "settings"), 0), *metric;
    json_t *actual = json_object(), *measured = json_object();
    const char *name;
    json_object_foreach(json_object_get(setting, "metrics"), name, metric)
        json_object_set(measured, name, json_object_get(metric, "estimate"));
    json_object_set_new(actual, "metrics", measured);
    json_object_set_new(actual, "duration", json_string(duration));
    char *text = json_dumps(actual, JSON_REAL_PRECISION(17));
    json_t *answer = score(place, text, status);
    json_decref(actual);
    json_decref(report);
    command_result_free(&run);
    free(text);
    return answer;
}

static json_t *score_a_run(const struct evidence_place *place, const char *duration, int *status)
{
    return score_a_changed_run(place, duration, "workloads.api.arrivals.rate=91/s", status);
}

/* What production would be if the model were right. */
static void a_run_of_the_model_itself_passes(void **state)
{
    int status;
    json_t *answer = score_a_run(*state, "60s", &status);
    assert_int_equal(status, 0);
    assert_true(json_array_size(json_object_get(answer, "values")) > 40);
    json_decref(answer);
}

static double fact_of(json_t *answer, const char *name)
{
    json_t *fact = json_object_get(json_object_get(answer, "facts"), name);
    return json_number_value(json_object_get(fact, "value"));
}

/* The chance that a right model is refused is 2 in 60, so of 30 realities as a rule one; more than
 * 8 once in a million. */
static void a_right_model_is_hardly_ever_refused(void **state)
{
    enum { REALITIES = 30, MOST = 8 };
    const struct evidence_place *place = *state;
    int refused = 0;
    for (int i = 0; i < REALITIES; i++) {
        char seed[32], text[512];
        snprintf(seed, sizeof seed, "%d", 1000 + i);
        struct command_result run =
            capsim_run("run", place->scenario, "--setting", "larger", "--seed", seed,
                       "--replications", "1", "--format", "json", NULL);
        json_t *report = command_result_json(&run);
        json_t *metrics =
            json_object_get(json_array_get(json_object_get(report, "settings"), 0), "metrics");
        static const char *const names[] = {"pool.utilization", "api.response.p95",
                                            "api.throughput"};
        int length = snprintf(text, sizeof text, "{ \"metrics\": {");
        for (size_t n = 0; n < 3; n++)
            length += snprintf(
                text + length, sizeof text - (size_t)length, "%s \"%s\": %.6g", n > 0 ? "," : "",
                names[n],
                json_number_value(json_object_get(json_object_get(metrics, names[n]), "estimate")));
        snprintf(text + length, sizeof text - (size_t)length, " } }");
        int status;
        json_decref(score(place, text, &status));
        refused += status == 1;
        json_decref(report);
        command_result_free(&run);
    }
    assert_true(refused <= MOST);
}

static const char UNCERTAIN[] =
    "{ \"capsim\": 1, \"name\": \"u\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 4 } },\n"
    "  \"workloads\": { \"api\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"40/s\" "
    "},\n"
    "    \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\": { \"dist\": \"gamma\", "
    "\"mean\": "
    "\"%s\", \"cv\": 1%s } } ] } ] } },\n"
    "  \"settings\": { \"larger\": { \"resources.pool.max\": 6 } },\n"
    "  \"run\": { \"duration\": \"300s\", \"warmup\": \"30s\", \"replications\": [20, 20] } }";

/* A hold that is known to 15 % and is 10 % longer: all values are where they may be, and the model
 * is not refused. Were it known exactly, it would be. */
static void an_input_that_is_known_roughly_is_drawn(void **state)
{
    static const char *const doubts[] = {", \"uncertain\": \"±15%\"", ""};
    static const char *const metrics[] = {"api.response.mean", "api.response.p50",
                                          "api.response.p95", "pool.utilization"};
    char *folder = folder_make();
    struct arena *arena = arena_open();
    const char *scenario = arena_printf(arena, "%s/u.json", folder);
    const char *measured = arena_printf(arena, "%s/measured.json", folder);
    const char *text = arena_printf(arena, UNCERTAIN, "77ms", "");
    (void)state;
    file_write(scenario, text, strlen(text));
    struct command_result run = capsim_run("run", scenario, "--setting", "larger", "--seed", "7",
                                           "-n", "1:1", "--format", "json", NULL);
    json_t *report = command_result_json(&run);
    const json_t *found =
        json_object_get(json_array_get(json_object_get(report, "settings"), 0), "metrics");
    json_t *all = json_object(), *values = json_object();
    for (size_t i = 0; i < 4; i++)
        json_object_set_new(
            values, metrics[i],
            json_real(json_number_at(json_object_get(found, metrics[i]), "estimate")));
    json_object_set_new(all, "metrics", values);
    assert_int_equal(json_dump_file(all, measured, 0), 0);
    json_decref(all);
    json_decref(report);
    command_result_free(&run);
    for (int i = 0; i < 2; i++) {
        const char *evidence = arena_printf(arena, "%s/evidence%d", folder, i);
        text = arena_printf(arena, UNCERTAIN, "70ms", doubts[i]);
        file_write(scenario, text, strlen(text));
        run = capsim_run("run", scenario, "--evidence", evidence, "-q", NULL);
        assert_int_equal(run.status, 0);
        command_result_free(&run);
        run = capsim_run("score", evidence, "--actual", measured, NULL);
        assert_int_equal(run.status, i == 0 ? 0 : 1);
        assert_int_equal(strstr(run.output, "with values drawn") != NULL, i == 0);
        command_result_free(&run);
    }
    folder_remove(folder);
    arena_close(arena);
}

/* 30 % more arrive than was thought: the model is off, though its criteria are met. */
static void a_model_that_is_off_is_told_by_what(void **state)
{
    int status;
    json_t *answer =
        score_a_changed_run(*state, "60s", "workloads.api.arrivals.rate=118/s", &status);
    assert_int_equal(status, 1);
    assert_string_equal(text_at(answer, "explanations", 0, "input"), "workloads.api.arrivals.rate");
    assert_string_equal(text_at(answer, "explanations", 0, "value"), "91/s");
    json_t *first = json_array_get(json_object_get(answer, "explanations"), 0);
    assert_within(json_number_value(json_object_get(first, "change")), 0.3, 0.15);
    assert_true(fact_of(answer, "criteria_met") == fact_of(answer, "criteria_measured"));
    assert_true(fact_of(answer, "p") <= 2.0 / 60 + 1e-12);
    json_decref(answer);
}

/* Of a value: how wide its interval is. */
static double width_of(json_t *answer, const char *metric)
{
    json_t *values = json_object_get(answer, "values"), *value;
    size_t i;
    json_array_foreach(values, i, value)
    {
        if (strcmp(json_string_value(json_object_get(value, "metric")), metric) == 0)
            return json_number_value(json_object_get(value, "one_run_high")) -
                   json_number_value(json_object_get(value, "one_run_low"));
    }
    fail_msg("%s was not scored", metric);
    return 0;
}

/* The standard deviation of a time average goes with one over the root of the time: over 16 times
 * the length it is a quarter. A width is the distance of the lowest and the highest of 40, whose
 * standard deviation is 0.17 of its mean; so the logarithm of the ratio of two has one of 0.24, and
 * is off by 1.18 once in a million. */
static void a_run_of_another_length_has_intervals_of_its_own(void **state)
{
    int status;
    json_t *whole = score_a_run(*state, "60s", &status);
    json_t *longer = score_a_run(*state, "960s", &status);
    assert_int_equal(status, 0);
    assert_within(fact_of(longer, "duration_s"), 960, 1e-9);
    assert_within(fact_of(longer, "evidence_s"), 60, 1e-9);
    double ratio = width_of(longer, "pool.utilization") / width_of(whole, "pool.utilization");
    assert_within(log(ratio), log(0.25), 1.18);
    json_decref(whole);
    json_decref(longer);
}

/* Binomial: of 20 values at 95 %, P(more than 3 outside) = 1.6 %, P(more than 2) = 7.5 %. */
static void chance_is_allowed_for(void **state)
{
    assert_int_equal(score_answer_allowed(0, 0.95), 0);
    assert_int_equal(score_answer_allowed(1, 0.95), 0);
    assert_int_equal(score_answer_allowed(6, 0.95), 1);
    assert_int_equal(score_answer_allowed(20, 0.95), 3);
}

static void assert_refused(const struct evidence_place *place, const char *text,
                           const char *message)
{
    const char *actual = place_path(place, "../bad.json");
    file_write(actual, text, strlen(text));
    struct command_result run = capsim_run("score", place->evidence, "--actual", actual, NULL);
    assert_int_equal(run.status, 2);
    assert_string_equal(run.output, "");
    if (!strstr(run.error, message))
        fail_msg("%s", run.error);
    command_result_free(&run);
}

static void bad_values_are_refused_with_their_place(void **state)
{
    assert_refused(*state, "{ \"metrics\": { \"pool.utilisation\": 1 } }",
                   "bad.json:1:16: /metrics/pool.utilisation: no such metric was projected; did "
                   "you mean \"pool.utilization\"?\n");
    assert_refused(*state, "{ \"metrics\": { \"api.response.p95\": \"5%\" } }",
                   "bad.json:1:36: /metrics/api.response.p95: must be a duration such as "
                   "\"371ms\", or seconds, not negative; got \"5%\"\n");
    assert_refused(*state, "{ \"metrics\": { \"pool.utilization\": -1 } }",
                   "must be a share such as \"19.1%\", or 0..1, not negative; got -1\n");
    assert_refused(*state, "{ \"duration\": \"0s\", \"metrics\": {} }",
                   "bad.json:1:15: /duration: must be longer than 0s; got \"0s\"\n");
    assert_refused(*state, "{ \"duration\": \"1s\", \"metrics\": { \"pool.utilization\": 1 } }",
                   "/run/warmup: must be shorter than duration; got \"2s\"\n");
    assert_refused(*state, "{ \"metrics\": { \"api.error_rate\": null } }",
                   "/metrics: no value was measured: nothing can be compared\n");
    assert_refused(*state, "{ \"metric\": {} }", "did you mean \"metrics\"?\n");
    assert_refused(*state, "{ \"metrics\": [] }",
                   "must be an object of metrics and their measured values; got []\n");
}

static void what_is_no_evidence_is_refused(void **state)
{
    const struct evidence_place *place = *state;
    const char *actual = place_path(place, "../actual.json");
    struct command_result run = capsim_run("score", place->evidence, NULL);
    assert_int_equal(run.status, 2);
    assert_string_equal(run.error, "capsim: 'score' needs --actual FILE: the measured values; try "
                                   "'capsim help score'\n");
    command_result_free(&run);
    const char *out = place_path(place, "../plain");
    run = capsim_run("run", place->scenario, "--out", out, "-q", NULL);
    command_result_free(&run);
    run = capsim_run("score", out, "--actual", actual, NULL);
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.error, "/plain: is no folder that --evidence wrote\n"));
    command_result_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_is_placed_in_its_interval),
        cmocka_unit_test(criteria_are_judged_by_what_was_measured),
        cmocka_unit_test(a_run_of_the_model_itself_passes),
        cmocka_unit_test(a_right_model_is_hardly_ever_refused),
        cmocka_unit_test(an_input_that_is_known_roughly_is_drawn),
        cmocka_unit_test(a_model_that_is_off_is_told_by_what),
        cmocka_unit_test(a_run_of_another_length_has_intervals_of_its_own),
        cmocka_unit_test(chance_is_allowed_for),
        cmocka_unit_test(bad_values_are_refused_with_their_place),
        cmocka_unit_test(what_is_no_evidence_is_refused),
    };
    return cmocka_run_group_tests(tests, place_open, place_close);
}
