/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score: what was measured after a change, held against the evidence before it. */
#include "inputs/program/main.h"
#include "inputs/records/evidence_record.h"
#include "reports/answers/score_answer.h"

/* Runs of the measured length in place of those of the evidence. */
static bool project_again(struct job *job, const struct evidence_record *record,
                          struct measurements *actual, struct error *err)
{
    const struct cli *then;
    struct plan plan;
    struct study_outcome outcome;
    if (!cli_parse((int)record->run.command_count, record->run.command, job->arena, &then, err)) {
        error_set_file(err, record->run.file);
        return false;
    }
    struct scenario_request request = job_request_of(then, job->arena);
    evidence_record_request(record, actual->duration_s, job->arena, &request);
    if (!job_read_scenario(job, &request, &job->other, err) ||
        !plan_make(&job->other, job->arena, &plan, err) ||
        !job_run_plan(job, &plan, &outcome, err) || outcome.is_interrupted)
        return false;
    evidence_record_replace(actual, result_make(&plan, &outcome, NULL, 0, job->arena)->settings,
                            job->arena);
    return true;
}

bool cmd_score(struct job *job, struct made *made, struct error *err)
{
    struct evidence_record record;
    struct measurements actual;
    struct score score;
    if (!evidence_record_read(job->cli->scenario, job->arena, &record, err) ||
        !measurements_read(cli_value(job->cli, CLI_OPTION_ACTUAL), &record.projections, job->arena,
                           &actual, err))
        return false;
    if (actual.duration_s != record.projections.run.duration_s &&
        !project_again(job, &record, &actual, err))
        return false;
    struct scenario_request copy = {.file = record.scenario, .label = record.run.inputs[0].file};
    if (!evidence_record_score(&record, &actual, job->arena, &score, err) ||
        !job_prepare_out(job, err) || !job_read_scenario(job, &copy, &job->set, err))
        return false;
    struct answer *answer = job_begin_answer(job, &job->set);
    score_answer_add(answer, &score);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
