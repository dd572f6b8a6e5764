/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_prometheus.h - Prometheus: the text that a service exposes, before and after or scrape by
 * scrape, and the answer of query_range.
 *
 * Counters become differences (counters.h), whichever files the scrapes are in; histograms become
 * buckets, a summary its mean; gauges are averaged over the samples. A scrape has a time when its
 * samples have one, or when a comment "# scrape 1796088004.999" stands before it. `_max` of a
 * summary decays and is not read; of quantiles nothing can be made. Of several pools only the first
 * that is met is taken.
 *     curl -s http://localhost:8080/actuator/prometheus > before.prom
 *     curl -s
 * 'http://prometheus:9090/api/v1/query_range?query=db_client_connection_count&start=...' Sources:
 * Prometheus' exposition formats; its HTTP API, "Range queries". */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_PROMETHEUS_H
#define CAPSIM_INPUTS_TELEMETRY_READ_PROMETHEUS_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool prometheus_accepts(struct slice beginning, bool is_all);
bool prometheus_read(struct telemetry_reading *reading);
bool query_range_accepts(struct slice beginning, bool is_all);
bool query_range_read(struct telemetry_reading *reading);

#endif
