/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit: the findings of the two files of claims that are shipped, and how it ends. */
#include "sim/base/arena.h"
#include "tests/support/support.h"
#include <stdlib.h>
#include <string.h>

static json_t *audit(const char *file, int *status)
{
    char *path = source_path(file);
    struct command_result run = capsim_run("audit", path, "--format", "json", NULL);
    json_t *answer = command_result_json(&run);
    *status = run.status;
    command_result_free(&run);
    free(path);
    return answer;
}

static const char *text_at(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

/* The number of the contradiction that has such a line; 0: none. */
static int set_with_line(const json_t *answer, const char *line)
{
    size_t i;
    json_t *row;
    json_array_foreach(
        json_object_get(answer, "arithmetic"), i,
        row) if (strstr(text_at(row, "line"), line)) return (int)json_number_at(row, "set");
    return 0;
}

/* The claim about that figure in the contradiction. */
static const json_t *claim_of(const json_t *answer, int set, const char *figure)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(answer, "contradictions"), i,
                       row) if ((int)json_number_at(row, "set") == set &&
                                strcmp(text_at(row, "figure"), figure) == 0) return row;
    fail_msg("contradiction %d is not about %s", set, figure);
    return NULL;
}

static size_t claims_in(const json_t *answer, int set)
{
    size_t i, count = 0;
    const json_t *row;
    json_array_foreach(json_object_get(answer, "contradictions"), i, row) count +=
        (int)json_number_at(row, "set") == set;
    return count;
}

static const json_t *follows_of(const json_t *answer, const char *figure)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(answer, "follows"), i,
                       row) if (strcmp(text_at(row, "figure"), figure) == 0) return row;
    fail_msg("nothing follows of %s", figure);
    return NULL;
}

/* 450 busy at 500/s are held for 0.9 s, above the p95 of the whole response. */
static void busy_connections_need_a_hold_above_the_p95(void **state)
{
    int status;
    json_t *answer = audit("inputs/claims/accubooks.json", &status);
    int set = set_with_line(answer, "pools.busy: 500/s x 420 ms = 210 at most (utilization law), "
                                    "450 is claimed");
    assert_true(set > 0);
    assert_int_equal(status, 1);
    assert_int_equal(claims_in(answer, set), 3);
    assert_within(json_number_at(claim_of(answer, set, "api.response.p95"), "needed_low"), 0.9,
                  1e-9);
    assert_within(json_number_at(claim_of(answer, set, "pools.busy"), "needed_high"), 210, 1e-9);
    assert_true(text_at(claim_of(answer, set, "pools.busy"), "supposition")[0] != '\0');
    json_decref(answer);
}

/* 50 at 75 % and 500/s are held for 75 ms, with what the percent were rounded by; of 600 then 6 %
 * are busy, not 75 %. */
static void a_hold_of_75_ms_makes_600_connections_6_percent_busy(void **state)
{
    int status;
    json_t *answer = audit("inputs/claims/accubooks.json", &status);
    const json_t *hold = follows_of(answer, "one_pool.hold");
    const json_t *share = follows_of(answer, "pools.utilization");
    assert_within(json_number_at(hold, "low"), 0.0745, 1e-9);
    assert_within(json_number_at(hold, "high"), 0.0755, 1e-9);
    assert_within(json_number_at(share, "low"), 0.0745 * 500 / 600, 1e-9);
    assert_within(json_number_at(share, "high"), 0.0755 * 500 / 600, 1e-9);
    assert_string_equal(text_at(share, "claimed"), "75%");
    json_decref(answer);
}

static void twenty_of_200_are_not_20_percent(void **state)
{
    int status;
    json_t *answer = audit("inputs/claims/accubooks.json", &status);
    int set = set_with_line(answer, "20 / 200 = 10 % at most (share)");
    assert_true(set > 0);
    assert_int_equal(claims_in(answer, set), 3);
    assert_within(json_number_at(claim_of(answer, set, "proposed.min"), "needed_low"), 39, 1e-9);
    json_decref(answer);
}

static void fifteen_seconds_a_minute_are_not_15_8_percent(void **state)
{
    int status;
    json_t *answer = audit("inputs/claims/pganalytics.json", &status);
    int set = set_with_line(answer, "100 x 150 ms = 15 s");
    assert_int_equal(status, 1);
    assert_true(set > 0);
    assert_int_equal(claims_in(answer, set), 4);
    assert_within(json_number_at(claim_of(answer, set, "cpu.of_a_core"), "needed_low"), 0.25, 1e-9);
    /* What was called so: the share of the window in which the fleet is busy. */
    assert_within(json_number_at(follows_of(answer, "cycle.share"), "low"), 9.5 / 60, 1e-9);
    json_decref(answer);
}

static void a_hundred_of_10000_are_1_percent(void **state)
{
    int status;
    json_t *answer = audit("inputs/claims/pganalytics.json", &status);
    int set = set_with_line(answer, "100/s / 10000/s = 1 % at most (share), 5 % is claimed");
    assert_true(set > 0);
    assert_int_equal(claims_in(answer, set), 3);
    assert_within(json_number_at(claim_of(answer, set, "sampling.kept"), "needed_low"), 500, 1e-9);
    json_decref(answer);
}

