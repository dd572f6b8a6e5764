/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program from outside: what it answers, and that options mean what they say. What the machine
 * can do to it is in test_process.c. */
#include "tests/support/support.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 91 requests/s hold one of 13 for 75 ms on average: 6.825 of 13 busy, 52.5 %. */
static const char small[] =
    "{ \"capsim\": 1, \"name\": \"small\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 13, \"min\": 13 } },\n"
    "  \"workloads\": { \"query\": {\n"
    "    \"arrivals\": { \"process\": \"poisson\", \"rate\": \"91/s\" },\n"
    "    \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\":\n"
    "      { \"dist\": \"exponential\", \"mean\": \"75ms\" } } ] } ] } },\n"
    "  \"settings\": { \"larger\": { \"resources.pool.max\": 31, \"resources.pool.min\": 31 },\n"
    "    \"smaller\": { \"resources.pool.max\": 11, \"resources.pool.min\": 11 } },\n"
    "  \"criteria\": [ { \"name\": \"busy\", \"expect\": \"pool.utilization < 70%\" },\n"
    "    { \"name\": \"slow\", \"expect\": \"query.response.mean < 2s\", "
    "\"no_worse_than\": \"baseline\", \"margin\": \"100%\" } ],\n"
    "  \"run\": { \"duration\": \"20s\", \"warmup\": \"auto\", \"replications\": [10, 10], "
    "\"seed\": 7 } }\n";

/* The same system as written, judged by one limit: %s. */
static const char judged[] =
    "{ \"capsim\": 1, \"name\": \"judged\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 13, \"min\": 13 } },\n"
    "  \"workloads\": { \"query\": {\n"
    "    \"arrivals\": { \"process\": \"poisson\", \"rate\": \"91/s\" },\n"
    "    \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\":\n"
    "      { \"dist\": \"exponential\", \"mean\": \"75ms\" } } ] } ] } },\n"
    "  \"criteria\": [ { \"name\": \"busy\", \"expect\": \"pool.utilization < %s\" } ],\n"
    "  \"run\": { \"duration\": \"20s\", \"warmup\": \"2s\", \"replications\": [10, 10], "
    "\"seed\": 7 } }\n";

/* A folder with small.json in it, to work in. */
struct place {
    char *folder;
    char scenario[256];
};

static int open_place(void **state)
{
    static struct place place;
    place.folder = folder_make();
    snprintf(place.scenario, sizeof place.scenario, "%s/small.json", place.folder);
    file_write(place.scenario, small, strlen(small));
    *state = &place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    return 0;
}

/* The path of name in the folder; valid until the next call. */
static const char *path_in(const struct place *place, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", place->folder, name);
    return path;
}

static json_t *parse_report(const char *text)
{
    json_error_t error;
    json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!report)
        fail_msg("line %d: %s", error.line, error.text);
    assert_int_equal(json_integer_value(json_object_get(report, "capsim_report")), 1);
    return report;
}

static const char *digest_of(json_t *report)
{
    json_t *provenance = json_object_get(report, "provenance");
    return json_string_value(json_object_get(provenance, "digest"));
}

static json_t *setting_of(json_t *report, const char *name)
{
    size_t index;
    json_t *setting;
    json_array_foreach(json_object_get(report, "settings"), index, setting)
    {
        if (strcmp(json_string_value(json_object_get(setting, "name")), name) == 0)
            return setting;
    }
    return NULL;
}

static double estimate_of(json_t *report, const char *setting, const char *metric)
{
    json_t *metrics = json_object_get(setting_of(report, setting), "metrics");
    return json_number_value(json_object_get(json_object_get(metrics, metric), "estimate"));
}

/* Runs and expects a status; returns standard output, to be freed. */
static char *run_for(int status, const char *const *argv)
{
    struct command_result result = command_run(&(struct command){.argv = argv});
    if (result.status != status)
        fail_msg("status %d, not %d: %s", result.status, status, result.error);
    free(result.error);
    return result.output;
}

/* capsim run small.json --format json with up to six more words. */
static json_t *report_with(const struct place *place, int status, const char *const *more)
{
    const char *argv[16] = {capsim_path(), "run", place->scenario, "--format", "json"};
    for (size_t i = 0; more && more[i]; i++)
        argv[5 + i] = more[i];
    char *text = run_for(status, argv);
    json_t *report = parse_report(text);
    free(text);
    return report;
}
#define REPORT(place, status, ...)                                                                 \
    report_with((place), (status), (const char *const[]){__VA_ARGS__, NULL})

