/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/self_check.h"
#include "models/engine/model_internal.h"
#include "models/stations/arrivals.h"
#include "models/stations/cpu.h"
#include "models/stations/cycle.h"
#include <assert.h>
#include <math.h>
#include <string.h>

struct presence presence_make(const struct model *model, struct arena *arena)
{
    size_t workloads = model->spec->workload_count;
    struct presence presence = {.present = arena_array(arena, workloads, sizeof(int64_t)),
                                .age = arena_array(arena, workloads, sizeof(wide_int)),
                                .backlog = arena_array(arena, workloads, sizeof(int64_t)),
                                .running = arena_array(arena, workloads, sizeof(int64_t)),
                                .unreleased = arena_array(arena, workloads, sizeof(int64_t))};
    for (size_t kind = 0; kind < STATION_KINDS; kind++) {
        size_t copies = model->program->copies[kind].count;
        presence.waited[kind] = arena_array(arena, copies, sizeof(wide_int));
        presence.held[kind] = arena_array(arena, copies, sizeof(wide_int));
    }
    presence.received =
        arena_array(arena, model->program->copies[STATION_CPU].count, sizeof(wide_int));
    return presence;
}

static size_t workload_of(const struct replication_state *system, const struct request *request)
{
    const struct program *program = system->model->program;
    size_t w = system->model->spec->workload_count - 1;
    while (program->class_base[w] > (size_t)(request->state.class - system->classes))
        w--;
    return w;
}

/* Who is on which replica is kept as requests come and go; here it is counted afresh. */
static void assert_replicas_are_right(const struct replication_state *system)
{
    const struct scenario *spec = system->model->spec;
    int64_t kept = 0, counted = 0;
    for (size_t s = 0; s < spec->service_count; s++)
        for (int64_t r = 0; r < spec->services[s].replicas; r++)
            kept += system->services[s].present[r];
    for (uint32_t id = 0; id < system->lines; id += system->lines_each) {
        const struct request *request = replication_request(system, id);
        counted += request->state.phase == PHASE_FREE ? 0 : request->state.visit_count;
    }
    assert(kept == counted);
    (void)kept;
    (void)counted;
}

static void take_cycles(const struct replication_state *system, struct presence *presence)
{
    for (size_t w = 0; w < system->model->spec->workload_count; w++) {
        const struct cycle *cycle = system->sources[w].cycle;
        if (!cycle)
            continue;
        presence->backlog[w] = cycle->backlog;
        presence->running[w] = cycle->running;
        presence->unreleased[w] = cycle->unreleased;
    }
}

static void forget_presence(const struct model *model, struct presence *presence)
{
    size_t workloads = model->spec->workload_count;
    memset(presence->present, 0, workloads * sizeof *presence->present);
    memset(presence->age, 0, workloads * sizeof *presence->age);
    for (size_t kind = 0; kind < STATION_KINDS; kind++) {
        size_t copies = model->program->copies[kind].count;
        memset(presence->waited[kind], 0, copies * sizeof *presence->waited[kind]);
        memset(presence->held[kind], 0, copies * sizeof *presence->held[kind]);
    }
    memset(presence->received, 0,
           model->program->copies[STATION_CPU].count * sizeof *presence->received);
}

/* The kind that the request waits for or works on; STATION_KINDS for none. */
static enum station_number kind_waited_for(const struct request *request)
{
    switch ((enum request_phase)request->state.phase) {
    case PHASE_WAITING:
        return STATION_POOL;
    case PHASE_QUEUED:
        return request->state.operation->verb->kind;
    case PHASE_WORKING:
        return STATION_CPU;
    default:
        return STATION_KINDS;
    }
}

static void take_request(const struct replication_state *system, struct request *request,
                         struct presence *presence)
{
    size_t w = workload_of(system, request);
    enum station_number kind = kind_waited_for(request);
    presence->present[w]++;
    presence->age[w] += system->now - request->arrived;
    if (kind != STATION_KINDS) {
        uint32_t copy = replication_copy_asked(system, request);
        presence->waited[kind][copy] += system->now - request->since;
        if (kind == STATION_CPU)
            presence->received[copy] +=
                (wide_int)cpu_received(system, &system->cpus[copy], request);
    }
    const struct held *held = replication_held(system, request);
    for (int h = 0; h < request->state.held_count; h++) {
        uint32_t copy = held[h].pool;
        enum station_number of = replication_kind_held(system, &copy);
        presence->held[of][copy] += system->now - held[h].since;
    }
}

void presence_take(const struct replication_state *system, struct presence *presence)
{
    assert_replicas_are_right(system);
    forget_presence(system->model, presence);
    take_cycles(system, presence);
    for (uint32_t id = 0; id < system->lines; id += system->lines_each) {
        struct request *request = replication_request(system, id);
        if (request->state.phase != PHASE_FREE && request->state.phase != PHASE_THINKING)
            take_request(system, request, presence);
    }
}

