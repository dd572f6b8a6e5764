/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any words as a command line, one a line: parsed, or refused as wrong usage. What was parsed, put
 * in its normal form and parsed again, has the same normal form. */
#include "inputs/cli/cli.h"
#include "tests/fuzz/target.h"

#include <string.h>

static char **words_copy(const char *const *words, size_t count, struct arena *arena)
{
    char **copy = arena_array(arena, count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_strdup(arena, words[i]);
    return copy;
}

/* Nothing that a scenario can hold has such a name, so the run itself will refuse it; after an
 * option and a space the parser takes it for a forgotten value. */
static bool has_dashed_value(const struct cli *cli)
{
    const char *single[] = {cli->seed, cli->replications, cli->duration};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (single[i] && single[i][0] == '-')
            return true;
    for (size_t i = 0; i < cli->setting_count; i++)
        if (cli->settings[i][0] == '-')
            return true;
    for (size_t i = 0; i < cli->override_count; i++)
        if (cli->overrides[i].path[0] == '-')
            return true;
    return false;
}

static void check_normal_form(const struct cli *cli, struct arena *arena)
{
    size_t count, count_again;
    const char *const *words = cli_normal_form(cli, arena, &count);
    const struct cli *again;
    struct error err = {0};
    target_require(cli_parse((int)count, words_copy(words, count, arena), arena, &again, &err));
    const char *const *words_again = cli_normal_form(again, arena, &count_again);
    target_require(count == count_again);
    for (size_t i = 0; i < count; i++)
        target_require(strcmp(words[i], words_again[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    char *rest = target_text(bytes, size, arena), *argv[66] = {(char[]){"capsim"}};
    int argc = 1;
    while (argc < 65 && rest)
        argv[argc++] = strsep(&rest, "\n");

    const struct cli *cli;
    struct error err = {0};
    bool is_parsed = cli_parse(argc, argv, arena, &cli, &err);
    target_check_outcome(is_parsed, &err);
    target_require(is_parsed || err.status == STATUS_USAGE);
    if (is_parsed && (cli->subcommand == CLI_RUN || cli->subcommand == CLI_VALIDATE) &&
        !has_dashed_value(cli))
        check_normal_form(cli, arena);
    arena_close(arena);
    return 0;
}
