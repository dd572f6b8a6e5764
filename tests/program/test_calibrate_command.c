/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate: inputs that are known are found again from what one simulated run shows. */
#include "sim/base/arena.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char SCENARIO[] =
    "{ \"capsim\": 1, \"name\": \"c\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 4 } },\n"
    "  \"workloads\": { \"api\": {\n"
    "    \"arrivals\": { \"process\": \"poisson\", \"rate\": \"40/s\" },\n"
    "    \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\": { \"dist\": \"gamma\", "
    "\"mean\": \"70ms\", \"cv\": 1 } } ] } ] } },\n"
    "  \"run\": { \"duration\": \"300s\", \"warmup\": \"30s\", \"replications\": 2 } }";

#define MEAN "workloads.api.steps.0.steps.0.delay.mean"
#define CV "workloads.api.steps.0.steps.0.delay.cv"
static const double TRUE_MEAN_MS = 70;

struct place {
    char *folder;
    const char *scenario, *measured;
    struct arena *arena;
};

static int open_place(void **state)
{
    struct place *place = malloc(sizeof *place);
    place->arena = arena_open();
    place->folder = folder_make();
    place->scenario = arena_printf(place->arena, "%s/c.json", place->folder);
    place->measured = arena_printf(place->arena, "%s/measured.json", place->folder);
    file_write(place->scenario, SCENARIO, strlen(SCENARIO));
    *state = place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    arena_close(place->arena);
    free(place);
    return 0;
}

/* What one run of that seed shows; hold: the mean of the hold. */
static void measure(const struct place *place, const char *seed)
{
    static const char *const metrics[] = {"api.response.mean", "api.response.p95", "pool.wait.mean",
                                          "pool.utilization"};
    struct command_result run = capsim_run("run", place->scenario, "--seed", seed, "--replications",
                                           "1:1", "--format", "json", NULL);
    json_t *report = command_result_json(&run);
    json_t *found =
        json_object_get(json_array_get(json_object_get(report, "settings"), 0), "metrics");
    json_t *all = json_object(), *measured = json_object();
    for (size_t i = 0; i < 4; i++) {
        double value = json_number_at(json_object_get(found, metrics[i]), "estimate");
        assert_true(value > 0);
        json_object_set_new(measured, metrics[i], json_real(value));
    }
    json_object_set_new(all, "metrics", measured);
    assert_int_equal(json_dump_file(all, place->measured, 0), 0);
    json_decref(all);
    json_decref(report);
    command_result_free(&run);
}

static double fact(const json_t *answer, const char *key)
{
    return json_number_at(json_object_get(json_object_get(answer, "facts"), key), "value");
}

/* Five seeds, the hold held to five of its standard errors: a false alarm in a million. */
static void a_hold_is_found_again_from_responses(void **state)
{
    static const char *const seeds[] = {"11", "12", "13", "14", "15"};
    const struct place *place = *state;
    double squares = 0;
    for (size_t i = 0; i < 5; i++) {
        measure(place, seeds[i]);
        struct command_result run =
            capsim_run("calibrate", place->scenario, "--measured", place->measured,
                       i == 0 ? "--vary" : "--free", MEAN "=40ms:95ms", "--hold-out",
                       "pool.utilization", "--format", "json", NULL);
        json_t *answer = command_result_json(&run);
        const json_t *input = json_array_get(json_object_get(answer, "inputs"), 0);
        double value = json_number_at(input, "value"), error = json_number_at(input, "error");
        assert_true(error > 0 && error < 5);
        assert_true(fabs(value - TRUE_MEAN_MS) < 5 * error);
        squares += pow((value - TRUE_MEAN_MS) / error, 2) / 5;
        assert_within(fact(answer, "held_out"), 1, 0);
        json_decref(answer);
        command_result_free(&run);
    }
    assert_true(squares > 0.01 && squares < 8); /* chi-square of 5 degrees, a millionth each side */
}

/* With the wrong number of connections no hold explains both the wait and the utilization. */
static void a_wrong_scenario_fails(void **state)
{
    const struct place *place = *state;
    measure(place, "21");
    struct command_result run =
        capsim_run("calibrate", place->scenario, "--measured", place->measured, "--free",
                   MEAN "=40ms:190ms", "--set", "resources.pool.max=8", NULL);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.output, "FAIL"));
    command_result_free(&run);
}

/* How often connections are taken, and for how much of the time, tell the mean of the hold; of its
 * spread they say nothing. */
static void an_input_that_the_data_do_not_tell_is_named(void **state)
{
    const struct place *place = *state;
    static const char text[] = "{ \"metrics\": { \"pool.utilization\": \"70%\", "
                               "\"api.throughput\": \"40/s\" } }";
    file_write(place->measured, text, strlen(text));
    struct command_result run =
        capsim_run("calibrate", place->scenario, "--measured", place->measured, "--free",
                   MEAN "=40ms:95ms", "--free", CV "=0.80:1.20", "--format", "json", NULL);
    json_t *answer = command_result_json(&run);
    const json_t *inputs = json_object_get(answer, "inputs");
    assert_int_equal(run.status, 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(inputs, 0), "identified")),
                        "yes");
    assert_string_equal(json_string_value(json_object_get(json_array_get(inputs, 1), "identified")),
                        "not from these data");
    json_decref(answer);
    command_result_free(&run);
}

static void mistakes_are_said(void **state)
{
    const struct place *place = *state;
    measure(place, "31");
    struct command_result run =
        capsim_run("calibrate", place->scenario, "--free", MEAN "=40ms:95ms", NULL);
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.error, "'calibrate' needs --measured FILE"));
    command_result_free(&run);
    run = capsim_run("calibrate", place->scenario, "--measured", place->measured, NULL);
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.error, "'calibrate' needs --free, once to 8 times"));
    command_result_free(&run);
    run = capsim_run("calibrate", place->scenario, "--measured", place->measured, "--free",
                     "workloads.api.steps.0.steps.0.delay.maen=40ms:95ms", NULL);
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.error, "maen"));
    command_result_free(&run);
    run = capsim_run("calibrate", place->scenario, "--measured", place->measured, "--free",
                     MEAN "=40ms:95ms", "--hold-out", "pool.utilisation", NULL);
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.error, "did you mean pool.utilization?"));
    command_result_free(&run);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)
    const struct CMUnitTest tests[] = {
        TEST(a_hold_is_found_again_from_responses),
        TEST(a_wrong_scenario_fails),
        TEST(an_input_that_the_data_do_not_tell_is_named),
        TEST(mistakes_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
