/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metrics.h"
#include "models/metrics/metric_builder.h"
#include "models/metrics/metric_windows.h"
#include <string.h>

/* Short names for what nearly every line below does. */
static struct metric_source *add_column(struct builder *builder, enum metric_source_kind kind,
                                        const char *name, const char *unit)
{
    return metric_builder_add(builder, kind, name, unit);
}
static const char *join(struct builder *builder, const char *of, const char *metric)
{
    return arena_printf(builder->arena, "%s.%s", of, metric);
}

/* name, name.max and name.peak of a level. */
static void add_level(struct builder *builder, const char *name, const char *unit, int level,
                      double scale)
{
    const char *names[] = {name, join(builder, name, "max"), join(builder, name, "peak")};
    const enum metric_source_kind kinds[] = {SOURCE_LEVEL_MEAN, SOURCE_LEVEL_MAX,
                                             SOURCE_LEVEL_PEAK};
    for (int i = 0; i < 3; i++) {
        struct metric_source *source = add_column(builder, kinds[i], names[i], unit);
        source->at[0] = level;
        source->scale = scale;
        builder->metrics->columns[builder->metrics->column_count - 1].is_share =
            strcmp(unit, "1") == 0;
    }
}

/* The statistics of a tally; returns the column of its mean (its sd is the next). */
static int add_tally_stats_in(struct builder *builder, const char *name, const char *unit,
                              int tally)
{
    static const struct {
        const char *name;
        double q;
    } quantiles[] = {{"p50", 0.5},  {"p75", 0.75}, {"p90", 0.9},
                     {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
    int mean = (int)builder->metrics->column_count;
    add_column(builder, SOURCE_TALLY_MEAN, join(builder, name, "mean"), unit)->at[0] = tally;
    add_column(builder, SOURCE_TALLY_SD, join(builder, name, "sd"), unit)->at[0] = tally;
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        struct metric_source *source = add_column(builder, SOURCE_TALLY_QUANTILE,
                                                  join(builder, name, quantiles[i].name), unit);
        struct column *column = &builder->metrics->columns[builder->metrics->column_count - 1];
        source->at[0] = tally;
        source->quantile = column->quantile = quantiles[i].q;
        column->kind = COLUMN_QUANTILE;
        column->histogram = tally;
        column->has_largest = true;
        column->largest = mean + 2 + (int)(sizeof quantiles / sizeof *quantiles);
    }
    add_column(builder, SOURCE_TALLY_MAX, join(builder, name, "max"), unit)->at[0] = tally;
    return mean;
}

static int add_tally_stats(struct builder *builder, const char *name, int tally)
{
    return add_tally_stats_in(builder, name, "s", tally);
}

/* A share of requests; cluster is the column of a mean over the same requests, its sd next to it.
 */
static struct metric_source *add_share(struct builder *builder, enum metric_source_kind kind,
                                       const char *name, int cluster)
{
    struct metric_source *source = add_column(builder, kind, name, "1");
    struct column *column = &builder->metrics->columns[builder->metrics->column_count - 1];
    column->kind = COLUMN_RATE;
    column->cluster_mean = cluster;
    column->cluster_sd = cluster + 1;
    return source;
}

static void set_counts(struct metric_source *source, int at_0, int at_1, int over_0, int over_1,
                       int over_2)
{
    source->at[0] = at_0;
    source->at[1] = at_1;
    source->over[0] = over_0;
    source->over[1] = over_1;
    source->over[2] = over_2;
}

/* The columns of one station of pools. The largest share in use of a whole is that of its most used
 * part, so it is of `max`; the others are of `capacity`. */
static void add_station(struct builder *builder, const char *name, size_t station, double max,
                        double capacity)
{
    int busy = layout_pool_level(station, POOL_BUSY);
    int granted = layout_pool_count(station, POOL_GRANTED);
    int timed_out = layout_pool_count(station, POOL_TIMED_OUT);
    int refused = layout_pool_count(station, POOL_REFUSED);
    int waits = layout_pool_tally(station, POOL_WAIT);
    add_level(builder, join(builder, name, "utilization"), "1", busy, capacity);
    builder->metrics->sources[builder->metrics->column_count - 2].scale = max; /* .max */
    builder->metrics->sources[builder->metrics->column_count - 3].capacity =
        (int)layout_pool_capacity(station);
    int wait = add_tally_stats(builder, join(builder, name, "wait"), waits);
    add_share(builder, SOURCE_TALLY_NONZERO, join(builder, name, "wait.probability"), wait)->at[0] =
        waits;
    add_tally_stats(builder, join(builder, name, "queueing"),
                    layout_pool_tally(station, POOL_QUEUEING));
    add_level(builder, join(builder, name, "busy"), "", busy, 1);
    add_level(builder, join(builder, name, "open"), "", layout_pool_level(station, POOL_OPEN), 1);
    add_level(builder, join(builder, name, "queue"), "", layout_pool_level(station, POOL_QUEUE), 1);
    set_counts(add_share(builder, SOURCE_SHARE, join(builder, name, "timeout_rate"), wait),
               timed_out, NO_COUNT, granted, timed_out, refused);
    set_counts(add_share(builder, SOURCE_SHARE, join(builder, name, "refused_rate"), wait), refused,
               NO_COUNT, granted, timed_out, refused);
    add_column(builder, SOURCE_PER_SECOND, join(builder, name, "connect_rate"), "1/s")->at[0] =
        layout_pool_count(station, POOL_OPENED);
    add_tally_stats(builder, join(builder, name, "connect_time"),
                    layout_pool_tally(station, POOL_CONNECT));
}

/* The columns from `first` on are of copy 0: from now on of the worst copy, each metric's highest
 * value, whichever replica that is. The copies' levels, tallies and counts are so far apart. */
static void take_worst(struct builder *builder, size_t first, int64_t copies, int levels,
                       int tallies, int counts)
{
    struct metrics *metrics = builder->metrics;
    for (size_t c = first; c < metrics->column_count; c++) {
        struct metric_source *source = &metrics->sources[c];
        metrics->columns[c].kind = COLUMN_MEAN;
        metrics->columns[c].histogram = COLUMN_NONE;
        source->copies = (int)copies;
        source->stride = source->kind <= SOURCE_LEVEL_PEAK      ? levels
                         : source->kind <= SOURCE_TALLY_NONZERO ? tallies
                                                                : counts;
    }
}

/* The pool as a whole, and for a service's pool also its worst copy, "<name>.worst". */
static void add_pool(struct builder *builder, size_t p, const struct program *program)
{
    const struct pool_spec *pool = &builder->spec->pools[p];
    double max = (double)pool->max;
    add_station(builder, pool->name, builder->layout->station_of_pool[p], max,
                max * (double)pool->copies);
    if (pool->copies == 1)
        return;
    size_t first = builder->metrics->column_count;
    add_station(builder, join(builder, pool->name, "worst"), program->pool_base[p], max, max);
    take_worst(builder, first, pool->copies, POOL_LEVELS, POOL_TALLIES, POOL_COUNTS);
}

/* Of one copy, or of all `copies` together, whose largest level is that of the largest copy.
 * Slowdowns are tallied in 1e-9, as times are in ns: both are divided by 1e9. */
static void add_cpu_station(struct builder *builder, const char *name, size_t station,
                            const struct cpu_spec *cpu, int64_t copies)
{
    const struct statistics_layout *layout = builder->layout;
    size_t first = builder->metrics->column_count;
    add_level(builder, join(builder, name, "utilization"), "1",
              layout_cpu_level(layout, station, CPU_BUSY),
              (double)cpu->cores_milli * (double)copies);
    builder->metrics->sources[first].capacity = (int)layout_cpu_capacity(layout, station);
    builder->metrics->sources[first + 1].scale = (double)cpu->cores_milli; /* .max */
    add_level(builder, join(builder, name, "queue"), "",
              layout_cpu_level(layout, station, CPU_JOBS), 1);
    add_tally_stats_in(builder, join(builder, name, "slowdown"), "",
                       layout_cpu_tally(layout, station, CPU_SLOWDOWN));
    if (!cpu->is_database)
        return;
    int accepted = layout_cpu_count(layout, station, CPU_ACCEPTED);
    int refused = layout_cpu_count(layout, station, CPU_REFUSED);
    add_level(builder, join(builder, name, "connections"), "",
              layout_cpu_level(layout, station, CPU_CONNECTIONS), 1);
    set_counts(add_share(builder, SOURCE_SHARE, join(builder, name, "connection_refused_rate"),
                         COLUMN_NONE),
               refused, NO_COUNT, accepted, refused, NO_COUNT);
}

static void add_cpu(struct builder *builder, size_t c, const struct program *program)
{
    const struct cpu_spec *cpu = &builder->spec->cpus[c];
    add_cpu_station(builder, cpu->name, builder->layout->station_of_cpu[c], cpu, cpu->copies);
    if (cpu->copies == 1)
        return;
    size_t first = builder->metrics->column_count;
    add_cpu_station(builder, join(builder, cpu->name, "worst"), program->cpus.base[c], cpu, 1);
    take_worst(builder, first, cpu->copies, CPU_LEVELS, CPU_TALLIES, CPU_COUNTS);
}

static void mark_larger_is_better(struct builder *builder)
{
    builder->metrics->columns[builder->metrics->column_count - 1].larger_is_better = true;
}

/* The share of the finished requests that ended so, or so. */
static struct metric_source *add_outcome(struct builder *builder, int group, const char *metric,
                                         int cluster, int at_0, int at_1)
{
    const struct statistics_layout *layout = builder->layout;
    const char *name = join(builder, layout->groups_by_number[group].name, metric);
    struct metric_source *source = add_share(builder, SOURCE_SHARE, name, cluster);
    set_counts(source, at_0, at_1, layout_group_count(layout, group, GROUP_COMPLETED),
               layout_group_count(layout, group, GROUP_TIMED_OUT),
               layout_group_count(layout, group, GROUP_REFUSED));
    source->over[3] = layout_group_count(layout, group, GROUP_LIMITED);
    source->over[4] = layout_group_count(layout, group, GROUP_CANCELLED);
    return source;
}

static bool has_fetch(const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].kind == STEP_FETCH || has_fetch(steps[i].steps, steps[i].step_count))
            return true;
        for (size_t b = 0; b < steps[i].branch_count; b++)
            if (has_fetch(steps[i].branches[b].steps, steps[i].branches[b].step_count))
                return true;
    }
    return false;
}

