/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli_shells.h"
#include <string.h>

const char *const cli_shell_names[CLI_SHELLS] = {
    [CLI_BASH] = "bash", [CLI_ZSH] = "zsh", [CLI_FISH] = "fish"};

/* What may stand as an option's value, as far as a shell can help. */
enum value_kind { VALUE_NONE, VALUE_FORMAT, VALUE_FILE, VALUE_FOLDER, VALUE_OTHER };

static enum value_kind kind_of(const struct cli_option *option)
{
    if (!option->argument)
        return VALUE_NONE;
    if (strcmp(option->argument, "FORMAT") == 0)
        return VALUE_FORMAT;
    if (strncmp(option->argument, "FILE", 4) == 0)
        return VALUE_FILE;
    return strncmp(option->argument, "DIR", 3) == 0 ? VALUE_FOLDER : VALUE_OTHER;
}

static bool belongs(const struct cli_option *option, size_t subcommand)
{
    return option->subcommands >> subcommand & 1;
}

/* True if what follows the subcommand is a file. */
static bool takes_file(size_t subcommand)
{
    const char *argument = cli_subcommands[subcommand].argument;
    return argument &&
           (strstr(argument, "SCENARIO") || strstr(argument, "REPORT") || strstr(argument, "DIR"));
}

static const char *list_subcommands(struct arena *arena)
{
    const char *text = cli_subcommands[0].name;
    for (size_t i = 1; i < CLI_SUBCOMMANDS; i++)
        text = arena_printf(arena, "%s %s", text, cli_subcommands[i].name);
    return text;
}

static const char *list_formats(struct arena *arena)
{
    const char *text = cli_format_names[0];
    for (size_t i = 1; i < CLI_FORMATS; i++)
        text = arena_printf(arena, "%s %s", text, cli_format_names[i]);
    return text;
}

/* The first sentence of an option's help. */
static const char *first_sentence(const char *help, struct arena *arena)
{
    const char *end = strstr(help, ". ");
    size_t length = end ? (size_t)(end - help) : strlen(help) - (help[strlen(help) - 1] == '.');
    return arena_printf(arena, "%.*s", (int)length, help);
}

/* text with a backslash before each of these characters, or, escape 0, without them. */
static const char *escape(const char *text, const char *characters, char escape_character,
                          struct arena *arena)
{
    char *escaped = arena_alloc(arena, arena_add_sizes(arena_multiply_sizes(strlen(text), 2), 1)),
         *to = escaped;
    for (; *text; text++) {
        bool is_special = strchr(characters, *text) != NULL;
        if (is_special && escape_character)
            *to++ = escape_character;
        if (!is_special || escape_character)
            *to++ = *text;
    }
    *to = '\0';
    return escaped;
}

/* ---- bash -------------------------------------------------------------------------------- */

/* "--out|-o", of all options whose value is of that kind. */
static const char *patterns_of(enum value_kind kind, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < CLI_OPTIONS; i++) {
        const struct cli_option *option = &cli_options[i];
        if (kind_of(option) != kind)
            continue;
        text = arena_printf(arena, "%s%s--%s", text, *text ? " | " : "", option->name);
        if (option->letter)
            text = arena_printf(arena, "%s | -%c", text, option->letter);
    }
    return text;
}

static const char *bash_words(size_t subcommand, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (belongs(&cli_options[i], subcommand))
            text = arena_printf(arena, "%s%s--%s", text, *text ? " " : "", cli_options[i].name);
    return text;
}

static const char *bash_case(enum value_kind kind, const char *action, const char *text,
                             struct arena *arena)
{
    const char *patterns = patterns_of(kind, arena);
    return *patterns ? arena_printf(arena, "%s    %s) %s; return ;;\n", text, patterns, action)
                     : text;
}

