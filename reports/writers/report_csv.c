/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/output.h"
#include "reports/text/number_text.h"
#include "reports/writers/report.h"
#include <math.h>
#include <string.h>

/* A spreadsheet takes a text that begins with one of these for a formula and runs it; behind an
 * apostrophe it is a text. */
static bool is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

/* Quoted as RFC 4180 wants, only where it must be. */
static void write_text(const char *text, FILE *out)
{
    const char *apostrophe = is_formula(text) ? "'" : "";
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fprintf(out, "%s%s", apostrophe, text);
        return;
    }
    fprintf(out, "\"%s", apostrophe);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
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
