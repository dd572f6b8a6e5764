/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/page_record.h"
#include "reports/text/html.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_COPIES = 10000 };

bool page_record_is_page(const char *text)
{
    return strncmp(text, "<!DOCTYPE html>", 15) == 0;
}

/* The character that a reference stands for, and its end; NULL for one that is not ours. */
static const char *read_reference(const char *at, char *character)
{
    static const struct {
        const char *text;
        char character;
    } names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(at, names[i].text, strlen(names[i].text)) == 0) {
            *character = names[i].character;
            return at + strlen(names[i].text);
        }
    char *end;
    long code = at[1] == '#' ? strtol(at + 2, &end, 10) : 0;
    if (code <= 0 || code >= ' ' + 96 || *end != ';')
        return NULL;
    *character = (char)code;
    return end + 1;
}

/* The text from `from` up to `to` with its references resolved; NULL for one that is not ours. */
static const char *resolve(const char *from, const char *to, struct arena *arena, size_t *length)
{
    char *made = arena_alloc(arena, arena_add_sizes((size_t)(to - from), 1)), *at = made;
    while (from < to) {
        if (*from != '&') {
            *at++ = *from++;
            continue;
        }
        from = read_reference(from, at++);
        if (!from)
            return NULL;
    }
    *at = '\0';
    *length = (size_t)(at - made);
    return made;
}

/* The text of the first element behind `at` that begins so; NULL. *end: behind it. */
static const char *read_element(const char *at, const char *begin, struct arena *arena,
                                size_t *length, const char **end)
{
    const char *start = strstr(at, begin);
    const char *close = start ? strstr(start, "</pre>") : NULL;
    if (!close)
        return NULL;
    *end = close;
    return resolve(start + strlen(begin), close, arena, length);
}

/* A copy is the text behind the name that it has in the record. */
static bool read_copies(const char *at, struct arena *arena, struct page_record *record)
{
    struct input_copy *copies = NULL;
    size_t room = 0;
    for (const char *end;; at = end) {
        size_t name_length;
        struct input_copy copy;
        copy.name = read_element(at, HTML_COPY_NAME, arena, &name_length, &end);
        if (!copy.name || record->copy_count == MOST_COPIES)
            break;
        copy.text = read_element(end, HTML_COPY_TEXT, arena, &copy.length, &end);
        if (!copy.text)
            return false;
        if (record->copy_count == room) {
            struct input_copy *more = arena_array(arena, 2 * room + 4, sizeof *more);
            for (size_t i = 0; i < room; i++)
                more[i] = copies[i];
            copies = more;
            room = 2 * room + 4;
        }
        copies[record->copy_count++] = copy;
    }
    record->copies = copies;
    return true;
}

bool page_record_read(const char *file, const char *text, struct arena *arena,
                      struct page_record *record, struct error *err)
{
    const char *end;
    *record = (struct page_record){0};
    record->json = read_element(text, HTML_RECORD, arena, &record->length, &end);
    if (record->json && read_copies(end, arena, record))
        return true;
    error_set_file(err, file);
    return error_set(
        err, STATUS_INPUT,
        record->json ? "its copies are not as capsim writes them"
                     : "is a page that keeps no record of how it was made: one made of a report "
                       "is verified by that report, and other pages are not capsim's");
}
