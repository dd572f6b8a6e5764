/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a beginner's first commands do: init and completion. */
#include "inputs/cli/cli_shells.h"
#include "inputs/guide/scenario_template.h"
#include "tests/support/support.h"
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder, *program;

static int open_folder(void **state)
{
    folder = folder_make();
    program = realpath(capsim_path(), NULL);
    return 0;
}

static int close_folder(void **state)
{
    folder_remove(folder);
    free(program);
    return 0;
}

static struct command_result run(const char *const *words)
{
    const char *argv[24] = {program};
    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = words[i];
    return command_run(&(struct command){.argv = argv, .folder = folder});
}
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void expect(struct command_result result, int status, const char *said)
{
    if (result.status != status || (!strstr(result.output, said) && !strstr(result.error, said)))
        fail_msg("status %d, not %d with \"%s\":\n%s%s", result.status, status, said, result.output,
                 result.error);
    command_result_free(&result);
}

static void each_template_gives_a_scenario_that_runs(void **state)
{
    expect(RUN("init"), 0, "my-pool.json: written; now run: capsim run my-pool.json");
    expect(RUN("run", "my-pool.json", "--duration", "5min", "--replications", "10:10"), 0, "PASS");
    expect(RUN("init", "collectors"), 0, "my-collectors.json: written");
    expect(RUN("run", "my-collectors.json"), 0, "PASS");
}

static void answers_reach_the_scenario(void **state)
{
    expect(RUN("init", "pool", "--set", "name=orders", "--set", "rate=30/min", "--set", "max=7",
               "--out", "-"),
           0, "\"name\": \"orders\"");
    expect(RUN("init", "pool", "--set", "name=orders", "--set", "rate=30/min", "--set", "max=7"), 0,
           "orders.json: written");
    char *path = NULL;
    assert_true(asprintf(&path, "%s/orders.json", folder) > 0);
    char *text = file_read(path, NULL);
    assert_non_null(strstr(text, "\"rate\": \"30/min\""));
    assert_non_null(strstr(text, "\"max\": 7,"));
    assert_null(strchr(text, '@'));
    free(text);
    free(path);
}

static void no_file_is_written_over(void **state)
{
    expect(RUN("init", "--out", "mine.json"), 0, "mine.json: written");
    expect(RUN("init", "--out", "mine.json"), 2, "mine.json: is there already");
}

static void a_bad_answer_says_what_is_accepted(void **state)
{
    expect(RUN("init", "tank"), 2, "unknown template \"tank\"; there are pool, collectors");
    expect(RUN("init", "--set", "rtae=5/s"), 2, "did you mean 'rate'?");
    expect(RUN("init", "--set", "rate=5"), 2, "rate must be a rate with its unit");
    expect(RUN("init", "--set", "max=0"), 2, "max must be a whole number from 1 to 999999999");
    expect(RUN("init", "--set", "name=a b"), 2, "name must be a name of letters");
    expect(RUN("init", "--set", "query=0s"), 2, "query must be a duration");
    expect(RUN("init", "--set", "utilization=70"), 2, "utilization must be a share");
    expect(RUN("init", "--set", "query_p95=10s"), 2,
           "these answers do not go together: /workloads/api/steps/1/steps/0/delay: p95 / mean "
           "must be at most 3.86813 for a lognormal");
}