static int status_with_limit(const struct place *place, const char *limit)
{
    char text[sizeof judged + 16];
    snprintf(text, sizeof text, judged, limit);
    file_write(path_in(place, "judged.json"), text, strlen(text));
    struct command_result result = capsim_run("run", path_in(place, "judged.json"), NULL);
    assert_string_equal(result.error, "");
    int status = result.status;
    command_result_free(&result);
    return status;
}

/* The true utilization is 52.5 %; ten replications of 20 s know it to about 1.5 points. */
static void the_exit_status_is_the_verdict(void **state)
{
    assert_int_equal(status_with_limit(*state, "60%"), 0);
    assert_int_equal(status_with_limit(*state, "40%"), 1);
    assert_int_equal(status_with_limit(*state, "52.5%"), 3);
}

static void without_a_criterion_the_exit_status_is_0(void **state)
{
    char text[sizeof judged];
    snprintf(text, sizeof text, "%s", judged);
    char *criteria = strstr(text, "  \"criteria\""), *after = strstr(criteria, "  \"run\"");
    memmove(criteria, after, strlen(after) + 1);
    file_write(path_in(*state, "unjudged.json"), text, strlen(text));
    struct command_result result =
        capsim_run("run", path_in(*state, "unjudged.json"), "--format", "json", NULL);
    assert_int_equal(result.status, 0);
    json_t *report = parse_report(result.output);
    assert_true(json_is_null(json_object_get(report, "verdict")));
    json_decref(report);
    command_result_free(&result);
}

/* Auto warm-up, three settings, paired differences: all of it on 1, 2, 4 and 7 threads. */
static void the_same_bytes_on_any_number_of_threads(void **state)
{
    const struct place *place = *state;
    static const char *const formats[] = {"json", "text", "csv", "markdown"};
    for (size_t f = 0; f < 4; f++) {
        const char *argv[] = {capsim_path(), "run",      place->scenario, "--threads",
                              "1",           "--format", formats[f],      NULL};
        char *one = run_for(0, argv);
        for (int threads = 2; threads <= 7; threads += threads == 4 ? 3 : 2) {
            char number[16];
            snprintf(number, sizeof number, "%d", threads);
            argv[4] = number;
            char *many = run_for(0, argv);
            assert_string_equal(many, one);
            free(many);
        }
        free(one);
    }
}

/* The first study alone, the marks, then one more and one less. */
static void why_gives_the_same_bytes_on_any_number_of_threads(void **state)
{
    const struct place *place = *state;
    static const char *const formats[] = {"json", "text", "csv", "markdown"};
    for (size_t f = 0; f < 4; f++) {
        const char *argv[] = {capsim_path(), "why",      place->scenario, "--threads", "1",
                              "--format",    formats[f], "--setting",     "smaller",   NULL};
        char *one = run_for(0, argv);
        argv[4] = "3";
        char *many = run_for(0, argv);
        assert_string_equal(many, one);
        free(many);
        free(one);
    }
}

static void the_estimates_are_those_of_the_system(void **state)
{
    json_t *report = report_with(*state, 0, NULL);
    /* 30 replications' worth of error would be 0.2 points; a wrong pool is 100 points off. */
    assert_within(estimate_of(report, "baseline", "pool.utilization"), 6.825 / 13, 0.03);
    assert_within(estimate_of(report, "larger", "pool.utilization"), 6.825 / 31, 0.02);
    assert_within(estimate_of(report, "smaller", "pool.utilization"), 6.825 / 11, 0.03);
    assert_within(estimate_of(report, "baseline", "query.arrival_rate"), 91, 3);
    json_decref(report);
}

static void a_setting_is_chosen_by_name(void **state)
{
    json_t *all = report_with(*state, 0, NULL);
    json_t *some = REPORT(*state, 0, "--setting", "smaller");
    /* baseline too, because a criterion of "smaller" compares with it. */
    assert_int_equal(json_array_size(json_object_get(some, "settings")), 2);
    assert_null(setting_of(some, "larger"));
    assert_true(estimate_of(some, "smaller", "query.response.mean") ==
                estimate_of(all, "smaller", "query.response.mean"));
    json_decref(some);
    json_decref(all);
}

static void an_override_does_what_editing_the_file_would_do(void **state)
{
    json_t *all = report_with(*state, 0, NULL);
    json_t *set = REPORT(*state, 0, "--setting", "baseline", "--set", "resources.pool.max=11",
                         "--set", "resources.pool.min=11");
    /* Not the same digest: the setting has another name. The warm-up is found for each study. */
    assert_within(estimate_of(set, "baseline", "pool.utilization"),
                  estimate_of(all, "smaller", "pool.utilization"), 0.01);
    json_t *overrides = json_object_get(setting_of(set, "baseline"), "overrides");
    assert_int_equal(json_integer_value(json_object_get(overrides, "resources.pool.max")), 11);
    json_decref(set);
    json_decref(all);
}

