/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace: what happens in one replication, event by event. */
#include "inputs/json/quantity.h"
#include "inputs/program/main.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/trace_lines.h"
#include <string.h>

/* "api:17" */
static bool read_request(const char *text, struct arena *arena, struct trace_query *query,
                         struct error *err)
{
    const char *colon = strrchr(text, ':');
    double number = 0;
    if (!colon || colon == text || !quantity_parse_number(colon + 1, &number) || number < 1 ||
        number > UINT32_MAX || number != (double)(uint32_t)number)
        return error_set(err, STATUS_USAGE,
                         "--request needs WORKLOAD:N, such as api:17: the 17th request");
    query->mode = TRACE_REQUEST;
    query->group = arena_printf(arena, "%.*s", (int)(colon - text), text);
    query->number = (uint64_t)number;
    return true;
}

static bool read_span(const struct cli *cli, struct trace_query *query, struct error *err)
{
    query->mode = TRACE_SPAN;
    query->to_ns = INT64_MAX;
    return (!cli->from || quantity_parse_duration(cli->from, &query->from_ns, NULL, err)) &&
           (!cli->to || quantity_parse_duration(cli->to, &query->to_ns, NULL, err));
}

static bool read_query(const struct cli *cli, struct arena *arena, struct trace_query *query,
                       struct error *err)
{
    const char *request = cli_value(cli, CLI_OPTION_REQUEST);
    bool has_first = cli_value(cli, CLI_OPTION_FIRST_FAILURE) != NULL;
    double number = 0;
    if ((request != NULL) + has_first + (cli->from || cli->to) != 1)
        return error_set(err, STATUS_USAGE,
                         "'trace' needs one of --request, --from and --to, --first-failure");
    if (cli->format > CLI_CSV)
        return error_set(err, STATUS_USAGE, "'trace' writes text, json (lines) and csv");
    const char *replication = cli_value(cli, CLI_OPTION_REPLICATION);
    if (replication && (!quantity_parse_number(replication, &number) || number < 0 ||
                        number >= SPEC_MAX_REPLICATIONS || number != (double)(uint32_t)number))
        return error_set(err, STATUS_USAGE, "--replication needs a whole number from 0, got %s",
                         replication);
    query->replication = (uint32_t)number;
    return has_first ||
           (request ? read_request(request, arena, query, err) : read_span(cli, query, err));
}

static bool trace(struct job *job, struct error *err)
{
    const struct cli *cli = job->cli;
    const char *name = cli->setting_count > 0 ? cli->settings[0] : NULL;
    struct trace_query query = {.mode = TRACE_FIRST_FAILURE};
    struct trace_found found;
    struct plan plan;
    size_t setting;
    if (!read_query(cli, job->arena, &query, err) || !job_read_plan(job, &plan, err) ||
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
