/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - named columns with units, and rows: what every writer and picture sees.
 *
 * A cell is a text or a number. Tables for machines hold numbers in base units (NaN: nothing); the
 * tables of a document (document.h) hold texts that are rounded and carry their units. Rows and
 * columns count from 0, in the order in which they were added. Everything lives in one arena. */
#ifndef CAPSIM_REPORTS_TEXT_TABLE_H
#define CAPSIM_REPORTS_TEXT_TABLE_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

/* What a text means to its reader, for colours and bold print. */
enum tone {
    TONE_PLAIN,
    TONE_GOOD,
    TONE_BAD,
    TONE_UNSURE,
    TONE_WARN /* to be acted on, such as an input without a source */
};

struct table_column {
    const char *name;
    const char *unit; /* of all its numbers, as in struct column; NULL: none, or one per cell */
    bool is_number;   /* of numbers, or texts of them: set flush right                        */
};

struct table_cell {
    const char *text; /* NULL: number counts */
    double number;
    enum tone tone;
    bool is_blank; /* to be filled in by hand */
};

struct table {
    struct table_column *columns;
    size_t column_count;
    struct table_cell *cells; /* [row_count * column_count], row by row */
    size_t row_count, row_capacity;
    struct arena *arena;
};

/* A table without rows. columns[count] is copied. */
struct table *table_make(const struct table_column *columns, size_t count, struct arena *arena);

/* Adds a row of empty texts and returns its cells, [column_count], to be filled in before the next
 * row is added. */
struct table_cell *table_add_row(struct table *table);

/* Cells to fill a row with. text NULL: empty. */
struct table_cell table_text(const char *text);
struct table_cell table_toned(const char *text, enum tone tone);
struct table_cell table_number(double number);
/* One that people fill in; struct document says how it looks. */
struct table_cell table_blank(void);

/* The cell of a row and a column that exist. */
const struct table_cell *table_cell_at(const struct table *table, size_t row, size_t column);

/* Removes each column in which every cell is an empty text. */
void table_drop_empty_columns(struct table *table);

#endif
