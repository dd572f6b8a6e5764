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

/* Into --out goes the scenario with what was found, and with what --set said; its baseline is what
 * was simulated. */
static void the_calibrated_scenario_is_written(void **state)
{
    const struct place *place = *state;
    const char *out = arena_printf(place->arena, "%s/out", place->folder);
    const char *written = arena_printf(place->arena, "%s/scenario.json", out);
    measure(place, "11");
    struct command_result run = capsim_run(
        "calibrate", place->scenario, "--measured", place->measured, "--free", MEAN "=40ms:95ms",
        "--set", "resources.pool.acquire_timeout=20s", "--out", out, "--format", "json", NULL);
    json_t *answer = command_result_json(&run);
    const json_t *input = json_array_get(json_object_get(answer, "inputs"), 0);
    double value = json_number_at(input, "value"), error = json_number_at(input, "error");
    json_t *scenario = json_load_file(written, 0, NULL);
    assert_non_null(scenario);
    const json_t *pool = json_object_get(json_object_get(scenario, "resources"), "pool");
    assert_string_equal(json_string_value(json_object_get(pool, "acquire_timeout")), "20s");
    const json_t *note = json_array_get(json_object_get(scenario, "assumptions"), 0);
    assert_string_equal(json_string_value(json_object_get(note, "key")), MEAN);
    const json_t *steps =
        json_object_get(json_object_get(json_object_get(scenario, "workloads"), "api"), "steps");
    const json_t *delay = json_object_get(
        json_array_get(json_object_get(json_array_get(steps, 0), "steps"), 0), "delay");
    assert_within(strtod(json_string_value(json_object_get(delay, "mean")), NULL), value, 1e-6);
    const char *uncertain = json_string_value(json_object_get(delay, "uncertain"));
    assert_within(strtod(uncertain + strlen("±"), NULL), 100 * error / value, 0.01);
    json_decref(scenario);
    json_decref(answer);
    command_result_free(&run);
    run = capsim_run("validate", written, NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
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

static const char PROCESSORS[] =
    "{ \"capsim\": 1, \"name\": \"cores\",\n"
    "  \"resources\": { \"db\": { \"kind\": \"cpu\", \"cores\": 4 } },\n"
    "  \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"closed\", \"customers\": 1, "
    "\"think\": \"0s\" },\n"
    "    \"steps\": [ { \"work\": \"db\", \"demand\": \"1ms\" } ] } },\n"
    "  \"run\": { \"duration\": \"60s\", \"warmup\": \"0s\", \"replications\": 2 } }";

/* What 1 to 64 clients get done of 4 cores with sigma 0.03 and kappa 0.0004, 1000/s for one, off by
 * what the row says. */
static void write_levels(const char *path, size_t count)
{
    static const double clients[] = {1, 2, 4, 8, 16, 32, 64};
    static const double off[] = {0.004, -0.006, 0.002, 0.005, -0.004, 0.003, -0.002};
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "clients,runs,tps\n");
    for (size_t i = 0; i < count; i++) {
        double n = clients[i], busy = n < 4 ? n : 4;
        double tps = 1000 * busy / (1 + 0.03 * (n - 1) + 0.0004 * n * (n - 1));
        fprintf(out, "%g,2,%.1f\n", n, tps * (1 + off[i]));
    }
    assert_int_equal(fclose(out), 0);
}

/* How often its errors hold what they promise is tested with the fit. */
static void load_levels_tell_contention(void **state)
{
    const struct place *place = *state;
    const char *rows = arena_printf(place->arena, "%s/levels.csv", place->folder);
    const char *out = arena_printf(place->arena, "%s/out", place->folder);
    static const double truth[] = {0.03, 0.0004, 1000};
    file_write(place->scenario, PROCESSORS, strlen(PROCESSORS));
    write_levels(rows, 7);
    struct command_result run = capsim_run("calibrate", place->scenario, "--measured", rows,
                                           "--out", out, "--format", "json", NULL);
    json_t *answer = command_result_json(&run);
    assert_int_equal(run.status, 0);
    for (size_t i = 0; i < 3; i++) {
        const json_t *input = json_array_get(json_object_get(answer, "inputs"), i);
        double error = json_number_at(input, "error");
        assert_true(error > 0 && error < 0.2 * truth[i]);
        assert_within(json_number_at(input, "value"), truth[i], 4 * error);
        assert_true(json_number_at(input, "low") < truth[i] &&
                    truth[i] < json_number_at(input, "high"));
    }
    json_decref(answer);
    command_result_free(&run);
    /* With these values the scenario gets done what was measured: 4 cores, 16 clients. */
    run = capsim_run("run", arena_printf(place->arena, "%s/scenario.json", out), "--set",
                     "workloads.w.arrivals.customers=16", "--format", "json", NULL);
    json_t *report = command_result_json(&run);
    const json_t *metrics =
        json_object_get(json_array_get(json_object_get(report, "settings"), 0), "metrics");
    assert_within(json_number_at(json_object_get(metrics, "w.throughput"), "estimate"),
                  4000 / (1 + 0.03 * 15 + 0.0004 * 240), 60);
    json_decref(report);
    command_result_free(&run);
    /* Where throughput stays at what four cores can do there is none to be told. */
    static const char flat[] = "clients,tps\n1,1000\n2,1990\n4,4020\n8,3980\n16,4010\n32,3990\n";
    file_write(rows, flat, strlen(flat));
    run = capsim_run("calibrate", place->scenario, "--measured", rows, NULL);
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.output, "no contention that can be told from none"));
    assert_non_null(strstr(run.output, "may be 0"));
    command_result_free(&run);
    write_levels(rows, 3);
    run = capsim_run("calibrate", place->scenario, "--measured", rows, NULL);
    assert_int_equal(run.status, 3);
    assert_non_null(strstr(run.output, "UNDECIDED"));
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
        TEST(the_calibrated_scenario_is_written),
        TEST(a_wrong_scenario_fails),
        TEST(an_input_that_the_data_do_not_tell_is_named),
        TEST(load_levels_tell_contention),
        TEST(mistakes_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
