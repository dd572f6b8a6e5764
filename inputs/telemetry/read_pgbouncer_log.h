/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_pgbouncer_log.h - PgBouncer's log: the line of statistics that it writes each stats_period
 * (60 s), the clients that timed out, the connections to servers.
 *
 * Four layouts of the statistics are known: "N req/s, ... query N us" (to 1.7), "xacts/s ... wait
 * time N us" (1.8), "... wait N us", and with client and server parses and binds (1.21). `xact` and
 * `query` contain the wait. `wait` changed its meaning in 1.23: us waited in a second, by all
 * together, then the mean of one assignment; a line with wait > xact proves the old one, and
 * without such a line the new one cannot be told from it. All figures are of all databases. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_PGBOUNCER_LOG_H
#define CAPSIM_INPUTS_TELEMETRY_READ_PGBOUNCER_LOG_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool pgbouncer_log_accepts(struct slice beginning, bool is_all);
bool pgbouncer_log_read(struct telemetry_reading *reading);

#endif
