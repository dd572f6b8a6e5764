/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prometheus_names.h - what the metrics of pools, servers and poolers are, by their names.
 *
 * HikariCP by Micrometer and by its older collectors, OpenTelemetry's db.client.connection.* and
 * http.server.*, pgbouncer_exporter, the process's own processor time. Everything else is skipped.
 * `usage` and `use_time` are the hold (borrow to return), `acquire` and `wait_time` the wait of
 * those who got a connection; who timed out is in timeouts alone. */
#ifndef CAPSIM_INPUTS_TELEMETRY_PROMETHEUS_NAMES_H
#define CAPSIM_INPUTS_TELEMETRY_PROMETHEUS_NAMES_H

#include "inputs/telemetry/observed.h"
#include "inputs/telemetry/slice.h"

enum prometheus_role {
    PROMETHEUS_TIMES,   /* a histogram or a summary: _bucket, _sum, _count   */
    PROMETHEUS_LEVEL,   /* a gauge                                           */
    PROMETHEUS_COUNT,   /* a counter of events                               */
    PROMETHEUS_SECONDS, /* a counter of processor seconds: cores used        */
    PROMETHEUS_SIZE     /* a gauge that is a setting: path in metric         */
};

struct prometheus_row {
    const char *name; /* without _bucket, _sum, _count, _total */
    enum prometheus_role role;
    enum observed_kind kind;
    const char *resource, *metric;
    double unit_s; /* of the values of TIMES, and of COUNT when it counts seconds; else 1 */
};

/* Which part of a histogram a sample is. */
enum prometheus_part { PROMETHEUS_PLAIN, PROMETHEUS_BUCKET, PROMETHEUS_SUM, PROMETHEUS_COUNTER };

/* The row of a metric and the part of it; NULL: of no use here. */
const struct prometheus_row *prometheus_find(struct slice name, enum prometheus_part *part);

/* The value of a label in `a="x",b="y"`, as written; an empty slice with at NULL: it is not there.
 */
struct slice prometheus_label(struct slice labels, const char *key);

#endif
