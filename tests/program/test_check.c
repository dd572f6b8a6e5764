/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `capsim baseline save` and `capsim check` as a user or a CI server runs them. */
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char scenario[] =
    "{ \"capsim\": 1, \"name\": \"queue\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": %d } },\n"
    "  \"workloads\": { \"api\": {\n"
    "    \"arrivals\": { \"process\": \"poisson\", \"rate\": \"%s\" },\n"
    "    \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\": { \"dist\": "
    "\"exponential\", \"mean\": \"31ms\" } } ] } ] } },\n"
    "  \"criteria\": [ { \"name\": \"wait\", \"expect\": \"pool.wait.mean < 40ms\" } ],\n"
    "  \"run\": { \"duration\": \"600s\", \"warmup\": \"20s\", \"replications\": [10, 10],\n"
    "    \"seed\": 5 } }\n";

static char *folder, *program;

static void write_scenario(int max, const char *rate)
{
    char text[2048], path[512];
    snprintf(text, sizeof text, scenario, max, rate);
    snprintf(path, sizeof path, "%s/queue.json", folder);
    file_write(path, text, strlen(text));
}

/* Runs "capsim WORDS" through no shell, in the folder. */
static struct command_result run(const char *words)
{
    static char text[512];
    const char *argv[24] = {program};
    size_t count = 1;
    snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[count++] = word;
    return command_run(&(struct command){.argv = argv, .folder = folder});
}

/* Runs it, and fails unless it ends with that status, having said that on one of the streams. */
static void expect(const char *words, int status, const char *said)
{
    struct command_result result = run(words);
    if (result.status != status || (!strstr(result.output, said) && !strstr(result.error, said)))
        fail_msg("capsim %s: status %d, not %d with \"%s\":\n%s%s", words, result.status, status,
                 said, result.output, result.error);
    command_result_free(&result);
}

static char *text_in_folder(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return file_read(path, NULL);
}

static int make_baseline(void **state)
{
    folder = folder_make();
    program = realpath(capsim_path(), NULL);
    write_scenario(3, "60/s");
    expect("baseline save queue.json", 0, "queue.baseline.json: saved, verdict pass");
    return 0;
}

static int remove_baseline(void **state)
{
    folder_remove(folder);
    free(program);
    return 0;
}

static void an_unchanged_model_is_the_same_to_the_bit(void **state)
{
    expect("check queue.json --baseline queue.baseline.json", 0, "the same, to the bit");
    expect("check queue.json --baseline queue.baseline.json", 0,
           "Nothing: the same inputs, settings, version and seed.");
    expect("check queue.json -b queue.baseline.json --threads 1", 0, "the same, to the bit");
}

/* What a baseline keeps of its overrides is kept whole, however long: 0.1.0 wrote beyond the room
 * for it. */
static void long_overrides_are_kept_and_repeated(void **state)
{
    static const char title[] = "title=an_override_that_is_longer_than_what_a_message_shows_of_it_"
                                "and_than_sixty_four_bytes_are";
    char words[400];
    snprintf(words, sizeof words, "baseline save queue.json --set %s --out long.json", title);
    expect(words, 0, "long.json: saved");
    expect("check queue.json --baseline long.json", 0, "the same, to the bit");
}

static void any_report_will_do_as_a_baseline(void **state)
{
    expect("run queue.json --out report", 0, "PASS");
    expect("check queue.json --baseline report/report.json", 0, "the same, to the bit");
}

static void a_regression_fails_and_its_cause_is_named(void **state)
{
    write_scenario(3, "84/s");
    expect("check queue.json --baseline queue.baseline.json", 1,
           "workloads.api.arrivals.rate: \"60/s\" -> \"84/s\"");
    expect("check queue.json --baseline queue.baseline.json --tolerance 100%", 1,
           "criterion: wait");
    write_scenario(3, "60/s");
}

