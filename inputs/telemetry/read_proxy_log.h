/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_proxy_log.h - access logs of Envoy and of Traefik as they write them unless told otherwise.
 *
 * Envoy: START_TIME is the arrival; DURATION [ms] a response; x-envoy-upstream-service-time [ms]
 * begins when the request is sent upstream and contains what queues there, so it is the response of
 * `server`; flags UO (overflow), UT (time-out), UH, UF are failures, retries are one line. Istio
 * writes three fields more before the bytes. Traefik: common log format with a count, router,
 * server and the response in ms behind it; the stamp is the start, in whole seconds. Quotes in real
 * files are not balanced: fields are taken from the end. Sources: Envoy's and Istio's and Traefik's
 * documentation of access logs. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_PROXY_LOG_H
#define CAPSIM_INPUTS_TELEMETRY_READ_PROXY_LOG_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool envoy_accepts(struct slice beginning, bool is_all);
bool envoy_read(struct telemetry_reading *reading);
bool traefik_accepts(struct slice beginning, bool is_all);
bool traefik_read(struct telemetry_reading *reading);

#endif