/* What only some workloads have: attempts beyond the first, cancelled jobs, rows. The first and the
 * last are no shares of trials that succeed or fail, so they have no binomial bound. */
static void add_repetition(struct builder *builder, int group, int response)
{
    const struct statistics_layout *layout = builder->layout;
    const char *name = layout->groups_by_number[group].name;
    const struct workload_spec *workload =
        &builder->spec->workloads[layout->groups_by_number[group].workload];
    bool is_fetching = false;
    for (size_t c = 0; c < workload->class_count; c++)
        is_fetching |= has_fetch(workload->classes[c].steps, workload->classes[c].step_count);
    if (workload->retry.attempts > 1) {
        add_outcome(builder, group, "retry_rate", response,
                    layout_group_count(layout, group, GROUP_RETRIED), NO_COUNT);
        builder->metrics->columns[builder->metrics->column_count - 1].kind = COLUMN_MEAN;
    }
    if (workload->arrivals.process == ARRIVAL_CYCLE &&
        workload->arrivals.cycle.overrun == OVERRUN_REPLACE)
        add_outcome(builder, group, "cancelled_rate", response,
                    layout_group_count(layout, group, GROUP_CANCELLED), NO_COUNT);
    if (is_fetching) {
        add_column(builder, SOURCE_SHARE, join(builder, name, "sampling"), "1");
        struct metric_source *source =
            &builder->metrics->sources[builder->metrics->column_count - 1];
        source->at[0] = layout_group_count(layout, group, GROUP_ROWS_READ);
        source->over[0] = layout_group_count(layout, group, GROUP_ROWS_OFFERED);
        mark_larger_is_better(builder);
    }
}

