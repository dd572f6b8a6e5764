/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed_text.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Where the walk is, and the table that its keys are in. */
struct toml_walk {
    struct deployed_scan *scan;
    struct deployed_text text;
    const char *table;
    bool is_in_list; /* the table is one of several of its name: [[name]] */
};

static bool fail_here(struct toml_walk *walk, const char *message)
{
    return deployed_scan_fail(walk->scan, deployed_text_place(&walk->text), message);
}

/* ---- strings ------------------------------------------------------------------------------- */

static size_t put_utf8(char *to, unsigned long code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    for (size_t i = more; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3F));
    to[0] = (char)(first[more] | code);
    return more + 1;
}

/* Behind a backslash u or U: digits of them. */
static bool read_code(struct deployed_text *text, int digits, char *to, size_t *length)
{
    unsigned long code = 0;
    for (int i = 0; i < digits; i++) {
        static const char hex[] = "0123456789abcdefABCDEF";
        const char *digit = *text->at ? strchr(hex, *text->at) : NULL;
        if (!digit)
            return false;
        unsigned long value = (unsigned long)(digit - hex);
        code = code * 16 + (value > 15 ? value - 6 : value);
        deployed_text_step(text);
    }
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return false;
    *length += put_utf8(to + *length, code);
    return true;
}

