/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_traces.h - spans of distributed traces: OTLP/JSON (one document, or one a line) and Jaeger's
 * JSON (a trace, or the page's download {"data": [...]}).
 *
 * A span of kind server is a request: its duration is a response. A span of kind client to a
 * database (db.system) is what the caller waited for: a response of `database`. Spans named after
 * the pool (acquire, getConnection, pg.connect, pool.wait) are waits. A head sampler thins the
 * arrivals, a tail sampler keeps the slow: neither can be told from the file, so the rate is said
 * to be that of what was kept. OTLP: ns, as numbers or texts; Jaeger: us.
 * Sources: OpenTelemetry protocol, trace.proto and its JSON mapping; Jaeger's UI JSON. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_TRACES_H
#define CAPSIM_INPUTS_TELEMETRY_READ_TRACES_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool otlp_accepts(struct slice beginning, bool is_all);
bool otlp_read(struct telemetry_reading *reading);
bool jaeger_accepts(struct slice beginning, bool is_all);
bool jaeger_read(struct telemetry_reading *reading);

#endif
