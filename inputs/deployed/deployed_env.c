/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed_text.h"
#include <string.h>

static const char NAME_CHARACTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789_.-";
static const char MADE_OF_OTHERS[] =
    "is made of other variables, which are known only where it is deployed";

struct env_walk {
    struct deployed_scan *scan;
    struct deployed_text text;
    char *buffer; /* as long as the text */
};

/* A value while it is read: its bytes, and why it cannot be taken. */
struct env_value {
    char *bytes;
    size_t length;
    const char *trouble;
};

static void put(struct env_value *value, char byte)
{
    value->bytes[value->length++] = byte;
}

/* What stands behind a backslash in double quotes. */
static char unescape(char escaped)
{
    switch (escaped) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return escaped;
    }
}

/* Behind the opening quote, to behind the closing one, which may be lines below. */
static bool read_quoted(struct deployed_text *text, char quote, struct env_value *value)
{
    for (; *text->at && *text->at != quote; deployed_text_step(text)) {
        if (quote == '"' && *text->at == '\\' && text->at[1]) {
            deployed_text_step(text);
            put(value, unescape(*text->at));
            continue;
        }
        if (quote == '"' && (*text->at == '$' || *text->at == '`'))
            value->trouble = MADE_OF_OTHERS;
        put(value, *text->at);
    }
    if (*text->at != quote)
        return false;
    deployed_text_step(text);
    return true;
}

/* To the end of the line, or a comment: a # behind a blank. */
static void read_bare(struct deployed_text *text, struct env_value *value)
{
    for (; !deployed_text_is_end(text); deployed_text_step(text)) {
        bool is_blank_before = value->length == 0 || strchr(" \t", text->at[-1]);
        if (*text->at == '#' && is_blank_before)
            break;
        if (*text->at == '$' || *text->at == '`')
            value->trouble = MADE_OF_OTHERS;
        put(value, *text->at);
    }
    while (value->length > 0 && strchr(" \t", value->bytes[value->length - 1]))
        value->length--;
    if (value->length == 0)
        value->trouble = "is empty";
}

static bool read_value(struct env_walk *walk, const char *name)
{
    struct deployed_text *text = &walk->text;
    struct deployed_found found = {.path = name, .text = walk->buffer, .kind = DEPLOYED_TEXT};
    struct env_value value = {.bytes = walk->buffer};
    char quote = *text->at;
    found.place = deployed_text_place(text);
    if (quote == '\'' || quote == '"') {
        deployed_text_step(text);
        if (!read_quoted(text, quote, &value))
            return deployed_scan_fail(walk->scan, found.place,
                                      "the quote that opens here is not closed");
    } else {
        read_bare(text, &value);
    }
    value.bytes[value.length] = '\0';
    found.trouble = value.trouble;
    deployed_text_skip_blanks(text);
    if (!deployed_text_is_end(text) && *text->at != '#')
        return deployed_scan_fail(walk->scan, deployed_text_place(text),
                                  "only a comment may stand behind the closing quote");
    return deployed_scan_offer(walk->scan, &found);
}

static bool read_line(struct env_walk *walk)
{
    struct deployed_scan *scan = walk->scan;
    struct deployed_text *text = &walk->text;
    if (strncmp(text->at, "export ", 7) == 0)
        text->at += 7;
    deployed_text_skip_blanks(text);
    struct locate_place place = deployed_text_place(text);
    size_t length = strspn(text->at, NAME_CHARACTERS);
    const char *name = arena_printf(scan->scratch, "%.*s", (int)length, text->at);
    text->at += length;
    deployed_text_skip_blanks(text);
    if (length > 0 && deployed_text_is_end(text)) {
        struct deployed_found taken = {.path = name, .place = place};
        taken.trouble = "has no value here: it is taken from where it is deployed";
        return deployed_scan_offer(scan, &taken);
    }
    if (length == 0 || *text->at != '=')
        return deployed_scan_fail(scan, place, "must be NAME=value, or a comment behind #");
    text->at++;
    deployed_text_skip_blanks(text);
    return read_value(walk, name);
}

bool deployed_scan_env(struct deployed_scan *scan)
{
    struct env_walk walk = {
        .scan = scan,
        .buffer = arena_alloc(scan->scratch, arena_add_sizes(scan->request->length, 1))};
    struct deployed_text *text = &walk.text;
    *text = deployed_text_begin(scan->request->text);
    while (*text->at) {
        deployed_text_skip_blanks(text);
        if (!deployed_text_is_end(text) && *text->at != '#' && !read_line(&walk))
            return false;
        deployed_text_skip_line(text);
        if (*text->at)
            deployed_text_step(text);
    }
    return true;
}
