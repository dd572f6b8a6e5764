/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/replication.h"
#include "models/engine/model_internal.h"
#include "models/engine/rollout.h"
#include "models/engine/self_check.h"
#include "models/engine/windows.h"
#include "models/metrics/metric_limits.h"
#include "models/metrics/metric_value.h"
#include "models/stations/arrivals.h"
#include "models/stations/cpu.h"
#include "models/stations/cycle.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"
#include <math.h>
#include <string.h>

/* ---- creation ---------------------------------------------------------------------------- */

static size_t round_up_8(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

/* Where the parts of a request's record are. */
static void lay_out_requests(struct replication_state *system, const struct program *program)
{
    size_t at = sizeof(struct request) + (size_t)program->max_slots * sizeof(int64_t);
    system->held_offset = round_up_8(at);
    system->rounds_offset = system->held_offset + (size_t)program->max_held * sizeof(struct held);
    system->marks_offset = system->rounds_offset + (size_t)program->max_loops * sizeof(int64_t);
    system->visits_offset = system->marks_offset + (size_t)program->max_marks * sizeof(int64_t);
    system->job_offset = system->visits_offset + (size_t)program->max_visits * sizeof(struct visit);
    size_t size = system->job_offset;
    for (size_t w = 0; w < system->model->spec->workload_count; w++)
        if (system->model->layout.cycle_of_workload[w] >= 0)
            size = system->job_offset + sizeof(struct cycle_job);
    system->laps_offset = size = round_up_8(size);
    if (program->breakdown) /* the last mark, and the parts */
        size += (1 + program->max_parts) * sizeof(int64_t);
    system->lines_each = (uint32_t)((size + REQUEST_LINE - 1) / REQUEST_LINE);
}

static void init_class(struct replication_state *system, size_t w, size_t number)
{
    const struct model *model = system->model;
    const struct statistics_layout *layout = &model->layout;
    const struct class_program *program = &model->program->classes[number];
    int group = layout->group_of_class[number], whole = layout->group_of_workload[w];
    struct statistics *statistics = &system->statistics;
    struct class_state *class = &system->classes[number];
    const struct workload_spec *workload = &model->spec->workloads[w];
    size_t slots = (size_t)program->slot_count;
    *class = (struct class_state){
        .program = program,
        .fresh = {.operation = &model->program->operations[program->first_operation],
                  .class = class,
                  .phase = PHASE_READY,
                  .level = model->levels[number]},
        .slot_count = program->slot_count,
        .blocks = arena_array(system->arena, slots, sizeof *class->blocks),
        .slot_draws = arena_array(system->arena, slots, sizeof *class->slot_draws),
        .response = &statistics->tallies[layout_group_tally(layout, group, GROUP_RESPONSE)],
        .response_failed =
            &statistics->tallies[layout_group_tally(layout, group, GROUP_RESPONSE_FAILED)],
        .in_system = &statistics->levels[layout_group_level(layout, group)],
        .in_system_whole =
            group == whole ? NULL : &statistics->levels[layout_group_level(layout, whole)],
        .counts = &statistics->counts[layout_group_count(layout, group, 0)],
        .steps = &statistics->tallies[layout_step_tally(layout, layout->step_base[w])],
        .has_deadline = workload->deadline_ns > 0,
        .has_more_levels = group != whole || model->spec->memory.is_given};
    if (workload->retry.attempts > 1) {
        class->retry = &workload->retry;
        class->backoff_stream = stream_id(
            arena_printf(system->arena, "%s.backoff", layout->groups_by_number[group].name));
    }
    for (int d = 0; d < program->draw_count; d++)
        if (program->draws[d].slot >= 0 && program->draws[d].slot < program->slot_count)
            class->slot_draws[program->draws[d].slot] = &program->draws[d];
}

static void init_memory(struct replication_state *system)
{
    const struct scenario *spec = system->model->spec;
    if (!spec->memory.is_given)
        return;
    system->memory = &system->statistics.levels[system->model->layout.memory_level];
    system->memory_per_request = (int64_t)spec->memory.per_request;
    replication_change_memory(system, MEMORY_BASE, (int64_t)spec->memory.base);
    for (size_t p = 0; p < spec->pool_count; p++)
        if (spec->pools[p].kind == POOL_THREADS)
            replication_change_memory(system, MEMORY_THREADS,
                                      spec->pools[p].copies * spec->pools[p].max *
                                          (int64_t)spec->pools[p].memory_per_unit);
}

static void init_services(struct replication_state *system)
{
    const struct scenario *spec = system->model->spec;
    system->services = arena_array(system->arena, spec->service_count, sizeof *system->services);
    for (size_t s = 0; s < spec->service_count; s++)
        system->services[s] = (struct service_state){
            .spec = &spec->services[s],
            .present =
                arena_array(system->arena, (size_t)spec->services[s].replicas, sizeof(uint32_t))};
}

/* Gives every alarm to what it wakes. */
static void init_stations(struct replication_state *system)
{
    const struct model *model = system->model;
    size_t pools = model->program->copies[STATION_POOL].count;
    struct pool_alarms *slots = arena_array(system->arena, pools, sizeof *slots);
    for (size_t i = 0; i < pools; i++)
        slots[i] = (struct pool_alarms){NO_ALARM, NO_ALARM, NO_ALARM};
    for (uint32_t a = 0; a < model->alarm_count; a++) {
        struct alarm_target target = model->alarms[a];
        if (target.kind == ALARM_TIMERS)
            system->timer_alarm = a;
        else if (target.kind == ALARM_QUEUE_TIMEOUT)
            slots[target.number].timeout = a;
        else if (target.kind == ALARM_IDLE)
            slots[target.number].idle = a;
        else if (target.kind == ALARM_AGE)
            slots[target.number].age = a;
        else if (target.kind == ALARM_CPU)
            cpu_init(system, target.number, a);
    }
    for (uint32_t p = 0; p < pools; p++)
        pool_init(system, p, slots[p]);
    for (uint32_t a = 0; a < model->alarm_count; a++)
        if (model->alarms[a].kind == ALARM_OPENER &&
            pool_needs_opener_alarm(system->pools[model->alarms[a].number].spec))
            pool_start_opener(system, &system->pools[model->alarms[a].number], a);
    for (uint32_t a = 0; a < model->alarm_count; a++)
        if (model->alarms[a].kind == ALARM_ARRIVAL)
            arrivals_init(system, model->alarms[a].number, a);
        else if (model->alarms[a].kind == ALARM_LIMITER)
            limiter_init(system, model->alarms[a].number, a);
        else if (model->alarms[a].kind == ALARM_CYCLE)
            cycle_init(system, model->alarms[a].number, a);
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        for (uint32_t c = 0; c < model->program->copies[kind].count && station_kinds[kind]->init;
             c++)
            station_kinds[kind]->init(system, c);
}

struct replication_state *replication_create(const struct model *model, uint32_t replication,
                                             struct arena *arena, struct error *err)
{
    const struct scenario *spec = model->spec;
    const struct program *program = model->program;
    struct replication_state *system = arena_alloc(arena, sizeof *system);
    *system = (struct replication_state){.model = model,
                                         .operations = program->operations,
                                         .arena = arena,
                                         .err = err,
                                         .key = {spec->run.seed, replication},
                                         .ready_first = NO_REQUEST,
                                         .free_first = NO_REQUEST,
                                         .timer_alarm = NO_ALARM,
                                         .until_look = REPLICATION_LOOK,
                                         .source_count = (uint32_t)spec->workload_count,
                                         .timers_each = model->timers_each};
    system->statistics = statistics_make(&model->layout, arena);
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        system->stations[kind] =
            arena_array(arena, program->copies[kind].count, station_kinds[kind]->state_size);
    system->pools = system->stations[STATION_POOL];
    system->limiters = system->stations[STATION_LIMITER];
    system->buffers = system->stations[STATION_BUFFER];
    system->cpus = system->stations[STATION_CPU];
    init_services(system);
    system->sources = arena_array(arena, spec->workload_count, sizeof *system->sources);
    system->classes = arena_array(arena, program->class_count, sizeof *system->classes);
    lay_out_requests(system, program);
    calendar_init(&system->events, 0, arena);
    if (system->timers_each > 0)
        events_init(&system->timers, 0, arena);
    alarms_init(&system->alarms, (uint32_t)model->alarm_count, arena);
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++)
            init_class(system, w, program->class_base[w] + c);
    init_memory(system);
    init_stations(system);
    if (model->to)
        rollout_init(system);
    return system;
}

