/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/interview.h"
#include "inputs/cli/cli_choice.h"
#include "reports/files/atomic_file.h"
#include <string.h>
#include <unistd.h>

enum { MAX_ANSWER_LENGTH = 200 };

const struct starter *interview_find_template(const char *name, struct error *err)
{
    const char *names[STARTER_TEMPLATES];
    for (size_t i = 0; i < STARTER_TEMPLATES; i++)
        names[i] = starters[i].name;
    size_t chosen = name ? cli_choice_find(name, "template", names, STARTER_TEMPLATES, err) : 0;
    return chosen < STARTER_TEMPLATES ? &starters[chosen] : NULL;
}

bool interview_take(struct interview *interview, const struct cli *cli, struct error *err)
{
    const struct starter *starter = interview->starter;
    const char *keys[INTERVIEW_MAX_QUESTIONS];
    for (size_t i = 0; i < starter->question_count; i++) {
        keys[i] = starter->questions[i].key;
        interview->answers[i] = starter->questions[i].fallback;
    }
    for (size_t i = 0; i < cli->override_count; i++) {
        size_t q =
            cli_choice_find(cli->overrides[i].path, "question", keys, starter->question_count, err);
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
static bool ask(const struct interview *interview, const struct starter_question *question,
                const char **answer, struct arena *arena)
{
    char line[MAX_ANSWER_LENGTH];
    for (;;) {
        struct error err = {0};
        fprintf(interview->out, "%s [%s]: ", question->prompt, question->fallback);
        if (!fgets(line, sizeof line, interview->in))
            return false;
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0')
            return true;
        if (strcmp(line, "?") == 0) {
            starter_check(question, "", &err); /* what is accepted */
            fprintf(interview->out, "  %s; --set %s=... answers it beforehand\n", err.message,
                    question->key);
            continue;
        }
        if (starter_check(question, line, &err)) {
            *answer = arena_strdup(arena, line);
            return true;
        }
        fprintf(interview->out, "  %s\n", err.message);
    }
}

bool interview_ask(struct interview *interview, struct arena *arena, struct error *err)
{
    if (!isatty(fileno(interview->in)) || !isatty(fileno(interview->out)))
        return true;
    for (size_t i = 0; i < interview->starter->question_count; i++)
        if (!interview->is_answered[i] &&
            !ask(interview, &interview->starter->questions[i], &interview->answers[i], arena)) {
            fputc('\n', interview->out);
            return error_set(err, STATUS_USAGE, "the input ended before the last question");
        }
    return true;
}

bool interview_save(const char *path, const char *text, struct arena *arena, struct error *err)
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

const char *interview_tell_saved(const char *path, struct arena *arena)
{
    return arena_printf(arena, "%s: written; now run: capsim run %s\n", path, path);
}

const char *interview_list_templates(struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < STARTER_TEMPLATES; i++) {
        text = arena_printf(arena, "%s%s: %s\n", text, starters[i].name, starters[i].summary);
        for (size_t q = 0; q < starters[i].question_count; q++)
            text = arena_printf(arena, "%s  %-16s %s [%s]\n", text, starters[i].questions[q].key,
                                starters[i].questions[q].prompt, starters[i].questions[q].fallback);
    }
    return text;
}
