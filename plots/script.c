/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/script.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>

void script_open(struct script *script, struct arena *arena)
{
    memory_stream_open(&script->memory, arena);
    script->out = script->memory.stream;
    script->arena = arena;
}

const char *script_close(struct script *script)
{
    memory_stream_close(&script->memory);
    return script->memory.bytes;
}

/* What would end the string is shown as the apostrophe that type has for it. */
static void write_quoted(struct script *script, const char *text, bool is_format)
{
    fputc('\'', script->out);
    for (const char *at = layout_clean(text, script->arena); *at != '\0'; at++)
        if (*at == '\'')
            fputs("\u2019", script->out);
        else
            fprintf(script->out, "%s%c", is_format && *at == '%' ? "%" : "", *at);
    fputc('\'', script->out);
}

void script_text(struct script *script, const char *text)
{
    write_quoted(script, text, false);
}

void script_tic(struct script *script, const char *text)
{
    write_quoted(script, text, true);
}

void script_number(struct script *script, double number)
{
    char text[NUMBER_TEXT_SIZE] = "NaN";
    if (isfinite(number))
        number_text_shortest(number, text);
    fputs(text, script->out);
}

void script_row(struct script *script, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fputc(' ', script->out);
        script_number(script, numbers[i]);
    }
    fputc('\n', script->out);
}

void script_add(struct script *script, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(script->out, format, arguments);
    va_end(arguments);
}