/* ---- observation ------------------------------------------------------------------------- */

/* A pool without records leaves out what follows from its waits: all of a wait is queueing, and
 * connecting takes none. */
static void derive_pool(struct pool *pool)
{
    struct tally *queueing = pool->queueing;
    const struct tally *wait = pool->wait;
    queueing->count = wait->count;
    queueing->sum = wait->sum;
    queueing->sum_squares = wait->sum_squares;
    queueing->largest = wait->largest;
    if (wait->buckets == histogram_empty)
        return;
    tally_begin(queueing);
    memcpy(queueing->buckets, wait->buckets, HISTOGRAM_BUCKETS * sizeof *wait->buckets);
    for (uint32_t i = 0; i < queueing->limit_count; i++)
        queueing->beyond[i] = 0;
    tally_add_beyond(queueing, wait);
    tally_begin(pool->connect_time);
    pool->connect_time->count = pool->wait->count;
    pool->connect_time->buckets[0] = (uint32_t)pool->wait->count;
}

void replication_bring_up_to_date(struct replication_state *system)
{
    const struct model *model = system->model;
    for (size_t p = 0; p < model->program->copies[STATION_POOL].count; p++) {
        struct pool *pool = &system->pools[p];
        pool->counts[POOL_GRANTED] = pool->wait->count;
        if (!pool->has_records || pool->is_shrinking)
            derive_pool(pool);
    }
    for (size_t c = 0; c < model->program->class_count; c++)
        system->classes[c].counts[GROUP_COMPLETED] =
            system->classes[c].response->count - system->classes[c].counts[GROUP_UNFINISHED];
    statistics_add_up(&model->layout, &system->statistics);
}

