/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/annotation.h"

#include <stdlib.h>
#include <string.h>

bool annotation_is_wanted(void)
{
    const char *value = getenv("GITHUB_ACTIONS");
    return value != NULL && strcmp(value, "true") == 0;
}

static void write_escaped(const char *text, const char *special, FILE *stream)
{
    for (; *text != '\0'; text++)
        if (strchr(special, *text) != NULL)
            fprintf(stream, "%%%02X", (unsigned)(unsigned char)*text);
        else
            fputc(*text, stream);
}

static void write_property(const char *name, const char *value, bool *is_first, FILE *stream)
{
    fprintf(stream, "%s%s=", *is_first ? " " : ",", name);
    write_escaped(value, "%\r\n:,", stream);
    *is_first = false;
}

static void write_number(const char *name, int value, bool *is_first, FILE *stream)
{
    if (value > 0)
        fprintf(stream, "%s%s=%d", *is_first ? " " : ",", name, value);
    *is_first = *is_first && value <= 0;
}

void annotation_write(const struct annotation *annotation, FILE *stream)
{
    bool is_first = true;
    fprintf(stream, "::%s", annotation->is_warning ? "warning" : "error");
    if (annotation->file != NULL)
        write_property("file", annotation->file, &is_first, stream);
    write_number("line", annotation->line, &is_first, stream);
    write_number("col", annotation->column, &is_first, stream);
    if (annotation->title != NULL)
        write_property("title", annotation->title, &is_first, stream);
    fputs("::", stream);
    write_escaped(annotation->message, "%\r\n", stream);
    fputc('\n', stream);
}
