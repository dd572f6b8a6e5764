/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of cpus and databases: see station_kind.h. */
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/stations/station_kinds.h"

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)

static double cores_of(const struct scenario *spec, size_t cpu)
{
    return (double)spec->cpus[cpu].cores_milli;
}

static bool is_database(const struct scenario *spec, size_t cpu)
{
    return spec->cpus[cpu].is_database;
}

/* Slowdowns are tallied in 1e-9, as times are in ns: both are divided by 1e9. */
static const struct metric_row rows[] = {
    {.name = "utilization",
     .unit = "1",
     .shape = METRIC_LEVEL,
     .at = CPU_BUSY,
     .whole = cores_of,
     .shown = AVERAGE,
     .shown_inside = AVERAGE,
     .shown_worst = AVERAGE,
     .role = ROLE_USE,
     .meaning = "Busy cores over cores."},
    {.name = "queue",
     .unit = "",
     .shape = METRIC_LEVEL,
     .at = CPU_JOBS,
     .role = ROLE_CONNECTION,
     .meaning = "Jobs present: all that share the processors."},
    {.name = "slowdown",
     .unit = "",
     .shape = METRIC_TALLY,
     .at = CPU_SLOWDOWN,
     .shown = AVERAGE | COUNT(STATISTIC_P95),
     .meaning = "Time that work took over the time it would take alone on a core."},
    {.name = "connections",
     .unit = "",
     .shape = METRIC_LEVEL,
     .at = CPU_CONNECTIONS,
     .is_there = is_database,
     .shown = AVERAGE,
     .role = ROLE_DATABASE,
     .meaning = "Connections that the database has; of a database alone."},
    {.name = "connection_refused_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(CPU_REFUSED),
     .of = COUNT(CPU_ACCEPTED) | COUNT(CPU_REFUSED),
     .cluster = METRIC_NO_CLUSTER,
     .is_there = is_database,
     .shown = ONE,
     .role = ROLE_ERRORS,
     .meaning = "Share of connects refused beyond max_connections."},
};

const struct station_kind cpu_kind = {
    .formats = {"cpu", "database"},
    .place = STATION_SPECS(cpu_spec, cpus, cpu_count),
    .levels = CPU_LEVELS,
    .tallies = CPU_TALLIES,
    .counts = CPU_COUNTS,
    .has_capacity = true,
    .metrics = {"a cpu or database", rows, sizeof rows / sizeof rows[0]},
};