static void a_seed_repeats_and_another_does_not(void **state)
{
    json_t *as_written = report_with(*state, 0, NULL), *same = REPORT(*state, 0, "--seed", "7");
    json_t *other = REPORT(*state, 0, "--seed", "8");
    assert_string_equal(digest_of(as_written), digest_of(same));
    assert_string_not_equal(digest_of(as_written), digest_of(other));
    json_decref(as_written);
    json_decref(same);
    json_decref(other);
}

static void replications_and_duration_are_those_asked_for(void **state)
{
    json_t *report =
        REPORT(*state, 0, "--replications", "12", "--duration", "5s", "--set", "run.warmup=1s");
    json_t *setting = setting_of(report, "larger");
    assert_int_equal(json_integer_value(json_object_get(setting, "replications")), 12);
    assert_within(json_number_value(json_object_get(setting, "warmup_s")), 1, 0);
    json_decref(report);
    report = REPORT(*state, 0, "--replications", "5:40");
    setting = setting_of(report, "larger");
    assert_in_range(json_integer_value(json_object_get(setting, "replications")), 5, 40);
    json_decref(report);
}

/* The command in the report, run again, gives the same report. */
static void the_command_of_a_report_repeats_it(void **state)
{
    json_t *report = REPORT(*state, 0, "--set", "resources.pool.max=37", "--seed", "11",
                            "--threads=2", "--quiet");
    json_t *words = json_object_get(json_object_get(report, "provenance"), "command"), *word;
    const char *argv[20] = {capsim_path()};
    size_t i;
    json_array_foreach(words, i, word)
    {
        argv[i] = i == 0 ? capsim_path() : json_string_value(word);
        assert_string_not_equal(argv[i], "--threads");
        assert_string_not_equal(argv[i], "--quiet");
        assert_string_not_equal(argv[i], "--format");
    }
    argv[i] = "--format";
    argv[i + 1] = "json";
    char *again = run_for(0, argv);
    json_t *repeated = parse_report(again);
    assert_true(json_equal(repeated, report));
    free(again);
    json_decref(repeated);
    json_decref(report);
}

static void a_scenario_on_standard_input_gives_the_same_results(void **state)
{
    json_t *from_file = report_with(*state, 0, NULL);
    const char *argv[] = {capsim_path(), "run", "-", "--format", "json", NULL};
    struct command_result result = command_run(&(struct command){.argv = argv, .input = small});
    assert_int_equal(result.status, 0);
    json_t *from_input = parse_report(result.output);
    assert_string_equal(digest_of(from_input), digest_of(from_file));
    json_decref(from_input);
    json_decref(from_file);
    command_result_free(&result);
}

static void the_out_folder_has_every_format_and_nothing_else(void **state)
{
    const struct place *place = *state;
    const char *out = path_in(place, "a/b");
    const char *argv[] = {capsim_path(), "run", place->scenario, "--format", "json", "--out",
                          out,           NULL};
    char *printed = run_for(0, argv);
    char *again = run_for(0, argv); /* over the first one's files */
    assert_string_equal(again, printed);
    free(again);
    const char *list_argv[] = {"ls", "-A", out, NULL};
    struct command_result list = command_run(&(struct command){.argv = list_argv});
    assert_string_equal(list.output,
                        "assumptions.csv\nchecks.csv\ncriteria.csv\ndifferences.csv\nmetrics.csv\n"
                        "report.html\nreport.json\nreport.md\nreport.txt\nrun.json\n");
    char *written = file_read(path_in(place, "a/b/report.json"), NULL);
    assert_string_equal(written, printed);
    free(written);
    command_result_free(&list);
    static const char *const twins[][2] = {
        {"text", "a/b/report.txt"}, {"markdown", "a/b/report.md"}, {"csv", "a/b/metrics.csv"}};
    for (size_t i = 0; i < 3; i++) {
        const char *as[] = {capsim_path(), "run", place->scenario, "--format", twins[i][0], NULL};
        char *shown = run_for(0, as);
        written = file_read(path_in(place, twins[i][1]), NULL);
        assert_string_equal(written, shown);
        free(shown);
        free(written);
    }
    free(printed);
}

