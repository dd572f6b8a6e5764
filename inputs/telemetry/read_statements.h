/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_statements.h - pg_stat_statements, one snapshot or several, as csv or psql's table.
 *
 *     psql --csv -c 'SELECT now() AS snapshot, * FROM pg_stat_statements'     before and after
 * Times in ms, named *_time up to PostgreSQL 12 and *_exec_time from 13 on. Two snapshots are
 * subtracted by (userid, dbid, queryid, toplevel); the spread of the difference comes from the sum
 * of squares, rebuilt out of calls, mean and standard deviation. Server time only: no commit, no
 * network, no time between statements. Rows with toplevel = f are inside of others and left out.
 * Source: PostgreSQL manual, F.32 pg_stat_statements. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_STATEMENTS_H
#define CAPSIM_INPUTS_TELEMETRY_READ_STATEMENTS_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool statements_accepts(struct slice beginning, bool is_all);
bool statements_read(struct telemetry_reading *reading);
/* Writes the first word of an SQL text in small letters, such as "select"; comments and brackets
 * before it are skipped, "other" when there is none. */
void statements_command(struct slice query, char *name, size_t size);

#endif