static bool read_escape(struct deployed_text *text, char *to, size_t *length)
{
    static const char from[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    char kind = *text->at;
    const char *simple = kind ? strchr(from, kind) : NULL;
    if (kind)
        deployed_text_step(text);
    if (simple) {
        to[(*length)++] = meant[simple - from];
        return true;
    }
    return (kind == 'u' && read_code(text, 4, to, length)) ||
           (kind == 'U' && read_code(text, 8, to, length));
}

/* At an opening quote: the string, in scratch, or NULL with the error. */
static const char *read_string(struct toml_walk *walk)
{
    struct deployed_text *text = &walk->text;
    struct locate_place start = deployed_text_place(text);
    char quote = *text->at;
    char *bytes = arena_alloc(walk->scan->scratch, strcspn(text->at, "\n") + 1);
    size_t length = 0;
    deployed_text_step(text);
    while (!deployed_text_is_end(text) && *text->at != quote) {
        bool is_escape = quote == '"' && *text->at == '\\';
        char byte = *text->at;
        deployed_text_step(text);
        if (is_escape && !read_escape(text, bytes, &length)) {
            deployed_scan_fail(walk->scan, start, "has an escape that TOML does not know");
            return NULL;
        }
        if (!is_escape)
            bytes[length++] = byte;
    }
    if (*text->at != quote) {
        deployed_scan_fail(walk->scan, start, "the quote that opens here is not closed");
        return NULL;
    }
    deployed_text_step(text);
    return bytes;
}

/* Over a string of several lines, which nothing here is asked for. */
static bool skip_long_string(struct toml_walk *walk)
{
    struct deployed_text *text = &walk->text;
    struct locate_place start = deployed_text_place(text);
    char quote = *text->at, three[] = {quote, quote, quote, '\0'};
    text->at += 3;
    while (*text->at && strncmp(text->at, three, 3) != 0) {
        if (quote == '"' && *text->at == '\\' && text->at[1])
            deployed_text_step(text);
        deployed_text_step(text);
    }
    if (!*text->at)
        return deployed_scan_fail(walk->scan, start, "the quotes that open here are not closed");
    while (*text->at == quote) /* up to two of them belong to the text */
        deployed_text_step(text);
    return true;
}

/* ---- keys ---------------------------------------------------------------------------------- */

/* A key, bare or quoted, or several with dots between: the path below `path`; NULL with the error.
 */
static const char *read_key(struct toml_walk *walk, const char *path)
{
    static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    struct deployed_text *text = &walk->text;
    for (int levels = 0; levels < DEPLOYED_MAX_LEVELS; levels++) {
        deployed_text_skip_blanks(text);
        size_t length = strspn(text->at, bare);
        const char *part = NULL;
        if (*text->at == '"' || *text->at == '\'') {
            part = read_string(walk);
        } else if (length > 0) {
            part = arena_printf(walk->scan->scratch, "%.*s", (int)length, text->at);
            text->at += length;
        } else {
            fail_here(walk, "must be key = value, [table], or a comment behind #");
        }
        if (!part)
            return NULL;
        path = deployed_scan_below(walk->scan, path, part);
        deployed_text_skip_blanks(text);
        if (*text->at != '.')
            return path;
        deployed_text_step(text);
    }
    fail_here(walk, "has too many levels");
    return NULL;
}

/* ---- values -------------------------------------------------------------------------------- */

/* Over a list or an inline table, with all that it holds. */
static bool skip_brackets(struct toml_walk *walk)
{
    struct deployed_text *text = &walk->text;
    struct locate_place start = deployed_text_place(text);
    int depth = 0;
    while (*text->at) {
        char byte = *text->at;
        bool is_long = strncmp(text->at, "\"\"\"", 3) == 0 || strncmp(text->at, "'''", 3) == 0;
        if (is_long ? !skip_long_string(walk) : (byte == '"' || byte == '\'') && !read_string(walk))
            return false;
        if (is_long || byte == '"' || byte == '\'')
            continue;
        if (byte == '#') {
            deployed_text_skip_line(text);
            continue;
        }
        depth += (byte == '[' || byte == '{') - (byte == ']' || byte == '}');
        deployed_text_step(text);
        if (depth == 0)
            return true;
    }
    return deployed_scan_fail(walk->scan, start, "the bracket that opens here is not closed");
}

/* A number without what TOML allows and JSON does not: underscores between digits, a plus. */
static void read_bare(struct toml_walk *walk, struct deployed_found *found)
{
    struct deployed_text *text = &walk->text;
    size_t length = strcspn(text->at, " \t\r\n#");
    const char *seen = arena_printf(walk->scan->scratch, "%.*s", (int)length, text->at);
    char *plain = arena_strdup(walk->scan->scratch, seen), *to = plain;
    text->at += length;
    for (const char *from = seen + (*seen == '+'); *from; from++)
        if (*from != '_')
            *to++ = *from;
    *to = '\0';
    found->text = plain;
    if (strcmp(seen, "true") == 0 || strcmp(seen, "false") == 0)
        found->kind = DEPLOYED_BOOLEAN;
    else if (deployed_is_number(plain))
        found->kind = DEPLOYED_NUMBER;
    else
        found->trouble =
            length == 0 ? "has no value" : "is no text in quotes, no decimal number, true or false";
}

static bool read_value(struct toml_walk *walk, const char *path)
{
    struct deployed_text *text = &walk->text;
    struct deployed_found found = {.path = path, .kind = DEPLOYED_TEXT};
    deployed_text_skip_blanks(text);
    found.place = deployed_text_place(text);
    bool is_string = *text->at == '"' || *text->at == '\'';
    if (strncmp(text->at, "\"\"\"", 3) == 0 || strncmp(text->at, "'''", 3) == 0) {
        found.trouble = "is a text of several lines";
        if (!skip_long_string(walk))
            return false;
    } else if (is_string) {
        found.text = read_string(walk);
        if (!found.text)
            return false;
    } else if (*text->at == '[' || *text->at == '{') {
        found.trouble = "is a list or an inline table, of which nothing is read";
        if (!skip_brackets(walk))
            return false;
    } else {
        read_bare(walk, &found);
    }
    if (walk->is_in_list)
        found.trouble = "is in a list of tables ([[...]]), of which nothing is read";
    return deployed_scan_offer(walk->scan, &found);
}

/* ---- lines --------------------------------------------------------------------------------- */

static bool read_table(struct toml_walk *walk)
{
    struct deployed_text *text = &walk->text;
    walk->is_in_list = text->at[1] == '[';
    text->at += walk->is_in_list ? 2 : 1;
    walk->table = read_key(walk, "");
    if (!walk->table)
        return false;
    for (int i = 0; i <= walk->is_in_list; i++) {
        if (*text->at != ']')
            return fail_here(walk, "] is missing");
        deployed_text_step(text);
    }
    struct deployed_found found = {.path = walk->table, .place = deployed_text_place(text)};
    found.trouble = "is a table: name one of its values";
    return walk->is_in_list || deployed_scan_offer(walk->scan, &found);
}

static bool read_line(struct toml_walk *walk)
{
    struct deployed_text *text = &walk->text;
    deployed_text_skip_blanks(text);
    if (deployed_text_is_end(text) || *text->at == '#')
        return true;
    if (*text->at == '[')
        return read_table(walk);
    const char *path = read_key(walk, walk->table);
    if (!path)
        return false;
    if (*text->at != '=')
        return fail_here(walk, "= is missing");
    deployed_text_step(text);
    return read_value(walk, path);
}

bool deployed_scan_toml(struct deployed_scan *scan)
{
    struct toml_walk walk = {.scan = scan, .table = ""};
    struct deployed_text *text = &walk.text;
    *text = deployed_text_begin(scan->request->text);
    while (*text->at) {
        if (!read_line(&walk))
            return false;
        deployed_text_skip_blanks(text);
        if (!deployed_text_is_end(text) && *text->at != '#')
            return fail_here(&walk, "only a comment may stand behind a value");
        deployed_text_skip_line(text);
        if (*text->at)
            deployed_text_step(text);
    }
    return true;
}
