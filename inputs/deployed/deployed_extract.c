/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed.h"
#include "sim/base/sha256.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The first line: a comment in all four formats. */
static const char MARK[] = "capsim: only what it read of a file with SHA-256 ";
static const char MIDDLE[] = ", these values ";

enum { HEX = SHA256_HEX_SIZE - 1 };

static const char *quote_json(const char *text, struct arena *arena)
{
    json_t *string = json_string(text);
    char *quoted = arena_library_memory(json_dumps(string, JSON_ENCODE_ANY));
    const char *kept = arena_strdup(arena, quoted);
    free(quoted);
    json_decref(string);
    return kept;
}

/* In single quotes nothing has a meaning; with one inside, double quotes and escapes. */
static const char *quote_env(const char *text, struct arena *arena)
{
    if (!strchr(text, '\''))
        return arena_printf(arena, "'%s'", text);
    char *quoted = arena_array(arena, arena_add_sizes(strlen(text), 2), 2), *to = quoted;
    *to++ = '"';
    for (; *text; text++) {
        if (strchr("\"\\$`", *text))
            *to++ = '\\';
        *to++ = *text;
    }
    *to = '"';
    return quoted;
}

static const char *write_value(enum deployed_format format, const struct deployed_value *value,
                               struct arena *arena)
{
    if (format == DEPLOYED_ENV)
        return quote_env(value->text, arena);
    return value->kind == DEPLOYED_TEXT ? quote_json(value->text, arena) : value->text;
}

static const char *write_line(enum deployed_format format, const char *key,
                              const struct deployed_value *value, bool is_last, struct arena *arena)
{
    const char *text = write_value(format, value, arena);
    const char *quoted = format == DEPLOYED_ENV ? key : quote_json(key, arena);
    switch (format) {
    case DEPLOYED_ENV:
        return arena_printf(arena, "%s=%s\n", quoted, text);
    case DEPLOYED_TOML:
        return arena_printf(arena, "%s = %s\n", quoted, text);
    case DEPLOYED_YAML:
        return arena_printf(arena, "%s: %s\n", quoted, text);
    case DEPLOYED_JSON:
        break;
    }
    return arena_printf(arena, "  %s: %s%s\n", quoted, text, is_last ? "" : ",");
}

const char *deployed_extract(enum deployed_format format, const char *const *keys,
                             const struct deployed_value *values, size_t count, const char *sha256,
                             struct arena *arena)
{
    char own[SHA256_HEX_SIZE];
    bool is_json = format == DEPLOYED_JSON;
    const char *body = is_json ? "{\n" : "";
    for (size_t i = 0; i < count; i++)
        body = arena_printf(arena, "%s%s", body,
                            write_line(format, keys[i], &values[i], i + 1 == count, arena));
    body = arena_printf(arena, "%s%s", body, is_json ? "}\n" : "");
    sha256_hex(body, strlen(body), own);
    return arena_printf(arena, "%s %s%s%s%s\n%s", is_json ? "//" : "#", MARK, sha256, MIDDLE, own,
                        body);
}

static bool is_hex(const char *text)
{
    return strspn(text, "0123456789abcdef") >= HEX;
}

/* The hash of the file that text is an extract of; NULL: it is none, or not as it was written. */
static const char *marked_hash(const char *text, size_t length)
{
    char own[SHA256_HEX_SIZE];
    const char *at = strncmp(text, "// ", 3) == 0 ? text + 3 : text + 2;
    if ((at == text + 2 && strncmp(text, "# ", 2) != 0) || strncmp(at, MARK, strlen(MARK)) != 0)
        return NULL;
    const char *whole = at + strlen(MARK), *middle = whole + HEX;
    if (!is_hex(whole) || strncmp(middle, MIDDLE, strlen(MIDDLE)) != 0)
        return NULL;
    const char *values = middle + strlen(MIDDLE), *body = values + HEX;
    if (!is_hex(values) || *body++ != '\n')
        return NULL;
    sha256_hex(body, length - (size_t)(body - text), own);
    return strncmp(own, values, HEX) == 0 ? whole : NULL;
}

const char *deployed_hash(const char *text, size_t length, struct arena *arena)
{
    char hash[SHA256_HEX_SIZE];
    const char *whole = marked_hash(text, length);
    if (whole)
        return arena_printf(arena, "%.*s", HEX, whole);
    sha256_hex(text, length, hash);
    return arena_strdup(arena, hash);
}
