/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deployed_text.h - a walk through text that knows its line. */
#ifndef CAPSIM_INPUTS_DEPLOYED_DEPLOYED_TEXT_H
#define CAPSIM_INPUTS_DEPLOYED_DEPLOYED_TEXT_H

#include "inputs/deployed/deployed_scan.h"

struct deployed_text {
    const char *at, *line_start;
    int line;
};

/* At the beginning of text, behind a byte order mark. */
struct deployed_text deployed_text_begin(const char *text);
/* Goes on by a byte, which is not the NUL. */
void deployed_text_step(struct deployed_text *text);
/* Over blanks and tabs. */
void deployed_text_skip_blanks(struct deployed_text *text);
/* To the end of the line: its NL or the NUL. */
void deployed_text_skip_line(struct deployed_text *text);
/* Whether the line is over: at NL, CR NL or the NUL. */
bool deployed_text_is_end(const struct deployed_text *text);
/* Columns count characters. */
struct locate_place deployed_text_place(const struct deployed_text *text);

#endif
