/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_json_log.h - request logs with one JSON object a line, by the names of its fields.
 *
 * Known without a word: duration_ms, durationMs, responseTime, response_time_ms, latency_ms,
 * elapsed_ms, duration_us, duration_s, latency_ns (of the application: its end is stamped by time,
 * timestamp, ts or @timestamp); request_time, upstream_response_time and msec (nginx, s);
 * Duration and OriginDuration (Traefik, ns) with StartUTC. Others by --as json:ROLE=FIELD[UNIT],...
 * with the roles response, time (or start), route, method, status, upstream and the units ns, us,
 * ms, s, as in `json:response=took[ms],time=at,route=handler`. Lines without a response are other
 * messages, and counted.
 * A log of the application itself contains the wait for its own pool. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_JSON_LOG_H
#define CAPSIM_INPUTS_TELEMETRY_READ_JSON_LOG_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool json_log_accepts(struct slice beginning, bool is_all);
bool json_log_read(struct telemetry_reading *reading);

#endif
