/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/json_text.h"
#include "inputs/json/locate.h"
#include "sim/base/utf8.h"
#include <string.h>

/* The text, and where what is wrong with it goes. */
struct text_source {
    const char *file, *text, *what;
    size_t length;
    struct arena *arena;
    struct error *err;
};

static bool fail_text(const struct text_source *source, struct locate_place place,
                      const char *pointer, const char *message)
{
    error_set(source->err, STATUS_INPUT, "%s", message);
    locate_set_error(source->err, source->file, pointer, place);
    return false;
}

/* What people write who know JavaScript better than JSON: how jansson complains of it, what its
 * word "near" is followed by (any of those characters, or that word), and what to do. */
static const struct {
    const char *complaint, *any_of, *word, *advice;
} slips[] = {
    {"", "/#", NULL, "a comment is // to the end of its line, or /* to */"},
    {"", "'", NULL, "text stands in double quotes"},
    {"", NULL, "\xE2\x80\x9C", "text stands in straight double quotes"},
    {"string or '}' expected", "}", NULL, "no comma stands before it"},
    {"unexpected token", "]", NULL, "no comma stands before it"},
    {"'}' expected", "\"", NULL, "a comma is missing before it"},
    {"invalid token", NULL, "NaN", "JSON has no such number"},
    {"invalid token", NULL, "nan", "JSON has no such number"},
    {"invalid token", NULL, "Inf", "JSON has no such number"},
    {"invalid token", NULL, "inf", "JSON has no such number"},
    {"invalid token", "+-.0123456789", NULL, "a number is written like 16, -0.5 or 1e3"},
};

/* "; " and advice, or nothing. */
static const char *advise(const char *complaint, struct arena *arena)
{
    static const char near[] = " near '";
    const char *seen = strstr(complaint, near);
    for (size_t i = 0; seen && i < sizeof slips / sizeof *slips; i++) {
        const char *at = seen + strlen(near), *any_of = slips[i].any_of, *word = slips[i].word;
        bool is_it = strncmp(complaint, slips[i].complaint, strlen(slips[i].complaint)) == 0 &&
                     (word ? strncmp(at, word, strlen(word)) == 0 : strchr(any_of, *at) != NULL);
        if (is_it)
            return arena_printf(arena, "; %s", slips[i].advice);
    }
    return "";
}

/* Says in our words what jansson found, and where. */
static bool fail_json(const struct text_source *source, const json_error_t *found)
{
    const char *text = source->text, *pointer;
    size_t length = source->length;
    size_t position = found->position > 0 ? (size_t)found->position : 0;
    enum json_error_code code = json_error_code(found);
    struct locate_place token, byte = locate_byte(text, length, position);
    pointer = locate_offset(text, length, position > 0 ? position - 1 : 0, source->arena, &token);
    switch (code) {
    case json_error_duplicate_key:
        return fail_text(source, token, pointer, "this key is given twice");
    case json_error_invalid_utf8:
        return fail_text(source, byte, "", "not UTF-8: save the file as UTF-8");
    case json_error_premature_end_of_input:
        return fail_text(source, found->text[0] == 'p' ? token : byte, "",
                         "not valid JSON: the file ends too early");
    case json_error_numeric_overflow:
        return fail_text(source, token, "",
                         "this number is too big: whole ones reach 2^63 - 1, others 1.8e308");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return fail_text(source, token, "", "not allowed in text: \\u0000");
    default:
        return fail_text(source, token, "",
                         arena_printf(source->arena, "not valid JSON: %s%s", found->text,
                                      advise(found->text, source->arena)));
    }
}

static bool check_encoding(const struct text_source *source)
{
    const char *text = source->text;
    size_t length = source->length;
    struct locate_place start = {1, 1};
    const char *nul = memchr(text, '\0', length);
    bool is_utf16 =
        length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0 ||
                        text[0] == '\0' || text[1] == '\0');
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        return fail_text(source, start, "",
                         "starts with a byte order mark: save the file as UTF-8 without one");
    if (is_utf16)
        return fail_text(source, start, "", "looks like UTF-16: save the file as UTF-8");
    if (nul != NULL)
        return fail_text(
            source, locate_byte(text, length, (size_t)(nul - text)), "",
            arena_printf(source->arena, "has a NUL byte: %s is plain text in UTF-8", source->what));
    if (strspn(text, " \t\r\n") == length)
        return fail_text(
            source, (struct locate_place){0}, "",
            arena_printf(source->arena, "is empty: %s is one JSON object", source->what));
    return true;
}

bool json_text_parse(const char *file, const char *text, size_t length, const char *what,
                     struct arena *arena, json_t **tree, struct error *err)
{
    const struct text_source source = {file, text, what, length, arena, err};
    struct locate_place place;
    json_error_t found;
    *tree = NULL;
    if (!check_encoding(&source))
        return false;
    if (locate_too_deep(text, length, JSON_TEXT_MAX_LEVELS, &place))
        return fail_text(&source, place, "",
                         arena_printf(arena, "nested deeper than %d levels", JSON_TEXT_MAX_LEVELS));
    /* Any value at the top parses, so that a list there is told from broken JSON. */
    *tree = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &found);
    return *tree != NULL || fail_json(&source, &found);
}

/* Room for what comes and the three dots and the NUL behind it. */
struct cut_text {
    struct arena *arena;
    char *bytes;
    size_t used, room, limit;
};

/* Grows as it is used: a limit that is never reached costs nothing. */
static void make_room(struct cut_text *text, size_t count)
{
    size_t needed = arena_add_sizes(arena_add_sizes(text->used, count), sizeof "...");
    if (needed <= text->room)
        return;
    text->room = arena_add_sizes(needed, text->room);
    char *bytes = arena_alloc(text->arena, text->room);
    if (text->used > 0)
        memcpy(bytes, text->bytes, text->used);
    text->bytes = bytes;
}

static int take_bytes(const char *bytes, size_t count, void *data)
{
    struct cut_text *text = data;
    size_t room = text->limit - text->used, taken = count < room ? count : room;
    make_room(text, taken);
    memcpy(text->bytes + text->used, bytes, taken);
    text->used += taken;
    return taken < count ? -1 : 0; /* -1 ends the dump: a huge value costs no more than this */
}

const char *json_text_compact(struct arena *arena, const json_t *json, size_t limit)
{
    struct cut_text text = {.arena = arena, .limit = limit};
    make_room(&text, 0);
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15);
    bool is_whole = json_dump_callback(json, take_bytes, &text, flags) == 0;
    size_t end = text.used;
    while (!is_whole && end > 0 && ((unsigned char)text.bytes[end - 1] & 0xC0) == 0x80)
        end--;
    if (!is_whole && end > 0 && (unsigned char)text.bytes[end - 1] >= 0xC0)
        end--; /* the last character may be cut */
    memcpy(text.bytes + end, is_whole ? "" : "...", is_whole ? 1 : 4);
    utf8_clean(text.bytes);
    return text.bytes;
}
