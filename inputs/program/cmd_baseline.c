/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline: keep a run, so that check can guard it; approve a change of it. */
#include "inputs/program/main.h"
#include "inputs/records/baseline_record.h"
#include "reports/answers/baseline_answer.h"
#include "reports/answers/regression_report.h"
#include <string.h>

/* Adds to the baseline's approvals that of the result. */
static bool approve(struct job *job, struct regression_baseline *baseline,
                    const struct result *result, struct error *err)
{
    size_t count = baseline->approval_count;
    struct regression_approval *approvals = arena_array(job->arena, count + 1, sizeof *approvals);
    const struct regression_request request = {.baseline = baseline, .result = result};
    if (strcmp(baseline->digest, result->digest) == 0)
        return error_set(err, STATUS_INPUT,
                         "nothing to approve: the results are those of the baseline");
    if (count > 0)
        memcpy(approvals, baseline->approvals, count * sizeof *approvals);
    approvals[count] =
        (struct regression_approval){.reason = cli_value(job->cli, CLI_OPTION_REASON),
                                     .by = cli_value(job->cli, CLI_OPTION_BY),
                                     .from = baseline->digest,
                                     .to = result->digest};
    approvals[count].changes =
        regression_report_changes(&request, job->arena, &approvals[count].change_count);
    baseline->approvals = approvals;
    baseline->approval_count = count + 1;
    return true;
}

/* When a baseline is made again it keeps its approvals, which no run can tell. */
bool cmd_baseline(struct job *job, struct made *made, struct error *err)
{
    struct regression_baseline baseline = {0};
    bool is_approval = cli_is_approval(job->cli);
    const char *then = is_approval     ? cli_value(job->cli, CLI_OPTION_BASELINE)
                       : job->is_again ? job->kept
                                       : NULL;
    if (then && !baseline_record_read(then, job->arena, &baseline, err))
        return false;
    if (is_approval) {
        job_repeat(job, &baseline);
        job_take_command(job, &baseline);
    }
    const struct result *result = job_study_like(job, baseline.scenario_name, err);
    if (!result || (is_approval && !approve(job, &baseline, result, err)))
        return false;
    made->answer = baseline_answer_make(result, job->set.text, baseline.approvals,
                                        baseline.approval_count, job->arena);
    return true;
}
