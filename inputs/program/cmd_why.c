/* SPDX-License-Identifier: GPL-3.0-or-later */
/* why: where the response time goes, what limits, and what more of it would give. */
#include "inputs/program/main.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/bottleneck_answer.h"

bool cmd_why(struct job *job, struct made *made, struct error *err)
{
    struct plan plan;
    struct bottleneck *why = arena_alloc(job->arena, sizeof *why);
    const char *name = job->request.setting_count > 0 ? job->request.setting_names[0] : NULL;
    size_t setting;
    if (!job_read_plan(job, &plan, err) ||
        !setting_choice_one(&job->set, name, SETTING_ASK, job->arena, &setting, err) ||
        !job_prepare_out(job, err) ||
        !bottleneck_make(&job->set, &job->set.settings[setting].scenario, job->arena, why, err))
        return false;
    job_warn(job, &why->plan, NULL);
    replications_begin_phase(&job->workers, "replications", 0);
    if (!bottleneck_study_run(why, &job->workers, job->arena, err)) {
        made->nothing = bottleneck_answer_interruption(why, job->arena);
        return false;
    }
    struct answer *answer = job_begin_answer(job, &job->set);
    bottleneck_answer_add(answer, why);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