static void add_limiter_station(struct builder *builder, const char *name, size_t station)
{
    const struct statistics_layout *layout = builder->layout;
    int passed = layout_limiter_count(layout, station, LIMITER_PASSED);
    int refused = layout_limiter_count(layout, station, LIMITER_REFUSED);
    int timed_out = layout_limiter_count(layout, station, LIMITER_TIMED_OUT);
    int wait = add_tally_stats(builder, join(builder, name, "wait"),
                               layout_limiter_tally(layout, station, LIMITER_WAIT));
    set_counts(add_share(builder, SOURCE_SHARE, join(builder, name, "refused_rate"), wait), refused,
               NO_COUNT, passed, refused, timed_out);
}

static void add_limiter(struct builder *builder, size_t l, const struct program *program)
{
    const struct limiter_spec *limiter = &builder->spec->limiters[l];
    add_limiter_station(builder, limiter->name, builder->layout->station_of_limiter[l]);
    if (limiter->copies == 1)
        return;
    size_t first = builder->metrics->column_count;
    add_limiter_station(builder, join(builder, limiter->name, "worst"), program->limiters.base[l]);
    take_worst(builder, first, limiter->copies, LIMITER_LEVELS, LIMITER_TALLIES, LIMITER_COUNTS);
}

static void add_buffer_station(struct builder *builder, const char *name, size_t station)
{
    const struct statistics_layout *layout = builder->layout;
    int put = layout_buffer_count(layout, station, BUFFER_PUT);
    int dropped = layout_buffer_count(layout, station, BUFFER_DROPPED);
    int timed_out = layout_buffer_count(layout, station, BUFFER_TIMED_OUT);
    add_level(builder, join(builder, name, "level"), "B",
              layout_buffer_level(layout, station, BUFFER_LEVEL), 1);
    int wait = add_tally_stats(builder, join(builder, name, "wait"),
                               layout_buffer_tally(layout, station, BUFFER_WAIT));
    set_counts(add_share(builder, SOURCE_SHARE, join(builder, name, "dropped_rate"), wait), dropped,
               NO_COUNT, put, dropped, timed_out);
}