/* Puts the two sides of a law into neighbouring columns. */
void self_check_put(struct observation *observation, size_t column, double left, double right)
{
    observation->value[column] = left;
    observation->value[column + 1] = right;
    observation->weight[column] = observation->weight[column + 1] = 1;
}

static double level_mean(const struct replication_state *system, int level,
                         const struct snapshot *from, const struct snapshot *to, int64_t length)
{
    wide_int now = to ? to->integrals[level]
                      : time_average_integral(&system->statistics.levels[level], system->now);
    return (double)(now - (from ? from->integrals[level] : 0)) / (double)length;
}

wide_int self_check_integral(const struct replication_state *system, enum station_number kind,
                             size_t i, int n)
{
    const struct statistics_layout *layout = &system->model->layout;
    int level = layout_station_level(layout, kind, layout->kinds[kind].reported[i], n);
    return time_average_integral(&system->statistics.levels[level], system->now);
}

/* What requests went through is summed modulo 2^64; of the integral's neighbours it is the one
 * meant. */
static double sum_near(wide_int integral, uint64_t sum)
{
    return (double)(integral + (int64_t)(sum - (uint64_t)integral));
}

void self_check_put_level(const struct replication_state *system, enum station_number kind,
                          size_t i, int n, uint64_t sum, int64_t length,
                          struct observation *observation, size_t column)
{
    wide_int integral = self_check_integral(system, kind, i, n);
    self_check_put(observation, column, (double)integral / (double)length,
                   sum_near(integral, sum) / (double)length);
}

static void check_workload(const struct replication_state *system, size_t w,
                           const struct presence *start, const struct presence *end,
                           const struct snapshot *half, int64_t length,
                           struct observation *observation, size_t base)
{
    const struct statistics_layout *layout = &system->model->layout;
    int group = layout->group_of_workload[w], level = layout_group_level(layout, group);
    const struct tally *tallies = &system->statistics.tallies[layout_group_tally(layout, group, 0)];
    const uint64_t *counts = &system->statistics.counts[layout_group_count(layout, group, 0)];
    wide_int responses = tallies[GROUP_RESPONSE].sum + tallies[GROUP_RESPONSE_FAILED].sum +
                         end->age[w] - start->age[w];
    int64_t left =
        (int64_t)(counts[GROUP_COMPLETED] + counts[GROUP_TIMED_OUT] + counts[GROUP_REFUSED] +
                  counts[GROUP_LIMITED] + counts[GROUP_CANCELLED]);
    self_check_put(observation, base + CHECK_PRESENT, level_mean(system, level, NULL, NULL, length),
                   (double)responses / (double)length);
    self_check_put(observation, base + CHECK_ARRIVED, (double)counts[GROUP_ARRIVED],
                   (double)(left + end->present[w] - start->present[w]));
    self_check_put(observation, base + CHECK_EARLIER,
                   level_mean(system, level, NULL, half, length / 2),
                   level_mean(system, level, half, NULL, length - length / 2));
}

/* Cycles due are begun, missed or waiting; those begun have ended or run; their jobs are released.
 */
static void check_cycle(const struct replication_state *system, size_t w,
                        const struct presence *start, const struct presence *end,
                        struct observation *observation, size_t base)
{
    const struct cycle *cycle = system->sources[w].cycle;
    const uint64_t *counts = cycle->counts;
    const struct statistics_layout *layout = &system->model->layout;
    int arrived = layout_group_count(layout, layout->group_of_workload[w], GROUP_ARRIVED);
    self_check_put(observation, base + CHECK_DUE, (double)counts[CYCLE_DUE],
                   (double)(counts[CYCLE_BEGUN] + counts[CYCLE_MISSED]) +
                       (double)(end->backlog[w] - start->backlog[w]));
    self_check_put(observation, base + CHECK_BEGUN, (double)counts[CYCLE_BEGUN],
                   (double)counts[CYCLE_ENDED] + (double)(end->running[w] - start->running[w]));
    self_check_put(observation, base + CHECK_RELEASED, (double)system->statistics.counts[arrived],
                   (double)counts[CYCLE_BEGUN] * (double)cycle->spec->jobs -
                       (double)(end->unreleased[w] - start->unreleased[w]));
}

/* Returns the column behind those of the kind. */
static size_t check_kind(const struct replication_state *system, enum station_number kind,
                         const struct presence *start, const struct presence *end, int64_t length,
                         struct observation *observation, size_t column)
{
    for (size_t i = 0; i < station_count(system->model->spec, kind); i++) {
        station_kinds[kind]->check(system, i, start, end, length, observation, column);
        column += 2 * (size_t)station_kinds[kind]->laws;
    }
    return column;
}

static uint64_t left_of(const uint64_t *counts)
{
    return counts[GROUP_COMPLETED] + counts[GROUP_TIMED_OUT] + counts[GROUP_REFUSED] +
           counts[GROUP_LIMITED] + counts[GROUP_CANCELLED];
}

