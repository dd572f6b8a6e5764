/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/wording.h"

#include "sim/base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *wording_shorten(const char *text, size_t length, char shown[WORDING_SIZE])
{
    size_t kept = length;
    if (length > WORDING_SHOWN) {
        kept = WORDING_SHOWN;
        while (kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80) /* inside a character */
            kept--;
    }
    memcpy(shown, text, kept);
    memcpy(shown + kept, "...", 4);
    if (kept == length)
        shown[kept] = '\0';
    utf8_clean(shown);
    return shown;
}

const char *wording_quote(const char *text, char shown[WORDING_SIZE])
{
    char inside[WORDING_SIZE];
    wording_shorten(text, strlen(text), inside);
    snprintf(shown, WORDING_SIZE, "\"%.*s\"", WORDING_SIZE - 3, inside);
    return shown;
}

bool wording_is_identifier(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    size_t first = strspn(text, letters);
    if (first == 0)
        return false;
    const char *rest = text + first;
    rest += strspn(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789-");
    return *rest == '\0' && rest - text <= WORDING_NAME;
}

void wording_append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}