static void write_claims(const char *path, const char *p95)
{
    struct arena *arena = arena_open();
    const char *text = arena_printf(
        arena,
        "{ \"capsim_claims\": 1, \"name\": \"c\", \"claims\": [\n"
        "{ \"claim\": \"rate\", \"metric\": \"rate\", \"value\": \"500/s\" },\n"
        "{ \"claim\": \"busy\", \"metric\": \"busy\", \"value\": 450 },\n"
        "{ \"claim\": \"p95\", \"metric\": \"time.p95\", \"value\": \"%s\" } ],\n"
        "\"unknown\": { \"time.mean\": \"time\" }, \"laws\": [\n"
        "{ \"law\": \"little\", \"in_system\": \"busy\", \"rate\": \"rate\", \"time\": "
        "\"time.mean\" } ] }",
        p95);
    file_write(path, text, strlen(text));
    arena_close(arena);
}

/* 0: none, 3: by a supposition alone. */
static void the_exit_status_says_what_was_found(void **state)
{
    char *folder = folder_make();
    struct arena *arena = arena_open();
    const char *path = arena_printf(arena, "%s/c.json", folder);
    static const struct {
        const char *p95;
        int status;
    } rows[] = {{"1200ms", 0}, {"420ms", 3}};
    for (size_t i = 0; i < 2; i++) {
        write_claims(path, rows[i].p95);
        struct command_result run = capsim_run("audit", path, NULL);
        assert_int_equal(run.status, rows[i].status);
        command_result_free(&run);
    }
    arena_close(arena);
    folder_remove(folder);
}

static void a_folder_of_it_is_verified(void **state)
{
    char *folder = folder_make(), *claims = source_path("inputs/claims/accubooks.json");
    struct arena *arena = arena_open();
    const char *out = arena_printf(arena, "%s/out", folder);
    struct command_result run = capsim_run("audit", claims, "--out", out, "--format", "csv", NULL);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.output, "set,claim,figure"));
    command_result_free(&run);
    run = capsim_run("verify", out, claims, NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    arena_close(arena);
    folder_remove(folder);
    free(claims);
}

/* 250/s x 75 ms are 18.75 of 16: what the scenario asks for contradicts its own criterion, and a
 * p95 below the mean of the steps another. */
static void a_scenario_can_contradict_itself(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"shop\",\n"
        "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 16, "
        "\"acquire_timeout\": \"1s\" } },\n"
        "  \"workloads\": { \"api\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": "
        "\"200/s\" }, \"steps\": [ { \"delay\": \"20ms\" }, { \"hold\": \"pool\", \"steps\": [ { "
        "\"delay\": \"75ms\" } ] } ] } },\n"
        "  \"criteria\": [ { \"name\": \"busy\", \"expect\": \"pool.utilization < 70%\" }, { "
        "\"name\": \"fast\", \"expect\": \"api.response.p95 < 90ms\" } ],\n"
        "  \"run\": { \"duration\": \"30s\" } }\n";
    char *folder = folder_make(), *path = NULL;
    assert_true(asprintf(&path, "%s/scenario.json", folder) > 0);
    file_write(path, text, strlen(text));
    struct command_result result = capsim_run("audit", "--from", path, NULL);
    assert_int_equal(result.status, 1);
    assert_non_null(strstr(result.output, "15 / 16 = 93.75 %"));
    assert_non_null(strstr(result.output, "criterion busy"));
    assert_non_null(strstr(result.output, "criterion fast"));
    command_result_free(&result);
    struct command_result repeated = capsim_run("audit", path, "--from", path, NULL);
    assert_int_equal(repeated.status, 1);
    command_result_free(&repeated);
    struct command_result both = capsim_run("audit", "claims.json", "--from", path, NULL);
    assert_int_equal(both.status, 2);
    assert_non_null(strstr(both.error, "'audit' takes claims or --from SCENARIO, not both"));
    command_result_free(&both);
    free(path);
    folder_remove(folder);
}

/* Those that are shipped do not. */
static void shipped_scenarios_do_not_contradict_themselves(void **state)
{
    static const char *const names[] = {"accubooks-pool", "mmc", "checkout-services",
                                        "pganalytics-collectors", "day-and-burst"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[100];
        snprintf(name, sizeof name, "inputs/scenarios/%s.json", names[i]);
        char *path = source_path(name);
        struct command_result result = capsim_run("audit", "--from", path, NULL);
        if (result.status != 0)
            fail_msg("%s: %s%s", names[i], result.output, result.error);
        command_result_free(&result);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_can_contradict_itself),
        cmocka_unit_test(shipped_scenarios_do_not_contradict_themselves),
        cmocka_unit_test(busy_connections_need_a_hold_above_the_p95),
        cmocka_unit_test(a_hold_of_75_ms_makes_600_connections_6_percent_busy),
        cmocka_unit_test(twenty_of_200_are_not_20_percent),
        cmocka_unit_test(fifteen_seconds_a_minute_are_not_15_8_percent),
        cmocka_unit_test(a_hundred_of_10000_are_1_percent),
        cmocka_unit_test(the_exit_status_says_what_was_found),
        cmocka_unit_test(a_folder_of_it_is_verified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
