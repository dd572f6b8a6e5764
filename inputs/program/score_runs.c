/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/program/score_runs.h"
#include "inputs/scenario/read_load_test.h"

bool score_runs_make(struct job *job, const struct evidence_record *record,
                     struct measurements *actual, struct score_runs *made, struct error *err)
{
    const struct cli *then;
    struct synthetic_test test;
    if (!cli_parse((int)record->run.command_count, record->run.command, job->arena, &then, err)) {
        error_set_file(err, record->run.file);
        return false;
    }
    job->varied_request = job_request_of(then, job->arena);
    evidence_record_request(record, actual, job->arena, &job->varied_request);
    job->variants.set = &job->other;
    if (!job_share_text(job, &job->varied_request, err) ||
        !scenario_open(&job->varied_request, job->arena, &job->variants.file, &job->other, err) ||
        !job_agree(job, &job->other, err) ||
        !plan_make(&job->other, job->arena, &made->plan, err) ||
        !job_run_plan(job, &made->plan, &made->outcome, err) || made->outcome.is_interrupted ||
        !job_draw_one_runs(job, &job->varied_request, &job->other, &made->plan, &made->outcome,
                           err) ||
        made->outcome.is_interrupted)
        return false;
    evidence_record_replace(actual->values, actual->value_count, "",
                            result_make(&made->plan, &made->outcome, NULL, 0, job->arena)->settings,
                            job->arena);
    if (actual->test_count == 0)
        return true;
    if (!load_test_read(cli_value(then, CLI_OPTION_LOAD_TEST), &test, err))
        return false;
    test.replications = RANK_TEST_RUNS;
    if (!load_test_study_run(&job->other, 0, made->plan.warmup_s[0], &test, &job->workers,
                             job->arena, &made->test, err))
        return false;
    evidence_record_replace(
        actual->of_test, actual->test_count, SYNTHETIC_TEST_NAME ".",
        result_make(&made->test.plan, &made->test.outcome, NULL, 0, job->arena)->settings,
        job->arena);
    return true;
}
