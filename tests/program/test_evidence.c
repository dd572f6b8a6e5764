/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The evidence of a change: which files there are, and that they say what the run said. */
#include "tests/support/evidence_place.h"
#include "tests/support/page_check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void all_files_that_reviewers_expect_are_there(void **state)
{
    static const char *const names[] = {
        "pre_change/pre_change_metrics.json",
        "pre_change/pre_change_config.json",
        "pre_change/pre_change_latency.json",
        "pre_change/pre_change_error_rate.txt",
        "pre_change/pre_change_connections.txt",
        "during_change/config_diff.txt",
        "during_change/post_change_config.json",
        "post_change/synthetic_load_test_results.json",
        "post_change/sustained_monitoring.json",
        "post_change/error_rate_comparison.txt",
        "post_change/latency_comparison.json",
        "post_change/projected_metrics.json",
        "post_execution_report.md",
        "report.json",
        "report.txt",
        "report.html",
        "index.html",
        "pictures/model.svg",
        "pictures/criteria.svg",
        "pictures/response.svg",
        "pictures/series.svg",
    };
    json_t *manifest = place_json(place_path(*state, "evidence.json"));
    json_t *files = json_object_get(manifest, "files");
    enum { NAMES = sizeof names / sizeof names[0] };
    size_t listed = json_array_size(files);
    assert_in_range(listed, NAMES, NAMES + 4);
    for (size_t i = 0; i < NAMES; i++) {
        char *text = file_read(place_path(*state, names[i]), NULL);
        bool is_json = strstr(names[i], ".json") != NULL, is_listed = false;
        bool is_drawn = strstr(names[i], ".svg") || strstr(names[i], ".html");
        if (!is_drawn && strcmp(names[i], "report.json") != 0 &&
            strcmp(names[i], "report.txt") != 0 &&
            strcmp(names[i], "during_change/config_diff.txt") != 0)
            assert_non_null(strstr(text, is_json ? "\"projected\": \"by simulation" : "PROJECTED"));
        for (size_t k = 0; k < listed; k++)
            is_listed |=
                strcmp(json_string_value(json_object_get(json_array_get(files, k), "file")),
                       names[i]) == 0;
        assert_true(is_listed);
        if (is_json)
            json_decref(place_json(place_path(*state, names[i])));
        free(text);
    }
    json_decref(manifest);
}

/* The index has a link to every other file, and each of its links leads to one. */
static void the_index_leads_to_every_file(void **state)
{
    char *index = file_read(place_path(*state, "index.html"), NULL);
    char *page = file_read(place_path(*state, "report.html"), NULL);
    json_t *manifest = place_json(place_path(*state, "evidence.json")), *file;
    size_t i, links = 0;
    page_check_all(index);
    page_check_all(page);
    json_array_foreach(json_object_get(manifest, "files"), i, file)
    {
        char link[200];
        const char *name = json_string_value(json_object_get(file, "file"));
        snprintf(link, sizeof link, "<li><a href=\"%s\">", name);
        if (strcmp(name, "index.html") != 0 && !strstr(index, link))
            fail_msg("no link to %s", name);
    }
    for (char *at = index; (at = strstr(at, "<li><a href=\"")); links++) {
        char name[200];
        at += strlen("<li><a href=\"");
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "\""), at);
        if (name[0] != '#')
            free(file_read(place_path(*state, name), NULL));
    }
    assert_true(links > json_array_size(json_object_get(manifest, "files")));
    assert_non_null(strstr(page, "<figure id=\"picture-model\">"));
    json_decref(manifest);
    free(page);
    free(index);
}

/* Where one run would be is wider than where the mean is, and both are around the estimate. */
static void figures_are_those_of_the_report(void **state)
{
    json_t *report = place_json(place_path(*state, "report.json"));
    json_t *before = place_json(place_path(*state, "pre_change/pre_change_metrics.json"));
    json_t *setting = json_array_get(json_object_get(report, "settings"), 0), *metric;
    json_t *metrics = json_object_get(before, "metrics");
    const char *name;
    assert_string_equal(json_string_value(json_object_get(before, "setting")), "baseline");
    assert_int_equal(json_object_size(metrics),
                     json_object_size(json_object_get(setting, "metrics")));
    json_object_foreach(json_object_get(setting, "metrics"), name, metric)
    {
        json_t *copy = json_object_get(metrics, name);
        if (json_is_null(json_object_get(metric, "estimate")))
            continue;
        assert_true(json_number_at(copy, "estimate") == json_number_at(metric, "estimate"));
        assert_true(json_number_at(copy, "one_run_low") <= json_number_at(copy, "estimate"));
        assert_true(json_number_at(copy, "one_run_high") >= json_number_at(copy, "estimate"));
    }
    json_t *busy = json_object_get(metrics, "pool.utilization");
    assert_true(json_number_at(busy, "one_run_low") < json_number_at(busy, "low"));
    assert_true(json_number_at(busy, "one_run_high") > json_number_at(busy, "high"));
    json_decref(report);
    json_decref(before);
}