void replication_restart_observation(struct replication_state *system)
{
    const struct program *program = system->model->program;
    metric_limits_attach(&system->model->metrics, &system->model->layout, &system->statistics,
                         system->arena);
    statistics_restart(&system->model->layout, &system->statistics, system->now);
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        for (uint32_t c = 0; c < program->copies[kind].count; c++)
            station_kinds[kind]->restart(system, c);
}

void replication_observe_metrics(const struct windows *windows, const struct snapshot *start)
{
    const struct replication_state *system = windows->system;
    const struct metrics *metrics = &system->model->metrics;
    for (size_t c = 0; c < metrics->metric_count; c++)
        windows->observation->value[c] =
            metric_value(&metrics->sources[c], start, &system->statistics, system->now,
                         windows->peaks, windows->scratch, &windows->observation->weight[c]);
    for (size_t c = metrics->beyond_base; c < metrics->column_count; c++)
        windows->observation->value[c] =
            metric_value(&metrics->sources[c], start, &system->statistics, system->now,
                         windows->peaks, windows->scratch, &windows->observation->weight[c]);
    for (int t = 0; t < system->model->layout.tally_count; t++)
        windows->observation->counts[t] = system->statistics.tallies[t].buckets;
}

/* Whether a metric is of what begins in the measured time, to its end. */
static bool is_of_followed(enum metric_source_kind kind)
{
    return kind == SOURCE_TALLY_MEAN || kind == SOURCE_TALLY_SD || kind == SOURCE_TALLY_QUANTILE ||
           kind == SOURCE_TALLY_BEYOND || kind == SOURCE_TALLY_NONZERO || kind == SOURCE_SHARE ||
           kind == SOURCE_TALLY_MAX;
}

