/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/output.h"
#include "reports/text/number_text.h"
#include "reports/writers/report.h"
#include "sim/base/utf8.h"
#include <math.h>
#include <string.h>

/* Blanks that a spreadsheet passes over before it looks at what a text begins with. */
static bool is_blank(uint32_t character)
{
    return character == ' ' || character == 0xA0 || character == 0x1680 || character == 0x202F ||
           (character >= 0x2000 && character <= 0x200B) || character == 0x205F ||
           character == 0x2060 || character == 0x3000;
}

/* A spreadsheet takes a text that begins with one of these, or with its full-width form, for a
 * formula and runs it; behind an apostrophe it is a text. */
static bool is_formula(const char *text)
{
    uint32_t first = utf8_next(&text);
    if (first == '\t' || first == '\r')
        return true;
    while (first > 0 && (is_blank(first) || utf8_is_control(first)))
        first = utf8_next(&text);
    if (first >= 0xFF01 && first <= 0xFF5E)
        first -= 0xFF01 - '!';
    return first > 0 && first < 128 && strchr("=+-@", (int)first) != NULL;
}

/* A control would act on a terminal; line breaks stand in quotes. */
static void write_letters(const char *text, FILE *out)
{
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        bool is_broken = character == UTF8_REPLACEMENT && text - start == 1;
        bool is_layout = character == '\n' || character == '\t' || character == '\r';
        if (is_broken || (utf8_is_control(character) && !is_layout))
            fputc('?', out);
        else
            fwrite(start, 1, (size_t)(text - start), out);
        if (character == '"')
            fputc('"', out);
    }
}

/* Quoted as RFC 4180 wants, only where it must be. */
static void write_text(const char *text, FILE *out)
{
    const char *quote = text[strcspn(text, ",\"\r\n")] == '\0' ? "" : "\"";
    fprintf(out, "%s%s", quote, is_formula(text) ? "'" : "");
    write_letters(text, out);
    fputs(quote, out);
}

static void write_cell(const struct table_cell *cell, FILE *out)
{
    char number[NUMBER_TEXT_SIZE] = "";
    if (cell->text) {
        write_text(cell->text, out);
        return;
    }
    if (isfinite(cell->number))
        number_text_shortest(cell->number, number);
    fprintf(out, "%s", number);
}

bool table_csv(const struct table *table, FILE *out, struct error *err)
{
    for (size_t column = 0; column < table->column_count; column++) {
        fprintf(out, "%s", column > 0 ? "," : "");
        write_text(table->columns[column].name, out);
    }
    fputc('\n', out);
    for (size_t row = 0; row < table->row_count; row++) {
        for (size_t column = 0; column < table->column_count; column++) {
            fprintf(out, "%s", column > 0 ? "," : "");
            write_cell(table_cell_at(table, row, column), out);
        }
        fputc('\n', out);
    }
    return output_flush(out, err);
}
