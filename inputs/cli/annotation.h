/* SPDX-License-Identifier: GPL-3.0-or-later */
/* annotation.h - messages that GitHub shows beside the line of a pull request.
 *
 * A workflow command: "::error file=F,line=N,col=N,title=T::message" on a line of its own (GitHub
 * Docs, "Workflow commands for GitHub Actions"). Only where GITHUB_ACTIONS is "true", on standard
 * error: standard output stays what it is. */
#ifndef CAPSIM_INPUTS_CLI_ANNOTATION_H
#define CAPSIM_INPUTS_CLI_ANNOTATION_H

#include <stdbool.h>
#include <stdio.h>

struct annotation {
    bool is_warning;  /* else an error                    */
    const char *file; /* NULL: none                       */
    int line, column; /* from 1; 0: unknown               */
    const char *title, *message;
};

/* Whether this runs in a workflow of GitHub. */
bool annotation_is_wanted(void);

/* Writes it. Text of others cannot end the command or begin another: %, CR and NL are escaped, and
 * in properties : and , too. */
void annotation_write(const struct annotation *annotation, FILE *stream);

#endif
