/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_load_summaries.h - what load generators sum up: pgbench's report and its --aggregate log,
 * ab's report and its -e table, Locust's statistics, the percentiles of wrk2 and HdrHistogram
 * (.hgrm).
 *
 * Moments and percentiles, no single values. pgbench's latency contains the lag behind the schedule
 * (-R). Locust rounds percentiles to two digits. ab and Locust are closed loops. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_LOAD_SUMMARIES_H
#define CAPSIM_INPUTS_TELEMETRY_READ_LOAD_SUMMARIES_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool pgbench_accepts_summary(struct slice beginning, bool is_all);
bool pgbench_read_summary(struct telemetry_reading *reading);
bool pgbench_accepts_aggregate(struct slice beginning, bool is_all);
bool pgbench_read_aggregate(struct telemetry_reading *reading);
bool ab_accepts_report(struct slice beginning, bool is_all);
bool ab_read_report(struct telemetry_reading *reading);
bool ab_accepts_percentiles(struct slice beginning, bool is_all);
bool ab_read_percentiles(struct telemetry_reading *reading);
bool locust_accepts(struct slice beginning, bool is_all);
bool locust_read(struct telemetry_reading *reading);
bool hgrm_accepts(struct slice beginning, bool is_all);
bool hgrm_read(struct telemetry_reading *reading);

#endif
