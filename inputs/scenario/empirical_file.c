/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/empirical_file.h"

#include "inputs/json/quantity.h"
#include "inputs/json/wording.h"
#include <csv.h>
#include <string.h>

enum {
    MAX_VALUES = 10000000,
    MAX_LINE_LENGTH = 1 << 20,
    FIELD_BLOCK =
        1 << 16 /* libcsv grows a field by 128 bytes otherwise: a long one takes minutes */
};

struct empirical_table {
    double *values;
    size_t count, rows, columns; /* columns: of the row that is being read */
    int line;
    bool has_failed;
    struct error *err;
};

static void fail(struct empirical_table *table, const char *why, const char *seen)
{
    char shown[WORDING_SIZE];
    error_set(table->err, STATUS_INPUT, "%s; got %s", why, wording_quote(seen, shown));
    table->err->line = table->line;
    table->has_failed = true;
}

static void take_field(void *field, size_t length, void *data)
{
    struct empirical_table *table = data;
    const char *text = length > 0 ? field : "";
    double value;
    table->columns++;
    if (table->has_failed)
        return;
    if (table->columns > 1) {
        fail(table, "must have one column, with a point for decimals", text);
    } else if (!quantity_parse_number(text, &value)) {
        if (table->rows > 0)
            fail(table, "must be a number", text);
    } else if (value < 0) {
        fail(table, "must not be negative", text);
    } else if (table->count == MAX_VALUES) {
        fail(table, "must have at most 10000000 values", text);
    } else {
        table->values[table->count++] = value;
    }
}

static void take_row(int end, void *data)
{
    struct empirical_table *table = data;
    (void)end;
    table->rows++;
    table->columns = 0;
}

static size_t line_length(const char *text, const char *end)
{
    const char *at = text;
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    if (at + 1 < end && at[0] == '\r' && at[1] == '\n')
        at++;
    return (size_t)(at - text) + (at < end ? 1 : 0);
}

/* Feeds the parser line by line, because it counts rows, not lines. */
static bool parse_lines(struct csv_parser *parser, const char *text, size_t length,
                        struct empirical_table *table)
{
    const char *end = text + length;
    for (const char *line = text; line < end && !table->has_failed; table->line++) {
        size_t size = line_length(line, end);
        if (size > MAX_LINE_LENGTH) {
            table->err->line = table->line;
            return error_set(table->err, STATUS_INPUT,
                             "has a line longer than 1 MiB: one number on each line is due");
        }
        if (csv_parse(parser, line, size, take_field, take_row, table) != size) {
            table->err->line = table->line;
            return error_set(table->err, STATUS_INPUT, "a quote is out of place");
        }
        line += size;
    }
    if (table->has_failed)
        return false;
    /* Not after an error: csv_fini would hand over the rest as if it were a row. It is a row where
     * the last line has no end. */
    table->line--;
    if (csv_fini(parser, take_field, take_row, table) != 0) {
        table->err->line = table->line;
        return error_set(table->err, STATUS_INPUT, "a quote is not closed");
    }
    return !table->has_failed;
}

static size_t count_lines(const char *text, size_t length)
{
    size_t lines = 1;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n' || text[i] == '\r';
    return lines;
}

static bool check_encoding(const char *text, size_t length, struct error *err)
{
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        return error_set(err, STATUS_INPUT,
                         "starts with a byte order mark: save it as UTF-8 without one");
    if (memchr(text, '\0', length) != NULL)
        return error_set(err, STATUS_INPUT, "has a NUL byte: save it as plain text in UTF-8");
    return true;
}

bool empirical_file_parse(const char *file, const char *text, size_t length, struct arena *arena,
                          double **values, size_t *count, struct error *err)
{
    struct csv_parser parser;
    struct empirical_table table = {.line = 1, .err = err};
    bool ok = false;
    size_t lines = count_lines(text, length);
    if (check_encoding(text, length, err) &&
        csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) == 0) {
        csv_set_blk_size(&parser, FIELD_BLOCK);
        table.values =
            arena_array(arena, lines < MAX_VALUES ? lines : MAX_VALUES, sizeof *table.values);
        ok = parse_lines(&parser, text, length, &table);
        csv_free(&parser);
    }
    if (ok && table.count == 0)
        ok = error_set(err, STATUS_INPUT, "has no values: one number on each line is due");
    if (!ok)
        error_set_file(err, file);
    *values = table.values;
    *count = table.count;
    return ok;
}
