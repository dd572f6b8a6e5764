/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity: carries what the inputs may be through to the verdicts. */
#include "inputs/program/main.h"
#include "reports/answers/sensitivity_answer.h"

bool cmd_sensitivity(struct job *job, struct made *made, struct error *err)
{
    struct plan plan;
    struct sensitivity_study *study = arena_alloc(job->arena, sizeof *study);
    if (!job_read_plan(job, &plan, err) || !scenario_draws_check(&job->set, err))
        return false;
    struct scenario_request drawn = job->request;
    drawn.text = job->set.text;
    drawn.text_length = job->set.text_length;
    study->source = (struct sensitivity_source){&drawn, scenario_draws_read, scenario_draws_explain,
                                                scenario_draws_close};
    sensitivity_study_make(study, &job->set, &plan, job->cli->draws,
                           job->request.replications ? plan.options.min_replications : 0,
                           job->arena);
    if (!job_prepare_out(job, err))
        return false;
    job_warn(job, &plan, NULL);
    if (!sensitivity_study_run(study, &job->workers, err))
        return false;
    struct answer *answer = job_begin_answer(job, &job->set);
    sensitivity_answer_add(answer, &study->findings);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
