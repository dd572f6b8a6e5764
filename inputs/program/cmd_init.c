/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands for those who begin: init, explain and completion. */
#include "inputs/cli/cli_shells.h"
#include "inputs/guide/explain.h"
#include "inputs/guide/scenario_template.h"
#include "inputs/json/wording.h"
#include "inputs/program/main.h"
#include "reports/files/atomic_file.h"
#include "sim/base/spelling.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ANSWER_LENGTH = 200, MAX_QUESTIONS = 32 };

/* The number of name among names[count], or count with err filled. */
static size_t find_name(const char *name, const char *what, const char *const *names, size_t count,
                        struct error *err)
{
    char shown[WORDING_SIZE], list[200] = "";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    const char *meant = spelling_nearest(name, names, count);
    error_set(err, STATUS_USAGE, "unknown %s %s; there are %s%s%s%s", what,
              wording_quote(name, shown), list, meant ? "; did you mean '" : "", meant ? meant : "",
              meant ? "'?" : "");
    return count;
}

/* ---- completion -------------------------------------------------------------------------- */

int main_completion(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    if (!cli->action) {
        error_set(&err, STATUS_USAGE, "'completion' needs the name of a shell: bash, zsh or fish");
        return main_complain(cli, &err);
    }
    size_t shell = find_name(cli->action, "shell", cli_shell_names, CLI_SHELLS, &err);
    if (shell == CLI_SHELLS)
        return main_complain(cli, &err);
    return main_print(cli, cli_completion((enum cli_shell)shell, arena));
}

/* ---- explain ----------------------------------------------------------------------------- */

int main_explain(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    if (cli->given[CLI_OPTION_SCDOC].count > 0)
        return main_print(cli, explain_manual(arena));
    if (!cli->action)
        return main_print(cli, explain_topics(arena));
    const char *text = explain(cli->action, arena, &err);
    return text ? main_print(cli, text) : main_complain(cli, &err);
}

/* ---- init -------------------------------------------------------------------------------- */

struct interview {
    const struct starter *starter;
    const char *answers[MAX_QUESTIONS];
    bool is_answered[MAX_QUESTIONS];
};

/* --set KEY=VALUE answers a question. */
static bool take_answers(const struct cli *cli, struct interview *interview, struct error *err)
{
    const struct starter *starter = interview->starter;
    const char *keys[MAX_QUESTIONS];
    for (size_t i = 0; i < starter->question_count; i++) {
        keys[i] = starter->questions[i].key;
        interview->answers[i] = starter->questions[i].fallback;
    }
    for (size_t i = 0; i < cli->override_count; i++) {
        size_t q =
            find_name(cli->overrides[i].path, "question", keys, starter->question_count, err);
        if (q == starter->question_count ||
            !starter_check(&starter->questions[q], cli->overrides[i].value, err))
            return false;
        interview->answers[q] = cli->overrides[i].value;
        interview->is_answered[q] = true;
    }
    return true;
}

/* Asks until the answer fits; an empty one takes what stands in brackets. False at the end of the
 * input. */
static bool ask(const struct starter_question *question, const char **answer, struct arena *arena)
{
    char line[MAX_ANSWER_LENGTH];
    for (;;) {
        struct error err = {0};
        fprintf(stderr, "%s [%s]: ", question->prompt, question->fallback);
        if (!fgets(line, sizeof line, stdin))
            return false;
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0')
            return true;
        if (starter_check(question, line, &err)) {
            *answer = arena_strdup(arena, line);
            return true;
        }
        fprintf(stderr, "  %s\n", err.message);
    }
}

/* Asks what was not answered, if somebody sits there. */
static bool ask_rest(struct interview *interview, struct arena *arena, struct error *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return true;
    for (size_t i = 0; i < interview->starter->question_count; i++)
        if (!interview->is_answered[i] &&
            !ask(&interview->starter->questions[i], &interview->answers[i], arena)) {
            fputc('\n', stderr);
            return error_set(err, STATUS_USAGE, "the input ended before the last question");
        }
    return true;
}

static bool write_scenario(const char *path, const char *text, struct arena *arena,
                           struct error *err)
{
    struct atomic_file file = {0};
    if (access(path, F_OK) == 0) {
        error_set(err, STATUS_USAGE, "is there already; name another file with --out");
        error_set_file(err, path);
        return false;
    }
    bool is_written = atomic_file_open(&file, path, arena, err) && fputs(text, file.stream) >= 0 &&
                      atomic_file_finish(&file, err) && atomic_file_publish(&file, err);
    atomic_file_discard(&file);
    return is_written;
}

/* The name of the scenario is the first answer. */
static int write_starter(const struct cli *cli, const struct interview *interview,
                         struct arena *arena)
{
    struct error err = {0};
    const char *text = starter_write(interview->starter, interview->answers, arena, &err);
    if (!text)
        return main_complain(cli, &err);
    if (cli->out && strcmp(cli->out, "-") == 0)
        return main_print(cli, text);
    const char *path = cli->out ? cli->out : arena_printf(arena, "%s.json", interview->answers[0]);
    if (!write_scenario(path, text, arena, &err))
        return main_complain(cli, &err);
    return main_print(cli,
                      arena_printf(arena, "%s: written; now run: capsim run %s\n", path, path));
}

int main_init(const struct cli *cli, struct arena *arena)
{
    struct interview interview = {.starter = &starters[STARTER_POOL]};
    struct error err = {0};
    const char *names[STARTER_TEMPLATES];
    for (size_t i = 0; i < STARTER_TEMPLATES; i++)
        names[i] = starters[i].name;
    size_t chosen =
        cli->action ? find_name(cli->action, "template", names, STARTER_TEMPLATES, &err) : 0;
    if (chosen == STARTER_TEMPLATES)
        return main_complain(cli, &err);
    interview.starter = &starters[chosen];
    if (!take_answers(cli, &interview, &err) || !ask_rest(&interview, arena, &err))
        return main_complain(cli, &err);
    return write_starter(cli, &interview, arena);
}