/* Answers no question but the first with a mistake and then the truth. */
static void on_a_terminal_it_asks_until_the_answer_fits(void **state)
{
    int screen = posix_openpt(O_RDWR | O_NOCTTY);
    if (screen < 0 || grantpt(screen) != 0 || unlockpt(screen) != 0)
        skip();
    const char *name = ptsname(screen);
    pid_t child = fork();
    if (child == 0) {
        int end = open(name, O_RDWR);
        if (end < 0 || dup2(end, 0) < 0 || dup2(end, 1) < 0 || dup2(end, 2) < 0 ||
            chdir(folder) != 0)
            _exit(99);
        execl(program, "capsim", "init", (char *)NULL);
        _exit(98);
    }
    static const char answers[] = "9 lives\nasked\n\n\n\n\n\n\n\n\n\n";
    assert_int_equal(write(screen, answers, sizeof answers - 1), sizeof answers - 1);
    static char shown[8192];
    size_t length = 0;
    struct pollfd ready = {.fd = screen, .events = POLLIN};
    while (length < sizeof shown - 1 && poll(&ready, 1, 20000) > 0) {
        ssize_t got = read(screen, shown + length, sizeof shown - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        if (strstr(shown, "written"))
            break;
    }
    int status;
    waitpid(child, &status, 0);
    close(screen);
    assert_int_equal(status, 0);
    assert_non_null(strstr(shown, "Name of the scenario [my-pool]: "));
    assert_non_null(strstr(shown, "name must be a name of letters"));
    assert_non_null(strstr(shown, "asked.json: written"));
}

/* Asks the shell itself, where it is installed, whether it can read the script. */
static void assert_shell_reads(enum cli_shell shell, const char *const *argv)
{
    struct arena *arena = arena_open();
    const char *text = cli_completion(shell, arena);
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++)
        assert_non_null(strstr(text, cli_subcommands[i].name));
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        assert_non_null(strstr(text, cli_options[i].name));
    struct command_result result = command_run(&(struct command){.argv = argv, .input = text});
    if (result.status != 127 && result.status != 0)
        fail_msg("%s: %s", argv[0], result.error);
    command_result_free(&result);
    arena_close(arena);
}

static void every_option_is_completed_by_every_shell(void **state)
{
    assert_shell_reads(CLI_BASH, (const char *const[]){"bash", "-n", NULL});
    assert_shell_reads(CLI_ZSH, (const char *const[]){"sh", "-c",
                                                      "command -v zsh >/dev/null || exit 127; "
                                                      "exec zsh -n /dev/stdin",
                                                      NULL});
    assert_shell_reads(CLI_FISH, (const char *const[]){"sh", "-c",
                                                       "command -v fish >/dev/null || exit 127; "
                                                       "exec fish -n",
                                                       NULL});
}

static void bash_completes_subcommands_options_and_formats(void **state)
{
    static const char script[] =
        "source <(\"$0\" completion bash)\n"
        "try() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _capsim; echo \"${COMPREPLY[*]}\"; "
        "}\n"
        "try capsim vali\ntry capsim run --thr\ntry capsim run --format ma\ntry capsim help che\n";
    const char *const argv[] = {"bash", "-c", script, program, NULL};
    struct command_result result = command_run(&(struct command){.argv = argv});
    assert_string_equal(result.output, "validate\n--threads\nmarkdown\ncheck\n");
    command_result_free(&result);
}

static void the_manual_has_every_subcommand_and_option(void **state)
{
    struct arena *arena = arena_open();
    const char *text = cli_manual(arena);
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++)
        assert_non_null(strstr(text, arena_printf(arena, "\n## %s", cli_subcommands[i].name)));
    for (size_t i = 0; i < CLI_OPTION_HELP; i++)
        assert_non_null(strstr(text, arena_printf(arena, "*--%s*", cli_options[i].name)));
    arena_close(arena);
    expect(RUN("help", "--scdoc"), 0, "# EXIT STATUS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_template_gives_a_scenario_that_runs),
        cmocka_unit_test(answers_reach_the_scenario),
        cmocka_unit_test(no_file_is_written_over),
        cmocka_unit_test(a_bad_answer_says_what_is_accepted),
        cmocka_unit_test(on_a_terminal_it_asks_until_the_answer_fits),
        cmocka_unit_test(every_option_is_completed_by_every_shell),
        cmocka_unit_test(bash_completes_subcommands_options_and_formats),
        cmocka_unit_test(the_manual_has_every_subcommand_and_option),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
