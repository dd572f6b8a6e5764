/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_postgresql.h - PostgreSQL's server log: stderr or syslog by log_line_prefix, csvlog of 23 to
 * 26 columns, and three dialects of JSON (jsonlog of 15 and later, CloudNativePG, Cloud SQL).
 *
 * The spec of `postgresql` is log_line_prefix; without it the stamp is what the line begins with
 * and the process the first number in brackets. Lines that go on (a tab, or no severity) belong to
 * the line before. csvlog has no header: 23 columns from 9.0, backend_type from 13, leader_pid and
 * query_id from 14. A log may be newest first. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_POSTGRESQL_H
#define CAPSIM_INPUTS_TELEMETRY_READ_POSTGRESQL_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool postgresql_accepts(struct slice beginning, bool is_all);
bool postgresql_read(struct telemetry_reading *reading);
bool postgresql_accepts_csv(struct slice beginning, bool is_all);
bool postgresql_read_csv(struct telemetry_reading *reading);
bool postgresql_accepts_json(struct slice beginning, bool is_all);
bool postgresql_read_json(struct telemetry_reading *reading);

#endif
