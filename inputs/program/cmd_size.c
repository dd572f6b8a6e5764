/* SPDX-License-Identifier: GPL-3.0-or-later */
/* size and limit: the smallest and the largest value that passes. */
#include "inputs/program/main.h"
#include "inputs/scenario/read_vary.h"
#include "reports/answers/exploration_answer.h"
#include "reports/answers/search_answer.h"

const struct answer *job_search(struct job *job, const char *setting, enum search_aim aim,
                                bool is_beside, struct error *err)
{
    struct search_study *study = arena_alloc(job->arena, sizeof *study);
    const char *resolution = cli_value(job->cli, CLI_OPTION_RESOLUTION);
    if (!vary_read_range(cli_value(job->cli, CLI_OPTION_VARY), job->arena, job->varied, err) ||
        !vary_read_resolution(resolution ? resolution : VARY_DEFAULT_RESOLUTION, job->varied,
                              job->arena, &study->search.resolution, err) ||
        !job_open_exploration(job, setting, &study->exploration, err) ||
        (!is_beside && !job_prepare_out(job, err)) || !search_study_run(study, aim, err))
        return NULL;
    struct scenario_set grounds = exploration_answer_grounds(&study->exploration);
    const char *kind = cli_subcommands[aim == SEARCH_LOWEST ? CLI_SIZE : CLI_LIMIT].name;
    struct answer *answer =
        answer_begin(kind, &grounds, job->command, job->command_count, job->arena);
    search_answer_add(answer, study, !is_beside);
    answer_finish(answer);
    return answer;
}

bool cmd_size(struct job *job, struct made *made, struct error *err)
{
    made->answer = job_search(job, NULL, SEARCH_LOWEST, false, err);
    return made->answer != NULL;
}

bool cmd_limit(struct job *job, struct made *made, struct error *err)
{
    made->answer = job_search(job, NULL, SEARCH_HIGHEST, false, err);
    return made->answer != NULL;
}
