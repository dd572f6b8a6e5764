/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interview.h - the questions of `capsim init`, answered by option or at the terminal. */
#ifndef CAPSIM_INPUTS_GUIDE_INTERVIEW_H
#define CAPSIM_INPUTS_GUIDE_INTERVIEW_H

#include "inputs/cli/cli.h"
#include "inputs/guide/scenario_template.h"
#include <stdio.h>

enum { INTERVIEW_MAX_QUESTIONS = 32 };

struct interview {
    FILE *in, *out; /* of who is asked */
    const struct starter *starter;
    const char *answers[INTERVIEW_MAX_QUESTIONS];
    bool is_answered[INTERVIEW_MAX_QUESTIONS];
};

/* --set KEY=VALUE answers a question; the others have their fallback. */
bool interview_take(struct interview *interview, const struct cli *cli, struct error *err);

/* Asks what was not answered, if somebody sits there. */
bool interview_ask(struct interview *interview, struct arena *arena, struct error *err);

/* The template of that name; NULL: the first. NULL with a STATUS_USAGE error. */
const struct starter *interview_find_template(const char *name, struct error *err);

/* Writes text to a file that must not be there yet. */
bool interview_save(const char *path, const char *text, struct arena *arena, struct error *err);

/* The line that says what was written, and what to do next. */
const char *interview_tell_saved(const char *path, struct arena *arena);

/* Every template with its summary and its questions, as `capsim init ?` prints them. */
const char *interview_list_templates(struct arena *arena);

#endif
