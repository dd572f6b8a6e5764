/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/trace_request.h"
#include "inputs/json/quantity.h"
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

bool trace_request_read(const struct cli *cli, struct arena *arena, struct trace_query *query,
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
