/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/file_difference.h"
#include "inputs/json/dotted_path.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SHOWN_LENGTH = 60, BEFORE = 20 };

/* A comparison under way. */
struct comparison {
    struct file_differences *found;
    struct arena *arena;
};

static void note(struct comparison *comparison, const char *where, const char *kept,
                 const char *now)
{
    struct file_differences *found = comparison->found;
    if (found->count < MAX_FILE_DIFFERENCES)
        found->list[found->count] = (struct file_difference){where, kept, now};
    found->count++;
}

static bool is_inside_letter(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80; /* of UTF-8 */
}

/* MAX_SHOWN_LENGTH bytes of text[length] from a little before `from`, with dots for the rest. */
static const char *shorten(const char *text, size_t length, size_t from, struct arena *arena)
{
    size_t start = length > MAX_SHOWN_LENGTH && from > BEFORE ? from - BEFORE : 0, end = length;
    while (start > 0 && is_inside_letter(text[start]))
        start--;
    if (length - start > MAX_SHOWN_LENGTH)
        end = start + MAX_SHOWN_LENGTH;
    while (end > start && end < length && is_inside_letter(text[end]))
        end--;
    return arena_printf(arena, "%s%.*s%s", start > 0 ? "..." : "", (int)(end - start), text + start,
                        end < length ? "..." : "");
}

/* ---- JSON -------------------------------------------------------------------------------- */

/* With as many digits as it takes. */
static char *dump(const json_t *value)
{
    char *text = NULL;
    for (size_t digits = 15; digits <= 17; digits++) {
        free(text);
        text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));
        if (!json_is_real(value) || strtod(text, NULL) == json_real_value(value))
            break;
    }
    return text;
}

static const char *show(const json_t *value, struct arena *arena)
{
    if (!value)
        return NULL;
    char *text = dump(value);
    const char *shown = shorten(text, strlen(text), 0, arena);
    free(text);
    return shown;
}

static void compare(struct comparison *comparison, const char *where, json_t *kept, json_t *now);

static void compare_objects(struct comparison *comparison, const char *where, json_t *kept,
                            json_t *now)
{
    const char *key;
    json_t *value;
    struct arena *arena = comparison->arena;
    json_object_foreach(now, key, value)
    {
        const char *place = arena_printf(arena, "%s/%s", where, dotted_path_escape(key, arena));
        compare(comparison, place, json_object_get(kept, key), value);
    }
    json_object_foreach(kept, key, value)
    {
        if (!json_object_get(now, key))
            note(comparison, arena_printf(arena, "%s/%s", where, dotted_path_escape(key, arena)),
                 show(value, arena), NULL);
    }
}

static void compare_arrays(struct comparison *comparison, const char *where, json_t *kept,
                           json_t *now)
{
    size_t count = json_array_size(kept), other = json_array_size(now);
    for (size_t i = 0; i < count || i < other; i++)
        compare(comparison, arena_printf(comparison->arena, "%s/%zu", where, i),
                json_array_get(kept, i), json_array_get(now, i));
}

static void compare(struct comparison *comparison, const char *where, json_t *kept, json_t *now)
{
    if (json_is_object(kept) && json_is_object(now))
        compare_objects(comparison, where, kept, now);
    else if (json_is_array(kept) && json_is_array(now))
        compare_arrays(comparison, where, kept, now);
    else if (!json_equal(kept, now))
        note(comparison, where, show(kept, comparison->arena), show(now, comparison->arena));
}

void file_difference_json(const char *kept, const char *now, struct arena *arena,
                          struct file_differences *differences)
{
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
    *differences = (struct file_differences){0};
    if (strcmp(kept, now) == 0)
        return;
    json_t *old = json_loads(kept, flags, NULL), *new = json_loads(now, flags, NULL);
    if (old && new) {
        struct comparison comparison = {differences, arena};
        compare(&comparison, "", old, new);
        differences->has_same_values = differences->count == 0;
    }
    json_decref(old);
    json_decref(new);
    if (!old || !new)
        file_difference_text(kept, now, NULL, arena, differences);
}

/* ---- text -------------------------------------------------------------------------------- */

static size_t line_length(const char *text)
{
    return strcspn(text, "\n");
}

static const char *next_line(const char *text)
{
    size_t length = line_length(text);
    return text + length + (text[length] == '\n');
}

