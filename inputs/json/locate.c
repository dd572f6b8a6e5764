/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/locate.h"
#include "sim/base/utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 512 }; /* no scenario is nested as deep: scenario.c sees to that */

struct span {
    const char *at, *end;
};

static const char *skip_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* From a quote to behind the closing one. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at < end ? at + 1 : end;
}

/* From the start of a number, a word or anything odd to behind it. */
static const char *skip_word(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && strchr("{}[]:,\" \t\r\n", *at) == NULL)
        at++;
    return at == start && at < end ? at + 1 : at;
}

static const char *skip_token(const char *at, const char *end)
{
    if (at < end && *at == '"')
        return skip_string(at, end);
    return skip_word(at, end);
}

/* From the start of a value to behind it, however deep it is. */
static const char *skip_value(const char *at, const char *end)
{
    size_t depth = 0;
    do {
        at = skip_blank(at, end);
        if (at == end)
            return end;
        if (*at == '{' || *at == '[')
            depth++;
        else if ((*at == '}' || *at == ']') && depth > 0)
            depth--;
        at = skip_token(at, end);
    } while (depth > 0);
    return at;
}

static struct locate_place place_of(const char *text, const char *at)
{
    struct locate_place place = {1, 1};
    for (const char *c = text; c < at; c++) {
        if (*c == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)*c & 0xC0) != 0x80) { /* not the middle of a character */
            place.column++;
        }
    }
    return place;
}

/* Compares a key with a segment of a pointer, in which ~1 stands for / and ~0 for ~. */
static bool is_segment(const char *key, size_t key_length, struct span segment)
{
    const char *s = segment.at;
    for (size_t i = 0; i < key_length; i++) {
        if (s == segment.end)
            return false;
        char c = *s++;
        if (c == '~' && s < segment.end)
            c = *s++ == '1' ? '/' : '~';
        if (c != key[i])
            return false;
    }
    return s == segment.end;
}

/* True if the JSON string quoted, with its quotes, spells segment. */
static bool is_key(struct span quoted, struct span segment)
{
    size_t length = (size_t)(quoted.end - quoted.at);
    if (length < 2)
        return false;
    if (memchr(quoted.at, '\\', length) == NULL)
        return is_segment(quoted.at + 1, length - 2, segment);
    json_t *decoded = json_loadb(quoted.at, length, JSON_DECODE_ANY, NULL);
    bool is_same = decoded != NULL &&
                   is_segment(json_string_value(decoded), json_string_length(decoded), segment);
    json_decref(decoded);
    return is_same;
}

/* In the object that starts at `at`: the value under segment and its key, or NULL. */
static const char *find_member(const char *at, const char *end, struct span segment,
                               const char **key)
{
    at = skip_blank(at + 1, end);
    while (at < end && *at == '"') {
        struct span quoted = {at, skip_string(at, end)};
        at = skip_blank(quoted.end, end);
        if (at == end || *at != ':')
            return NULL;
        at = skip_blank(at + 1, end);
        if (is_key(quoted, segment)) {
            *key = quoted.at;
            return at;
        }
        at = skip_blank(skip_value(at, end), end);
        if (at < end && *at == ',')
            at = skip_blank(at + 1, end);
    }
    return NULL;
}

/* In the array that starts at `at`: the element whose number is segment, or NULL. */
static const char *find_element(const char *at, const char *end, struct span segment)
{
    size_t index = 0;
    for (const char *c = segment.at; c < segment.end; c++) {
        if (*c < '0' || *c > '9' || index > 100000000)
            return NULL;
        index = index * 10 + (size_t)(*c - '0');
    }
    at = skip_blank(at + 1, end);
    for (; index > 0; index--) {
        at = skip_blank(skip_value(at, end), end);
        if (at == end || *at != ',')
            return NULL;
        at = skip_blank(at + 1, end);
    }
    return at < end && *at != ']' ? at : NULL;
}

bool locate_pointer(const char *text, size_t length, const char *pointer, enum locate_part part,
                    struct locate_place *place)
{
    const char *end = text + length, *at = skip_blank(text, end), *key = NULL;
    while (*pointer == '/') {
        struct span segment = {pointer + 1, strchrnul(pointer + 1, '/')};
        const char *next = NULL;
        key = NULL;
        if (at < end && *at == '{')
            next = find_member(at, end, segment, &key);
        else if (at < end && *at == '[')
            next = find_element(at, end, segment);
        if (next == NULL) {
            *place = place_of(text, at);
            return false;
        }
        at = next;
        pointer = segment.end;
    }
    *place = place_of(text, part == LOCATE_KEY && key != NULL ? key : at);
    return true;
}

