/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_load_tables.h - tables with one row for each request: JMeter, k6, hey, ab -g, and any table
 * of one's own with named columns and kinds.
 *
 * JMeter (csv): timeStamp is the start [ms, or a date], elapsed [ms] the response, Connect is
 * inside of Latency; rows of transaction controllers count their samples again and are left out. k6
 * (csv): one row for each metric, http_req_duration [ms] is the response and its stamp the end, in
 * whole seconds unless K6_CSV_TIME_FORMAT says otherwise. hey: seconds from the start of the run.
 * ab -g: ctime connect, ttime everything [ms], stamps in whole seconds, sorted by ttime.
 * All of them are responses; closed loops (JMeter, hey, ab, k6 with looping VUs) leave out the
 * requests that would have come while they waited.
 *
 * csv takes `csv:time=COLUMN,class=COLUMN` and --label resource.metric=kind for each column that
 * counts: the unit is at the end of the column's name (_ns, _us, _ms, _s). */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_LOAD_TABLES_H
#define CAPSIM_INPUTS_TELEMETRY_READ_LOAD_TABLES_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool jmeter_accepts(struct slice beginning, bool is_all);
bool jmeter_read(struct telemetry_reading *reading);
bool k6_accepts_csv(struct slice beginning, bool is_all);
bool k6_read_csv(struct telemetry_reading *reading);
bool hey_accepts(struct slice beginning, bool is_all);
bool hey_read(struct telemetry_reading *reading);
bool ab_accepts_gnuplot(struct slice beginning, bool is_all);
bool ab_read_gnuplot(struct telemetry_reading *reading);
/* Never told by its beginning. */
bool csv_read(struct telemetry_reading *reading);

/* A table of load levels: how many clients that do not think, and what they got done a second. */
bool load_levels_accepts(struct slice beginning, bool is_all);
bool load_levels_read(struct telemetry_reading *reading);

#endif
