/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/trace_file.h"
#include "sim/base/sha256.h"

#include "inputs/json/input_file.h"
#include "inputs/json/quantity.h"
#include "inputs/json/wording.h"
#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 1 << 16, /* read at once; also by how much libcsv lets a field grow */
    MAX_FIELD_BYTES = 1 << 20,
    MAX_COLUMNS = 10000,
    SHOWN_COLUMNS = 5,
    KEPT_CELLS = 1 << 13 /* before they are written to the temporary file */
};
#define MAX_ROWS UINT64_C(4000000000) /* requests are numbered with 32 bits */

/* The file while it is read. */
struct trace_table {
    const struct trace_request *request;
    int *of_field;        /* [fields of the header] which of our columns it is, or -1         */
    size_t fields, field; /* of the header; of this row so far                                */
    char found[256];      /* the header's first names, for messages                           */
    bool is_found[1 + ARRIVAL_TRACE_MAX_VALUES];
    uint64_t row; /* that is being read; 1 is the header */
    int line;
    uint64_t pending; /* bytes since the last field ended */
    char last_byte;
    int64_t cells[1 + ARRIVAL_TRACE_MAX_VALUES];
    double sums[1 + ARRIVAL_TRACE_MAX_VALUES];
    int64_t first_ns, last_ns; /* arrivals */
    FILE *rows;
    int64_t *kept; /* [KEPT_CELLS] rows that are not written yet */
    size_t kept_count;
    struct sha256_ctx hash;
    uint64_t bytes;
    struct error *err;
};

static bool has_failed(const struct trace_table *table)
{
    return table->err->status != STATUS_OK;
}

/* Places the message that is in the error: at this line, row and our column number c, or -1. */
static bool place(struct trace_table *table, int c)
{
    struct error *err = table->err;
    error_set_file(err, table->request->shown);
    err->line = table->line;
    if (table->row <= 1)
        return false;
    char shown[WORDING_SIZE];
    const char *name = c < 0 ? "" : table->request->columns[c];
    wording_shorten(name, strlen(name), shown);
    snprintf(err->pointer, sizeof err->pointer, c < 0 ? "row %llu" : "row %llu, column %s",
             (unsigned long long)table->row, shown);
    return false;
}

/* ---- the header ------------------------------------------------------------------------------ */

static void take_name(struct trace_table *table, const char *name)
{
    char shown[WORDING_SIZE];
    if (table->field >= MAX_COLUMNS) {
        error_set(table->err, STATUS_INPUT, "has more than %d columns", MAX_COLUMNS);
        place(table, -1);
        return;
    }
    table->of_field[table->field] = -1;
    if (table->field < SHOWN_COLUMNS)
        wording_append(table->found, sizeof table->found, "%s%s", table->field > 0 ? ", " : "",
                       wording_quote(name, shown));
    for (size_t c = 0; c < table->request->column_count; c++) {
        if (strcmp(name, table->request->columns[c]) != 0)
            continue;
        if (table->is_found[c]) {
            error_set(table->err, STATUS_INPUT, "the header has two columns %s",
                      wording_quote(name, shown));
            place(table, -1);
        }
        table->is_found[c] = true;
        table->of_field[table->field] = (int)c;
    }
}