/* The reference knows nothing of it, so its limit decides; what holds is no change. */
static void a_criterion_that_is_new_is_judged_by_its_limit(void **state)
{
    static const struct {
        const char *limit;
        int status;
        const char *said;
    } cases[] = {{"< 1ms", 1, "is new, and is fail"}, {"< 1h", 0, "PASS"}};
    char path[512];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char text[2048], *end;
        snprintf(text, sizeof text, scenario, 3, "60/s");
        end = strstr(text, "40ms\" }") + strlen("40ms\" }");
        char *rest = strdup(end);
        snprintf(end, sizeof text - (size_t)(end - text),
                 ", { \"name\": \"new\", \"expect\": \"pool.wait.mean %s\" }%s", cases[i].limit,
                 rest);
        free(rest);
        snprintf(path, sizeof path, "%s/queue.json", folder);
        file_write(path, text, strlen(text));
        expect("check queue.json --baseline queue.baseline.json", cases[i].status, cases[i].said);
    }
    write_scenario(3, "60/s");
}

static void a_change_for_the_better_fails_only_when_strict(void **state)
{
    write_scenario(3, "57/s");
    expect("check queue.json --baseline queue.baseline.json --tolerance api.throughput=10% "
           "--tolerance api.arrival_rate=10%",
           0, "better");
    expect("check queue.json --baseline queue.baseline.json --tolerance api.throughput=10% "
           "--tolerance api.arrival_rate=10% --strict",
           1, "FAIL");
    write_scenario(3, "60/s");
}

static void a_fresh_seed_is_not_paired_and_says_so(void **state)
{
    expect("check queue.json --baseline queue.baseline.json --seed 6 --tolerance 60%", 0,
           "the seed: 5 -> 6; differences are not paired");
    expect("check queue.json --baseline queue.baseline.json --seed 6 --tolerance 0.1%", 3,
           "UNDECIDED");
}

static void junit_has_a_case_for_each_figure(void **state)
{
    write_scenario(3, "84/s");
    expect("check queue.json --baseline queue.baseline.json --junit check.xml", 1, "FAIL");
    char *text = text_in_folder("check.xml");
    assert_non_null(strstr(text, "<testcase classname=\"queue.baseline\" "
                                 "name=\"criterion: wait\">"));
    assert_non_null(strstr(text, "<failure message=\"was pass, is fail\" type=\"fail\"/>"));
    assert_non_null(strstr(text, "name=\"pool.utilization\">"));
    free(text);
    expect("run queue.json --junit run.xml", 1, "FAIL");
    text = text_in_folder("run.xml");
    assert_non_null(strstr(text, "tests=\"1\" failures=\"1\" errors=\"0\""));
    assert_non_null(strstr(text, "expected pool.wait.mean &lt; 40ms, is "));
    free(text);
    write_scenario(3, "60/s");
}

static void the_answer_is_the_same_on_any_number_of_threads(void **state)
{
    struct command_result one = run("check queue.json -b queue.baseline.json -f json -j 1");
    struct command_result three = run("check queue.json -b queue.baseline.json -f json -j 3");
    assert_string_equal(one.output, three.output);
    command_result_free(&one);
    command_result_free(&three);
}

static void mistakes_are_told_and_nothing_is_written(void **state)
{
    static const char *const cases[][2] = {
        {"check queue.json", "'check' needs --baseline FILE"},
        {"check --baseline queue.baseline.json", "'check' needs a scenario"},
        {"baseline queue.json",
         "'baseline' needs 'save' or 'approve' and a scenario, got \"queue.json\""},
        {"baseline save", "'baseline' needs a scenario"},
        {"check queue.json -b none.json", "none.json: "},
        {"check queue.json -b queue.json",
         "queue.json:1:1: /capsim_report: is missing: must be 1, the format of reports"},
        {"check queue.json -b broken.json",
         "broken.json:1:49: /scenario/sha256: is missing: must be a string; is this a report"},
        {"check queue.json -b queue.baseline.json -t pool.wiat.p95=5%",
         "--tolerance: neither the run nor the baseline has a metric \"pool.wiat.p95\""},
        {"check queue.json -b queue.baseline.json -t 5",
         "--tolerance must be a share such as 5%, or METRIC=5%, got \"5\""},
        {"run queue.json --tolerance 5%", "--tolerance is not an option of 'run'"},
    };
    char path[512];
    snprintf(path, sizeof path, "%s/broken.json", folder);
    static const char broken[] =
        "{\"capsim_report\": 1, \"settings\": 3, \"scenario\": {\"name\": \"a\"},"
        "\"provenance\": {\"version\": \"0\", \"digest\": \"0\", \"seed\": 1,"
        "\"inputs\": [], \"command\": []}}";
    file_write(path, broken, strlen(broken));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i][0], 2, cases[i][1]);
}

