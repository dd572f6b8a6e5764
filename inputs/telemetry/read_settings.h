/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_settings.h - files that tell sizes: an application's .env and PostgreSQL's pg_settings as
 * csv.
 *
 * .env: names with POOL in them are those of the application's pool: MAX or SIZE, MIN,
 * IDLE_TIMEOUT, CONNECTION_TIMEOUT or ACQUIRE_TIMEOUT, MAX_LIFETIME, with _MS, _S, _SECONDS
 * (without: ms from 1000 on, seconds below, which is said). Everything else in it, such as a
 * password, is not kept. pg_settings: max_connections, superuser_reserved_connections,
 * log_min_duration_statement. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_SETTINGS_H
#define CAPSIM_INPUTS_TELEMETRY_READ_SETTINGS_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool env_accepts(struct slice beginning, bool is_all);
bool env_read(struct telemetry_reading *reading);
bool pgbouncer_ini_accepts(struct slice beginning, bool is_all);
bool pgbouncer_ini_read(struct telemetry_reading *reading);
bool haproxy_cfg_accepts(struct slice beginning, bool is_all);
bool haproxy_cfg_read(struct telemetry_reading *reading);
bool pg_settings_accepts(struct slice beginning, bool is_all);
bool pg_settings_read(struct telemetry_reading *reading);

#endif