/* Where pattern stands in text[length], or NULL. */
static const char *find(const char *text, size_t length, const char *pattern, size_t size)
{
    for (size_t i = 0; i + size <= length; i++)
        if (memcmp(text + i, pattern, size) == 0)
            return text + i;
    return NULL;
}

/* Whether a kept line is the line as it is now with something in its blanks. Each piece between two
 * blanks is looked for behind the one before. */
static bool fits(const char *kept, size_t kept_length, const char *now, size_t length,
                 const char *blank, struct file_differences *differences)
{
    size_t blank_size = strlen(blank);
    const char *end = kept + kept_length, *now_end = now + length;
    bool is_first = true;
    for (;;) {
        const char *hole = find(now, (size_t)(now_end - now), blank, blank_size);
        size_t piece = (size_t)((hole ? hole : now_end) - now);
        const char *at = is_first ? kept : find(kept, (size_t)(end - kept), now, piece);
        if (!hole && !is_first) /* the last piece ends the line */
            at = (size_t)(end - kept) >= piece ? end - piece : NULL;
        if (!at || (size_t)(end - at) < piece || memcmp(at, now, piece) != 0)
            return false;
        if (!is_first)
            differences->filled +=
                (size_t)(at - kept) != blank_size || memcmp(kept, blank, blank_size) != 0;
        if (!hole)
            return is_first ? at + piece == end : true;
        kept = at + piece;
        now = hole + blank_size;
        is_first = false;
    }
}

static size_t count_blanks(const char *text, const char *blank)
{
    size_t count = 0;
    if (!blank)
        return 0;
    for (const char *at = text; (at = strstr(at, blank)); at += strlen(blank))
        count++;
    return count;
}

/* A line of nothing but a blank was filled in with a text of its own: skips it, up to the line that
 * follows the blank now. */
static const char *skip_filled(const char *kept, const char *follows)
{
    size_t length = line_length(follows);
    while (*kept != '\0' && (line_length(kept) != length || strncmp(kept, follows, length) != 0))
        kept = next_line(kept);
    return kept;
}

/* The first line with something on it. */
static const char *next_heading(const char *text)
{
    while (*text == '\n')
        text++;
    return text;
}

static void note_line(struct comparison *comparison, size_t line, const char *kept, const char *now)
{
    struct arena *arena = comparison->arena;
    size_t same = 0, old = line_length(kept), new = line_length(now);
    while (same < old && same < new &&kept[same] == now[same])
        same++;
    note(comparison, arena_printf(arena, "line %zu", line),
         *kept != '\0' ? shorten(kept, old, same, arena) : NULL,
         *now != '\0' ? shorten(now, new, same, arena) : NULL);
}

/* Both texts end with the same line, and only one of them with a line feed. */
static void note_end(struct comparison *comparison, size_t line, const char *kept, const char *now)
{
    static const char *const ends[] = {"no line feed at its end", "a line feed at its end"};
    bool old = kept[line_length(kept)] == '\n', new = now[line_length(now)] == '\n';
    if (old != new &&*next_line(kept) == '\0' && *next_line(now) == '\0')
        note(comparison, arena_printf(comparison->arena, "line %zu", line), ends[old], ends[new]);
}

void file_difference_text(const char *kept, const char *now, const char *blank, struct arena *arena,
                          struct file_differences *differences)
{
    struct comparison comparison = {differences, arena};
    *differences = (struct file_differences){.blanks = count_blanks(now, blank)};
    for (size_t line = 1; *kept != '\0' || *now != '\0'; line++) {
        size_t old = line_length(kept), new = line_length(now);
        bool is_alone = blank && new == strlen(blank) && strncmp(now, blank, new) == 0;
        bool is_same =
            old == new &&memcmp(kept, now, old) == 0 && (*kept != '\0') == (*now != '\0');
        if (is_alone && !is_same) {
            differences->filled++;
            now = next_heading(next_line(now));
            kept = skip_filled(kept, now);
            continue;
        }
        if (!is_same && !(blank && *kept != '\0' && *now != '\0' &&
                          fits(kept, old, now, new, blank, differences)))
            note_line(&comparison, line, kept, now);
        if (is_same)
            note_end(&comparison, line, kept, now);
        kept = next_line(kept);
        now = next_line(now);
    }
}