static void add_buffer(struct builder *builder, size_t b, const struct program *program)
{
    const struct buffer_spec *buffer = &builder->spec->buffers[b];
    add_buffer_station(builder, buffer->name, builder->layout->station_of_buffer[b]);
    if (buffer->copies == 1)
        return;
    size_t first = builder->metrics->column_count;
    add_buffer_station(builder, join(builder, buffer->name, "worst"), program->buffers.base[b]);
    take_worst(builder, first, buffer->copies, BUFFER_LEVELS, BUFFER_TALLIES, BUFFER_COUNTS);
}

static void add_group(struct builder *builder, int group)
{
    const struct statistics_layout *layout = builder->layout;
    const char *name = layout->groups_by_number[group].name;
    int completed = layout_group_count(layout, group, GROUP_COMPLETED);
    int timed_out = layout_group_count(layout, group, GROUP_TIMED_OUT);
    int refused = layout_group_count(layout, group, GROUP_REFUSED);
    add_column(builder, SOURCE_PER_SECOND, join(builder, name, "arrival_rate"), "1/s")->at[0] =
        layout_group_count(layout, group, GROUP_ARRIVED);
    add_column(builder, SOURCE_PER_SECOND, join(builder, name, "throughput"), "1/s")->at[0] =
        completed;
    mark_larger_is_better(builder);
    add_level(builder, join(builder, name, "in_system"), "", layout_group_level(layout, group), 1);
    int response = add_tally_stats(builder, join(builder, name, "response"),
                                   layout_group_tally(layout, group, GROUP_RESPONSE));
    add_tally_stats(builder, join(builder, name, "response_failed"),
                    layout_group_tally(layout, group, GROUP_RESPONSE_FAILED));
    int limited = layout_group_count(layout, group, GROUP_LIMITED);
    int cancelled = layout_group_count(layout, group, GROUP_CANCELLED);
    add_outcome(builder, group, "error_rate", response, timed_out, refused)->at[2] = cancelled;
    add_outcome(builder, group, "timeout_rate", response, timed_out, NO_COUNT);
    add_outcome(builder, group, "refused_rate", response, refused, limited);
    add_outcome(builder, group, "success_rate", response, completed, NO_COUNT);
    mark_larger_is_better(builder);
    add_repetition(builder, group, response);
}

/* A share of the cycles: those of `at` of those of `at` and `others`. */
static void add_share_of_cycles(struct builder *builder, const char *name, int cluster, int at,
                                int others)
{
    set_counts(add_share(builder, SOURCE_SHARE, name, cluster), at, NO_COUNT, at, others, NO_COUNT);
}

