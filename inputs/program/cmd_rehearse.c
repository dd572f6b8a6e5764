/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rehearse: simulates the rollout. */
#include "inputs/program/main.h"
#include "inputs/scenario/scenario_request.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/evidence_make.h"
#include "reports/answers/rehearsal_answer.h"

static bool read(struct job *job, struct rollout_study *rehearsal, struct error *err)
{
    job->request.rehearses = true;
    if (!job_read_scenario(job, &job->request, &job->set, err))
        return false;
    if (rollout_study_make(&job->set, job->arena, rehearsal, err))
        return true;
    scenario_place_error(&job->set, err);
    return false;
}

/* Both settings as they are before and after, besides the way from one to the other. */
static bool prepare_evidence(struct job *job, struct plan *plan, struct error *err)
{
    return !job->wants_evidence ||
           (setting_choice_rollout_change(&job->set, err) && job_make_plan(job, plan, err) &&
            job_prepare_evidence(job, plan, err));
}

static const struct evidence *make_evidence(struct job *job, struct plan *plan, struct made *made,
                                            const struct rehearsal_findings *findings)
{
    struct study_outcome outcome;
    const struct result *watch = findings->watch;
    if (!job->wants_evidence || made->answer->is_interrupted ||
        !job_run_plan(job, plan, &outcome, &made->evidence_err) || outcome.is_interrupted)
        return NULL;
    const struct result *result =
        result_make(plan, &outcome, watch->command, watch->command_count, job->arena);
    struct evidence *evidence = job_make_evidence(job, plan, result, made);
    if (!evidence)
        return NULL;
    struct page_extras *extras = arena_alloc(job->arena, sizeof *extras);
    main_draw_pictures(job, made->answer, extras);
    extras->is_in_folder = true;
    evidence_add_rehearsal(evidence, findings, made->answer, extras, job->arena);
    return evidence;
}

bool cmd_rehearse(struct job *job, struct made *made, struct error *err)
{
    struct rollout_study rehearsal;
    struct study_outcome outcome;
    struct plan plan;
    if (!read(job, &rehearsal, err) || !prepare_evidence(job, &plan, err) ||
        !job_prepare_out(job, err) ||
        !rollout_study_run(&rehearsal, &job->workers, job->arena, &outcome, err))
        return false;
    const struct rehearsal_findings *findings =
        rehearsal_findings_make(&rehearsal, &outcome, job->command, job->command_count, job->arena);
    struct answer *answer = job_begin_answer(job, &job->set);
    rehearsal_answer_add(answer, findings);
    answer_finish(answer);
    made->answer = answer;
    made->evidence = make_evidence(job, &plan, made, findings);
    return true;
}
