/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: which subcommand it is, and how it ends. */
#include "inputs/program/main.h"
#include "inputs/cli/cli_shells.h"
#include "inputs/cli/terminal.h"
#include "reports/files/output.h"
#include "sim/base/version.h"
#include <gsl/gsl_errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>

enum { MESSAGE = 1536 };

static atomic_bool is_interrupted;

static void on_signal(int signal)
{
    (void)signal;
    atomic_store(&is_interrupted, true);
}

/* One that whoever started us has set to be ignored (nohup, a shell's background) stays ignored.
 * SIGXCPU, of a limit on processor time, comes again each second; nobody's patience has ended. */
const atomic_bool *main_catch_interruption(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGXCPU};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action;
        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
            int once = signals[i] == SIGXCPU ? 0 : (int)SA_RESETHAND;
            action = (struct sigaction){.sa_handler = on_signal, .sa_flags = once | SA_RESTART};
            sigaction(signals[i], &action, NULL);
        }
    }
    return &is_interrupted;
}

int main_complain(const struct cli *cli, const struct error *err)
{
    char text[MESSAGE];
    error_format(err, text, sizeof text);
    fprintf(stderr, "%s%s", err->file[0] ? "" : "capsim: ", text);
    if (err->status == STATUS_USAGE)
        fprintf(stderr, "; try 'capsim help%s%s'", cli->subcommand == CLI_HELP ? "" : " ",
                cli->subcommand == CLI_HELP ? "" : cli_subcommands[cli->subcommand].name);
    if (cli->has_debug && err->raised_in)
        fprintf(stderr, " [%s]", err->raised_in);
    fputc('\n', stderr);
    return error_exit_code(err->status);
}

int main_complain_of_output(const struct cli *cli, struct error *err)
{
    error_set_file(err, "standard output");
    return terminal_is_abandoned(stdout) ? error_exit_code(STATUS_IO) : main_complain(cli, err);
}

int main_print(const struct cli *cli, const char *text)
{
    struct error err = {0};
    fputs(text, stdout);
    return output_flush(stdout, &err) ? EXIT_PASS : main_complain_of_output(cli, &err);
}

int main_exit_status(enum verdict verdict, bool is_interrupted_early)
{
    if (is_interrupted_early)
        return EXIT_INTERRUPTED;
    switch (verdict) {
    case VERDICT_FAIL:
        return EXIT_FAIL;
    case VERDICT_UNDECIDED:
        return EXIT_UNDECIDED;
    case VERDICT_PASS:
    case VERDICT_NONE:
        break;
    }
    return EXIT_PASS;
}

static int help(const struct cli *cli, struct arena *arena)
{
    bool has_scdoc = cli->given[CLI_OPTION_SCDOC].count > 0;
    return main_print(cli, has_scdoc ? cli_manual(arena) : cli_help(cli->topic, arena));
}

static int version(const struct cli *cli, struct arena *arena)
{
    (void)arena;
    return main_print(cli, "capsim " CAPSIM_VERSION "\n");
}

/* One a line, so that the next is one line more. */
/* clang-format off */
static int (*const subcommands[CLI_SUBCOMMANDS])(const struct cli *, struct arena *) = {
    [CLI_RUN] = main_run,
    [CLI_VALIDATE] = main_validate,
    [CLI_COMPARE] = main_compare,
    [CLI_BASELINE] = main_baseline,
    [CLI_CHECK] = main_check,
    [CLI_WHY] = main_why,
    [CLI_SENSITIVITY] = main_sensitivity,
    [CLI_INIT] = main_init,
    [CLI_EXPLAIN] = main_explain,
    [CLI_COMPLETION] = main_completion,
    [CLI_REPORT] = main_report,
    [CLI_PLOT] = main_plot,
    [CLI_REHEARSE] = main_rehearse,
    [CLI_VERIFY] = main_verify,
    [CLI_SCORE] = main_score,
    [CLI_SWEEP] = main_sweep,
    [CLI_SIZE] = main_size,
    [CLI_LIMIT] = main_limit,
    [CLI_HELP] = help,
    [CLI_VERSION] = version,
};
/* clang-format on */

int main_dispatch(const struct cli *cli, struct arena *arena)
{
    return subcommands[cli->subcommand](cli, arena);
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    json_set_alloc_funcs(arena_library_malloc, arena_library_free);
    terminal_keep_standard_streams();
    /* A closed pipe and a file that may not grow are then errors of the write, like a full disk. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct arena *arena = arena_open();
    struct cli cli;
    struct error err = {0};
    int status;
    if (argc < 2) {
        fputs(cli_help(CLI_SUBCOMMANDS, arena), stderr);
        status = error_exit_code(STATUS_USAGE);
    } else if (!cli_parse(argc, argv, arena, &cli, &err) ||
               !main_check_outputs(&cli, arena, &err)) {
        status = main_complain(&cli, &err);
    } else {
        arena_limit(cli.max_memory);
        status = main_dispatch(&cli, arena);
    }
    arena_close(arena);
    return status;
}
