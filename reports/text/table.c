/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/table.h"
#include <assert.h>
#include <math.h>
#include <string.h>

enum { FIRST_ROWS = 16 };

struct table *table_make(const struct table_column *columns, size_t count, struct arena *arena)
{
    struct table *table = arena_alloc(arena, sizeof *table);
    table->columns = arena_array(arena, count, sizeof *columns);
    if (count > 0)
        memcpy(table->columns, columns, count * sizeof *columns);
    table->column_count = count;
    table->arena = arena;
    return table;
}

static void grow(struct table *table)
{
    size_t capacity = table->row_capacity > 0 ? 2 * table->row_capacity : FIRST_ROWS;
    size_t row_size = table->column_count * sizeof *table->cells;
    struct table_cell *cells = arena_array(table->arena, capacity, row_size);
    if (table->row_count > 0)
        memcpy(cells, table->cells, table->row_count * row_size);
    table->cells = cells;
    table->row_capacity = capacity;
}

struct table_cell *table_add_row(struct table *table)
{
    if (table->row_count == table->row_capacity)
        grow(table);
    struct table_cell *row = table->cells + table->row_count * table->column_count;
    for (size_t i = 0; i < table->column_count; i++)
        row[i] = table_text("");
    table->row_count++;
    return row;
}

struct table_cell table_text(const char *text)
{
    return table_toned(text, TONE_PLAIN);
}

struct table_cell table_toned(const char *text, enum tone tone)
{
    return (struct table_cell){.text = text ? text : "", .number = NAN, .tone = tone};
}

struct table_cell table_number(double number)
{
    return (struct table_cell){.number = number};
}

struct table_cell table_blank(void)
{
    return (struct table_cell){.text = "", .is_blank = true};
}

const struct table_cell *table_cell_at(const struct table *table, size_t row, size_t column)
{
    assert(row < table->row_count && column < table->column_count);
    return &table->cells[row * table->column_count + column];
}

static bool is_empty_column(const struct table *table, size_t column)
{
    for (size_t row = 0; row < table->row_count; row++) {
        const struct table_cell *cell = table_cell_at(table, row, column);
        if (!cell->text || cell->text[0] != '\0')
            return false;
    }
    return true;
}

void table_drop_empty_columns(struct table *table)
{
    bool *is_kept = arena_array(table->arena, table->column_count, sizeof *is_kept);
    size_t kept = 0, cells = 0;
    for (size_t column = 0; column < table->column_count; column++)
        is_kept[column] = !is_empty_column(table, column);
    /* A cell moves towards the front only, so none is overwritten before it was moved. */
    for (size_t row = 0; row < table->row_count; row++)
        for (size_t column = 0; column < table->column_count; column++)
            if (is_kept[column])
                table->cells[cells++] = table->cells[row * table->column_count + column];
    for (size_t column = 0; column < table->column_count; column++)
        if (is_kept[column])
            table->columns[kept++] = table->columns[column];
    table->column_count = kept;
    table->row_capacity = table->row_count; /* the rows that were free are of the old width */
}
