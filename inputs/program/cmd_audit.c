/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit: claims held against each other and against the laws that no system can break. */
#include "inputs/program/main.h"
#include "inputs/records/claims_record.h"
#include "reports/answers/audit_answer.h"

bool cmd_audit(struct job *job, struct made *made, struct error *err)
{
    struct claims *claims = arena_alloc(job->arena, sizeof *claims);
    struct claims_audit *audit = arena_alloc(job->arena, sizeof *audit);
    if (!claims_record_read(job->request.file, job->request.label, job->arena, claims, &job->set,
                            err) ||
        !job_prepare_out(job, err))
        return false;
    *audit = claims_audit_make(claims, job->arena);
    struct answer *answer = job_begin_answer(job, &job->set);
    audit_answer_add(answer, audit);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
