/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/error.h"
#include "sim/base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message cut in the middle of a UTF-8 sequence would not be text any more. */
static void end_on_character(char *text, size_t size)
{
    size_t length = strlen(text);
    if (length + 1 < size)
        return;
    while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80)
        length--;
    if (length > 0 && (unsigned char)text[length - 1] >= 0xC0)
        text[length - 1] = '\0';
}

bool error_set_at(struct error *err, enum status status, const char *raised_in, const char *format,
                  ...)
{
    if (err->status != STATUS_OK)
        return false;
    err->status = status;
    err->raised_in = raised_in;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    end_on_character(err->message, sizeof err->message);
    utf8_clean(err->message);
    return false;
}

void error_set_file(struct error *err, const char *path)
{
    size_t length = strlen(path);
    if (length < sizeof err->file)
        snprintf(err->file, sizeof err->file, "%s", path);
    else
        snprintf(err->file, sizeof err->file, "...%s", path + length + 4 - sizeof err->file);
    utf8_clean(err->file);
}

void error_format(const struct error *err, char *text, size_t size)
{
    char place[64] = "";
    if (err->line > 0 && err->column > 0)
        snprintf(place, sizeof place, ":%d:%d", err->line, err->column);
    else if (err->line > 0)
        snprintf(place, sizeof place, ":%d", err->line);
    snprintf(text, size, "%s%s%s%s%s%s", err->file, place, err->file[0] ? ": " : "", err->pointer,
             err->pointer[0] ? ": " : "", err->message);
}

int error_exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return 0;
    case STATUS_USAGE:
    case STATUS_INPUT:
    case STATUS_MODEL:
        return 2;
    case STATUS_IO:
        return 4;
    }
    return 4;
}