/* Waits, responses and shares once more, of all that began in the measured time. */
static void observe_followed(const struct windows *windows, const struct snapshot *start)
{
    const struct replication_state *system = windows->system;
    const struct metrics *metrics = &system->model->metrics;
    struct observation *observation = windows->observation;
    for (size_t c = 0; c < metrics->column_count; c++)
        if (is_of_followed(metrics->sources[c].kind))
            observation->value[c] =
                metric_value(&metrics->sources[c], start, &system->statistics, system->now, NULL,
                             windows->scratch, &observation->weight[c]);
    /* What was observed for the first time in the drain has its buckets only now. */
    for (int t = 0; t < system->model->layout.tally_count; t++)
        observation->counts[t] = system->statistics.tallies[t].buckets;
}

/* Runs the measured time, which ends early with the last load test, and takes snapshots at the ends
 * of its first three quarters. Returns its length [ns], 0 with err filled when the replication
 * cannot go on. */
static int64_t run_measured(struct windows *windows, struct snapshot quarters[SELF_CHECK_SNAPSHOTS],
                            struct error *err)
{
    struct replication_state *system = windows->system;
    const struct model *model = system->model;
    int64_t start = model->warmup_ns, duration = model->spec->run.duration_ns;
    bool is_whole = true;
    for (int q = 0; q < SELF_CHECK_SNAPSHOTS; q++) {
        int64_t end = q == 1 ? duration / 2 : duration / 4 * (q + 1);
        is_whole = is_whole && windows_run(windows, start + end);
        if (!is_whole && !system->is_over)
            return 0;
        replication_bring_up_to_date(system);
        snapshot_take(&model->layout, &system->statistics, system->now, &quarters[q]);
    }
    if (is_whole && !windows_run(windows, start + duration) && !system->is_over)
        return 0;
    if (system->now == start)
        error_set(err, STATUS_MODEL, "the load test takes no time: there is nothing to measure");
    return system->now - start;
}

/* How long what began in the measured time is followed at most [ns]: as long again as was measured,
 * or ten times as long as the longest class takes on average when nobody waits. */
static int64_t longest_drain(const struct scenario *spec, int64_t length)
{
    double longest_s = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++) {
            const struct class_spec *class = &spec->workloads[w].classes[c];
            longest_s =
                fmax(longest_s, program_expected_length(spec, class->steps, class->step_count));
        }
    int64_t several = distribution_to_ns(fmin(10 * longest_s, 0x1p60 / 1e9));
    return several > length ? several : length;
}

/* Waits, responses and shares of all that began in the measured time. */
static bool follow_to_the_end(struct windows *windows, const struct snapshot *start, int64_t length)
{
    follow_take_back(windows->system);
    if (!follow_drain(windows->system, longest_drain(windows->system->model->spec, length)))
        return false;
    replication_bring_up_to_date(windows->system);
    observe_followed(windows, start);
    return true;
}

