/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli_actions.h"
#include <string.h>

/* 'approve' repeats the run of a baseline, so it takes nothing that changes a run. */
bool cli_check_approval(const struct cli *cli, struct error *err)
{
    static const enum cli_option_name own[] = {CLI_OPTION_BASELINE, CLI_OPTION_REASON,
                                               CLI_OPTION_BY};
    const struct cli_values *reasons = &cli->given[CLI_OPTION_REASON];
    const char *reason = reasons->count > 0 ? reasons->values[reasons->count - 1] : NULL;
    bool is_approval = cli_is_approval(cli);
    for (size_t i = 0; i < sizeof own / sizeof own[0] && !is_approval; i++)
        if (cli->given[own[i]].count > 0)
            return error_set(err, STATUS_USAGE, "--%s is for 'baseline approve', not for 'save'",
                             cli_options[own[i]].name);
    for (size_t i = 0; i < CLI_OPTIONS && is_approval; i++)
        if (cli_options[i].changes_result && i != CLI_OPTION_BASELINE && cli->given[i].count > 0)
            return error_set(err, STATUS_USAGE,
                             "'baseline approve' repeats the baseline's run: --%s cannot be given; "
                             "'baseline save' begins anew",
                             cli_options[i].name);
    if (is_approval && cli->given[CLI_OPTION_BASELINE].count == 0)
        return error_set(err, STATUS_USAGE,
                         "'baseline approve' needs --baseline FILE: the one that is replaced");
    return !is_approval || (reason && reason[strspn(reason, " \t\n")] != '\0') ||
           error_set(err, STATUS_USAGE,
                     "'baseline approve' needs --reason TEXT: why the change is "
                     "right");
}

bool cli_is_addition(const struct cli *cli)
{
    return cli->action && cli->subcommand == CLI_BACKTEST && strcmp(cli->action, CLI_ADD) == 0;
}

/* `backtest add` takes a ledger and a score; a name is for that score. */
bool cli_check_addition(const struct cli *cli, struct error *err)
{
    bool has_name = cli->given[CLI_OPTION_NAME].count > 0;
    if (cli->subcommand == CLI_BACKTEST && has_name && !cli_is_addition(cli))
        return error_set(err, STATUS_USAGE, "--name is for 'backtest add'");
    return !cli_is_addition(cli) || cli->file_count == 2 ||
           error_set(err, STATUS_USAGE, "'backtest add' takes a ledger and a score, got %zu name%s",
                     cli->file_count, cli->file_count == 1 ? "" : "s");
}

bool cli_is_approval(const struct cli *cli)
{
    return cli->action && cli->subcommand == CLI_BASELINE && strcmp(cli->action, CLI_APPROVE) == 0;
}
