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

/* The same of a report, whose scenario is named beside it. */
static void assert_verdict_with(const char *path, const char *scenario, int status,
                                const char *said)
{
    struct command_result result = capsim_run("verify", path, scenario, NULL);
    if (result.status != status || (!strstr(result.output, said) && !strstr(result.error, said)))
        fail_msg("status %d: %s%s", result.status, result.output, result.error);
    command_result_free(&result);
}

static void what_was_not_touched_is_identical(void **state)
{
    const struct evidence_place *place = *state;
    assert_verdict(place->evidence, 0, " files, digest ");
    assert_verdict(place_path(place, "report.json"), 0, "0 of ");
    assert_verdict(place_path(place, "report.html"), 0, "0 of ");
}

static void any_edited_figure_is_found(void **state)
{
    static const struct {
        const char *file, *old, *new;
    } edits[] = {
        {"evidence.json", "\"seed\": 7", "\"seed\": 8"},
        {"report.json", "\"verdict\": \"pass\"", "\"verdict\": \"fail\""},
        {"report.txt", "PASS", "FAIL"},
        {"report.html", "PASS</span>", "FAIL</span>"},
        {"index.html", "PASS</span>", "FAIL</span>"},
        {"pictures/model.svg", "max ", "min "},
        {"pre_change/pre_change_metrics.json", "\"estimate\": 0.", "\"estimate\": 1."},
        {"pre_change/pre_change_config.json", "13", "14"},
        {"pre_change/pre_change_config.json", "\"version\": \"0.", "\"version\": \"1."},
        {"pre_change/pre_change_connections.txt", "%", ""},
        {"pre_change/pre_change_latency.json", "\"low\": 0.", "\"low\": 1."},
        {"pre_change/pre_change_error_rate.txt", "api.error_rate", "api.errors"},
        {"during_change/config_diff.txt", "+ 31", "+ 32"},
        {"during_change/post_change_config.json", "31", "32"},
        {"post_change/error_rate_comparison.txt", " pp", " %"},
        {"post_change/projected_metrics.json", "\"one_run_high\": ", "\"one_run_high\": 1"},
        {"post_change/sustained_monitoring.json", "\"window_s\": 5.0", "\"window_s\": 6.0"},
        {"post_change/synthetic_load_test_results.json", "false", "true"},
        {"post_change/latency_comparison.json", "\n}", "\n }"},
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
    edit(path, "of them:\n\n‹to fill in›", "of them:\n\nOne:\n\n- a disk was full");
    assert_verdict(copy, 0, " 2 of 259 blanks");
    assert_verdict(copy, 0, "\n  filled in: post_execution_report.md line ");
    assert_verdict(copy, 0, ": One:  - a disk was full\n");
    edit(path, "**PASS** projected", "**FAIL** projected");
    assert_verdict(copy, 1, "edited: post_execution_report.md: line 16: kept **FAIL** ");
}

static void a_missing_file_is_told(void **state)
{
    const char *copy = copy_evidence(*state);
    char path[600];
    snprintf(path, sizeof path, "%s/during_change/config_diff.txt", copy);
    assert_int_equal(remove(path), 0);
    assert_verdict(copy, 1, "  missing: during_change/config_diff.txt\n");
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
    assert_verdict(place->evidence, 0, "identical: ");
    assert_verdict_with(place->evidence, place->scenario, 1, "/small.json: sha256 was ");
    file_write(place->scenario, text, strlen(text));
    free(text);
    assert_verdict_with(place->evidence, place->scenario, 0, "identical: ");
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
    assert_verdict_with(out, place->scenario, 0, "identical: ");
    assert_verdict(out, 2, "it has no copy of its scenario: name that behind it; it was called");
    assert_int_equal(rename(place->scenario, elsewhere), 0);
    assert_verdict(place->evidence, 0, "identical: ");
    assert_verdict_with(out, place->scenario, 2,
                        "/small.json: cannot be read: No such file or directory");
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
    assert_verdict_with(out, place->scenario, 0, "identical: ");
    char path[600];
    snprintf(path, sizeof path, "%s/compare.json", out);
    assert_verdict_with(path, place->scenario, 0, "identical: ");
    edit(path, "\"kind\": \"compare\"", "\"kind\": \"sweep\"");
    assert_verdict_with(path, place->scenario, 1,
                        "compare.json: /kind: kept \"sweep\", now \"compare\"");
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
    assert_verdict(copy, 2, "evidence.json: its command has --junit, which no record has");
    assert_int_equal(access(elsewhere, F_OK), -1);
}

/* Nor does it read: other files are not opened, links are not followed, devices not waited for. */
static void a_record_says_nobody_what_to_read(void **state)
{
    const struct evidence_place *place = *state;
    const char *out = place_path(place, "../read");
    char path[600], words[800];
    struct command_result run = capsim_run("run", place->scenario, "--out", out, "-q", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    snprintf(path, sizeof path, "%s/report.json", out);
    edit(path, "data/think.txt", "../../../etc/hostname");
    assert_verdict_with(out, place->scenario, 1, "not a file of the folder: ");
    edit(path, "../../../etc/hostname", "/etc/hostname");
    assert_verdict_with(out, place->scenario, 1, "not a file of the folder: ");
    edit(path, "/etc/hostname", "data/think.txt");
    snprintf(words, sizeof words, "\"run\", \"%s\", \"--baseline\", \"/etc/hostname\"",
             place->scenario);
    snprintf(path, sizeof path, "\"run\", \"%s\"", place->scenario);
    const char *report = place_path(place, "../read/report.json");
    edit(report, path, words);
    assert_verdict_with(out, place->scenario, 2, "name that with --baseline FILE");
}

static void what_nobody_wrote_and_links_are_found(void **state)
{
    const char *copy = copy_evidence(*state);
    char path[600], target[600];
    snprintf(path, sizeof path, "%s/post_change/more.txt", copy);
    file_write(path, "x", 1);
    assert_verdict(copy, 1, "  extra: post_change/more.txt: capsim did not write it\n");
    copy = copy_evidence(*state);
    snprintf(path, sizeof path, "%s/report.txt", copy);
    snprintf(target, sizeof target, "%s/../report.txt", copy);
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    assert_verdict(copy, 1, "  replaced by a link: report.txt\n");
    copy = copy_evidence(*state);
    snprintf(path, sizeof path, "%s/post_change", copy);
    snprintf(target, sizeof target, "%s/../post_change", copy);
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    assert_verdict(copy, 1, "  replaced by a link: post_change/latency_comparison.json\n");
}

/* 0.1.0 took blanks wherever somebody had written what looks like one. */
static void a_blank_that_a_scenario_plants_is_none(void **state)
{
    const struct evidence_place *place = *state;
    const char *scenario = place_path(place, "../planted.json");
    const char *out = place_path(place, "../planted");
    char path[600], *text = file_read(place->scenario, NULL);
    file_write(scenario, text, strlen(text));
    free(text);
    edit(scenario, "\"name\": \"busy\"", "\"name\": \"‹to fill in›\"");
    edit(scenario, "A small change", "‹to fill in›");
    struct command_result run = capsim_run("run", scenario, "--evidence", out, "-q", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    assert_verdict(out, 0, "identical: ");
    snprintf(path, sizeof path, "%s/post_execution_report.md", out);
    edit(path, "| &lsaquo;to fill in› |", "| forged |");
    assert_verdict(out, 1, "edited: post_execution_report.md");
}

static void what_is_filled_in_cannot_look_like_the_report(void **state)
{
    static const char *const forged[] = {"| 5 | PASS |", "<!-- ", "# Summary", "```",     "\\",
                                         "![p](q)",      "~~~",   "$$",        "\033[2J", "a\nb"};
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        const char *copy = copy_evidence(*state);
        char path[600], line[100];
        snprintf(path, sizeof path, "%s/post_execution_report.md", copy);
        snprintf(line, sizeof line, "Decision: %s", forged[i]);
        edit(path, "Decision: ‹to fill in›", line);
        assert_verdict(copy, 1, "edited: post_execution_report.md");
    }
    const char *copy = copy_evidence(*state);
    char path[600];
    snprintf(path, sizeof path, "%s/post_execution_report.md", copy);
    edit(path, "of them:\n\n‹to fill in›", "of them:\n\nPassed\n======");
    assert_verdict(copy, 1, "edited: post_execution_report.md");
}

/* Of run.json only what is of the moment may differ; pictures are compared like all else. */
static void pages_and_run_facts_are_compared_too(void **state)
{
    const struct evidence_place *place = *state;
    const char *out = place_path(place, "../drawn");
    struct command_result run = capsim_run("run", place->scenario, "--out", out, "-q", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    char path[600];
    snprintf(path, sizeof path, "%s/report.html", out);
    edit(path, "<svg ", "<svg x=\"1\" ");
    assert_verdict_with(out, place->scenario, 1, "edited: report.html");
    edit(path, "<svg x=\"1\" ", "<svg ");
    snprintf(path, sizeof path, "%s/run.json", out);
    edit(path, "\"host\": \"", "\"host\": \"a");
    assert_verdict_with(out, place->scenario, 0, "identical: ");
    edit(path, "\"baseline\": [ \"", "\"baseline\": [ \"0");
    assert_verdict_with(out, place->scenario, 1, "edited: run.json: /events/baseline/0");
}

static void make_key(const char *path, const char *comment)
{
    const char *argv[] = {"ssh-keygen", "-q",    "-t", "ed25519", "-N", "",
                          "-C",         comment, "-f", path,      NULL};
    struct command_result made = command_run(&(struct command){.argv = argv});
    if (made.status != 0)
        fail_msg("%s", made.error);
    command_result_free(&made);
}

static void assert_signed(const char *copy, const char *keys, int status, const char *said)
{
    struct command_result result = capsim_run("verify", copy, "--key", keys, NULL);
    if (result.status != status || (!strstr(result.output, said) && !strstr(result.error, said)))
        fail_msg("status %d: %s%s", result.status, result.output, result.error);
    command_result_free(&result);
}

static void sign(const char *copy, const char *key, const char *more)
{
    struct command_result result = capsim_run("sign", copy, "--key", key, more, NULL);
    if (result.status != 0)
        fail_msg("%s", result.error);
    command_result_free(&result);
}

static void a_signature_names_who_stands_for_it(void **state)
{
    const char *copy = copy_evidence(*state), *key = place_path(*state, "../key");
    const char *other = place_path(*state, "../other"), *own = place_path(*state, "../key.pub");
    const char *others = place_path(*state, "../other.pub");
    char report[600];
    snprintf(report, sizeof report, "%s/post_execution_report.md", copy);
    make_key(key, "ann@example.org");
    make_key(other, "bob");
    assert_signed(copy, own, 1, "  not signed: evidence.json\n");
    sign(copy, key, NULL);
    assert_signed(copy, own, 0, "  signed: evidence.json by ann@example.org; scenario ");
    assert_signed(copy, others, 1, "  signature: evidence.json: not by that key: ");
    edit(report, "Decision: ‹to fill in›", "Decision: we keep it.");
    assert_signed(copy, own, 0, "  not signed: what is filled in in post_execution_report.md\n");
    sign(copy, key, "--filled");
    assert_signed(copy, own, 0, "  signed: post_execution_report.md by ann@example.org");
    edit(report, "we keep it.", "we drop it.");
    assert_signed(copy, own, 1, "  signature: post_execution_report.md: not by that key: ");
    assert_verdict(copy, 0, "we drop it.");
}

static void a_folder_may_be_verified_with_few_descriptors(void **state)
{
    const struct evidence_place *place = *state;
    const char *argv[] = {
        "sh", "-c", "ulimit -n 16; exec \"$0\" verify \"$1\"", capsim_path(), place->evidence,
        NULL};
    struct command_result run = command_run(&(struct command){.argv = argv});
    if (run.status != 0)
        fail_msg("%s%s", run.output, run.error);
    command_result_free(&run);
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

/* Evidence has the mapped values and the hash of the whole file, and none of its secrets. */
static void evidence_of_deployed_settings_keeps_what_was_read_only(void **state)
{
    static const char scenario[] =
        "{ \"capsim\": 1, \"name\": \"d\", \"resources\": { \"pool\": { \"kind\": "
        "\"connection_pool\", \"max\": 5 } }, \"workloads\": { \"w\": { \"arrivals\": { "
        "\"process\": \"poisson\", \"rate\": \"3/s\" }, \"steps\": [ { \"hold\": \"pool\", "
        "\"steps\": [ { \"delay\": \"9ms\" } ] } ] } }, \"settings\": { \"proposed\": { \"from\": "
        "\".env\", \"map\": { \"MAX\": \"resources.pool.max\" } } }, \"run\": { \"duration\": "
        "\"20s\", \"replications\": [2, 2] } }";
    static const char env[] = "PASSWORD=swordfish\nMAX=7\n", other[] = "PASSWORD=x\nMAX=7\n";
    const char *file = place_path(*state, "../deployed.json"), *into = place_path(*state, "../new");
    const char *deployed = place_path(*state, "../.env"),
               *copy = place_path(*state, "../new/inputs/.env");
    file_write(file, scenario, strlen(scenario));
    file_write(deployed, env, strlen(env));
    struct command_result run = capsim_run("run", file, "--evidence", into, "--quiet", NULL);
    assert_int_equal(run.status, 0);
    command_result_free(&run);
    const char *const grep[] = {"grep", "-r", "swordfish", into, NULL};
    struct command_result found = command_run(&(struct command){.argv = grep});
    assert_int_equal(found.status, 1);
    command_result_free(&found);
    assert_verdict_with(into, file, 0, "identical");
    file_write(deployed, other, strlen(other));
    assert_verdict_with(into, file, 1, "input changed: ");
    file_write(deployed, env, strlen(env));
    edit(copy, "MAX='7'", "MAX='8'");
    assert_verdict(into, 1, "/inputs/.env: sha256 was ");
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
        cmocka_unit_test(a_record_says_nobody_what_to_read),
        cmocka_unit_test(what_nobody_wrote_and_links_are_found),
        cmocka_unit_test(a_blank_that_a_scenario_plants_is_none),
        cmocka_unit_test(what_is_filled_in_cannot_look_like_the_report),
        cmocka_unit_test(pages_and_run_facts_are_compared_too),
        cmocka_unit_test(a_signature_names_who_stands_for_it),
        cmocka_unit_test(a_folder_may_be_verified_with_few_descriptors),
        cmocka_unit_test(what_stands_behind_a_nul_byte_is_found),
        cmocka_unit_test(evidence_of_deployed_settings_keeps_what_was_read_only),
        cmocka_unit_test(what_is_no_record_cannot_be_verified),
    };
    return cmocka_run_group_tests(tests, place_open, place_close);
}