static void a_baseline_that_cannot_be_written_leaves_the_old_one(void **state)
{
    char *before = text_in_folder("queue.baseline.json");
    expect("baseline save queue.json --out nowhere/deeper/b.json", 4, "nowhere/deeper/b.json");
    char *after = text_in_folder("queue.baseline.json");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* A change that was reviewed becomes the baseline, with its reason; what was approved before stays,
 * check shows it, and verify makes it again. */
static void a_reviewed_change_is_approved_with_its_reason(void **state)
{
    write_scenario(22, "600/s");
    expect("baseline save queue.json --seed 9 -o approved.json -q", 0, "approved.json: saved");
    expect("baseline approve queue.json -b approved.json --reason same -q", 2,
           "nothing to approve: the results are those of the baseline");
    write_scenario(21, "600/s");
    expect("check queue.json -b approved.json -q", 1, "FAIL");
    expect("baseline approve queue.json -b approved.json -q", 2, "needs --reason TEXT");
    expect("baseline approve queue.json --reason less -q", 2, "needs --baseline FILE");
    expect("baseline approve queue.json -b approved.json --reason less --seed 3 -q", 2,
           "--seed cannot be given");
    expect("baseline save queue.json --reason less -q", 2, "--reason is for 'baseline approve'");
    expect("baseline approve queue.json -b approved.json --reason one-less --by Ann -q", 0,
           "approved.json: approved: one-less");
    expect("check queue.json -b approved.json -q", 0, "APPROVED  one-less, by Ann (digest ");
    expect("check queue.json -b approved.json -q -f json", 0, "\"approved\": \"one-less\"");
    expect("verify approved.json queue.json", 0, "identical");
    write_scenario(22, "600/s");
    expect("baseline approve queue.json -b approved.json -o second.json --reason back -q", 0,
           "second.json: approved: back");
    expect("check queue.json -b second.json -q", 0, "APPROVED  back");
    expect("check queue.json -b second.json -q", 0, "APPROVED  one-less, by Ann");
    expect("check queue.json -b approved.json -q", 0, "better");
    char *kept = text_in_folder("second.json");
    assert_non_null(strstr(kept, "\"--seed\", \"9\""));
    assert_non_null(strstr(kept, "baseline: pool.wait.mean better, "));
    free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unchanged_model_is_the_same_to_the_bit),
        cmocka_unit_test(long_overrides_are_kept_and_repeated),
        cmocka_unit_test(any_report_will_do_as_a_baseline),
        cmocka_unit_test(a_regression_fails_and_its_cause_is_named),
        cmocka_unit_test(a_criterion_that_is_new_is_judged_by_its_limit),
        cmocka_unit_test(a_change_for_the_better_fails_only_when_strict),
        cmocka_unit_test(a_fresh_seed_is_not_paired_and_says_so),
        cmocka_unit_test(junit_has_a_case_for_each_figure),
        cmocka_unit_test(the_answer_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(mistakes_are_told_and_nothing_is_written),
        cmocka_unit_test(a_baseline_that_cannot_be_written_leaves_the_old_one),
        cmocka_unit_test(a_reviewed_change_is_approved_with_its_reason),
    };
    return cmocka_run_group_tests(tests, make_baseline, remove_baseline);
}
