/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli.h"
#include "inputs/cli/shipped.h"
#include <string.h>

enum { HELP_WIDTH = 80, OPTION_COLUMN = 28, SUMMARY_COLUMN = 26 };

const char *cli_wrap(struct arena *arena, const char *text, const char *words, size_t column,
                     size_t indent)
{
    bool is_first = true;
    while (*words) {
        size_t length = strcspn(words, " \n");
        if (!is_first && (words[-1] == '\n' || column + 1 + length > HELP_WIDTH)) {
            text = arena_printf(arena, "%s\n%*s%.*s", text, (int)indent, "", (int)length, words);
            column = indent + length;
        } else {
            text = arena_printf(arena, "%s%s%.*s", text, is_first ? "" : " ", (int)length, words);
            column += length + !is_first;
        }
        is_first = false;
        words += length + (words[length] != '\0');
    }
    return arena_printf(arena, "%s\n", text);
}

/* "  -n, --replications MIN[:MAX]  Instead of ..." */
static const char *append_option(struct arena *arena, const char *text,
                                 const struct cli_option *option)
{
    char letter[] = {'-', option->letter, ',', '\0'};
    const char *head =
        arena_printf(arena, "  %-3s --%s%s%s", option->letter ? letter : "", option->name,
                     option->argument ? " " : "", option->argument ? option->argument : "");
    size_t length = strlen(head);
    const char *gap = length + 2 <= OPTION_COLUMN
                          ? arena_printf(arena, "%*s", (int)(OPTION_COLUMN - length), "")
                          : arena_printf(arena, "\n%*s", OPTION_COLUMN, "");
    text = arena_printf(arena, "%s%s%s", text, head, gap);
    return cli_wrap(arena, text, option->help, OPTION_COLUMN, OPTION_COLUMN);
}

static const char *help_on_subcommand(enum cli_subcommand topic, struct arena *arena)
{
    const struct cli_subcommand_row *row = &cli_subcommands[topic];
    const char *text =
        arena_printf(arena, "Usage: capsim %s%s%s [OPTION]...\n\n  %s\n", row->name,
                     row->argument ? " " : "", row->argument ? row->argument : "", row->summary);
    if (row->details)
        text = cli_wrap(arena, arena_printf(arena, "%s\n", text), row->details, 0, 0);
    text = arena_printf(arena, "%s\nOptions:\n", text);
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (cli_options[i].subcommands & 1u << topic)
            text = append_option(arena, text, cli_option_of((enum cli_option_name)i, topic, arena));
    return text;
}

static const char *help_overview(struct arena *arena)
{
    const char *text = "capsim answers: will these settings hold for this many customers?\n\n"
                       "Usage: capsim SUBCOMMAND [ARGUMENT] [OPTION]...\n\nSubcommands:\n";
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++) {
        const struct cli_subcommand_row *row = &cli_subcommands[i];
        const char *head = arena_printf(arena, "%s%s%s", row->name, row->argument ? " " : "",
                                        row->argument ? row->argument : "");
        text = arena_printf(arena, "%s  %-*s", text, SUMMARY_COLUMN - 2, head);
        text = cli_wrap(arena, text, row->summary, SUMMARY_COLUMN, SUMMARY_COLUMN);
    }
    const char *first = shipped_find("accubooks-pool.json", arena);
    return arena_printf(
        arena, "%s\nTry 'capsim help run' for its options, or start with:\n  capsim %s%s\n", text,
        first ? "run " : "init pool", first ? first : "");
}

const char *cli_help(enum cli_subcommand topic, struct arena *arena)
{
    return topic == CLI_SUBCOMMANDS ? help_overview(arena) : help_on_subcommand(topic, arena);
}
