/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evidence of a change, for the subcommands that write it. */
#include "inputs/program/cmd_evidence.h"
#include "inputs/cli/progress.h"
#include "inputs/scenario/setting_config.h"
#include "models/spec/synthetic_test.h"
#include "reports/files/folder.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TESTS = 200, /* simulated load tests: enough for a prediction interval by rank */
    MAX_REQUESTS = 1000000,
    MAX_USERS = 100000
};
#define MAX_TEST_NS INT64_C(600000000000)
/* How much larger a p95 a load test should be able to tell from the limit: 600 ms from 500 ms. */
static const double TOLD_APART = 1.2;

/* ---- which change ------------------------------------------------------------------------ */

static bool fail_change(const char *why, struct error *err)
{
    error_set_file(err, "--evidence");
    return error_set(err, STATUS_USAGE, "is about one change, from baseline to another setting; %s",
                     why);
}

bool main_find_change(const struct scenario_set *set, struct main_change *change, struct error *err)
{
    size_t others = 0;
    *change = (struct main_change){.before = set->setting_count};
    for (size_t i = 0; i < set->setting_count; i++)
        if (strcmp(set->settings[i].name, "baseline") == 0)
            change->before = i;
        else {
            change->after = i;
            others++;
        }
    if (change->before == set->setting_count)
        return fail_change("baseline was not chosen", err);
    if (others == 0)
        return fail_change("the scenario has no other", err);
    return others == 1 || fail_change("choose one with --setting NAME", err);
}

/* "500:50" */
static bool read_load_test(const struct cli *cli, struct synthetic_test *test, struct error *err)
{
    *test = (struct synthetic_test){500, 50, MAX_TEST_NS, TESTS};
    const char *text = cli_value(cli, CLI_OPTION_LOAD_TEST);
    if (!text)
        return true;
    size_t first = strspn(text, "0123456789");
    const char *colon = text + first;
    size_t second = *colon == ':' ? strspn(colon + 1, "0123456789") : 0;
    if (first > 0 && first < 10 && second > 0 && second < 10 && colon[1 + second] == '\0') {
        test->requests = strtol(text, NULL, 10);
        test->concurrency = strtol(colon + 1, NULL, 10);
        if (test->requests >= 1 && test->requests <= MAX_REQUESTS && test->concurrency >= 1 &&
            test->concurrency <= MAX_USERS)
            return true;
    }
    error_set_file(err, "--load-test");
    return error_set(err, STATUS_USAGE,
                     "must be N:C, such as 500:50: up to %d requests, up to %d at a time; got "
                     "\"%.40s\"",
                     MAX_REQUESTS, MAX_USERS, text);
}

bool main_prepare_evidence(const struct cli *cli, struct scenario_set *set, struct arena *arena,
                           struct plan *plan, struct error *err)
{
    struct main_change change;
    struct synthetic_test test;
    return main_find_change(set, &change, err) && read_load_test(cli, &test, err) &&
           main_add_key_series(set, arena, plan, err) &&
           folder_prepare(cli_value(cli, CLI_OPTION_EVIDENCE), err);
}

int main_report_no_evidence(void)
{
    fprintf(stderr, "capsim: interrupted before the evidence was complete: none is kept\n");
    return EXIT_INTERRUPTED;
}

/* ---- the load test ----------------------------------------------------------------------- */

/* The p95 that the subject's requests may have at most, or NaN. */
static double limit_of_p95(const struct scenario *spec, const char *subject, struct arena *arena)
{
    const char *metric = arena_printf(arena, "%s.response.p95", subject);
    for (size_t i = 0; i < spec->criterion_count; i++) {
        const struct criterion_spec *criterion = &spec->criteria[i];
        if (strcmp(criterion->metric, metric) == 0 && criterion->has_limit &&
            criterion->op <= COMPARISON_LESS_EQUAL)
            return criterion->limit;
    }
    return NAN;
}

/* A study of the test alone: a scenario set of one setting, and what was found. */
struct test_study {
    struct setting_spec setting;
    struct scenario_set set;
    struct plan plan;
    struct study_outcome outcome;
};

