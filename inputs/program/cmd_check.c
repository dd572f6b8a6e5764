/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check: hold a run against one that was kept. */
#include "inputs/program/main.h"
#include "inputs/records/baseline_record.h"
#include "inputs/records/read_tolerances.h"
#include "inputs/scenario/scenario_changes.h"
#include "reports/answers/regression_report.h"

bool cmd_check(struct job *job, struct made *made, struct error *err)
{
    const struct cli_values *tolerances = &job->cli->given[CLI_OPTION_TOLERANCE];
    struct regression_baseline baseline;
    struct regression_request request = {.baseline = &baseline,
                                         .tolerance_count = tolerances->count,
                                         .is_strict = job->cli->given[CLI_OPTION_STRICT].count > 0};
    if (!baseline_record_read(cli_value(job->cli, CLI_OPTION_BASELINE), job->arena, &baseline, err))
        return false;
    job_repeat(job, &baseline);
    request.has_all = job->cli->given[CLI_OPTION_ALL_METRICS].count > 0;
    request.result = job_study_like(job, baseline.scenario_name, err);
    if (!request.result ||
        !(request.tolerances =
              tolerances_read(tolerances->values, tolerances->count, job->arena, err)) ||
        !regression_report_check(&request, err))
        return false;
    if (baseline.source)
        request.changes = scenario_changes_list(baseline.source, job->set.text, job->arena,
                                                &request.change_count);
    struct answer *answer = job_begin_answer(job, &job->set);
    regression_report(&request, answer);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
