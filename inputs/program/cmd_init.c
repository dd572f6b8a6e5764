/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For those who begin: init, explain, completion, help and version. */
#include "inputs/cli/cli_choice.h"
#include "inputs/cli/cli_shells.h"
#include "inputs/guide/explain.h"
#include "inputs/guide/interview.h"
#include "inputs/program/main.h"
#include "sim/base/version.h"
#include <stdio.h>
#include <string.h>

int cmd_help(const struct cli *cli, struct arena *arena)
{
    bool has_scdoc = cli->given[CLI_OPTION_SCDOC].count > 0;
    return main_print(cli, has_scdoc ? cli_manual(arena) : cli_help(cli->topic, arena));
}

int cmd_version(const struct cli *cli, struct arena *arena)
{
    (void)arena;
    return main_print(cli, "capsim " CAPSIM_VERSION "\n");
}

int cmd_completion(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    size_t shell = cli_choice_find(cli->action, "shell", cli_shell_names, CLI_SHELLS, &err);
    if (shell == CLI_SHELLS)
        return main_complain(cli, &err);
    return main_print(cli, cli_completion((enum cli_shell)shell, arena));
}

int cmd_explain(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    if (cli->given[CLI_OPTION_SCDOC].count > 0)
        return main_print(cli, explain_manual(arena));
    if (!cli->action)
        return main_print(cli, explain_topics(arena));
    const char *text = explain(cli->action, arena, &err);
    return text ? main_print(cli, text) : main_complain(cli, &err);
}

int cmd_init(const struct cli *cli, struct arena *arena)
{
    struct interview interview = {.in = stdin, .out = stderr};
    struct error err = {0};
    const char *text = NULL;
    if (cli->action && strcmp(cli->action, "?") == 0)
        return main_print(cli, interview_list_templates(arena));
    interview.starter = interview_find_template(cli->action, &err);
    if (interview.starter && interview_take(&interview, cli, &err) &&
        interview_ask(&interview, arena, &err))
        text = starter_write(interview.starter, interview.answers, arena, &err);
    if (!text)
        return main_complain(cli, &err);
    if (cli->out && strcmp(cli->out, "-") == 0)
        return main_print(cli, text);
    /* The name of the scenario is the first answer. */
    const char *path = cli->out ? cli->out : arena_printf(arena, "%s.json", interview.answers[0]);
    if (!interview_save(path, text, arena, &err))
        return main_complain(cli, &err);
    return main_print(cli, interview_tell_saved(path, arena));
}
