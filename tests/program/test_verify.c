/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify: what was kept is made again, and whatever differs is found. */
#include "tests/support/evidence_place.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A copy of the evidence to spoil, made afresh; its path. */
static const char *copy_evidence(const struct evidence_place *place)
{
    const char *copy = place_path(place, "../copy");
    const char *const clear[] = {"rm", "-rf", copy, NULL};
    const char *const make[] = {"cp", "-r", place->evidence, copy, NULL};
    for (size_t i = 0; i < 2; i++) {
        struct command_result result = command_run(&(struct command){.argv = i ? make : clear});
        assert_int_equal(result.status, 0);
        command_result_free(&result);
    }
    return copy;
}

/* Replaces the first `old` in a file, which has one. */
static void edit(const char *path, const char *old, const char *new)
{
    char *text = file_read(path, NULL), *at = strstr(text, old);
    if (!at)
        fail_msg("%s has no \"%s\"", path, old);
    size_t size = strlen(text) + strlen(new) + 1;
    char *edited = malloc(size);
    snprintf(edited, size, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    file_write(path, edited, strlen(edited));
    free(edited);
    free(text);
}

/* The exit status, and that `said` is in what it prints on either stream. */
static void assert_verdict(const char *path, int status, const char *said)
{
    struct command_result result = capsim_run("verify", path, NULL);
    if (result.status != status || (!strstr(result.output, said) && !strstr(result.error, said)))
        fail_msg("status %d: %s%s", result.status, result.output, result.error);
    command_result_free(&result);
}

static void what_was_not_touched_is_identical(void **state)
{
    const struct evidence_place *place = *state;
    assert_verdict(place->evidence, 0, ": 16 files, digest ");
    assert_verdict(place_path(place, "report.json"), 0, "0 of ");
}

static void any_edited_figure_is_found(void **state)
{
    static const struct {
        const char *file, *old, *new;
    } edits[] = {
        {"evidence.json", "\"seed\": 7", "\"seed\": 8"},
        {"report.json", "\"verdict\": \"pass\"", "\"verdict\": \"fail\""},
        {"report.txt", "PASS", "FAIL"},
        {"before/pre_change_metrics.json", "\"estimate\": 0.", "\"estimate\": 1."},
        {"before/pre_change_config.json", "13", "14"},
        {"before/pre_change_connections.txt", "%", ""},
        {"before/pre_change_latency.json", "\"low\": 0.", "\"low\": 1."},
        {"before/pre_change_error_rate.txt", "api.error_rate", "api.errors"},
        {"during/config_diff.txt", "+ 31", "+ 32"},
        {"during/post_change_config.json", "31", "32"},
        {"after/error_rate_comparison.txt", " pp", " %"},
        {"after/projected_metrics.json", "\"one_run_high\": ", "\"one_run_high\": 1"},
        {"after/sustained_monitoring.json", "\"window_s\": 5.0", "\"window_s\": 6.0"},
        {"after/synthetic_load_test_results.json", "false", "true"},
        {"after/latency_comparison.json", "\n}", "\n }"},
        {"post_execution_report.md", "by simulation; not measured", "measured"},
    };
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        const char *copy = copy_evidence(*state);
        char path[600];
        snprintf(path, sizeof path, "%s/%s", copy, edits[i].file);
        edit(path, edits[i].old, edits[i].new);
        snprintf(path, sizeof path, "  edited: %s: ", edits[i].file);
        assert_verdict(copy, 1, path);
    }
}

static void blanks_may_be_filled_in(void **state)
{
    const char *copy = copy_evidence(*state);
    char path[600];
    snprintf(path, sizeof path, "%s/post_execution_report.md", copy);
    edit(path, "Decision: ‹to fill in›", "Decision: we keep it.");
    edit(path, "## Incidents\n\n‹to fill in›", "## Incidents\n\nOne:\n\n- a disk was full");
    assert_verdict(copy, 0, " 2 of 8");
    edit(path, "**PASS** projected", "**FAIL** projected");
    assert_verdict(copy, 1, "edited: post_execution_report.md: line 9: kept **FAIL** ");
}

static void a_missing_file_is_told(void **state)
{
    const char *copy = copy_evidence(*state);
    char path[600];
    snprintf(path, sizeof path, "%s/during/config_diff.txt", copy);
    assert_int_equal(remove(path), 0);
    assert_verdict(copy, 1, "  missing: during/config_diff.txt\n");
}

static void a_changed_input_is_told(void **state)
{
    const struct evidence_place *place = *state;
    const char *copy = copy_evidence(place);
    char path[600];
    snprintf(path, sizeof path, "%s/inputs/data/think.txt", copy);
    edit(path, "5", "6");
    assert_verdict(copy, 1, "/inputs/data/think.txt: sha256 was ");
    char *text = file_read(place->scenario, NULL);
    edit(place->scenario, "91/s", "92/s");
    assert_verdict(place->evidence, 1, "/small.json: sha256 was ");
    file_write(place->scenario, text, strlen(text));
    free(text);
}

