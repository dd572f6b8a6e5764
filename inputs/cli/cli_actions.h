/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli_actions.h - what stands between a subcommand and its file, "approve" or "add", and what goes
 * with it. */
#ifndef CAPSIM_INPUTS_CLI_CLI_ACTIONS_H
#define CAPSIM_INPUTS_CLI_CLI_ACTIONS_H

#include "inputs/cli/cli.h"

/* 'baseline approve' has a baseline and a reason, and nothing that changes a run; 'save' has none
 * of its options. False with STATUS_USAGE. */
bool cli_check_approval(const struct cli *cli, struct error *err);
/* 'backtest add' has a ledger and a score; --name is for it alone. False with STATUS_USAGE. */
bool cli_check_addition(const struct cli *cli, struct error *err);

#endif
