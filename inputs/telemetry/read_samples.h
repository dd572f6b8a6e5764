/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_samples.h - levels that were sampled: HikariCP's log, docker stats, pg_stat_activity.
 *
 * HikariCP (DEBUG): "Pool stats (total=, active=, idle=, waiting=)" of the housekeeper, each 30 s.
 * "Timeout failure stats" are taken when the pool is full: biased, so only counted; "clock leap"
 * says that the process itself stood still. Container statistics: time, name, cpu_perc (of one
 * core) and mem_mib. pg_stat_activity: one row a session and sample with its state, or counts by
 * state (usename, state, wait_event_type, count); the age of what is seen is not how long things
 * last (it is seen in proportion to its length), so only levels are read. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_SAMPLES_H
#define CAPSIM_INPUTS_TELEMETRY_READ_SAMPLES_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool hikari_accepts(struct slice beginning, bool is_all);
bool hikari_read(struct telemetry_reading *reading);
bool container_accepts(struct slice beginning, bool is_all);
bool container_read(struct telemetry_reading *reading);
bool activity_accepts(struct slice beginning, bool is_all);
bool activity_read(struct telemetry_reading *reading);

#endif
