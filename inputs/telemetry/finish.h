/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finish.h - counters of several snapshots as figures, once all files are read. */
#ifndef CAPSIM_INPUTS_TELEMETRY_FINISH_H
#define CAPSIM_INPUTS_TELEMETRY_FINISH_H

#include "inputs/telemetry/telemetry.h"

/* The series of Prometheus (read_prometheus.h). */
void finish_prometheus(struct telemetry *telemetry);
/* PgBouncer's totals (read_pgbouncer.h). */
void finish_pooler(struct telemetry *telemetry);
/* The rows of pg_stat_statements (read_statements.h). */
void finish_statements(struct telemetry *telemetry);

#endif
