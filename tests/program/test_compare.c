/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand compare, as a user meets it. */
#include "tests/support/support.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char ACCUBOOKS[] = "inputs/scenarios/accubooks-pool.json";
static const char MMC[] = "inputs/scenarios/mmc.json";

static json_t *find_row(const json_t *root, const char *metric)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(root, "metrics"), i,
                       row) if (strcmp(json_string_value(json_object_get(row, "metric")), metric) ==
                                0) return row;
    fail_msg("no %s", metric);
    return NULL;
}

static void assert_all_zero(struct command_result result)
{
    json_t *root = command_result_json(&result), *row;
    size_t i, compared = 0;
    assert_int_equal(result.status, 0);
    json_array_foreach(json_object_get(root, "metrics"), i, row)
    {
        double difference = json_number_at(row, "difference");
        if (isnan(difference))
            continue;
        assert_true(difference == 0 && !signbit(difference));
        assert_true(json_number_at(row, "difference_low") == 0 &&
                    json_number_at(row, "difference_high") == 0);
        assert_string_equal(json_string_value(json_object_get(row, "change")), "same");
        compared++;
    }
    assert_true(compared > 40);
    json_decref(root);
    command_result_free(&result);
}

static void a_setting_compared_with_itself_differs_by_exactly_zero(void **state)
{
    assert_all_zero(capsim_run("compare", ACCUBOOKS, "--from", "proposed", "--to", "proposed",
                               "--duration", "5min", "-n", "4", "-f", "json", "-q", NULL));
    assert_all_zero(capsim_run("compare", ACCUBOOKS, ACCUBOOKS, "--duration", "5min", "-n", "4",
                               "-f", "json", "-q", NULL));
}

/* Both serve the same arrivals: 75 % of 50 connections are 18.75 % of 200. */
static void settings_are_compared_on_the_same_customers(void **state)
{
    struct command_result result =
        capsim_run("compare", ACCUBOOKS, "--duration", "5min", "-n", "6", "-f", "json", "-q", NULL);
    json_t *root = command_result_json(&result), *row = find_row(root, "db_pool.utilization");
    assert_within(json_number_at(row, "difference"), -0.5625, 0.02);
    assert_within(json_number_at(row, "relative_change"), -0.75, 0.001);
    assert_true(json_number_at(find_row(root, "api.response.p95"), "variance_ratio") < 0.05);
    row = find_row(root, "api.arrival_rate");
    assert_true(json_number_at(row, "difference") == 0);
    json_decref(root);
    command_result_free(&result);
}

/* The same load on a pool for all and on a pool per instance: what only one has is said. */
static void two_scenarios_share_seed_and_metrics(void **state)
{
    static const char other[] = "inputs/scenarios/accubooks-full.json";
    struct command_result result =
        capsim_run("compare", ACCUBOOKS, other, "--duration", "6min", "-n", "3", "-q", NULL);
    assert_int_equal(result.status, 0);
    assert_non_null(strstr(result.output, "metrics are only in inputs/scenarios/accubooks-full"));
    assert_non_null(strstr(result.output, "input inputs/scenarios/accubooks-full.json: sha256"));
    const char *repeat = strstr(result.output, "The same command gives the same results:");
    assert_non_null(repeat);
    assert_non_null(strstr(repeat, other));
    command_result_free(&result);
}

static void the_bytes_do_not_depend_on_threads(void **state)
{
    struct command_result one = capsim_run("compare", ACCUBOOKS, "--duration", "5min", "-j1", "-f",
                                           "json", "-q", NULL),
                          four = capsim_run("compare", ACCUBOOKS, "--duration", "5min", "-j4", "-f",
                                            "json", "-q", NULL);
    assert_string_equal(one.output, four.output);
    command_result_free(&one);
    command_result_free(&four);
}

static void assert_refused(struct command_result result, const char *message)
{
    assert_int_equal(result.status, 2);
    assert_string_equal(result.error, message);
    assert_string_equal(result.output, "");
    command_result_free(&result);
}

static void names_that_are_not_there_are_refused(void **state)
{
    assert_refused(capsim_run("compare", ACCUBOOKS, "--from", "basline", NULL),
                   "--from basline: inputs/scenarios/accubooks-pool.json has no such setting; did "
                   "you mean \"baseline\"?; try 'capsim help compare'\n");
    assert_refused(capsim_run("compare", ACCUBOOKS, "--to", "xyz", NULL),
                   "--to xyz: inputs/scenarios/accubooks-pool.json has no such setting; it "
                   "has baseline, proposed; try 'capsim help compare'\n");
    assert_refused(capsim_run("compare", MMC, NULL),
                   "inputs/scenarios/mmc.json: has no setting but \"baseline\": name a second "
                   "scenario, or compare it with itself by --to baseline; try 'capsim help "
                   "compare'\n");
    assert_refused(capsim_run("compare", "inputs/scenarios/accubooks-per-instance.json", NULL),
                   "inputs/scenarios/accubooks-per-instance.json: has 4 settings: --to must say "
                   "which one; try 'capsim help compare'\n");
    assert_refused(capsim_run("compare", MMC, ACCUBOOKS, NULL),
                   "inputs/scenarios/accubooks-pool.json: has no resource or workload of a name "
                   "that is also in the first scenario: there is nothing to compare; try 'capsim "
                   "help compare'\n");
    assert_refused(capsim_run("compare", MMC, "missing.json", NULL),
                   "missing.json: cannot be read: No such file or directory\n");
}

static void an_interruption_keeps_what_was_finished(void **state)
{
    const char *argv[] = {capsim_path(), "compare", ACCUBOOKS, "-n", "4000", "--duration",
                          "5min",        "-f",      "json",    "-q", NULL};
    struct command_result result =
        command_run(&(struct command){.argv = argv, .signal = 2, .signal_after_s = 3});
    json_t *root = command_result_json(&result);
    assert_int_equal(result.status, 130);
    assert_true(json_is_true(json_object_get(root, "interrupted")));
    assert_within(json_number_at(find_row(root, "db_pool.utilization"), "difference"), -0.5625,
                  0.05);
    json_decref(root);
    command_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_setting_compared_with_itself_differs_by_exactly_zero),
        cmocka_unit_test(settings_are_compared_on_the_same_customers),
        cmocka_unit_test(two_scenarios_share_seed_and_metrics),
        cmocka_unit_test(the_bytes_do_not_depend_on_threads),
        cmocka_unit_test(names_that_are_not_there_are_refused),
        cmocka_unit_test(an_interruption_keeps_what_was_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