static void the_configuration_and_its_difference_are_told(void **state)
{
    json_t *before = place_json(place_path(*state, "pre_change/pre_change_config.json"));
    json_t *after = place_json(place_path(*state, "during_change/post_change_config.json"));
    const char *const pool[] = {"configuration", "resources", "pool"};
    for (size_t i = 0; i < 3; i++) {
        json_t *old = json_object_get(before, pool[i]), *new = json_object_get(after, pool[i]);
        json_incref(old);
        json_incref(new);
        json_decref(before);
        json_decref(after);
        before = old;
        after = new;
    }
    assert_within(json_number_at(before, "max"), 13, 0);
    assert_within(json_number_at(after, "max"), 31, 0);
    assert_null(json_object_get(before, "min"));
    assert_within(json_number_at(after, "min"), 4, 0);
    json_decref(before);
    json_decref(after);
    char *text = file_read(place_path(*state, "during_change/config_diff.txt"), NULL);
    assert_non_null(strstr(text, "--- baseline\n+++ larger\n@@ resources.pool.max @@\n- 13\n+ 31\n"
                                 "@@ resources.pool.min @@\n+ 4\n"));
    free(text);
}

static void the_load_test_says_what_it_can_tell(void **state)
{
    json_t *test = place_json(place_path(*state, "post_change/synthetic_load_test_results.json"));
    json_t *p95 =
        json_object_get(json_object_get(test, "results"), "synthetic_load_test.response.p95");
    json_t *resolution = json_object_get(test, "resolution_of_p95");
    assert_within(json_number_at(test, "requests"), 500, 0);
    assert_within(json_number_at(test, "concurrency"), 50, 0);
    assert_true(json_number_at(p95, "one_run_low") < json_number_at(p95, "estimate"));
    assert_within(json_number_at(resolution, "a_s"), 0.5, 0); /* the criterion's limit */
    assert_within(json_number_at(resolution, "b_s"), 0.6, 1e-12);
    double low = json_number_at(resolution, "figure_over_truth_low");
    assert_true(low > 0.5 && low < 1);
    json_decref(test);
}

static void windows_are_those_of_the_changed_system(void **state)
{
    json_t *monitoring = place_json(place_path(*state, "post_change/sustained_monitoring.json"));
    json_t *series = json_object_get(monitoring, "series"), *value;
    size_t i;
    assert_within(json_number_at(series, "window_s"), 5, 0);
    json_array_foreach(json_object_get(series, "values"), i, value)
    {
        assert_string_equal(json_string_value(json_object_get(value, "setting")), "larger");
        assert_int_equal(json_array_size(json_object_get(value, "estimate")), 12);
    }
    assert_true(i > 8);
    json_decref(monitoring);
}

static void what_only_production_can_tell_is_left_blank(void **state)
{
    static const char *const headings[] = {"## Summary",
                                           "## Timeline",
                                           "## Settings before and after",
                                           "## Success criteria",
                                           "## Baseline and result",
                                           "## Synthetic load test",
                                           "## Sustained monitoring",
                                           "## Incidents",
                                           "## Anomalies",
                                           "## Rollback",
                                           "## Evidence",
                                           "## Assessment",
                                           "## Recommendations and lessons",
                                           "## Notifications",
                                           "## Decision",
                                           "## Sign-off"};
    char *text = file_read(place_path(*state, "post_execution_report.md"), NULL), *at = text;
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
        at = strstr(at, headings[i]);
        if (!at)
            fail_msg("no section %s in its place", headings[i]);
    }
    assert_non_null(strstr(text, "| busy | pool.utilization < 70% for 20s |"));
    assert_non_null(strstr(text, "- Decision: ‹to fill in›\n"));
    free(text);
}

/* 20,000 values are kept: 6 series of 3000 windows, of 15; those of criteria first. */
static void key_series_that_do_not_fit_are_left_out(void **state)
{
    const struct evidence_place *place = *state;
    struct command_result run =
        capsim_run("run", place->scenario, "--series", "key", "--series", "pool.queue", "--set",
                   "run.window=20ms", "--replications", "2", "--format", "json", NULL);
    json_t *report = command_result_json(&run);
    json_t *values = json_object_get(json_object_get(report, "series"), "values");
    static const char *const first[] = {"pool.queue", "pool.utilization", "api.response.p95"};
    assert_int_equal(json_array_size(values), 2 * 6);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(values, i), "metric")),
                            first[i]);
    json_decref(report);
    command_result_free(&run);
}