static void end_header(struct trace_table *table)
{
    char shown[WORDING_SIZE];
    table->fields = table->field;
    for (size_t c = 0; c < table->request->column_count && !has_failed(table); c++)
        if (!table->is_found[c]) {
            error_set(table->err, STATUS_INPUT, "the header has no column %s; it has %s%s",
                      wording_quote(table->request->columns[c], shown), table->found,
                      table->fields > SHOWN_COLUMNS ? ", ..." : "");
            place(table, -1);
        }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void take_value(struct trace_table *table, int c, const char *text)
{
    char shown[WORDING_SIZE];
    double value, ns;
    const char *fault = NULL;
    if (!quantity_parse_number(text, &value))
        fault = "must be a number, with a point for decimals";
    else if (value < 0)
        fault = "must not be negative";
    else if (!((ns = value * table->request->unit_ns) <= (double)QUANTITY_MAX_NS))
        fault = "must be at most 146 years (2^62 ns)";
    else
        table->cells[c] = llround(ns);
    if (!fault)
        return;
    error_set(table->err, STATUS_INPUT, "%s; got %s", fault, wording_quote(text, shown));
    place(table, c);
}

static void write_kept(struct trace_table *table)
{
    size_t count = table->kept_count;
    table->kept_count = 0;
    if (fwrite(table->kept, sizeof *table->kept, count, table->rows) != count && !has_failed(table))
        error_set(table->err, STATUS_IO, "cannot have its rows kept in a temporary file: %s",
                  strerror(errno));
}

static void keep_row(struct trace_table *table)
{
    for (size_t c = 0; c < table->request->column_count; c++) {
        table->kept[table->kept_count++] = table->cells[c];
        table->sums[c] += (double)table->cells[c] / 1e9;
    }
    if (table->kept_count + table->request->column_count > KEPT_CELLS)
        write_kept(table);
}

static void end_values(struct trace_table *table)
{
    if (table->field != table->fields)
        error_set(table->err, STATUS_INPUT, "has %zu field%s where the header has %zu",
                  table->field, table->field == 1 ? "" : "s", table->fields);
    else if (table->row - 1 > MAX_ROWS)
        error_set(table->err, STATUS_INPUT, "is one row more than the most, 4000000000");
    if (has_failed(table)) {
        place(table, -1);
        return;
    }
    if (table->cells[0] < table->last_ns) {
        error_set(table->err, STATUS_INPUT,
                  "arrivals must be in order: this one is before that of the row above");
        place(table, 0);
        return;
    }
    if (table->row == 2)
        table->first_ns = table->cells[0];
    table->last_ns = table->cells[0];
    keep_row(table);
}

static void take_field(void *field, size_t length, void *data)
{
    struct trace_table *table = data;
    const char *text = length > 0 ? field : "";
    table->pending = 0;
    if (!has_failed(table) && table->row == 1)
        take_name(table, text);
    else if (!has_failed(table) && table->field < table->fields &&
             table->of_field[table->field] >= 0)
        take_value(table, table->of_field[table->field], text);
    table->field++;
}

static void take_row(int end, void *data)
{
    struct trace_table *table = data;
    (void)end;
    if (has_failed(table))
        return;
    if (table->row == 1)
        end_header(table);
    else
        end_values(table);
    table->field = 0;
    table->row++;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Up to the end of the line, or of the text. */
static size_t segment_length(const char *text, size_t length)
{
    size_t size = 0;
    while (size < length && text[size] != '\n' && text[size] != '\r')
        size++;
    return size < length ? size + 1 : size;
}

/* The parser counts rows, not lines, so it gets its text line by line; CR, LF and CRLF end one. */
static bool parse_block(struct csv_parser *parser, struct trace_table *table, const char *text,
                        size_t length)
{
    for (size_t size; length > 0; text += size, length -= size) {
        size = segment_length(text, length);
        table->pending += size;
        if (csv_parse(parser, text, size, take_field, take_row, table) != size) {
            error_set(table->err, STATUS_INPUT, "a quote is out of place");
            return place(table, -1);
        }
        if (!has_failed(table) && table->pending > MAX_FIELD_BYTES) {
            error_set(table->err, STATUS_INPUT,
                      "has a field longer than 1 MiB: a quote may not be closed");
            return place(table, -1);
        }
        if (has_failed(table))
            return false;
        char last = text[size - 1];
        bool is_second = size == 1 && last == '\n' && table->last_byte == '\r';
        table->line += (last == '\n' && !is_second) || last == '\r';
        table->last_byte = last;
    }
    return true;
}

static bool check_block(struct trace_table *table, const char *text, size_t length)
{
    bool is_first = table->bytes == 0;
    const char *nul = memchr(text, '\0', length);
    if (is_first && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        error_set(table->err, STATUS_INPUT,
                  "starts with a byte order mark: save it as UTF-8 without one");
    else if (nul != NULL)
        error_set(table->err, STATUS_INPUT, "has a NUL byte: save it as plain text in UTF-8");
    else
        return true;
    for (const char *byte = text; nul != NULL && byte < nul; byte++)
        table->line += *byte == '\n';
    error_set_file(table->err, table->request->shown);
    table->err->line = table->line;
    return false;
}

static bool end_file(struct csv_parser *parser, struct trace_table *table)
{
    /* Not after an error: csv_fini would hand over the rest as if it were a row. */
    if (csv_fini(parser, take_field, take_row, table) != 0) {
        error_set(table->err, STATUS_INPUT, "a quote is not closed");
        return place(table, -1);
    }
    if (!has_failed(table) && table->row < 3) {
        error_set(table->err, STATUS_INPUT,
                  table->row == 1 ? "is empty: a header and one request on each line are due"
                                  : "has no rows below its header");
        error_set_file(table->err, table->request->shown);
    }
    write_kept(table);
    if (!has_failed(table) && fflush(table->rows) != 0)
        error_set(table->err, STATUS_IO, "cannot have its rows kept in a temporary file: %s",
                  strerror(errno));
    return !has_failed(table);
}

static bool parse_stream(struct input_stream *stream, struct csv_parser *parser,
                         struct trace_table *table, char *block)
{
    for (size_t count;;) {
        if (!input_stream_read(stream, block, BLOCK_BYTES, &count, table->err))
            return false;
        if (count == 0)
            return end_file(parser, table);
        if (!check_block(table, block, count) || !parse_block(parser, table, block, count))
            return false;
        sha256_update(&table->hash, count, (const uint8_t *)block);
        table->bytes += count;
    }
}

/* ---- the whole file -------------------------------------------------------------------------- */

static bool fetch_rows(const struct arrival_trace *trace, uint64_t row, size_t count,
                       int64_t *cells, struct error *err)
{
    size_t width = (1 + trace->value_count) * sizeof *cells, size = count * width, done = 0;
    while (done < size) {
        ssize_t got = pread(trace->descriptor, (char *)cells + done, size - done,
                            (off_t)(row * width + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            error_set(err, STATUS_IO, "its rows cannot be read back from the temporary file: %s",
                      got < 0 ? strerror(errno) : "they end too early");
            error_set_file(err, trace->file);
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

static void fill_results(struct trace_table *table, struct arrival_trace *trace,
                         struct trace_facts *facts)
{
    trace->rows = table->row - 2;
    trace->value_count = table->request->column_count - 1;
    trace->first_ns = table->first_ns;
    trace->last_ns = table->last_ns;
    trace->fetch = fetch_rows;
    trace->descriptor = dup(fileno(table->rows));
    for (size_t c = 0; c < table->request->column_count; c++)
        facts->means_s[c] = table->sums[c] / (double)trace->rows;
    facts->bytes = table->bytes;
    sha256_finish_hex(&table->hash, facts->sha256);
}

/* Parses the open stream, with room for rows. */
static bool read_table(struct input_stream *stream, struct trace_table *table, struct arena *arena)
{
    struct csv_parser parser;
    table->of_field = arena_array(arena, MAX_COLUMNS, sizeof *table->of_field);
    table->kept = arena_array(arena, KEPT_CELLS, sizeof *table->kept);
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return error_set(table->err, STATUS_IO, "cannot be read: out of memory");
    csv_set_blk_size(&parser, BLOCK_BYTES);
    sha256_init(&table->hash);
    bool ok = parse_stream(stream, &parser, table, arena_alloc(arena, BLOCK_BYTES));
    csv_free(&parser);
    return ok;
}

/* A file without a name in the folder; NULL with errno set. */
static FILE *open_nameless(const char *folder, struct arena *arena)
{
    int file = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) { /* not every file system knows such files */
        char *path = arena_printf(arena, "%s/capsim-XXXXXX", folder);
        file = mkostemp(path, O_CLOEXEC);
        if (file >= 0)
            (void)unlink(path);
    }
    return file < 0 ? NULL : fdopen(file, "w+");
}

/* Not tmpfile(): it knows only /tmp, where the sandbox may not let it write. */
static FILE *open_rows(struct arena *arena)
{
    const char *folder = getenv("TMPDIR");
    FILE *rows = folder && *folder ? open_nameless(folder, arena) : NULL;
    return rows ? rows : open_nameless("/tmp", arena);
}

bool trace_file_read(const struct trace_request *request, struct arena *arena,
                     struct arrival_trace *trace, struct trace_facts *facts, struct error *err)
{
    struct input_stream stream;
    struct trace_table table = {.request = request, .line = 1, .row = 1, .err = err};
    if (!input_stream_open(request->path, request->shown, &stream, err))
        return false;
    table.rows = open_rows(arena);
    bool ok = table.rows != NULL;
    if (ok)
        ok = read_table(&stream, &table, arena);
    else
        error_set(err, STATUS_IO, "cannot have its rows kept in a temporary file: %s",
                  strerror(errno));
    input_stream_close(&stream);
    if (ok) {
        fill_results(&table, trace, facts);
        trace->file = request->shown;
        if (trace->descriptor < 0)
            ok = error_set(err, STATUS_IO, "too many files are open");
    }
    if (table.rows != NULL)
        (void)fclose(table.rows);
    if (!ok && err->file[0] == '\0')
        error_set_file(err, request->shown);
    return ok;
}

void trace_file_close(int descriptor)
{
    close(descriptor);
}
