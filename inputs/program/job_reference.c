/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What baseline and check have in common: the run of a reference, repeated. */
#include "inputs/program/main.h"
#include "inputs/scenario/scenario_request.h"
#include <string.h>

/* Whether the scenario is the one that the reference was made of, by its name. NULL: any is. */
static bool check_scenario(const struct job *job, const char *expected, struct error *err)
{
    const char *name = job->set.settings[0].scenario.name;
    return !expected || strcmp(expected, name) == 0 ||
           error_set(err, STATUS_INPUT, "the wrong reference: of \"%s\", not of \"%s\"", expected,
                     name);
}

const struct result *job_study_like(struct job *job, const char *expected, struct error *err)
{
    struct plan plan;
    struct study_outcome outcome;
    if (!job_read_plan(job, &plan, err) || !check_scenario(job, expected, err) ||
        !job_run_plan(job, &plan, &outcome, err))
        return NULL;
    return result_make(&plan, &outcome, job->command, job->command_count, job->arena);
}

/* The command line of the baseline; NULL: it is none. */
static const struct cli *command_of(const struct job *job,
                                    const struct regression_baseline *baseline)
{
    const struct cli *then;
    struct error ignored = {0};
    char **words = arena_array(job->arena, baseline->command_count + 1, sizeof *words);
    for (size_t i = 0; i < baseline->command_count; i++)
        words[i] = arena_strdup(job->arena, baseline->command[i]);
    return cli_parse((int)baseline->command_count, words, job->arena, &then, &ignored) ? then
                                                                                       : NULL;
}

void job_repeat(struct job *job, const struct regression_baseline *baseline)
{
    const struct cli *then = command_of(job, baseline);
    struct scenario_request request = {0};
    if (then)
        request = job_request_of(then, job->arena);
    scenario_request_repeat(&job->request, &request, baseline->seed, job->arena);
}

void job_take_command(struct job *job, const struct regression_baseline *baseline)
{
    const struct cli *then = command_of(job, baseline);
    if (then)
        job->command =
            cli_normal_form_of(then, job->cli->scenario, job->arena, &job->command_count);
}