static void inputs_are_kept(void **state)
{
    const struct evidence_place *place = *state;
    char *scenario = file_read(place->scenario, NULL);
    char *copy = file_read(place_path(place, "inputs/small.json"), NULL);
    assert_string_equal(copy, scenario);
    free(scenario);
    free(copy);
    copy = file_read(place_path(place, "inputs/data/think.txt"), NULL);
    assert_string_equal(copy, "1\n2\n3\n5\n8\n");
    free(copy);
}

static void evidence_does_not_depend_on_threads(void **state)
{
    const struct evidence_place *place = *state;
    const char *again = place_path(place, "../again");
    struct command_result run = capsim_run("run", place->scenario, "--evidence", again, "--threads",
                                           "1", "--format", "json", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    const char *const argv[] = {"diff", "-r", place->evidence, again, NULL};
    struct command_result same = command_run(&(struct command){.argv = argv});
    assert_string_equal(same.output, "");
    assert_int_equal(same.status, 0);
    command_result_free(&same);
}

static void assert_refused(const struct evidence_place *place, const char *option,
                           const char *value, const char *message)
{
    struct command_result run = capsim_run("run", place->scenario, "--evidence",
                                           place_path(place, "../refused"), option, value, NULL);
    assert_int_equal(run.status, 2);
    assert_string_equal(run.error, message);
    command_result_free(&run);
}

static void bad_requests_are_refused_before_anything_runs(void **state)
{
    assert_refused(*state, "--load-test", "500x50",
                   "--load-test: must be N:C, such as 500:50: up to 1000000 requests, up to 100000 "
                   "at a time; got \"500x50\"; try 'capsim help run'\n");
    assert_refused(*state, "--load-test", "0:5",
                   "--load-test: must be N:C, such as 500:50: up to 1000000 requests, up to 100000 "
                   "at a time; got \"0:5\"; try 'capsim help run'\n");
    assert_refused(*state, "--setting", "baseline",
                   "--evidence: is about one change, from baseline to another setting; the "
                   "scenario has no other; try 'capsim help run'\n");
}

/* Requests of a load test bring the values of a trace in turn: 0.1.0 read through a null
 * pointer. The scenario comes from standard input, and its trace is called as that would be in
 * the folder. */
static void requests_of_a_trace_have_a_load_test_too(void **state)
{
    static const char scenario[] =
        "{\"capsim\": 1, \"name\": \"t\", \"resources\": {\"p\": {\"kind\": \"thread_pool\", "
        "\"threads\": 2}}, \"workloads\": {\"w\": {\"arrivals\": {\"process\": \"trace\", "
        "\"file\": \"scenario.json\", \"columns\": {\"arrival\": \"at\", \"work\": \"work\"}, "
        "\"unit\": \"ms\", \"repeat\": true}, \"steps\": [{\"hold\": \"p\", \"steps\": "
        "[{\"delay\": {\"trace\": \"work\"}}]}]}}, "
        "\"settings\": {\"more\": {\"resources.p.threads\": 3}}, "
        "\"run\": {\"duration\": \"10s\", \"replications\": [3, 3]}}";
    static const char rows[] = "at,work\n1,2\n50,3\n100,4\n";
    const struct evidence_place *place = *state;
    const char *trace = place_path(place, "../scenario.json");
    char *program = realpath(capsim_path(), NULL);
    file_write(trace, rows, strlen(rows));
    const char *argv[] = {program, "run",         "-",     "--evidence", "traced",
                          "-q",    "--load-test", "200:1", NULL};
    struct command_result run =
        command_run(&(struct command){.argv = argv, .folder = place->folder, .input = scenario});
    if (run.status != 0)
        fail_msg("%s", run.error);
    command_result_free(&run);
    char *copy = file_read(place_path(place, "../traced/inputs/scenario.json"), NULL);
    assert_string_equal(copy, rows);
    free(copy);
    copy = file_read(place_path(place, "../traced/inputs/scenario-2.json"), NULL);
    assert_string_equal(copy, scenario);
    free(copy);
    json_t *test =
        place_json(place_path(place, "../traced/post_change/synthetic_load_test_results.json"));
    json_t *mean =
        json_object_get(json_object_get(test, "results"), "synthetic_load_test.response.mean");
    assert_within(json_real_value(json_object_get(mean, "estimate")), 0.003, 0.0002);
    json_decref(test);
    struct command_result verified = capsim_run("verify", place_path(place, "../traced"), NULL);
    if (verified.status != 0)
        fail_msg("%s%s", verified.output, verified.error);
    command_result_free(&verified);
    free(program);
}

/* A team's own form: sections, words, metrics and blanks are filled in; verify makes it again from
 * the copy that the evidence keeps, and takes what people fill in. */
static void a_form_of_ones_own_replaces_the_report(void **state)
{
    static const char form[] = "# Ours: {{scenario}}, {{verdict}}, 1. {{ criteria_passed }} of "
                               "{{criteria_total}}\nby {{blank}} at ‹to fill in›\n\n{{criteria}}\n"
                               "p95 {{projected api.response.p95}} was {{baseline "
                               "api.response.p95}}\n";
    struct evidence_place *place = *state;
    char *path = strdup(place_path(place, "../form.md")),
         *out = strdup(place_path(place, "../own"));
    file_write(path, form, strlen(form));
    struct command_result run = capsim_run("run", place->scenario, "--evidence", out,
                                           "--evidence-template", path, "-q", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    char *report = file_read(place_path(place, "../own/post_execution_report.md"), NULL);
    assert_non_null(strstr(report, "# Ours: small, PASS, 1. "));
    assert_non_null(strstr(report, "by ‹to fill in› at ‹to fill in›\n\n## Success criteria\n"));
    assert_non_null(strstr(report, "\np95 "));
    assert_null(strstr(report, "{{"));
    assert_null(strstr(report, "## Timeline"));
    remove(path); /* verify reads the copy */
    char *filled = strstr(report, "‹to fill in›");
    memcpy(filled, "somebody else", 12);
    file_write(place_path(place, "../own/post_execution_report.md"), report, strlen(report));
    struct command_result verified = capsim_run("verify", out, NULL);
    assert_int_equal(verified.status, 0);
    assert_non_null(strstr(verified.output, "identical"));
    assert_non_null(strstr(verified.output, "blanks filled in"));
    command_result_free(&verified);
    memcpy(strstr(report, "PASS"), "FAIL", 4);
    file_write(place_path(place, "../own/post_execution_report.md"), report, strlen(report));
    verified = capsim_run("verify", out, NULL);
    assert_int_equal(verified.status, 1);
    command_result_free(&verified);
    free(report);
    free(out);
    free(path);
}

/* Mistakes in a form have their place, and nothing is simulated or written. */
static void a_mistake_in_a_form_has_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"one\né {{crit}}\n",
         ":2:3: unknown placeholder \"crit\"; the nearest of 33 are criteria,"},
        {"a {{criteria}}", ":1:3: {{criteria}} is a section: it must be alone on its line"},
        {"{{projected api.respnse.p95}}", ":1:1: no metric \"api.respnse.p95\" in this scenario"},
        {"{{baseline}}", ":1:1: a metric is due behind \"baseline\""},
        {"{{seed\n}}", ":1:1: \"{{\" is not closed by \"}}\" on its line"},
        {"\001", ":1:1: is no text: it has control characters"},
    };
    struct evidence_place *place = *state;
    char *path = strdup(place_path(place, "../bad.md")),
         *out = strdup(place_path(place, "../none"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        file_write(path, cases[i].text, strlen(cases[i].text));
        struct command_result run = capsim_run("run", place->scenario, "--evidence", out,
                                               "--evidence-template", path, "-q", NULL);
        assert_int_equal(run.status, 2);
        if (!strstr(run.error, cases[i].message))
            fail_msg("case %zu: %s", i, run.error);
        command_result_free(&run);
        assert_int_not_equal(access(out, F_OK), 0);
    }
    struct command_result alone =
        capsim_run("run", place->scenario, "--evidence-template", path, "-q", NULL);
    assert_int_equal(alone.status, 2);
    assert_non_null(strstr(alone.error, "--evidence DIR writes, which is not given"));
    command_result_free(&alone);
    free(out);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_files_that_reviewers_expect_are_there),
        cmocka_unit_test(the_index_leads_to_every_file),
        cmocka_unit_test(figures_are_those_of_the_report),
        cmocka_unit_test(the_configuration_and_its_difference_are_told),
        cmocka_unit_test(the_load_test_says_what_it_can_tell),
        cmocka_unit_test(windows_are_those_of_the_changed_system),
        cmocka_unit_test(what_only_production_can_tell_is_left_blank),
        cmocka_unit_test(key_series_that_do_not_fit_are_left_out),
        cmocka_unit_test(inputs_are_kept),
        cmocka_unit_test(requests_of_a_trace_have_a_load_test_too),
        cmocka_unit_test(a_form_of_ones_own_replaces_the_report),
        cmocka_unit_test(a_mistake_in_a_form_has_its_place),
        cmocka_unit_test(evidence_does_not_depend_on_threads),
        cmocka_unit_test(bad_requests_are_refused_before_anything_runs),
    };
    return cmocka_run_group_tests(tests, place_open, place_close);
}
