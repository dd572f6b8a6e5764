/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit: claims held against each other and against the laws that no system can break; or what a
 * scenario itself claims. */
#include "inputs/program/main.h"
#include "inputs/records/claims_record.h"
#include "inputs/records/scenario_claims.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/audit_answer.h"

static bool read_scenario(struct job *job, struct claims *claims, struct error *err)
{
    struct plan plan;
    if (!job_read_plan(job, &plan, err))
        return false;
    size_t setting = setting_choice_judged(&job->set);
    return scenario_claims_make(&job->set, setting, plan.models[setting], job->arena, claims, err);
}

bool cmd_audit(struct job *job, struct made *made, struct error *err)
{
    struct claims *claims = arena_alloc(job->arena, sizeof *claims);
    struct claims_audit *audit = arena_alloc(job->arena, sizeof *audit);
    bool is_read = job->cli->from ? read_scenario(job, claims, err)
                                  : claims_record_read(job->request.file, job->request.label,
                                                       job->arena, claims, &job->set, err);
    if (!is_read || !job_prepare_out(job, err))
        return false;
    *audit = claims_audit_make(claims, job->arena);
    struct answer *answer = job_begin_answer(job, &job->set);
    audit_answer_add(answer, audit);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
