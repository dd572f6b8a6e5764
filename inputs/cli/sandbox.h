/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox.h - the process gives up what it does not need, so that a mistake in a reader is worth
 * little to whoever wrote the file.
 *
 * With Landlock (Linux 5.13) it may no longer make, change or remove a file but below the folders
 * that it writes to, nor start a program but those named, nor open a TCP connection (6.7); with a
 * filter of system calls (seccomp) it has no sockets at all, and none of the calls that change a
 * machine: mounts, modules, other processes' memory. Its children are bound by the same. Reading is
 * not restricted: a scenario's files are checked by name (parse_context.h). A kernel that lacks one
 * of the two does without. There is no way back. */
#ifndef CAPSIM_INPUTS_CLI_SANDBOX_H
#define CAPSIM_INPUTS_CLI_SANDBOX_H

#include "inputs/cli/cli.h"
#include <stdbool.h>

struct sandbox {
    const char *const *folders; /* [folder_count] written below; of one that is not there, the
                                   nearest above that is */
    size_t folder_count;
    const char *const *programs; /* [program_count] that may be started, found in PATH */
    size_t program_count;
};

/* What is in force afterwards. */
struct sandbox_state {
    bool has_landlock, has_filter;
};

/* Before there are threads. */
struct sandbox_state sandbox_enter(const struct sandbox *sandbox, struct arena *arena);

/* The same for what this command line writes and starts, unless it says --no-sandbox. */
struct sandbox_state sandbox_enter_for(const struct cli *cli, struct arena *arena);

#endif