/* Of a fleet; which metrics there are beside the contract's depends on the rule. */
static void add_cycle(struct builder *builder, size_t w)
{
    const struct statistics_layout *layout = builder->layout;
    const struct cycle_spec *spec = &builder->spec->workloads[w].arrivals.cycle;
    int cycle = layout->cycle_of_workload[w];
    int lengths = layout_cycle_tally(layout, cycle, CYCLE_LENGTH);
    int counts = layout_cycle_count(layout, cycle, 0);
    const char *name = join(builder, builder->spec->workloads[w].name, "cycle");
    int mean = add_tally_stats(builder, name, lengths);
    struct metric_source *duty =
        add_column(builder, SOURCE_TALLY_MEAN, join(builder, name, "duty"), "1");
    duty->at[0] = lengths;
    duty->scale = (double)spec->every_ns / 1e9;
    add_share_of_cycles(builder, join(builder, name, "overrun_rate"), mean, counts + CYCLE_OVERRUN,
                        counts + CYCLE_IN_TIME);
    if (spec->overrun == OVERRUN_SKIP || spec->overrun == OVERRUN_COALESCE)
        add_share_of_cycles(builder, join(builder, name, "missed_rate"), mean,
                            counts + CYCLE_MISSED, counts + CYCLE_BEGUN);
    if (spec->overrun == OVERRUN_QUEUE)
        add_level(builder, join(builder, name, "backlog"), "",
                  layout_cycle_level(layout, cycle, CYCLE_BACKLOG), 1);
}

static void add_workload(struct builder *builder, size_t w, const struct program *program)
{
    const struct statistics_layout *layout = builder->layout;
    int group = layout->group_of_workload[w];
    add_group(builder, group);
    for (size_t s = 0; s < program->step_count[w]; s++) {
        const char *name =
            arena_printf(builder->arena, "%s.step.%s", builder->spec->workloads[w].name,
                         program->step_names[w][s]);
        add_tally_stats(builder, name, layout_step_tally(layout, layout->step_base[w] + (int)s));
    }
    if (layout->cycle_of_workload[w] >= 0)
        add_cycle(builder, w);
    for (int part = 0; part < layout->groups_by_number[group].parts; part++)
        add_group(builder, group + 1 + part);
}

static void add_memory(struct builder *builder)
{
    static const char *const names[MEMORY_LEVELS] = {[MEMORY_ALL] = "memory",
                                                     [MEMORY_BASE] = "memory.base",
                                                     [MEMORY_CONNECTIONS] = "memory.connections",
                                                     [MEMORY_THREADS] = "memory.threads",
                                                     [MEMORY_BUFFERS] = "memory.buffers",
                                                     [MEMORY_REQUESTS] = "memory.requests"};
    for (int part = 0; part < MEMORY_LEVELS; part++)
        add_level(builder, names[part], "B", builder->layout->memory_level + part, 1);
}

bool metrics_make(const struct scenario *spec, const struct statistics_layout *layout,
                  const struct program *program, const char *const *check_names, size_t check_count,
                  struct arena *arena, struct metrics *metrics, struct error *err)
{
    *metrics = (struct metrics){0};
    struct builder builder = {.spec = spec, .layout = layout, .arena = arena, .metrics = metrics};
    metric_windows_begin(&builder);
    for (size_t p = 0; p < spec->pool_count; p++)
        add_pool(&builder, p, program);
    for (size_t l = 0; l < spec->limiter_count; l++)
        add_limiter(&builder, l, program);
    for (size_t b = 0; b < spec->buffer_count; b++)
        add_buffer(&builder, b, program);
    for (size_t c = 0; c < spec->cpu_count; c++)
        add_cpu(&builder, c, program);
    for (size_t w = 0; w < spec->workload_count; w++)
        add_workload(&builder, w, program);
    if (layout->memory_level >= 0)
        add_memory(&builder);
    metrics->metric_count = metrics->column_count;
    if (!metric_windows_add_criteria(&builder, err))
        return false;
    metrics->check_base = metrics->column_count;
    for (size_t i = 0; i < check_count; i++)
        add_column(&builder, SOURCE_CHECK, check_names[i], "");
    if (!metric_windows_add_series(&builder, err))
        return false;
    return true;
}

int metrics_find(const struct metrics *metrics, const char *name)
{
    for (size_t c = 0; c < metrics->metric_count; c++)
        if (strcmp(metrics->columns[c].name, name) == 0)
            return (int)c;
    return COLUMN_NONE;
}