/* What growth.h looks at: a class's averages over the quarters, and how it ends. */
static void check_class(const struct replication_state *system, size_t class,
                        const struct snapshot *quarters, int64_t length,
                        struct observation *observation, size_t base)
{
    const struct statistics_layout *layout = &system->model->layout;
    int group = layout->group_of_class[class], level = layout_group_level(layout, group);
    int first = layout_group_count(layout, group, 0);
    const uint64_t *last = &quarters[2].counts[first];
    const uint64_t *now = &system->statistics.counts[first];
    double quarter = (double)length / (SELF_CHECK_SNAPSHOTS + 1);
    double *values = &observation->value[base];
    wide_int integral_before = 0;
    uint64_t left_before = 0;
    for (int q = 0; q <= SELF_CHECK_SNAPSHOTS; q++) {
        wide_int integral =
            q < SELF_CHECK_SNAPSHOTS
                ? quarters[q].integrals[level]
                : time_average_integral(&system->statistics.levels[level], system->now);
        uint64_t left = left_of(q < SELF_CHECK_SNAPSHOTS ? &quarters[q].counts[first] : now);
        values[CHECK_LEVELS + q] = (double)(integral - integral_before) / quarter;
        values[CHECK_LEFT + q] = (double)(left - left_before);
        integral_before = integral;
        left_before = left;
    }
    values[CHECK_LATE_ARRIVALS] = (double)(now[GROUP_ARRIVED] - last[GROUP_ARRIVED]);
    values[CHECK_AT_END] = (double)system->statistics.levels[level].level;
}

void self_check_observe(const struct replication_state *system, const struct presence *start,
                        const struct presence *end, const struct snapshot *quarters, int64_t length,
                        struct observation *observation)
{
    const struct scenario *spec = system->model->spec;
    size_t base = system->model->metrics.check_base;
    base = check_kind(system, STATION_POOL, start, end, length, observation, base);
    for (size_t w = 0; w < spec->workload_count; w++, base += WORKLOAD_CHECKS)
        check_workload(system, w, start, end, &quarters[1], length, observation, base);
    for (size_t kind = STATION_POOL + 1; kind < STATION_KINDS; kind++)
        base = check_kind(system, (enum station_number)kind, start, end, length, observation, base);
    for (size_t w = 0; w < spec->workload_count; w++)
        if (system->sources[w].cycle) {
            check_cycle(system, w, start, end, observation, base);
            base += CYCLE_CHECKS;
        }
    for (size_t c = 0; c < system->model->program->class_count; c++, base += CLASS_CHECKS)
        check_class(system, c, quarters, length, observation, base);
}

/* A list being made. */
struct names {
    const char **list;
    size_t count;
    struct arena *arena;
};

static void name_columns(struct names *names, const char *of, const char *const *columns,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        names->list[names->count++] = arena_printf(names->arena, "check %s %s", of, columns[i]);
}

static void name_kind(struct names *names, const struct scenario *spec, enum station_number kind)
{
    const struct station_kind *row = station_kinds[kind];
    for (size_t i = 0; i < station_count(spec, kind); i++)
        name_columns(names, station_name(spec, kind, i), row->column_names, 2 * (size_t)row->laws);
}

const char *const *self_check_names(const struct scenario *spec, struct arena *arena, size_t *count)
{
    static const char *const of_workload[] = {"present", "present law", "arrived",
                                              "flow",    "earlier",     "later"};
    static const char *const of_cycle[] = {"due",        "due flow", "begun",
                                           "begun flow", "released", "released flow"};
    static const char *const of_class[] = {"level 1", "level 2", "level 3", "level 4", "left 1",
                                           "left 2",  "left 3",  "left 4",  "arrived", "at end"};
    size_t classes = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        classes += spec->workloads[w].class_count;
    size_t most = spec->workload_count * (WORKLOAD_CHECKS + CYCLE_CHECKS) + classes * CLASS_CHECKS;
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        most +=
            station_count(spec, (enum station_number)kind) * 2 * (size_t)station_kinds[kind]->laws;
    struct names names = {.list = arena_array(arena, most, sizeof(char *)), .arena = arena};
    name_kind(&names, spec, STATION_POOL);
    for (size_t w = 0; w < spec->workload_count; w++)
        name_columns(&names, spec->workloads[w].name, of_workload, WORKLOAD_CHECKS);
    for (size_t kind = STATION_POOL + 1; kind < STATION_KINDS; kind++)
        name_kind(&names, spec, (enum station_number)kind);
    for (size_t w = 0; w < spec->workload_count; w++)
        if (spec->workloads[w].arrivals.process == ARRIVAL_CYCLE)
            name_columns(&names, spec->workloads[w].name, of_cycle, CYCLE_CHECKS);
    for (size_t c = 0; c < classes; c++)
        name_columns(&names, arena_printf(arena, "class %zu", c), of_class, CLASS_CHECKS);
    *count = names.count;
    return names.list;
}
