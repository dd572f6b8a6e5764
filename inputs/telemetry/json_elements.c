/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/json_elements.h"

enum { FIRST_ROOM = 1 << 14 };

struct json_elements {
    struct line_source *source;
    struct arena *arena;
    const char *name;
    struct slice rest; /* of the bytes that were read last */
    size_t depth;
    char open[JSON_ELEMENTS_DEPTH]; /* the bracket that closes each level */
    size_t list_depth;              /* of the list whose elements are wanted; 0: in none */
    bool is_taking;                 /* within an element */
    bool is_in_text, is_escaped;
    char text[JSON_ELEMENTS_NAME]; /* the text that was read last, cut off */
    size_t text_length;
    bool is_value_of_key; /* a colon was behind it: it is a key */
    char *taken;          /* [room] of the element so far */
    size_t taken_length, room;
};

struct json_elements *json_elements_open(struct line_source *source, const char *name,
                                         struct arena *arena)
{
    struct json_elements *elements = arena_alloc(arena, sizeof *elements);
    *elements =
        (struct json_elements){.source = source, .arena = arena, .name = name, .room = FIRST_ROOM};
    elements->taken = arena_alloc(arena, FIRST_ROOM);
    return elements;
}

static bool fail(struct json_elements *elements, struct error *err, const char *why)
{
    error_set(err, STATUS_INPUT, "%s", why);
    return line_source_place(elements->source, err);
}

static bool take(struct json_elements *elements, const char *bytes, size_t count, struct error *err)
{
    if (!elements->is_taking)
        return true;
    size_t wanted = elements->taken_length + count;
    if (wanted > LINE_SOURCE_LINE_MAX)
        return fail(elements, err, "has an element of more than 16 MiB");
    if (wanted > elements->room) {
        while (wanted > elements->room)
            elements->room *= 2;
        char *grown = arena_alloc(elements->arena, elements->room);
        memcpy(grown, elements->taken, elements->taken_length);
        elements->taken = grown;
    }
    memcpy(elements->taken + elements->taken_length, bytes, count);
    elements->taken_length = wanted;
    return true;
}

/* Within a text: to its end, or to the end of the bytes. What of it is in bytes is kept. */
static size_t pass_text(struct json_elements *elements, struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.length) {
        char c = bytes.at[i++];
        if (elements->is_escaped) {
            elements->is_escaped = false;
        } else if (c == '\\') {
            elements->is_escaped = true;
        } else if (c == '"') {
            elements->is_in_text = false;
            break;
        }
        if (!elements->is_taking && elements->text_length < JSON_ELEMENTS_NAME)
            elements->text[elements->text_length++] = c;
    }
    return i;
}

static bool is_wanted(const struct json_elements *elements)
{
    return elements->is_value_of_key && elements->list_depth == 0 &&
           slice_equals((struct slice){elements->text, elements->text_length}, elements->name);
}

static bool open_bracket(struct json_elements *elements, char bracket, struct error *err)
{
    if (elements->depth == JSON_ELEMENTS_DEPTH)
        return fail(elements, err, "is nested too deep");
    if (bracket == '[' && is_wanted(elements))
        elements->list_depth = elements->depth + 1;
    else if (bracket == '{' && elements->list_depth > 0 &&
             elements->depth == elements->list_depth) {
        elements->is_taking = true;
        elements->taken_length = 0;
    }
    elements->open[elements->depth++] = bracket == '{' ? '}' : ']';
    elements->is_value_of_key = false;
    return true;
}

/* *is_whole: an element ended with it. */
static bool close_bracket(struct json_elements *elements, char bracket, bool *is_whole,
                          struct error *err)
{
    if (elements->depth == 0 || elements->open[elements->depth - 1] != bracket)
        return fail(elements, err, "is no JSON: its brackets do not match");
    elements->depth--;
    *is_whole = elements->is_taking && elements->depth == elements->list_depth;
    if (elements->depth < elements->list_depth)
        elements->list_depth = 0;
    elements->is_value_of_key = false;
    return true;
}

/* Bytes that change nothing. */
static size_t pass_others(struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.length && bytes.at[i] != '"' && bytes.at[i] != '{' && bytes.at[i] != '}' &&
           bytes.at[i] != '[' && bytes.at[i] != ']' && bytes.at[i] != ':' && bytes.at[i] != ',')
        i++;
    return i;
}

static bool follow(struct json_elements *elements, char c, bool *is_whole, struct error *err)
{
    switch (c) {
    case '"':
        elements->is_in_text = true;
        elements->text_length = 0;
        return true;
    case '{':
    case '[':
        return open_bracket(elements, c, err);
    case '}':
    case ']':
        return close_bracket(elements, c, is_whole, err);
    default:
        elements->is_value_of_key = c == ':';
        return true;
    }
}

/* To the end of an element or of the bytes. */
static bool scan(struct json_elements *elements, bool *is_whole, struct error *err)
{
    while (elements->rest.length > 0 && !*is_whole) {
        bool was_in_text = elements->is_in_text;
        size_t passed =
            was_in_text ? pass_text(elements, elements->rest) : pass_others(elements->rest);
        if (passed > 0 && !take(elements, elements->rest.at, passed, err))
            return false;
        elements->rest = slice_skip(elements->rest, passed);
        if (was_in_text || elements->rest.length == 0)
            continue;
        char c = elements->rest.at[0];
        if (!follow(elements, c, is_whole, err) || !take(elements, &c, 1, err))
            return false;
        elements->rest = slice_skip(elements->rest, 1);
    }
    return true;
}

bool json_elements_next(struct json_elements *elements, struct slice *element, struct error *err)
{
    bool is_whole = false;
    for (;;) {
        if (!scan(elements, &is_whole, err))
            return false;
        if (is_whole) {
            elements->is_taking = false;
            *element = (struct slice){elements->taken, elements->taken_length};
            return true;
        }
        if (line_source_chunk(elements->source, &elements->rest, err))
            continue;
        if (err->status == STATUS_OK && (elements->depth > 0 || elements->is_in_text))
            fail(elements, err, "is no JSON: it ends too early");
        return false;
    }
}
