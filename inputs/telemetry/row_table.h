/* SPDX-License-Identifier: GPL-3.0-or-later */
/* row_table.h - tables as psql, spreadsheets and load generators write them: rows of named columns.
 *
 * CSV (libcsv; quoted fields may have line breaks), any other separator of one byte, psql's aligned
 * form and its expanded one (-x) are told apart by the first line. A header that comes again, as a
 * loop around psql writes it, is no row. A first column without a name, in front of a header that
 * begins with a number, is `time`: what such a loop puts before each line. */
#ifndef CAPSIM_INPUTS_TELEMETRY_ROW_TABLE_H
#define CAPSIM_INPUTS_TELEMETRY_ROW_TABLE_H

#include "inputs/telemetry/telemetry.h"

enum { ROW_TABLE_COLUMNS = 128 };

struct row_table;

/* Starts a table in what is left of the reading's file. names NULL: its first line is the header;
 * else names[count] are those of a table without one. separator: ',' tells CSV, psql's aligned and
 * expanded form apart; others are taken as they are. NULL with the reading's error. */
struct row_table *row_table_open(struct telemetry_reading *reading, char separator,
                                 const char *const *names, size_t count);
/* The next row. False at the end and on an error. */
bool row_table_next(struct row_table *table);
/* How many headers there have been, so far: snapshots of a sampled table. */
uint32_t row_table_headers(const struct row_table *table);
/* The column of that name, or -1. Columns of an expanded table are known once a row is read. */
int row_table_find(const struct row_table *table, const char *name);
/* The columns' names. */
size_t row_table_names(const struct row_table *table, const char *const **names);
/* How many fields the row has. */
size_t row_table_width(const struct row_table *table);
/* A field of the row, until the next; empty for column -1 and for one that the row lacks. */
struct slice row_table_field(const struct row_table *table, int column);
/* A field as a number: false when it is empty or none. */
bool row_table_number(const struct row_table *table, int column, double *value);
void row_table_close(struct row_table *table);

/* True when the first line of a beginning, whatever its form, has a column of that name. */
bool row_table_has_column(struct slice beginning, const char *name);

#endif
