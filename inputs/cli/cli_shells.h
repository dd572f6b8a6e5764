/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli_shells.h - what other programs are told of the command line: shells, to complete it, and man.
 *
 * All of it comes from the tables of cli.h, so that no option can be forgotten. */
#ifndef CAPSIM_INPUTS_CLI_CLI_SHELLS_H
#define CAPSIM_INPUTS_CLI_CLI_SHELLS_H

#include "inputs/cli/cli.h"

enum cli_shell { CLI_BASH, CLI_ZSH, CLI_FISH, CLI_SHELLS };

/* "bash", "zsh", "fish" */
extern const char *const cli_shell_names[CLI_SHELLS];

/* A script for the shell that completes capsim's subcommands, options, formats and files. */
const char *cli_completion(enum cli_shell shell, struct arena *arena);

/* The manual page capsim(1) as the source text of scdoc. */
const char *cli_manual(struct arena *arena);

#endif
