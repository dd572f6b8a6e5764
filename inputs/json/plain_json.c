/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/plain_json.h"

#include <stdbool.h>
#include <string.h>

struct plain_text {
    char *bytes;
    size_t used;
    size_t comma;    /* where the comma before what comes next stands, or NO_COMMA */
    char last;       /* the last byte that is neither blank nor comma; 0: none yet */
    bool is_changed; /* something differs from what was read */
};

#define NO_COMMA ((size_t)-1)

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* From a quote to behind the closing one. */
static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at < end ? at + 1 : end;
}

/* Behind the comment that begins at `at`; NULL: there is none, or it does not end. */
static const char *comment_end(const char *at, const char *end)
{
    if (end - at < 2 || at[0] != '/')
        return NULL;
    if (at[1] == '/') {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        return newline != NULL ? newline : end;
    }
    for (const char *c = at + 2; at[1] == '*' && c + 1 < end; c++)
        if (c[0] == '*' && c[1] == '/')
            return c + 2;
    return NULL;
}

static void blank_out(struct plain_text *plain, const char *at, const char *end)
{
    plain->is_changed = true;
    for (; at < end; at++)
        if (((unsigned char)*at & 0xC0) != 0x80) /* one blank for a character of many bytes */
            plain->bytes[plain->used++] = is_blank(*at) ? *at : ' ';
}

static void take(struct plain_text *plain, const char *at, const char *end)
{
    bool closes = *at == '}' || *at == ']';
    if (closes && plain->comma != NO_COMMA) {
        plain->bytes[plain->comma] = ' ';
        plain->is_changed = true;
    }
    bool follows_value = plain->last != 0 && strchr("{[:,", plain->last) == NULL;
    if (!is_blank(*at)) {
        plain->comma = *at == ',' && follows_value ? plain->used : NO_COMMA;
        plain->last = *at;
    }
    memcpy(plain->bytes + plain->used, at, (size_t)(end - at));
    plain->used += (size_t)(end - at);
}

const char *plain_json(const char *text, size_t *length, struct arena *arena)
{
    const char *end = text + *length;
    struct plain_text plain = {.bytes = arena_alloc(arena, arena_add_sizes(*length, 1)),
                               .comma = NO_COMMA};
    for (const char *at = text, *next; at < end; at = next) {
        next = comment_end(at, end);
        if (next != NULL) {
            blank_out(&plain, at, next);
        } else {
            next = *at == '"' ? string_end(at, end) : at + 1;
            take(&plain, at, next);
        }
    }
    if (!plain.is_changed)
        return text;
    plain.bytes[plain.used] = '\0';
    *length = plain.used;
    return plain.bytes;
}