/* An open container on the way to an offset. */
struct frame {
    bool is_object, has_key;
    struct span key; /* the last one, with its quotes */
    size_t index;
};

static void take_token(struct frame *frames, size_t *depth, struct span token)
{
    struct frame *top = *depth > 0 ? &frames[*depth - 1] : NULL;
    char c = *token.at;
    if ((c == '{' || c == '[') && *depth < MAX_DEPTH) {
        frames[(*depth)++] = (struct frame){.is_object = c == '{'};
    } else if ((c == '}' || c == ']') && *depth > 0) {
        (*depth)--;
    } else if (c == ',' && top != NULL) {
        top->index++;
        top->has_key = false;
    } else if (c == '"' && top != NULL && top->is_object && !top->has_key) {
        top->has_key = true;
        top->key = token;
    }
}

static char *append_escaped(char *to, const char *from, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (from[i] == '~' || from[i] == '/') {
            *to++ = '~';
            *to++ = from[i] == '~' ? '0' : '1';
        } else {
            *to++ = from[i];
        }
    }
    return to;
}

static char *append_key(char *to, struct span quoted)
{
    size_t length = (size_t)(quoted.end - quoted.at);
    json_t *decoded = json_loadb(quoted.at, length, JSON_DECODE_ANY, NULL);
    if (decoded != NULL)
        to = append_escaped(to, json_string_value(decoded), json_string_length(decoded));
    json_decref(decoded);
    return to;
}

static const char *pointer_of(const struct frame *frames, size_t depth, struct arena *arena)
{
    size_t size = 1;
    for (size_t i = 0; i < depth; i++)
        size = arena_add_sizes(size, 24 + 2 * (size_t)(frames[i].key.end - frames[i].key.at));
    char *pointer = arena_alloc(arena, size), *to = pointer;
    for (size_t i = 0; i < depth; i++) {
        if (frames[i].is_object && !frames[i].has_key)
            break;
        *to++ = '/';
        if (frames[i].is_object)
            to = append_key(to, frames[i].key);
        else
            to += sprintf(to, "%zu", frames[i].index);
    }
    *to = '\0';
    return pointer;
}

const char *locate_offset(const char *text, size_t length, size_t offset, struct arena *arena,
                          struct locate_place *place)
{
    struct frame *frames = arena_array(arena, MAX_DEPTH, sizeof *frames);
    const char *end = text + length, *target = offset < length ? text + offset : end;
    const char *at = skip_blank(text, end);
    size_t depth = 0;
    while (at < end) {
        struct span token = {at, skip_token(at, end)};
        if (token.end > target) {
            if (*at == '"')
                take_token(frames, &depth, token);
            break;
        }
        take_token(frames, &depth, token);
        at = skip_blank(token.end, end);
    }
    *place = place_of(text, at);
    return pointer_of(frames, depth, arena);
}

bool locate_too_deep(const char *text, size_t length, size_t levels, struct locate_place *place)
{
    const char *end = text + length;
    size_t depth = 0;
    for (const char *at = text; at < end; at++) {
        if (*at == '"') {
            at = skip_string(at, end) - 1;
        } else if ((*at == '{' || *at == '[') && ++depth > levels) {
            *place = place_of(text, at);
            return true;
        } else if ((*at == '}' || *at == ']') && depth > 0) {
            depth--;
        }
    }
    return false;
}

struct locate_place locate_byte(const char *text, size_t length, size_t offset)
{
    return place_of(text, text + (offset < length ? offset : length));
}

void locate_set_error(struct error *err, const char *file, const char *pointer,
                      struct locate_place place)
{
    size_t length = strlen(pointer);
    error_set_file(err, file);
    if (length < sizeof err->pointer)
        snprintf(err->pointer, sizeof err->pointer, "%s", pointer);
    else
        snprintf(err->pointer, sizeof err->pointer, "...%s",
                 pointer + length + 4 - sizeof err->pointer);
    utf8_clean(err->pointer);
    err->line = place.line;
    err->column = place.column;
}
