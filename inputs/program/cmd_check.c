/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline and check: keep a run, and hold a later one against it. */
#include "inputs/program/main.h"
#include "inputs/records/baseline_record.h"
#include "inputs/records/read_tolerances.h"
#include "inputs/scenario/scenario_changes.h"
#include "inputs/scenario/scenario_request.h"
#include "reports/answers/baseline_answer.h"
#include "reports/answers/regression_report.h"
#include <string.h>

/* Whether the scenario is the one that the reference was made of, by its name. NULL: any is. */
static bool check_scenario(const struct job *job, const char *expected, struct error *err)
{
    const char *name = job->set.settings[0].scenario.name;
    return !expected || strcmp(expected, name) == 0 ||
           error_set(err, STATUS_INPUT, "the wrong reference: of \"%s\", not of \"%s\"", expected,
                     name);
}

static const struct result *study(struct job *job, const char *expected, struct error *err)
{
    struct plan plan;
    struct study_outcome outcome;
    if (!job_read_plan(job, &plan, err) || !check_scenario(job, expected, err) ||
        !job_run_plan(job, &plan, &outcome, err))
        return NULL;
    return result_make(&plan, &outcome, job->command, job->command_count, job->arena);
}

/* The baseline's own where this command line says nothing. */
static void repeat(struct job *job, const struct regression_baseline *baseline)
{
    const struct cli *then;
    struct error ignored = {0};
    struct scenario_request request = {0};
    char **words = arena_array(job->arena, baseline->command_count + 1, sizeof *words);
    for (size_t i = 0; i < baseline->command_count; i++)
        words[i] = arena_strdup(job->arena, baseline->command[i]);
    if (cli_parse((int)baseline->command_count, words, job->arena, &then, &ignored))
        request = job_request_of(then, job->arena);
    scenario_request_repeat(&job->request, &request, baseline->seed, job->arena);
}

/* The baseline's command, on the scenario as it is now: that is what the new one repeats. */
static void take_command(struct job *job, const struct regression_baseline *baseline)
{
    const struct cli *then;
    struct error ignored = {0};
    char **words = arena_array(job->arena, baseline->command_count + 1, sizeof *words);
    for (size_t i = 0; i < baseline->command_count; i++)
        words[i] = arena_strdup(job->arena, baseline->command[i]);
    if (!cli_parse((int)baseline->command_count, words, job->arena, &then, &ignored))
        return;
    struct cli *now = arena_alloc(job->arena, sizeof *now);
    *now = *then;
    now->scenario = job->cli->scenario;
    job->command = cli_normal_form(now, job->arena, &job->command_count);
}

/* Adds to the baseline's approvals that of the result. */
static bool approve(struct job *job, struct regression_baseline *baseline,
                    const struct result *result, struct error *err)
{
    size_t count = baseline->approval_count;
    struct regression_approval *approvals = arena_array(job->arena, count + 1, sizeof *approvals);
    const struct regression_request request = {.baseline = baseline, .result = result};
    if (strcmp(baseline->digest, result->digest) == 0)
        return error_set(err, STATUS_INPUT,
                         "nothing to approve: the results are those of the baseline");
    if (count > 0)
        memcpy(approvals, baseline->approvals, count * sizeof *approvals);
    approvals[count] =
        (struct regression_approval){.reason = cli_value(job->cli, CLI_OPTION_REASON),
                                     .by = cli_value(job->cli, CLI_OPTION_BY),
                                     .from = baseline->digest,
                                     .to = result->digest};
    approvals[count].changes =
        regression_report_changes(&request, job->arena, &approvals[count].change_count);
    baseline->approvals = approvals;
    baseline->approval_count = count + 1;
    return true;
}

/* When a baseline is made again it keeps its approvals, which no run can tell. */
bool cmd_baseline(struct job *job, struct made *made, struct error *err)
{
    struct regression_baseline baseline = {0};
    bool is_approval = cli_is_approval(job->cli);
    const char *then = is_approval     ? cli_value(job->cli, CLI_OPTION_BASELINE)
                       : job->is_again ? job->kept
                                       : NULL;
    if (then && !baseline_record_read(then, job->arena, &baseline, err))
        return false;
    if (is_approval) {
        repeat(job, &baseline);
        take_command(job, &baseline);
    }
    const struct result *result = study(job, baseline.scenario_name, err);
    if (!result || (is_approval && !approve(job, &baseline, result, err)))
        return false;
    made->answer = baseline_answer_make(result, job->set.text, baseline.approvals,
                                        baseline.approval_count, job->arena);
    return true;
}

bool cmd_check(struct job *job, struct made *made, struct error *err)
{
    const struct cli_values *tolerances = &job->cli->given[CLI_OPTION_TOLERANCE];
    struct regression_baseline baseline;
    struct regression_request request = {.baseline = &baseline,
                                         .tolerance_count = tolerances->count,
                                         .is_strict = job->cli->given[CLI_OPTION_STRICT].count > 0};
    if (!baseline_record_read(cli_value(job->cli, CLI_OPTION_BASELINE), job->arena, &baseline, err))
        return false;
    repeat(job, &baseline);
    request.has_all = job->cli->given[CLI_OPTION_ALL_METRICS].count > 0;
    request.result = study(job, baseline.scenario_name, err);
    if (!request.result ||
        !(request.tolerances =
              tolerances_read(tolerances->values, tolerances->count, job->arena, err)) ||
        !regression_report_check(&request, err))
        return false;
    if (baseline.source)
        request.changes = scenario_changes_list(baseline.source, job->set.text, job->arena,
                                                &request.change_count);
    struct answer *answer = job_begin_answer(job, &job->set);
    regression_report(&request, answer);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