static const char *complete_bash(struct arena *arena)
{
    const char *subcommands = list_subcommands(arena);
    const char *text = arena_printf(
        arena,
        "# Completion of capsim for bash.\n"
        "_capsim() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=\n"
        "    COMPREPLY=()\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n"
        "        return\n"
        "    fi\n"
        "    case $prev in\n",
        subcommands);
    text = bash_case(
        VALUE_FORMAT,
        arena_printf(arena, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", list_formats(arena)),
        text, arena);
    text = bash_case(VALUE_FILE, "compopt -o default", text, arena);
    text = bash_case(VALUE_FOLDER, "COMPREPLY=($(compgen -d -- \"$cur\"))", text, arena);
    text = bash_case(VALUE_OTHER, ":", text, arena);
    text = arena_printf(arena,
                        "%s    esac\n"
                        "    case ${COMP_WORDS[1]} in\n",
                        text);
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++)
        text = arena_printf(arena, "%s    %s) words='%s' ;;\n", text, cli_subcommands[i].name,
                            bash_words(i, arena));
    return arena_printf(arena,
                        "%s    esac\n"
                        "    if [[ $cur == -* ]]; then\n"
                        "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                        "    elif [ \"${COMP_WORDS[1]}\" = help ]; then\n"
                        "        COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n"
                        "    else\n"
                        "        compopt -o default\n"
                        "    fi\n"
                        "}\n"
                        "complete -F _capsim capsim\n",
                        text, subcommands);
}

/* ---- zsh --------------------------------------------------------------------------------- */

static const char *zsh_value(const struct cli_option *option, struct arena *arena)
{
    switch (kind_of(option)) {
    case VALUE_NONE:
        return "";
    case VALUE_FORMAT:
        return arena_printf(arena, ":format:(%s)", list_formats(arena));
    case VALUE_FILE:
        return ":file:_files";
    case VALUE_FOLDER:
        return ":folder:_files -/";
    case VALUE_OTHER:
        break;
    }
    return arena_printf(arena, ":%s: ", escape(option->argument, "[]:|=", 0, arena));
}

static const char *zsh_option(const char *text, const struct cli_option *option,
                              struct arena *arena)
{
    const char *help = escape(first_sentence(option->help, arena), "'", 0, arena);
    help = escape(help, "[]:\\", '\\', arena);
    const char *repeat = option->is_repeatable ? "*" : "";
    const char *value = zsh_value(option, arena);
    text = arena_printf(arena, "%s            '%s--%s[%s]%s' \\\n", text, repeat, option->name,
                        help, value);
    if (option->letter)
        text = arena_printf(arena, "%s            '%s-%c[%s]%s' \\\n", text, repeat, option->letter,
                            help, value);
    return text;
}

static const char *complete_zsh(struct arena *arena)
{
    const char *text = "#compdef capsim\n"
                       "# Completion of capsim for zsh.\n"
                       "local -a subcommands\n"
                       "subcommands=(\n";
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++)
        text = arena_printf(
            arena, "%s    '%s:%s'\n", text, cli_subcommands[i].name,
            escape(escape(cli_subcommands[i].summary, "'", 0, arena), ":", '\\', arena));
    text = arena_printf(arena,
                        "%s)\n"
                        "if (( CURRENT == 2 )); then\n"
                        "    _describe 'subcommand' subcommands\n"
                        "else\n"
                        "    case $words[2] in\n",
                        text);
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++) {
        text = arena_printf(arena, "%s    %s)\n        _arguments \\\n", text,
                            cli_subcommands[i].name);
        for (size_t k = 0; k < CLI_OPTIONS; k++)
            if (belongs(&cli_options[k], i))
                text = zsh_option(
                    text, cli_option_of((enum cli_option_name)k, (enum cli_subcommand)i, arena),
                    arena);
        text = arena_printf(arena, "%s            '*:%s' ;;\n", text,
                            takes_file(i) ? "scenario:_files"
                            : i == CLI_HELP
                                ? arena_printf(arena, "subcommand:(%s)", list_subcommands(arena))
                                : "argument: ");
    }
    return arena_printf(arena, "%s    esac\nfi\n", text);
}

/* ---- fish -------------------------------------------------------------------------------- */

static const char *fish_option(const char *text, size_t subcommand, const struct cli_option *option,
                               struct arena *arena)
{
    text = arena_printf(arena, "%scomplete -c capsim -n '__fish_seen_subcommand_from %s' -l %s",
                        text, cli_subcommands[subcommand].name, option->name);
    if (option->letter)
        text = arena_printf(arena, "%s -s %c", text, option->letter);
    switch (kind_of(option)) {
    case VALUE_NONE:
        break;
    case VALUE_FORMAT:
        text = arena_printf(arena, "%s -x -a '%s'", text, list_formats(arena));
        break;
    case VALUE_FILE:
        text = arena_printf(arena, "%s -r -F", text);
        break;
    case VALUE_FOLDER:
        text = arena_printf(arena, "%s -x -a '(__fish_complete_directories)'", text);
        break;
    case VALUE_OTHER:
        text = arena_printf(arena, "%s -x", text);
        break;
    }
    return arena_printf(arena, "%s -d '%s'\n", text,
                        escape(first_sentence(option->help, arena), "'\\", '\\', arena));
}

