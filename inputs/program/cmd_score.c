/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score: what was measured after a change, held against the evidence before it. */
#include "inputs/program/score_runs.h"
#include "inputs/records/score_inputs.h"
#include "reports/answers/score_answer.h"

bool cmd_score(struct job *job, struct made *made, struct error *err)
{
    struct evidence_record record;
    struct measurements actual;
    struct score score;
    struct score_runs runs;
    const char *actual_path = cli_value(job->cli, CLI_OPTION_ACTUAL);
    if (!evidence_record_read(job->cli->scenario, job->arena, &record, err) ||
        !job_agree_on_file(job, actual_path, err) ||
        !measurements_read(actual_path, &record.projections, job->arena, &actual, err) ||
        !score_runs_make(job, &record, &actual, &runs, err))
        return false;
    struct score_study study = {
        .source = {&job->variants, scenario_variants_read, scenario_variants_explain},
        .plan = &runs.plan,
        .outcome = &runs.outcome,
        .test = &runs.test,
        .columns = evidence_record_columns(&actual, job->arena),
        .column_count = actual.value_count + actual.test_count,
        .confidence = record.projections.run.confidence,
        .workers = job->workers};
    size_t inputs = 0;
    struct score_input *input =
        score_inputs_list(&job->other, &job->other.settings[0], job->arena, &inputs);
    score_study_judge(&study, job->arena);
    inputs = study.finding.is_refused ? inputs : 0;
    struct scenario_request copy = {.file = record.scenario, .label = record.run.inputs[0].file};
    if (!score_study_explain(&study, input, inputs, job->arena, err) ||
        !evidence_record_score(&record, &actual, job->arena, &score, err) ||
        !job_prepare_out(job, err) || !job_read_scenario(job, &copy, &job->set, err))
        return false;
    evidence_record_judge(&study, input, inputs, job->arena, &score);
    struct answer *answer = job_begin_answer(job, &job->set);
    score_answer_add(answer, &score);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
