/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_load_lines.h - logs of load generators and balancers with one line for each request.
 *
 * pgbench -l: client, number, latency [us], script, end (s and us), and with -R the lag behind the
 * schedule, which is inside of the latency. k6 json: points of http_req_duration [ms]. vegeta
 * encode -to json: latency [ns] from timestamp, the start; code 0: no answer. AWS ALB: three times
 * [s], -1 when the target never answered; `time` is the end, request_creation_time the arrival.
 * Gatling's simulation.log up to 3.11, as text: start and end [ms]. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_LOAD_LINES_H
#define CAPSIM_INPUTS_TELEMETRY_READ_LOAD_LINES_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool pgbench_accepts_log(struct slice beginning, bool is_all);
bool pgbench_read_log(struct telemetry_reading *reading);
bool k6_accepts_json(struct slice beginning, bool is_all);
bool k6_read_json(struct telemetry_reading *reading);
bool vegeta_accepts(struct slice beginning, bool is_all);
bool vegeta_read(struct telemetry_reading *reading);
bool alb_accepts(struct slice beginning, bool is_all);
bool alb_read(struct telemetry_reading *reading);
bool gatling_accepts(struct slice beginning, bool is_all);
bool gatling_read(struct telemetry_reading *reading);

#endif
