/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/json_line.h"

static void skip_blanks(struct slice *rest)
{
    size_t i = 0;
    while (i < rest->length && (rest->at[i] == ' ' || rest->at[i] == '\t' || rest->at[i] == '\n' ||
                                rest->at[i] == '\r'))
        i++;
    *rest = slice_skip(*rest, i);
}

static bool take_byte(struct slice *rest, char byte)
{
    skip_blanks(rest);
    if (rest->length == 0 || rest->at[0] != byte)
        return false;
    *rest = slice_skip(*rest, 1);
    return true;
}

/* A text; *value is what stands between its quotes. */
static bool take_text(struct slice *rest, struct slice *value)
{
    if (!take_byte(rest, '"'))
        return false;
    const char *at = rest->at, *end = rest->at + rest->length;
    for (;;) {
        const char *quote = end > at ? memchr(at, '"', (size_t)(end - at)) : NULL;
        if (!quote)
            return false;
        size_t slashes = 0;
        while (quote - slashes > rest->at && quote[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        if (slashes % 2 == 0) {
            *value = (struct slice){rest->at, (size_t)(quote - rest->at)};
            *rest = slice_skip(*rest, value->length + 1);
            return true;
        }
        at = quote + 1;
    }
}

/* An object or a list, to its closing bracket. */
static bool take_nested(struct slice *rest, struct slice *value)
{
    struct slice at = *rest, text;
    char open[JSON_LINE_DEPTH];
    size_t depth = 0;
    while (at.length > 0) {
        char byte = at.at[0];
        if (byte == '"') {
            if (!take_text(&at, &text))
                return false;
            continue;
        }
        if (byte == '{' || byte == '[') {
            if (depth == JSON_LINE_DEPTH)
                return false;
            open[depth++] = byte == '{' ? '}' : ']';
        } else if (byte == '}' || byte == ']') {
            if (depth == 0 || open[--depth] != byte)
                return false;
        }
        at = slice_skip(at, 1);
        if (depth == 0)
            break;
    }
    *value = (struct slice){rest->at, (size_t)(at.at - rest->at)};
    *rest = at;
    return depth == 0;
}

/* A number, true, false or null. */
static bool take_bare(struct slice *rest, struct slice *value)
{
    size_t i = 0;
    while (i < rest->length && rest->at[i] != ',' && rest->at[i] != '}' && rest->at[i] != ']' &&
           rest->at[i] != ' ' && rest->at[i] != '"' && rest->at[i] != '{' && rest->at[i] != '[' &&
           rest->at[i] != '\t' && rest->at[i] != '\n' && rest->at[i] != '\r')
        i++;
    *value = (struct slice){rest->at, i};
    *rest = slice_skip(*rest, i);
    return i > 0;
}

static bool take_field(struct slice *rest, struct json_field *field)
{
    skip_blanks(rest);
    if (!take_text(rest, &field->key) || !take_byte(rest, ':'))
        return false;
    skip_blanks(rest);
    char byte = rest->length > 0 ? rest->at[0] : '\0';
    field->is_text = byte == '"';
    if (field->is_text)
        return take_text(rest, &field->value);
    return byte == '{' || byte == '[' ? take_nested(rest, &field->value)
                                      : take_bare(rest, &field->value);
}

bool json_line_split(struct slice text, struct json_line *line)
{
    struct json_field beyond;
    line->count = 0;
    if (!take_byte(&text, '{'))
        return false;
    if (!take_byte(&text, '}')) {
        do {
            bool has_room = line->count < JSON_LINE_FIELDS;
            if (!take_field(&text, has_room ? &line->fields[line->count] : &beyond))
                return false;
            line->count += has_room;
        } while (take_byte(&text, ','));
        if (!take_byte(&text, '}'))
            return false;
    }
    skip_blanks(&text);
    return text.length == 0;
}

static bool take_value(struct slice *rest, struct slice *value)
{
    skip_blanks(rest);
    struct slice begin = *rest;
    char byte = rest->length > 0 ? rest->at[0] : '\0';
    if (byte == '{' || byte == '[')
        return take_nested(rest, value);
    if (byte != '"')
        return take_bare(rest, value);
    bool is_taken = take_text(rest, value);
    *value = (struct slice){begin.at, (size_t)(rest->at - begin.at)};
    return is_taken;
}

bool json_line_next(struct slice *rest, struct slice *element)
{
    bool is_begun = take_byte(rest, '[') || take_byte(rest, ',');
    return is_begun && take_value(rest, element);
}

struct slice json_line_unquote(struct slice element)
{
    bool is_text = element.length >= 2 && element.at[0] == '"';
    return is_text ? (struct slice){element.at + 1, element.length - 2} : element;
}

struct slice json_line_find(const struct json_line *line, const char *key)
{
    for (size_t i = 0; i < line->count; i++)
        if (slice_equals(line->fields[i].key, key))
            return line->fields[i].value;
    return (struct slice){0};
}

int json_line_find_any(const struct json_line *line, const char *const *keys, struct slice *value)
{
    for (int k = 0; keys[k]; k++) {
        *value = json_line_find(line, keys[k]);
        if (value->at)
            return k;
    }
    *value = (struct slice){0};
    return -1;
}