static bool replicate(const struct model *model, uint32_t replication, bool is_followed,
                      struct arena *arena, struct observation *observation, struct error *err)
{
    struct replication_state *system = replication_create(model, replication, arena, err);
    if (err->status != STATUS_OK)
        return false;
    if (!replication_run_until(system, model->warmup_ns))
        return system->is_over && error_set(err, STATUS_MODEL,
                                            "the load test ends before the warm-up does: there is "
                                            "nothing to measure");
    replication_restart_observation(system);
    follow_begin(system);
    struct presence start = presence_make(model, arena), end = presence_make(model, arena);
    struct snapshot zero = snapshot_make(&model->layout, NULL, arena);
    struct snapshot quarters[SELF_CHECK_SNAPSHOTS];
    for (int q = 0; q < SELF_CHECK_SNAPSHOTS; q++)
        quarters[q] = snapshot_make(&model->layout, NULL, arena);
    presence_take(system, &start);
    snapshot_take(&model->layout, &system->statistics, system->now, &zero);
    struct windows windows = windows_start(system, observation);
    int64_t length = run_measured(&windows, quarters, err);
    if (length == 0)
        return false;
    replication_bring_up_to_date(system);
    windows_finish(&windows, length);
    presence_take(system, &end);
    replication_observe_metrics(&windows, &zero);
    self_check_observe(system, &start, &end, quarters, length, observation);
    observation->event_hash = system->event_hash;
    return !is_followed || follow_to_the_end(&windows, &zero, length);
}

bool model_replicate(const void *model, uint32_t replication, struct arena *arena,
                     struct observation *observation, struct error *err)
{
    return replicate(model, replication, true, arena, observation, err);
}

bool model_replicate_by_end(const void *model, uint32_t replication, struct arena *arena,
                            struct observation *observation, struct error *err)
{
    return replicate(model, replication, false, arena, observation, err);
}

/* ---- the pilot's series ------------------------------------------------------------------ */

size_t model_series_count(const struct model *model)
{
    return 2 * model->spec->workload_count;
}

/* What a workload's series are made of, up to a time. */
struct series_sums {
    wide_int integral, response;
    uint64_t count;
};

/* A mix is the sum of its classes; its number in system is observed as it is. */
static struct series_sums sums_of(const struct replication_state *system, size_t workload)
{
    const struct statistics_layout *layout = &system->model->layout;
    int group = layout->group_of_workload[workload];
    int parts = layout->groups_by_number[group].parts, first = group + (parts > 0);
    const struct time_average *level =
        &system->statistics.levels[layout_group_level(layout, group)];
    struct series_sums sums = {.integral = time_average_integral(level, system->now)};
    for (int g = first; g < first + (parts > 0 ? parts : 1); g++) {
        const struct tally *tally =
            &system->statistics.tallies[layout_group_tally(layout, g, GROUP_RESPONSE)];
        sums.count += tally->count;
        sums.response += tally->sum;
    }
    return sums;
}

/* Number in system and mean response of each workload in a bin of length_ns, before which there was
 * `before`: only what they need is looked at, since bins are many. */
static void note_bin(const struct replication_state *system, struct series_sums *before,
                     int64_t length_ns, size_t bin, size_t bins, double *series)
{
    for (size_t w = 0; w < system->model->spec->workload_count; w++) {
        struct series_sums now = sums_of(system, w);
        uint64_t count = now.count - before[w].count;
        series[2 * w * bins + bin] =
            (double)(now.integral - before[w].integral) / (double)length_ns;
        series[(2 * w + 1) * bins + bin] =
            count ? (double)(now.response - before[w].response) / (double)count / 1e9 : NAN;
        before[w] = now;
    }
}

bool model_series(const struct model *model, uint32_t replication, int64_t length, size_t bins,
                  double *series, struct arena *arena, struct error *err)
{
    struct replication_state *system = replication_create(model, replication, arena, err);
    if (err->status != STATUS_OK)
        return false;
    struct series_sums *before = arena_array(arena, model->spec->workload_count, sizeof *before);
    int64_t start = 0;
    for (size_t w = 0; w < model->spec->workload_count; w++)
        before[w] = sums_of(system, w);
    for (size_t bin = 0; bin < bins; bin++) {
        int64_t end = (int64_t)((wide_int)length * (wide_int)(bin + 1) / (wide_int)bins);
        if (!replication_run_until(system, end))
            return false;
        note_bin(system, before, end - start, bin, bins, series);
        start = end;
    }
    return true;
}
