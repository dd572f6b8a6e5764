/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: how it starts, which subcommand it is, and how it ends. */
#include "inputs/program/main.h"
#include "inputs/cli/sandbox.h"
#include "inputs/cli/terminal.h"
#include "inputs/program/ranks.h"
#include <gsl/gsl_errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>

/* One a line, so that the next is one line more. */
/* clang-format off */
static const struct {
    job_make *make; /* of those that make a report */
    int (*run)(const struct cli *cli, struct arena *arena);
} subcommands[CLI_SUBCOMMANDS] = {
    [CLI_RUN] = {.make = cmd_run},
    [CLI_VALIDATE] = {.run = cmd_validate},
    [CLI_COMPARE] = {.make = cmd_compare},
    [CLI_SWEEP] = {.make = cmd_sweep},
    [CLI_MERGE] = {.run = cmd_merge},
    [CLI_SIZE] = {.make = cmd_size},
    [CLI_LIMIT] = {.make = cmd_limit},
    [CLI_WHY] = {.make = cmd_why},
    [CLI_SENSITIVITY] = {.make = cmd_sensitivity},
    [CLI_TRACE] = {.run = cmd_trace},
    [CLI_REHEARSE] = {.make = cmd_rehearse},
    [CLI_REPORT] = {.make = cmd_report},
    [CLI_PLOT] = {.run = cmd_plot},
    [CLI_VERIFY] = {.run = cmd_verify},
    [CLI_SIGN] = {.run = cmd_sign},
    [CLI_SCORE] = {.make = cmd_score},
    [CLI_AUDIT] = {.make = cmd_audit},
    [CLI_BACKTEST] = {.make = cmd_backtest},
    [CLI_CALIBRATE] = {.make = cmd_calibrate},
    [CLI_BASELINE] = {.make = cmd_baseline},
    [CLI_CHECK] = {.make = cmd_check},
    [CLI_IMPORT] = {.run = cmd_import},
    [CLI_INIT] = {.run = cmd_init},
    [CLI_EXPLAIN] = {.run = cmd_explain},
    [CLI_COMPLETION] = {.run = cmd_completion},
    [CLI_HELP] = {.run = cmd_help},
    [CLI_VERSION] = {.run = cmd_version},
};
/* clang-format on */

job_make *main_make_of(enum cli_subcommand subcommand)
{
    return subcommands[subcommand].make;
}

static int carry_out(const struct cli *cli, struct arena *arena)
{
    bool is_first = !program_ranks() || program_ranks()->executor.is_first;
    bool is_for_all = subcommands[cli->subcommand].make || cli->subcommand == CLI_VERIFY ||
                      cli->subcommand == CLI_MERGE;
    if (!is_first && !is_for_all)
        return EXIT_PASS;
    if (subcommands[cli->subcommand].run)
        return subcommands[cli->subcommand].run(cli, arena);
    struct job job;
    struct made made = {0};
    struct error err = {0};
    job_open(&job, cli, arena);
    bool is_made = subcommands[cli->subcommand].make(&job, &made, &err);
    int status = is_first || (!is_made && err.status != STATUS_OK)
                     ? job_write(&job, &made, is_made, &err)
                     : EXIT_PASS;
    job_close(&job, status == EXIT_PASS && !made.told);
    return status;
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    json_set_alloc_funcs(arena_library_malloc, arena_library_free);
    terminal_keep_standard_streams();
    /* A closed pipe and a file that may not grow are then errors of the write, like a full disk. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (!program_ranks_open())
        return error_exit_code(STATUS_IO);
    struct arena *arena = arena_open();
    const struct cli *cli;
    struct error err = {0};
    int status;
    if (argc < 2) {
        fputs(cli_help(CLI_SUBCOMMANDS, arena), stderr);
        status = error_exit_code(STATUS_USAGE);
    } else if (!cli_parse(argc, argv, arena, &cli, &err) || !cli_check_outputs(cli, arena, &err)) {
        status = main_complain(cli, &err);
    } else {
        if (!program_ranks()) /* ranks talk by sockets and shared memory */
            sandbox_enter_for(cli, arena);
        arena_limit(cli->max_memory);
        status = carry_out(cli, arena);
    }
    arena_close(arena);
    bool is_first = !program_ranks() || program_ranks()->executor.is_first;
    program_ranks_close();
    return is_first ? status : EXIT_PASS;
}
