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

bool cmd_baseline(struct job *job, struct made *made, struct error *err)
{
    const struct result *result = study(job, NULL, err);
    if (result)
        made->answer = baseline_answer_make(result, job->set.text, job->arena);
    return result != NULL;
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
