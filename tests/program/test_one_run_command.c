/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run says where one real run would be: of the replications, and where inputs are uncertain of runs
 * with values drawn for them. */
#include "models/studies/one_run_study.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char scenario_text[] =
    "{ \"capsim\": 1, \"name\": \"one\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 20 } },\n"
    "  \"workloads\": { \"api\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": %s },\n"
    "    \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\": { \"dist\": \"exponential\", "
    "\"mean\": \"50ms\" } } ] } ] } },\n"
    "  \"run\": { \"duration\": \"30s\", \"warmup\": \"2s\", \"replications\": [ 10, 10 ], "
    "\"seed\": 3 } }\n";

static char *write_scenario(const char *folder, const char *rate)
{
    char *path = NULL, *text = NULL;
    assert_true(asprintf(&path, "%s/scenario.json", folder) > 0);
    assert_true(asprintf(&text, scenario_text, rate) > 0);
    file_write(path, text, strlen(text));
    free(text);
    return path;
}

static json_t *report_of(const char *rate, const char *threads)
{
    char *folder = folder_make(), *path = write_scenario(folder, rate);
    struct command_result run =
        capsim_run("run", path, "-q", "--format", "json", "--threads", threads, NULL);
    json_t *report = command_result_json(&run);
    command_result_free(&run);
    free(path);
    folder_remove(folder);
    return report;
}

static json_t *setting_of(json_t *report)
{
    return json_array_get(json_object_get(report, "settings"), 0);
}

static double width(json_t *report, const char *metric, double *estimate)
{
    json_t *found = json_object_get(json_object_get(setting_of(report), "metrics"), metric);
    *estimate = json_number_at(found, "estimate");
    assert_true(json_number_at(found, "one_run_low") <= *estimate);
    assert_true(json_number_at(found, "one_run_high") >= *estimate);
    assert_true(json_number_at(found, "one_run_low") <= json_number_at(found, "low"));
    return json_number_at(found, "one_run_high") - json_number_at(found, "one_run_low");
}

/* 200/s for 30 s: one run has 6,000 arrivals, give or take 1.3 %; a rate known to 10 % makes that
 * 10.1 %, nearly eight times as wide. Of 79 runs the 2nd and the 78th; of 10, Student's t: within a
 * factor of two. */
static void uncertain_inputs_make_one_run_wider(void **state)
{
    double known, unsure;
    json_t *certain = report_of("\"200/s\"", "1");
    json_t *uncertain = report_of("{ \"value\": \"200/s\", \"uncertain\": \"±10%\" }", "1");
    double narrow = width(certain, "api.throughput", &known);
    double wide = width(uncertain, "api.throughput", &unsure);
    assert_within(known, unsure, 0);
    assert_null(json_object_get(setting_of(certain), "one_runs"));
    assert_int_equal(json_integer_value(json_object_get(setting_of(uncertain), "one_runs")), 79);
    assert_true(narrow > 0 && wide > 4 * narrow && wide < 16 * narrow);
    /* 2 x 1.96 x 10.1 % of 200/s; of order statistics of 79 a fifth is chance. */
    assert_within(wide, 79.2, 25);
    json_decref(certain);
    json_decref(uncertain);
}

static void threads_do_not_change_one_run(void **state)
{
    const char *rate = "{ \"value\": \"200/s\", \"uncertain\": \"±10%\" }";
    json_t *one = report_of(rate, "1"), *three = report_of(rate, "3");
    assert_true(json_equal(setting_of(one), setting_of(three)));
    json_decref(one);
    json_decref(three);
}

static void the_text_shows_it_where_inputs_are_uncertain(void **state)
{
    static const char *const rates[] = {"\"200/s\"",
                                        "{ \"value\": \"200/s\", \"uncertain\": \"±10%\" }"};
    for (int i = 0; i < 2; i++) {
        char *folder = folder_make(), *path = write_scenario(folder, rates[i]);
        struct command_result run = capsim_run("run", path, "-q", NULL);
        assert_int_equal(run.status, 0);
        assert_int_equal(strstr(run.output, "One real run\n") != NULL, i == 1);
        assert_int_equal(strstr(run.output, "what 79 runs of this length showed") != NULL, i == 1);
        command_result_free(&run);
        free(path);
        folder_remove(folder);
    }
}

/* A page is made from the report alone, and has the same table. */
static void a_report_that_was_kept_still_knows_it(void **state)
{
    char *folder = folder_make(), *report = NULL, *out = NULL;
    char *path = write_scenario(folder, "{ \"value\": \"200/s\", \"uncertain\": \"±10%\" }");
    assert_true(asprintf(&out, "%s/out", folder) > 0);
    assert_true(asprintf(&report, "%s/report.json", out) > 0);
    struct command_result run = capsim_run("run", path, "-q", "--out", out, NULL);
    assert_int_equal(run.status, 0);
    struct command_result page = capsim_run("report", report, "-q", NULL);
    assert_int_equal(page.status, 0);
    assert_non_null(strstr(page.output, "One real run"));
    assert_non_null(strstr(page.output, "79 runs of this length"));
    command_result_free(&page);
    command_result_free(&run);
    free(report);
    free(out);
    free(path);
    folder_remove(folder);
}

static void there_are_as_many_runs_as_the_confidence_asks_for(void **state)
{
    assert_int_equal(one_run_study_runs(0.95), 79);
    assert_int_equal(one_run_study_runs(0.9), 39);
    assert_int_equal(one_run_study_runs(0.9999), 399);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uncertain_inputs_make_one_run_wider),
        cmocka_unit_test(threads_do_not_change_one_run),
        cmocka_unit_test(the_text_shows_it_where_inputs_are_uncertain),
        cmocka_unit_test(a_report_that_was_kept_still_knows_it),
        cmocka_unit_test(there_are_as_many_runs_as_the_confidence_asks_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