static const char *complete_fish(struct arena *arena)
{
    const char *text = "# Completion of capsim for fish.\ncomplete -c capsim -f\n";
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++) {
        const struct cli_subcommand_row *row = &cli_subcommands[i];
        text = arena_printf(arena, "%scomplete -c capsim -n __fish_use_subcommand -a %s -d '%s'\n",
                            text, row->name, escape(row->summary, "'\\", '\\', arena));
        if (takes_file(i))
            text =
                arena_printf(arena, "%scomplete -c capsim -n '__fish_seen_subcommand_from %s' -F\n",
                             text, row->name);
        for (size_t k = 0; k < CLI_OPTIONS; k++)
            if (belongs(&cli_options[k], i))
                text = fish_option(
                    text, i, cli_option_of((enum cli_option_name)k, (enum cli_subcommand)i, arena),
                    arena);
    }
    return arena_printf(arena,
                        "%scomplete -c capsim -n '__fish_seen_subcommand_from help' -a '%s'\n",
                        text, list_subcommands(arena));
}

const char *cli_completion(enum cli_shell shell, struct arena *arena)
{
    switch (shell) {
    case CLI_ZSH:
        return complete_zsh(arena);
    case CLI_FISH:
        return complete_fish(arena);
    case CLI_BASH:
    case CLI_SHELLS:
        break;
    }
    return complete_bash(arena);
}

/* ---- man --------------------------------------------------------------------------------- */

static const char manual_head[] = "capsim(1)\n"
                                  "\n"
                                  "# NAME\n"
                                  "\n"
                                  "capsim - will these settings hold for this many customers?\n"
                                  "\n"
                                  "# SYNOPSIS\n"
                                  "\n";

static const char manual_middle[] =
    "\n"
    "\n"
    "# DESCRIPTION\n"
    "\n"
    "A scenario says what arrives, what it uses and what must hold; capsim simulates it and "
    "answers "
    "with projected utilization, wait times, cycle times and CPU, each with a confidence interval, "
    "and a verdict: pass, fail or undecided. The scenario's format is in *capsim-scenario*(5).\n"
    "\n"
    "The same input, seed and version give the same bytes on any number of threads.\n"
    "\n"
    "# SUBCOMMANDS\n";

static const char manual_tail[] =
    "\n"
    "# EXIT STATUS\n"
    "\n"
    "0 every criterion passes; 1 one fails; 2 bad usage or bad input; 3 undecided; 4 the machine "
    "failed (disk full, no memory, output closed); 130 interrupted, what was finished is kept.\n"
    "\n"
    "# ENVIRONMENT\n"
    "\n"
    "*NO_COLOR*\n"
    "\tIf set to anything but nothing, text has no colour.\n"
    "\n"
    "# SEE ALSO\n"
    "\n"
    "*capsim-scenario*(5)\n";

static const char *man_text(const char *text, struct arena *arena)
{
    return escape(text, "*_\\<>~", '\\', arena);
}

static const char *man_option(const char *text, const struct cli_option *option,
                              struct arena *arena)
{
    const char *letter = option->letter ? arena_printf(arena, "*-%c*, ", option->letter) : "";
    const char *argument =
        option->argument ? arena_printf(arena, " _%s_", escape(option->argument, "_*", '\\', arena))
                         : "";
    return arena_printf(arena, "%s%s*--%s*%s\n\t%s\n\n", text, letter, option->name, argument,
                        man_text(option->help, arena));
}

/* Paragraphs of a subcommand's help: its line breaks part them. */
static const char *man_details(const char *text, const char *details, struct arena *arena)
{
    for (const char *line = details; *line;) {
        size_t length = strcspn(line, "\n");
        text = arena_printf(arena, "%s%s\n\n", text,
                            man_text(arena_printf(arena, "%.*s", (int)length, line), arena));
        line += length + (line[length] == '\n');
    }
    return text;
}

const char *cli_manual(struct arena *arena)
{
    const char *text = manual_head;
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++) {
        const struct cli_subcommand_row *row = &cli_subcommands[i];
        text = arena_printf(arena, "%s%s*capsim %s*%s%s [_option_...]", text, i > 0 ? "++\n" : "",
                            row->name, row->argument ? " " : "",
                            row->argument ? man_text(row->argument, arena) : "");
    }
    text = arena_printf(arena, "%s%s", text, manual_middle);
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++) {
        const struct cli_subcommand_row *row = &cli_subcommands[i];
        text = arena_printf(arena, "%s\n## %s%s%s\n\n%c%s.\n\n", text, row->name,
                            row->argument ? " " : "", row->argument ? row->argument : "",
                            row->summary[0] & ~0x20, man_text(row->summary + 1, arena));
        if (row->details)
            text = man_details(text, row->details, arena);
        for (size_t k = 0; k < CLI_OPTIONS; k++)
            if (belongs(&cli_options[k], i) && k != CLI_OPTION_HELP)
                text = man_option(
                    text, cli_option_of((enum cli_option_name)k, (enum cli_subcommand)i, arena),
                    arena);
    }
    return arena_printf(arena, "%s%s", text, manual_tail);
}
