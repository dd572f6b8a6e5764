/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace: what happens in one replication, event by event. */
#include "inputs/guide/trace_request.h"
#include "inputs/program/main.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/trace_lines.h"

static bool trace(struct job *job, struct error *err)
{
    const struct cli *cli = job->cli;
    const char *name = cli->setting_count > 0 ? cli->settings[0] : NULL;
    struct trace_query query = {.mode = TRACE_FIRST_FAILURE};
    struct trace_found found;
    struct plan plan;
    size_t setting;
    if (!trace_request_read(cli, job->arena, &query, err) || !job_read_plan(job, &plan, err) ||
        !setting_choice_one(&job->set, name, SETTING_ASK, job->arena, &setting, err))
        return false;
    struct trace_lines lines = {stdout, (enum trace_format)cli->format};
    trace_lines_begin(&lines);
    const struct model *model = plan.models[setting];
    return trace_run(model, &query, job->arena, trace_lines_write, &lines, &found, err) &&
           trace_lines_end(&lines, &query, &found, err);
}

int cmd_trace(const struct cli *cli, struct arena *arena)
{
    struct job job;
    struct error err = {0};
    job_open(&job, cli, arena);
    int status = trace(&job, &err) ? EXIT_PASS : main_complain(cli, &err);
    job_close(&job, false);
    return status;
}
