/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/file_difference.h"
#include "inputs/json/dotted_path.h"
#include "sim/base/utf8.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SHOWN_LENGTH = 60, BEFORE = 20 };

/* A comparison under way. */
struct comparison {
    struct file_differences *found;
    struct arena *arena;
    const struct file_blank *blank; /* NULL: there are none */
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
        struct comparison comparison = {differences, arena, NULL};
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

/* ---- blanks ------------------------------------------------------------------------------ */

/* Whether it is nothing but what underlines a heading or divides sections. */
static bool is_ruler(const char *line, size_t length)
{
    size_t marks = 0;
    for (size_t i = 0; i < length; i++) {
        if (!strchr("-=*_ \t", line[i]))
            return false;
        marks += line[i] != ' ' && line[i] != '\t';
    }
    return marks > 0;
}

/* One line of what is filled in: text, and nothing of Markdown that could change what stands
 * around it. */
static bool is_plain(const char *text, size_t length)
{
    if (memchr(text, '\0', length) || is_ruler(text, length))
        return false;
    for (const char *at = text, *end = text + length; at < end;) {
        const char *start = at;
        uint32_t character = utf8_next(&at);
        bool is_broken = character == UTF8_REPLACEMENT && at - start == 1;
        if (is_broken || utf8_is_control(character) ||
            (character < 128 && strchr("|<#[]`~$\\", (int)character)))
            return false;
    }
    return true;
}

static bool take_fill_in(struct comparison *comparison, size_t line, const char *text,
                         size_t length)
{
    struct file_differences *found = comparison->found;
    const char *unfilled = comparison->blank->kept;
    if (length == strlen(unfilled) && memcmp(text, unfilled, length) == 0)
        return true;
    if (!is_plain(text, length))
        return false;
    found->fill_ins[found->filled++] =
        (struct file_fill_in){line, arena_printf(comparison->arena, "%.*s", (int)length, text)};
    return true;
}

/* Whether a kept line is the line as it is now with something in its blanks. Each piece between two
 * blanks is looked for behind the one before; what is filled in has no '|', so a piece of a table
 * is where it was. */
static bool fits(struct comparison *comparison, size_t line, const char *kept, size_t kept_length,
                 const char *now, size_t length)
{
    const char *blank = comparison->blank->now, *end = kept + kept_length, *now_end = now + length;
    size_t blank_size = strlen(blank), filled = comparison->found->filled;
    for (bool is_first = true;; is_first = false) {
        const char *hole = find(now, (size_t)(now_end - now), blank, blank_size);
        size_t piece = (size_t)((hole ? hole : now_end) - now);
        const char *at = is_first ? kept : find(kept, (size_t)(end - kept), now, piece);
        if (!hole && !is_first) /* the last piece ends the line */
            at = (size_t)(end - kept) >= piece ? end - piece : NULL;
        bool is_there = at && (size_t)(end - at) >= piece && memcmp(at, now, piece) == 0;
        if (!is_there || (is_first && !hole) ||
            (!is_first && !take_fill_in(comparison, line, kept, (size_t)(at - kept)))) {
            comparison->found->filled = filled;
            return false;
        }
        if (!hole)
            return true;
        kept = at + piece;
        now = hole + blank_size;
    }
}

static size_t count_blanks(const char *text, const struct file_blank *blank)
{
    size_t count = 0;
    for (const char *at = text; blank && (at = strstr(at, blank->now)); at += strlen(blank->now))
        count++;
    return count;
}

/* A line of nothing but a blank was filled in with a text of its own, up to the line that follows
 * the blank now. Returns where that is in kept, and in *line its number; NULL: it is no plain text
 * or too long. */
static const char *skip_filled(struct comparison *comparison, const char *kept, const char *follows,
                               size_t *line)
{
    size_t length = line_length(follows), lines = 0, first = *line;
    const char *start = kept, *end = kept;
    while (*kept != '\0' && (line_length(kept) != length || strncmp(kept, follows, length) != 0)) {
        size_t own = line_length(kept);
        if (++lines > MAX_FILLED_LINES || !is_plain(kept, own))
            return NULL;
        if (own > 0)
            end = kept + own;
        kept = next_line(kept);
    }
    *line += lines;
    comparison->found->fill_ins[comparison->found->filled++] = (struct file_fill_in){
        first, arena_printf(comparison->arena, "%.*s", (int)(end - start), start)};
    return kept;
}

/* The first line with something on it. */
static const char *next_heading(const char *text)
{
    while (*text == '\n')
        text++;
    return text;
}

/* ---- lines ------------------------------------------------------------------------------- */

/* The line as people see it, its blanks as they look while nobody has filled them in. */
static const char *with_blanks(const struct comparison *comparison, const char *line,
                               size_t *length)
{
    const struct file_blank *blank = comparison->blank;
    const char *text = "", *end = line + *length, *hole;
    while (blank && (hole = find(line, (size_t)(end - line), blank->now, strlen(blank->now)))) {
        text = arena_printf(comparison->arena, "%s%.*s%s", text, (int)(hole - line), line,
                            blank->kept);
        line = hole + strlen(blank->now);
    }
    text = arena_printf(comparison->arena, "%s%.*s", text, (int)(end - line), line);
    *length = strlen(text);
    return text;
}

static void note_line(struct comparison *comparison, size_t line, const char *kept, const char *now)
{
    struct arena *arena = comparison->arena;
    size_t same = 0, old = line_length(kept), new = line_length(now);
    bool is_there = *now != '\0';
    now = with_blanks(comparison, now, &new);
    while (same < old && same < new &&kept[same] == now[same])
        same++;
    note(comparison, arena_printf(arena, "line %zu", line),
         *kept != '\0' ? shorten(kept, old, same, arena) : NULL,
         is_there ? shorten(now, new, same, arena) : NULL);
}

/* Both texts end with the same line, and only one of them with a line feed. */
static void note_end(struct comparison *comparison, size_t line, const char *kept, const char *now)
{
    static const char *const ends[] = {"no line feed at its end", "a line feed at its end"};
    bool old = kept[line_length(kept)] == '\n', new = now[line_length(now)] == '\n';
    if (old != new &&*next_line(kept) == '\0' && *next_line(now) == '\0')
        note(comparison, arena_printf(comparison->arena, "line %zu", line), ends[old], ends[new]);
}

/* Holds one line against its counterpart, the last of each known to differ or not. */
static void compare_lines(struct comparison *comparison, size_t line, const char *kept,
                          const char *now)
{
    size_t old = line_length(kept), new = line_length(now);
    bool is_same = old == new &&memcmp(kept, now, old) == 0 && (*kept != '\0') == (*now != '\0');
    if (!is_same && !(comparison->blank && *kept != '\0' && *now != '\0' &&
                      fits(comparison, line, kept, old, now, new)))
        note_line(comparison, line, kept, now);
    else
        note_end(comparison, line, kept, now);
}

void file_difference_text(const char *kept, const char *now, const struct file_blank *blank,
                          struct arena *arena, struct file_differences *differences)
{
    struct comparison comparison = {differences, arena, blank};
    *differences = (struct file_differences){.blanks = count_blanks(now, blank)};
    differences->fill_ins = arena_array(arena, differences->blanks, sizeof *differences->fill_ins);
    for (size_t line = 1; *kept != '\0' || *now != '\0'; line++) {
        size_t old = line_length(kept), new = line_length(now);
        bool is_alone = blank && new == strlen(blank->now) && strncmp(now, blank->now, new) == 0;
        bool is_filled =
            is_alone && !(old == strlen(blank->kept) && strncmp(kept, blank->kept, old) == 0);
        const char *follows = next_heading(next_line(now)), *behind = NULL;
        if (is_filled && (behind = skip_filled(&comparison, kept, follows, &line))) {
            kept = behind;
            now = follows;
            line--;
            continue;
        }
        compare_lines(&comparison, line, kept, now);
        kept = next_line(kept);
        now = next_line(now);
    }
}