static bool run_test(const struct cli *cli, const struct main_evidence *from,
                     const struct synthetic_test *test, struct test_study *study,
                     struct arena *arena, struct error *err)
{
    const struct setting_spec *after = &from->set->settings[from->change.after];
    int64_t warmup_ns = (int64_t)llround(from->plan->warmup_s[from->change.after] * 1e9);
    struct progress progress;
    bool is_interrupted;
    study->setting = *after;
    study->setting.scenario = *synthetic_test_scenario(&after->scenario, test, warmup_ns, arena);
    study->set = *from->set;
    study->set.settings = &study->setting;
    study->set.setting_count = 1;
    if (!plan_make(&study->set, arena, &study->plan, err))
        return false;
    struct replications_options *workers = &study->plan.options.workers;
    *workers = main_open_workers(cli, &progress, "load tests");
    bool is_fine =
        plan_find_warmup(&study->plan, workers, arena, &is_interrupted, err) &&
        study_run(study->plan.settings, 1, &study->plan.options, arena, &study->outcome, err);
    progress_erase(&progress);
    return is_fine && !study->outcome.is_interrupted;
}

static bool add_test(const struct cli *cli, const struct main_evidence *from,
                     struct evidence *evidence, struct arena *arena, struct error *err)
{
    struct synthetic_test test;
    struct test_study *study = arena_alloc(arena, sizeof *study);
    struct evidence_test *made = arena_alloc(arena, sizeof *made);
    const struct scenario *spec = &from->set->settings[from->change.after].scenario;
    if (!read_load_test(cli, &test, err) || !run_test(cli, from, &test, study, arena, err))
        return false;
    const struct result *result = result_make(&study->plan, &study->outcome, from->result->command,
                                              from->result->command_count, arena);
    *made = (struct evidence_test){.requests = test.requests,
                                   .concurrency = test.concurrency,
                                   .workload = spec->workloads[synthetic_test_subject(spec)].name,
                                   .name = SYNTHETIC_TEST_NAME,
                                   .found = &result->settings[0]};
    const struct result_metric *p95 =
        result_find_metric(made->found, SYNTHETIC_TEST_NAME ".response.p95", 0);
    double truth = p95->estimate.estimate;
    made->a_s = limit_of_p95(spec, made->workload, arena);
    if (isnan(made->a_s))
        made->a_s = truth;
    made->b_s = TOLD_APART * made->a_s;
    const struct study_result *found = &study->outcome.results[0];
    made->p95 = resolution_of(found->values + (p95 - made->found->metrics), found->started,
                              study->plan.settings[0].column_count, truth, made->a_s, made->b_s,
                              from->result->confidence, arena);
    evidence->test = made;
    return true;
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void add_changes(const struct main_evidence *from, struct evidence *evidence,
                        struct arena *arena)
{
    size_t count;
    const struct setting_change *changes =
        setting_config_changes(from->set, from->change.before, from->change.after, arena, &count);
    struct evidence_change *list = arena_array(arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct evidence_change){changes[i].path, changes[i].before, changes[i].after};
    evidence->changes = list;
    evidence->change_count = count;
    evidence->config_before = setting_config_text(from->set, from->change.before, arena);
    evidence->config_after = setting_config_text(from->set, from->change.after, arena);
}

const char *main_evidence_input_name(const char *scenario)
{
    const char *slash = strrchr(scenario, '/');
    return strcmp(scenario, "-") == 0 ? "scenario.json" : slash ? slash + 1 : scenario;
}

/* The scenario, and beside it the files that it names, which are below its folder. */
static void add_inputs(const struct cli *cli, const struct scenario_set *set,
                       struct evidence *evidence, struct arena *arena)
{
    struct evidence_input *inputs = arena_array(arena, 1 + set->input_count, sizeof *inputs);
    const char *slash = strrchr(cli->scenario, '/');
    int folder = slash ? (int)(slash + 1 - cli->scenario) : 0;
    inputs[0] = (struct evidence_input){
        .name = main_evidence_input_name(set->file), .text = set->text, .length = set->text_length};
    for (size_t i = 0; i < set->input_count; i++)
        inputs[1 + i] = (struct evidence_input){
            .name = set->input_files[i],
            .text = set->input_texts[i],
            .length = set->input_lengths[i],
            .path = arena_printf(arena, "%.*s%s", folder, cli->scenario, set->input_files[i])};
    evidence->inputs = inputs;
    evidence->input_count = 1 + set->input_count;
}

bool main_make_evidence(const struct cli *cli, const struct main_evidence *from,
                        struct evidence *evidence, struct arena *arena, struct error *err)
{
    *evidence = (struct evidence){
        .result = from->result, .before = from->change.before, .after = from->change.after};
    add_changes(from, evidence, arena);
    add_inputs(cli, from->set, evidence, arena);
    return add_test(cli, from, evidence, arena, err);
}
