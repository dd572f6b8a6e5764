/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare: what changes from one setting, or scenario, to another. */
#include "inputs/program/main.h"
#include "inputs/scenario/scenario_request.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/comparison_answer.h"
#include <inttypes.h>

/* The second scenario is read with the first one's seed: the same customers, or as near as two
 * scenarios come to that. */
static bool read(struct job *job, struct comparison_study *study, struct error *err)
{
    const struct cli *cli = job->cli;
    const struct scenario_set *to = &job->set;
    struct setting_pair pair;
    if (!job_read_scenario(job, &job->request, &job->set, err))
        return false;
    if (cli->other) {
        struct scenario_request other = job->request;
        other.file = cli->other;
        other.label = NULL;
        other.seed = arena_printf(job->arena, "%" PRIu64, job->set.settings[0].scenario.run.seed);
        to = &job->other;
        if (!job_read_scenario(job, &other, &job->other, err))
            return false;
    }
    if (!setting_choice_pair(&job->set, cli->from, to, cli->to, job->arena, &pair, err))
        return false;
    *study =
        (struct comparison_study){.views = {job->set, *to},
                                  .specs = {job->set.settings[pair.from], to->settings[pair.to]},
                                  .are_two = cli->other != NULL};
    if (comparison_study_make(study, job->arena, err))
        return true;
    if (study->made < COMPARISON_SIDES)
        scenario_place_error(&study->views[study->made], err);
    return false;
}

bool cmd_compare(struct job *job, struct made *made, struct error *err)
{
    struct comparison_study *study = arena_alloc(job->arena, sizeof *study);
    if (!read(job, study, err) || !job_prepare_out(job, err) ||
        !comparison_study_run(study, &job->workers, job->arena, err))
        return false;
    struct scenario_set inputs = comparison_study_inputs(study, job->arena);
    struct answer *answer = job_begin_answer(job, &inputs);
    comparison_answer_add(answer, study);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