/* The evidence has copies of its inputs, a report has not. */
static void evidence_outlives_its_scenario(void **state)
{
    const struct evidence_place *place = *state;
    char elsewhere[400];
    snprintf(elsewhere, sizeof elsewhere, "%s.away", place->scenario);
    const char *out = place_path(place, "../out");
    struct command_result run = capsim_run("run", place->scenario, "--out", out, "-q", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    assert_verdict(out, 0, "identical: ");
    assert_int_equal(rename(place->scenario, elsewhere), 0);
    assert_verdict(place->evidence, 0, "identical: ");
    assert_verdict(out, 2, "/small.json: cannot be read: No such file or directory");
    assert_int_equal(rename(elsewhere, place->scenario), 0);
}

static void another_version_is_told_apart_from_other_results(void **state)
{
    const char *copy = copy_evidence(*state);
    char path[600];
    snprintf(path, sizeof path, "%s/evidence.json", copy);
    edit(path, "\"version\": \"", "\"version\": \"0.0.9-");
    assert_verdict(copy, 1, "  version changed: was 0.0.9-");
    copy = copy_evidence(*state);
    edit(path, "\"digest\": \"", "\"digest\": \"0");
    assert_verdict(copy, 1, "  results differ: digest was 0");
}

static void answers_of_other_subcommands_are_verified_too(void **state)
{
    const struct evidence_place *place = *state;
    const char *out = place_path(place, "../compared");
    struct command_result run = capsim_run("compare", place->scenario, "--out", out, "-q", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    assert_verdict(out, 0, "identical: ");
    char path[600];
    snprintf(path, sizeof path, "%s/compare.json", out);
    assert_verdict(path, 0, "identical: ");
    edit(path, "\"kind\": \"compare\"", "\"kind\": \"sweep\"");
    assert_verdict(path, 1, "compare.json: /kind: kept \"sweep\", now \"compare\"");
}

/* A record comes from anybody: what it says was run writes nowhere but where verify wants it. */
static void the_command_of_a_record_writes_nowhere_else(void **state)
{
    const char *copy = copy_evidence(*state);
    char path[600], words[700];
    const char *elsewhere = place_path(*state, "../elsewhere.xml");
    snprintf(path, sizeof path, "%s/evidence.json", copy);
    snprintf(words, sizeof words, "\"run\", \"--junit\", \"%s\", ", elsewhere);
    edit(path, "\"run\", ", words);
    assert_verdict(copy, 1, "edited: evidence.json: /provenance/command/");
    assert_int_equal(access(elsewhere, F_OK), -1);
}

static void what_stands_behind_a_nul_byte_is_found(void **state)
{
    const char *copy = copy_evidence(*state);
    char path[600];
    size_t size;
    snprintf(path, sizeof path, "%s/report.txt", copy);
    char *text = file_read(path, &size);
    file_write(path, text, size + 1); /* with the 0 behind it */
    free(text);
    assert_verdict(copy, 1, "  edited: report.txt: a NUL byte\n");
}

static void what_is_no_record_cannot_be_verified(void **state)
{
    const struct evidence_place *place = *state;
    assert_verdict(place->scenario, 2,
                   "small.json: is no report, answer or evidence of capsim, or of a later format");
    assert_verdict(place_path(place, "../data"), 2,
                   "data: has neither evidence.json nor report.json: it is no folder of --out or "
                   "--evidence");
    assert_verdict(place_path(place, "nothing"), 2, "nothing: cannot be read: ");
    struct command_result result = capsim_run("verify", NULL);
    assert_int_equal(result.status, 2);
    assert_string_equal(result.error,
                        "capsim: 'verify' needs DIR|FILE; try 'capsim help verify'\n");
    command_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_touched_is_identical),
        cmocka_unit_test(any_edited_figure_is_found),
        cmocka_unit_test(blanks_may_be_filled_in),
        cmocka_unit_test(a_missing_file_is_told),
        cmocka_unit_test(a_changed_input_is_told),
        cmocka_unit_test(evidence_outlives_its_scenario),
        cmocka_unit_test(another_version_is_told_apart_from_other_results),
        cmocka_unit_test(answers_of_other_subcommands_are_verified_too),
        cmocka_unit_test(the_command_of_a_record_writes_nowhere_else),
        cmocka_unit_test(what_stands_behind_a_nul_byte_is_found),
        cmocka_unit_test(what_is_no_record_cannot_be_verified),
    };
    return cmocka_run_group_tests(tests, place_open, place_close);
}
