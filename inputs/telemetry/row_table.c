/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/row_table.h"

#include "inputs/telemetry/name_table.h"
#include <csv.h>

enum { BLOCK_BYTES = 1 << 16, MOST_ROW_BYTES = 4 << 20 };

enum form { FORM_CSV, FORM_ALIGNED, FORM_EXPANDED };

struct row_table {
    struct telemetry_reading *reading;
    enum form form;
    char separator;
    bool has_time, is_header_due, is_complete, is_ended;
    uint32_t headers;
    struct name_table names;
    struct csv_parser parser;
    /* The row: fields one behind the other in text. */
    char *text; /* [size] */
    size_t size, used, count;
    size_t begins[ROW_TABLE_COLUMNS], lengths[ROW_TABLE_COLUMNS];
    int columns[ROW_TABLE_COLUMNS]; /* EXPANDED: of each field */
    uint64_t row_bytes;
};

/* ---- fields of the row ----------------------------------------------------------------------- */

static void clear_row(struct row_table *table)
{
    table->used = table->count = 0;
    table->is_complete = false;
    table->row_bytes = 0;
}

static void add_field(struct row_table *table, const char *at, size_t length)
{
    if (table->count == ROW_TABLE_COLUMNS)
        return;
    if (table->used + length > table->size) {
        size_t size = 2 * (table->used + length);
        char *grown = arena_alloc(table->reading->arena, size);
        memcpy(grown, table->text, table->used);
        table->text = grown;
        table->size = size;
    }
    if (length > 0)
        memcpy(table->text + table->used, at, length);
    table->begins[table->count] = table->used;
    table->lengths[table->count++] = length;
    table->used += length;
}

static void take_csv_field(void *field, size_t length, void *data)
{
    add_field(data, field, length);
}

static void take_csv_row(int end, void *data)
{
    struct row_table *table = data;
    (void)end;
    table->is_complete = true;
}