/* Time, host and threads are in run.json, and only there. */
static void run_json_says_when_and_where(void **state)
{
    const struct place *place = *state;
    const char *argv[] = {
        capsim_path(), "run", place->scenario, "--out", path_in(place, "o"), "--threads",
        "3",           NULL};
    free(run_for(0, argv));
    char host[256] = "", *text = file_read(path_in(place, "o/run.json"), NULL);
    json_t *run = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    assert_non_null(run);
    gethostname(host, sizeof host - 1);
    assert_string_equal(json_string_value(json_object_get(run, "host")), host);
    assert_int_equal(json_integer_value(json_object_get(run, "threads")), 3);
    assert_true(json_number_value(json_object_get(run, "elapsed_s")) > 0);
    const char *started = json_string_value(json_object_get(run, "started"));
    assert_int_equal(strlen(started), strlen("2026-02-01T12:34:56Z"));
    assert_int_equal(started[19], 'Z');
    text = file_read(path_in(place, "o/report.json"), NULL);
    assert_null(strstr(text, "elapsed"));
    assert_null(strstr(text, "threads"));
    free(text);
    json_decref(run);
}

static void an_overload_is_told_on_standard_error_unless_quiet(void **state)
{
    const struct place *place = *state;
    const char *argv[] = {capsim_path(),
                          "run",
                          place->scenario,
                          "--setting",
                          "smaller",
                          "--set",
                          "resources.pool.max=5",
                          "--set",
                          "resources.pool.min=5",
                          "--format",
                          "csv",
                          NULL,
                          NULL};
    struct command_result told = command_run(&(struct command){.argv = argv});
    assert_int_equal(told.status, 1);
    assert_non_null(strstr(told.error, "capsim: warning: baseline: pool: "));
    argv[11] = "--quiet";
    struct command_result quiet = command_run(&(struct command){.argv = argv});
    assert_string_equal(quiet.error, "");
    assert_string_equal(quiet.output, told.output);
    command_result_free(&told);
    command_result_free(&quiet);
}

static void validate_reads_and_checks_only(void **state)
{
    const struct place *place = *state;
    struct command_result result = capsim_run("validate", place->scenario, NULL);
    char expected[512];
    snprintf(expected, sizeof expected,
             "%s: valid: 3 settings, 2 criteria, 1 resource, 1 workload\n", place->scenario);
    assert_int_equal(result.status, 0);
    assert_string_equal(result.output, expected);
    assert_string_equal(result.error, "");
    command_result_free(&result);
}

/* Both subcommands find an error that only the model can know, and say where it is. */
static void an_unknown_metric_is_found_with_line_and_column(void **state)
{
    const struct place *place = *state;
    char *text = file_read(place->scenario, NULL), expected[512];
    char *metric = strstr(text, "pool.utilization");
    memcpy(metric, "pool.utilizatoin", strlen("pool.utilizatoin"));
    file_write(place->scenario, text, strlen(text));
    free(text);
    snprintf(expected, sizeof expected, "%s:9:45: /criteria/0/expect: ", place->scenario);
    static const char *const subcommands[] = {"validate", "run"};
    for (size_t i = 0; i < 2; i++) {
        struct command_result result = capsim_run(subcommands[i], place->scenario, NULL);
        assert_int_equal(result.status, 2);
        assert_string_equal(result.output, "");
        result.error[strlen(expected)] = '\0';
        assert_string_equal(result.error, expected);
        command_result_free(&result);
    }
}

static void settings_must_agree_on_the_study(void **state)
{
    const struct place *place = *state;
    char *text = file_read(place->scenario, NULL);
    char *max = strstr(text, "\"resources.pool.max\": 31");
    memcpy(max, "\"run.seed\"          : 8 ", strlen("\"resources.pool.max\": 31"));
    file_write(place->scenario, text, strlen(text));
    free(text);
    struct command_result result = capsim_run("validate", place->scenario, NULL);
    assert_int_equal(result.status, 2);
    command_result_free(&result);
}

static void usage_errors_are_one_line_and_say_where_help_is(void **state)
{
    struct command_result result = capsim_run("run", "a.json", "--thraeds", "3", NULL);
    assert_int_equal(result.status, 2);
    assert_string_equal(result.output, "");
    assert_string_equal(result.error, "capsim: unknown option --thraeds; did you mean --threads?; "
                                      "try 'capsim help run'\n");
    command_result_free(&result);
    static const char *const bad[] = {
        "--seed=-1",           "--seed=18446744073709551616", "--seed=abc",    "--replications=0",
        "--replications=10:5", "--replications=1000000000",   "--duration=0s", "--duration=75",
        "--threads=0",         "--set=resources.pool.mux=3",  "--setting=none"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct place *place = *state;
        result = capsim_run("run", place->scenario, bad[i], NULL);
        assert_int_equal(result.status, 2);
        assert_string_equal(result.output, "");
        assert_ptr_equal(strchr(result.error, '\n') + 1, result.error + strlen(result.error));
        command_result_free(&result);
    }
}

