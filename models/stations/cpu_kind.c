/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of cpus and databases: see station_kind.h. */
#include "models/engine/model_internal.h"
#include "models/engine/replica.h"
#include "models/engine/self_check.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/stations/cpu.h"
#include "models/stations/station_checks.h"
#include "models/stations/station_kinds.h"
#include <math.h>

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
     .is_queue = true,
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

/* ---- self-checks ----------------------------------------------------------------------------- */

static const char *const law_names[] = {"Little's law (jobs)", "conservation of work"};
static const char *const column_names[] = {"jobs", "jobs law", "work", "work law"};

/* Work is conserved: what the cores gave, the jobs received. Without contention that is the time
 * that cores were busy. */
static void check(const struct replication_state *system, size_t i, const struct presence *start,
                  const struct presence *end, int64_t length, struct observation *observation,
                  size_t column)
{
    uint32_t first = system->model->program->copies[STATION_CPU].base[i];
    wide_int busy = self_check_integral(system, STATION_CPU, i, CPU_BUSY);
    wide_uint received = 0, given = 0;
    uint64_t present = 0;
    for (uint32_t c = first; c < first + system->model->spec->cpus[i].copies; c++) {
        struct cpu *cpu = &system->cpus[c];
        cpu_update(system, cpu);
        present += cpu->time_present + self_check_waited(STATION_CPU, c, start, end);
        received +=
            cpu->work_received + (wide_uint)end->received[c] - (wide_uint)start->received[c];
        given += cpu->work_given;
    }
    double gave =
        system->cpus[first].has_contention ? ldexp((double)given, -62) : (double)busy / CPU_MILLI;
    self_check_put_level(system, STATION_CPU, i, CPU_JOBS, present, length, observation, column);
    self_check_put(observation, column + 2, gave / (double)length,
                   ldexp((double)received, -62) / (double)length);
}

/* ---- a replication --------------------------------------------------------------------------- */

static int64_t capacity(const void *spec)
{
    return ((const struct cpu_spec *)spec)->cores_milli;
}

static void restart(struct replication_state *system, uint32_t copy)
{
    struct cpu *cpu = &system->cpus[copy];
    cpu_update(system, cpu);
    cpu->time_present = 0;
    cpu->work_received = cpu->work_given = 0;
}

static void stop(struct replica_change *change, size_t i, uint32_t copy)
{
    replica_change_capacity(change, STATION_CPU, i, copy,
                            -change->system->cpus[copy].spec->cores_milli);
}

static void start(struct replica_change *change, size_t i, uint32_t copy)
{
    const struct cpu_spec *spec = &change->values->cpus[i];
    cpu_reload(change->system, &change->system->cpus[copy], spec);
    replica_change_capacity(change, STATION_CPU, i, copy, spec->cores_milli);
}

static void reload(struct replica_change *change, size_t i, uint32_t copy)
{
    stop(change, i, copy);
    start(change, i, copy);
}

static const char *find_broken(const struct replication_state *system, uint32_t copy, uint32_t *id)
{
    return cpu_check(system, &system->cpus[copy], id);
}

static struct station_use count_use(const struct replication_state *system, uint32_t copy)
{
    const struct cpu *cpu = &system->cpus[copy];
    return (struct station_use){.waiting = cpu->jobs->level, .held = 0};
}

/* ---- studies --------------------------------------------------------------------------------- */

static const char *const series[] = {"connections", NULL};
static const char *const followed[] = {"utilization", "connections.max", "connection_refused_rate",
                                       NULL};

static double amount_of(const void *spec)
{
    return (double)capacity(spec) / 1e3;
}

static bool change_by(void *spec, int64_t by)
{
    const int64_t core = 1000; /* thousandths */
    struct cpu_spec *cpu = spec;
    cpu->cores_milli += by * core;
    return cpu->cores_milli > 0;
}

static const char *thing_of(const void *spec)
{
    (void)spec;
    return "core";
}

const struct station_kind cpu_kind = {
    .formats = {"cpu", "database"},
    .place = STATION_SPECS(cpu_spec, cpus, cpu_count),
    .levels = CPU_LEVELS,
    .tallies = CPU_TALLIES,
    .counts = CPU_COUNTS,
    .metrics = {"a cpu or database", rows, sizeof rows / sizeof rows[0]},
    .capacity = capacity,
    .laws = 2,
    .law_names = law_names,
    .column_names = column_names,
    .check = check,
    .state_size = sizeof(struct cpu),
    .restart = restart,
    .stop = stop,
    .start = start,
    .reload = reload,
    .find_broken = find_broken,
    .count_use = count_use,
    .rollout = {.in_place = {"cores", "contention", "max_connections", "reserved"},
                .in_place_text = "cores, contention, max_connections and reserved",
                .series = series,
                .followed = followed,
                .is_always_followed = true},
    .amount = {.rank = 1,
               .word = "cores",
               .awaited = "its cores",
               .unit = "",
               .of = amount_of,
               .change = change_by,
               .thing = thing_of,
               .full = "utilization"},
};