static struct slice field_at(const struct row_table *table, size_t i)
{
    return (struct slice){table->text + table->begins[i], table->lengths[i]};
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* libcsv gets its text line by line: a row ends with a line, or goes on in the next. */
static bool next_csv_row(struct row_table *table)
{
    struct slice line;
    struct telemetry_reading *reading = table->reading;
    while (line_source_next(reading->source, &line, reading->err)) {
        if (csv_parse(&table->parser, line.at, line.length, take_csv_field, take_csv_row, table) !=
                line.length ||
            csv_parse(&table->parser, "\n", 1, take_csv_field, take_csv_row, table) != 1)
            return telemetry_fail(reading, "a quote is out of place");
        table->row_bytes += line.length;
        if (table->is_complete)
            return true;
        if (table->row_bytes > MOST_ROW_BYTES)
            return telemetry_fail(reading,
                                  "has a field longer than 4 MiB: a quote may not be closed");
    }
    if (table->row_bytes > 0 && reading->err->status == STATUS_OK)
        telemetry_fail(reading, "a quote is not closed");
    return false;
}

static bool is_rule(struct slice line)
{
    for (size_t i = 0; i < line.length; i++)
        if (line.at[i] != '-' && line.at[i] != '+' && line.at[i] != ' ')
            return false;
    return line.length > 0;
}

/* psql's "(3 rows)". */
static bool is_row_count(struct slice line)
{
    return slice_starts(line, "(") && (slice_has(line, " row)") || slice_has(line, " rows)"));
}

static bool next_aligned_row(struct row_table *table)
{
    struct slice line;
    while (line_source_next(table->reading->source, &line, table->reading->err)) {
        if (line.length == 0 || is_rule(line) || is_row_count(line))
            continue;
        while (line.length > 0) {
            struct slice part = slice_trim(slice_cut(&line, '|'));
            add_field(table, part.at, part.length);
        }
        return true;
    }
    return false;
}

/* "-[ RECORD 1 ]---" begins a row, "name | value" is a field of it. */
static bool next_expanded_row(struct row_table *table)
{
    struct slice line;
    struct telemetry_reading *reading = table->reading;
    while (!table->is_ended) {
        table->is_ended = !line_source_next(reading->source, &line, reading->err);
        bool is_record = !table->is_ended && slice_starts(line, "-[ RECORD");
        if (is_record)
            table->headers++;
        if (table->is_ended || is_record) {
            if (table->count > 0)
                return reading->err->status == STATUS_OK;
            continue;
        }
        struct slice value = line, name = slice_trim(slice_cut(&value, '|'));
        size_t column = name.length > 0 ? name_table_add(&table->names, name, ROW_TABLE_COLUMNS)
                                        : NAME_TABLE_NONE;
        if (column == NAME_TABLE_NONE || is_row_count(line) || table->count == ROW_TABLE_COLUMNS)
            continue;
        table->columns[table->count] = (int)column;
        value = slice_trim(value);
        add_field(table, value.at, value.length);
    }
    return false;
}

static bool next_row(struct row_table *table)
{
    clear_row(table);
    return table->form == FORM_CSV       ? next_csv_row(table)
           : table->form == FORM_ALIGNED ? next_aligned_row(table)
                                         : next_expanded_row(table);
}

/* ---- the header ------------------------------------------------------------------------------ */

static bool looks_like_number(struct slice field)
{
    return field.length > 0 && field.at[0] >= '0' && field.at[0] <= '9';
}

static bool take_header(struct row_table *table)
{
    struct telemetry_reading *reading = table->reading;
    table->names = name_table_create(reading->arena);
    table->has_time = table->count > 1 && looks_like_number(field_at(table, 0)) &&
                      !looks_like_number(field_at(table, 1));
    for (size_t i = 0; i < table->count; i++) {
        struct slice name = i == 0 && table->has_time ? slice_of("time") : field_at(table, i);
        size_t known = table->names.count;
        /* A second column of a name gets one of its own, so that the numbers stay the columns'. */
        if (name_table_add(&table->names, name, ROW_TABLE_COLUMNS) != known) {
            const char *other =
                arena_printf(reading->arena, "%s.%zu", slice_copy(name, reading->arena), i);
            name_table_add(&table->names, slice_of(other), ROW_TABLE_COLUMNS);
        }
    }
    table->headers = 1;
    return true;
}

/* A row that repeats the names. */
static bool is_header(const struct row_table *table)
{
    size_t first = table->has_time ? 1 : 0;
    if (table->count != table->names.count || table->count <= first)
        return false;
    for (size_t i = first; i < table->count; i++)
        if (!slice_equals(field_at(table, i), table->names.names[i]))
            return false;
    return true;
}

static enum form form_of(struct slice beginning)
{
    struct slice first = telemetry_line(beginning, 0), second = telemetry_line(beginning, 1);
    if (slice_starts(first, "-[ RECORD"))
        return FORM_EXPANDED;
    return slice_has(first, "|") && is_rule(second) && slice_has(second, "-") ? FORM_ALIGNED
                                                                              : FORM_CSV;
}

struct row_table *row_table_open(struct telemetry_reading *reading, char separator,
                                 const char *const *names, size_t count)
{
    struct row_table *table = arena_alloc(reading->arena, sizeof *table);
    bool is_all;
    table->reading = reading;
    table->separator = separator;
    table->form = separator == ',' ? form_of(line_source_peek(reading->source, &is_all)) : FORM_CSV;
    table->names = name_table_create(reading->arena);
    table->size = BLOCK_BYTES;
    table->text = arena_alloc(reading->arena, table->size);
    if (csv_init(&table->parser, CSV_STRICT) != 0) {
        error_set(reading->err, STATUS_IO, "cannot be read: out of memory");
        return NULL;
    }
    csv_set_blk_size(&table->parser, BLOCK_BYTES);
    csv_set_delim(&table->parser, (unsigned char)separator);
    for (size_t i = 0; i < count && names; i++)
        name_table_add(&table->names, slice_of(names[i]), ROW_TABLE_COLUMNS);
    if (names || table->form == FORM_EXPANDED || (next_row(table) && take_header(table)))
        return table;
    row_table_close(table);
    if (reading->err->status == STATUS_OK)
        telemetry_fail(reading, "has no header");
    return NULL;
}

bool row_table_next(struct row_table *table)
{
    while (next_row(table)) {
        if (table->form == FORM_EXPANDED || table->headers == 0 || !is_header(table))
            return true;
        table->headers++;
    }
    return false;
}

uint32_t row_table_headers(const struct row_table *table)
{
    return table->headers;
}

int row_table_find(const struct row_table *table, const char *name)
{
    size_t found = name_table_find(&table->names, slice_of(name));
    return found == NAME_TABLE_NONE ? -1 : (int)found;
}

size_t row_table_names(const struct row_table *table, const char *const **names)
{
    *names = table->names.names;
    return table->names.count;
}

size_t row_table_width(const struct row_table *table)
{
    return table->count;
}

struct slice row_table_field(const struct row_table *table, int column)
{
    struct slice nothing = {table->text, 0};
    if (column < 0)
        return nothing;
    if (table->form != FORM_EXPANDED)
        return (size_t)column < table->count ? field_at(table, (size_t)column) : nothing;
    for (size_t i = 0; i < table->count; i++)
        if (table->columns[i] == column)
            return field_at(table, i);
    return nothing;
}

bool row_table_number(const struct row_table *table, int column, double *value)
{
    return slice_to_number(row_table_field(table, column), false, value);
}

void row_table_close(struct row_table *table)
{
    csv_free(&table->parser);
}

bool row_table_has_column(struct slice beginning, const char *name)
{
    bool is_expanded = form_of(beginning) == FORM_EXPANDED;
    for (size_t i = 0; i < (is_expanded ? 40 : 1); i++) {
        struct slice line = telemetry_line(beginning, i);
        char separator = slice_has(line, "|") ? '|' : slice_has(line, "\t") ? '\t' : ',';
        while (line.length > 0) {
            struct slice part = slice_unquote(slice_trim(slice_cut(&line, separator)));
            if (slice_equals(part, name))
                return true;
        }
    }
    return false;
}