static void without_arguments_help_goes_to_standard_error(void **state)
{
    struct command_result bare = capsim_run(NULL, NULL), help = capsim_run("help", NULL);
    assert_int_equal(bare.status, 2);
    assert_string_equal(bare.output, "");
    assert_int_equal(help.status, 0);
    assert_string_equal(help.error, "");
    assert_string_equal(help.output, bare.error);
    command_result_free(&bare);
    command_result_free(&help);
}

/* From any folder: hints are paths that can be typed there. */
static void a_missing_scenario_names_the_shipped_one(void **state)
{
    char *folder = folder_make();
    const char *run[] = {capsim_path(), "run", "inputs/scenarios/mmc.json", NULL};
    const char *none[] = {capsim_path(), "run", "nothing.json", NULL};
    const char *help[] = {capsim_path(), "help", NULL};
    struct command_result missing = command_run(&(struct command){.argv = run, .folder = folder});
    const char *hint = strstr(missing.error, "; there is /");
    assert_int_equal(missing.status, 2);
    assert_non_null(hint);
    char *path = strdup(hint + strlen("; there is "));
    path[strcspn(path, "\n")] = '\0';
    assert_int_equal(access(path, R_OK), 0);
    free(path);
    command_result_free(&missing);
    missing = command_run(&(struct command){.argv = none, .folder = folder});
    assert_null(strstr(missing.error, "there is"));
    command_result_free(&missing);
    missing = command_run(&(struct command){.argv = help, .folder = folder});
    hint = strstr(missing.output, "capsim run /");
    assert_non_null(hint);
    path = strdup(hint + strlen("capsim run "));
    path[strcspn(path, "\n")] = '\0';
    assert_int_equal(access(path, R_OK), 0);
    free(path);
    command_result_free(&missing);
    folder_remove(folder);
}

static void debug_names_the_source_line(void **state)
{
    struct command_result result = capsim_run("validate", "missing.json", "--debug", NULL);
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.error, " [inputs/json/input_file.c:"));
    command_result_free(&result);
}

/* Erlang C for 23 of them: one in a million waits, 4 ns in the mean, and of 18,000 nobody did. */
static void a_pool_where_nobody_waited_fails_no_check(void **state)
{
    json_t *report = REPORT(*state, 0, "--set", "resources.pool.max=23", "--setting", "baseline");
    assert_true(estimate_of(report, "baseline", "pool.wait.max") == 0);
    size_t index;
    json_t *check;
    json_array_foreach(json_object_get(setting_of(report, "baseline"), "checks"), index, check)
        assert_true(json_is_true(json_object_get(check, "holds")));
    assert_true(index > 3);
    json_decref(report);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(the_exit_status_is_the_verdict),
        IN_PLACE(without_a_criterion_the_exit_status_is_0),
        IN_PLACE(the_same_bytes_on_any_number_of_threads),
        IN_PLACE(why_gives_the_same_bytes_on_any_number_of_threads),
        IN_PLACE(the_estimates_are_those_of_the_system),
        IN_PLACE(a_setting_is_chosen_by_name),
        IN_PLACE(an_override_does_what_editing_the_file_would_do),
        IN_PLACE(a_seed_repeats_and_another_does_not),
        IN_PLACE(replications_and_duration_are_those_asked_for),
        IN_PLACE(the_command_of_a_report_repeats_it),
        IN_PLACE(a_scenario_on_standard_input_gives_the_same_results),
        IN_PLACE(the_out_folder_has_every_format_and_nothing_else),
        IN_PLACE(run_json_says_when_and_where),
        IN_PLACE(an_overload_is_told_on_standard_error_unless_quiet),
        IN_PLACE(validate_reads_and_checks_only),
        IN_PLACE(an_unknown_metric_is_found_with_line_and_column),
        IN_PLACE(settings_must_agree_on_the_study),
        IN_PLACE(usage_errors_are_one_line_and_say_where_help_is),
        IN_PLACE(without_arguments_help_goes_to_standard_error),
        IN_PLACE(debug_names_the_source_line),
        IN_PLACE(a_missing_scenario_names_the_shipped_one),
        IN_PLACE(a_pool_where_nobody_waited_fails_no_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
