/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed_text.h"
#include <string.h>

struct deployed_text deployed_text_begin(const char *text)
{
    bool has_mark = strncmp(text, "\xEF\xBB\xBF", 3) == 0;
    const char *start = has_mark ? text + 3 : text;
    return (struct deployed_text){start, start, 1};
}

void deployed_text_step(struct deployed_text *text)
{
    if (*text->at++ == '\n') {
        text->line++;
        text->line_start = text->at;
    }
}

void deployed_text_skip_blanks(struct deployed_text *text)
{
    text->at += strspn(text->at, " \t");
}

void deployed_text_skip_line(struct deployed_text *text)
{
    text->at += strcspn(text->at, "\n");
}

bool deployed_text_is_end(const struct deployed_text *text)
{
    const char *at = text->at;
    return *at == '\0' || *at == '\n' || (*at == '\r' && (at[1] == '\n' || at[1] == '\0'));
}

struct locate_place deployed_text_place(const struct deployed_text *text)
{
    struct locate_place place = {text->line, 1};
    for (const char *at = text->line_start; at < text->at; at++)
        place.column += ((unsigned char)*at & 0xC0) != 0x80;
    return place;
}
