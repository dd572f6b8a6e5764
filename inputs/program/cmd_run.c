/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run: simulates the settings and judges the criteria. */
#include "inputs/program/main.h"

bool cmd_run(struct job *job, struct made *made, struct error *err)
{
    struct plan plan;
    struct study_outcome outcome;
    if (!job_read_plan(job, &plan, err) || !job_prepare_evidence(job, &plan, err) ||
        !job_prepare_out(job, err) || !job_run_plan(job, &plan, &outcome, err) ||
        !job_draw_one_runs(job, &job->request, &job->set, &plan, &outcome, err))
        return false;
    const struct result *result =
        result_make(&plan, &outcome, job->command, job->command_count, job->arena);
    job_warn(job, &plan, result);
    if (job->wants_evidence) {
        made->evidence = job_make_evidence(job, &plan, result, made);
        if (!job->has_key_series)
            result = result_with_series(result, job->request.series_count, job->arena);
    }
    made->answer = answer_of_result(result, job->arena);
    return true;
}
