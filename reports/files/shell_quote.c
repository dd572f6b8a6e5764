/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/shell_quote.h"
#include "sim/base/utf8.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_safe(const char *word)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789_@%+=:,./-";
    return word[0] != '\0' && word[strspn(word, safe)] == '\0';
}

static bool is_printable(const char *word)
{
    if (!utf8_is_valid(word))
        return false;
    while (*word != '\0')
        if (utf8_is_control(utf8_next(&word)))
            return false;
    return true;
}

static const char *quote_bytes(const char *word, struct arena *arena)
{
    enum { MAX_ESCAPE_LENGTH = 4 };
    char *quoted = arena_alloc(
             arena,
             arena_add_sizes(arena_multiply_sizes(strlen(word), MAX_ESCAPE_LENGTH), sizeof "$''")),
         *to = quoted;
    to = stpcpy(to, "$'");
    for (const char *from = word; *from != '\0'; from++) {
        if (*from == '\'' || *from == '\\')
            *to++ = '\\';
        if (*from >= ' ' && *from <= '~')
            *to++ = *from;
        else
            to += sprintf(to, "\\x%02x", (unsigned)(unsigned char)*from);
    }
    stpcpy(to, "'");
    return quoted;
}

const char *shell_quote(const char *word, struct arena *arena)
{
    if (is_safe(word))
        return word;
    if (!is_printable(word))
        return quote_bytes(word, arena);
    static const char quote[] = "'\\''"; /* ends the quotes, a quote, begins them again */
    char *quoted = arena_alloc(
             arena,
             arena_add_sizes(arena_multiply_sizes(strlen(word), sizeof quote - 1), sizeof "''")),
         *to = quoted;
    *to++ = '\'';
    for (const char *from = word; *from != '\0'; from++) {
        if (*from == '\'')
            to = stpcpy(to, quote);
        else
            *to++ = *from;
    }
    stpcpy(to, "'");
    return quoted;
}
