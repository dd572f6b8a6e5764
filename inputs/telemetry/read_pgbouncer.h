/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_pgbouncer.h - PgBouncer: SHOW STATS, STATS_TOTALS, POOLS and CONFIG in csv, as psql's table
 * or expanded.
 *
 *     psql -h pooler -p 6432 pgbouncer --csv -c 'SHOW STATS'      before and after
 *     psql ... --csv -c 'SHOW POOLS'                              every few seconds
 * total_xact_time and total_query_time contain the wait (query_start is set before a server is
 * found), so hold = (total_xact_time - total_wait_time) / total_xact_count, of differences between
 * snapshots; of one snapshot, since the start. avg_* are of the last stats_period and not read.
 * The wait of clients that gave up is in none of them. Columns are found by name; sv_idle, sv_used
 * and sv_tested are all idle. Source: PgBouncer's usage.md; the order of events in its objects.c.
 */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_PGBOUNCER_H
#define CAPSIM_INPUTS_TELEMETRY_READ_PGBOUNCER_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool pgbouncer_accepts_stats(struct slice beginning, bool is_all);
bool pgbouncer_read_stats(struct telemetry_reading *reading);
bool pgbouncer_accepts_pools(struct slice beginning, bool is_all);
bool pgbouncer_read_pools(struct telemetry_reading *reading);
bool pgbouncer_accepts_config(struct slice beginning, bool is_all);
bool pgbouncer_read_config(struct telemetry_reading *reading);

#endif
