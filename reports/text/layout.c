/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/layout.h"
#include "sim/base/utf8.h"
#include <string.h>

static bool is_unclean(uint32_t character, const char *start, const char *end)
{
    bool is_invalid = character == UTF8_REPLACEMENT && end - start == 1;
    return is_invalid || utf8_is_control(character);
}

static const char *first_unclean(const char *text)
{
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        if (is_unclean(character, start, text))
            return start;
    }
    return NULL;
}

const char *layout_clean(const char *text, struct arena *arena)
{
    if (!first_unclean(text))
        return text;
    /* What is put in is never longer than what it stands for. */
    char *clean = arena_alloc(arena, arena_add_sizes(strlen(text), 1)), *to = clean;
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        if (character == '\n' || character == '\t' || character == '\r') {
            *to++ = ' ';
        } else if (is_unclean(character, start, text)) {
            *to++ = '?';
        } else {
            memcpy(to, start, (size_t)(text - start));
            to += text - start;
        }
    }
    *to = '\0';
    return clean;
}

int layout_width(const char *text)
{
    return layout_width_of(text, strlen(text));
}

int layout_width_of(const char *text, size_t bytes)
{
    int width = 0;
    for (const char *end = text + bytes; text < end;)
        width += utf8_width(utf8_next(&text));
    return width;
}

/* The bytes of text that fill at most `width` columns. */
static size_t bytes_within(const char *text, int width)
{
    const char *end = text;
    int used = 0;
    while (*end != '\0') {
        const char *next = end;
        used += utf8_width(utf8_next(&next));
        if (used > width)
            break;
        end = next;
    }
    return (size_t)(end - text);
}

const char *layout_shorten(const char *text, int width, struct arena *arena)
{
    if (text[bytes_within(text, width)] == '\0')
        return text;
    return arena_printf(arena, "%.*s...", (int)bytes_within(text, width - 3), text);
}

/* Where a word of more than `bytes` bytes is best broken: behind a dot, a slash or an underscore of
 * its last three quarters. */
static size_t break_word(const char *word, size_t bytes)
{
    for (size_t end = bytes; end > bytes / 4; end--)
        if (strchr("._/", word[end - 1]))
            return end;
    return bytes;
}

size_t layout_break(const char *text, int width, const char **next)
{
    size_t bytes = bytes_within(text, width);
    if (text[bytes] != '\0') {
        size_t end = bytes;
        while (end > 0 && text[end] != ' ')
            end--;
        bytes = end > 0 ? end : break_word(text, bytes);
    }
    *next = text + bytes;
    while (**next == ' ')
        ++*next;
    while (bytes > 0 && text[bytes - 1] == ' ')
        bytes--;
    return bytes;
}
