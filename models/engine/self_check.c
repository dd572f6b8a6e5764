/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/self_check.h"
#include "models/engine/model_internal.h"
#include "models/stations/arrivals.h"
#include "models/stations/buffer.h"
#include "models/stations/cpu.h"
#include "models/stations/cycle.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"
#include <assert.h>
#include <math.h>
#include <string.h>

struct presence presence_make(const struct model *model, struct arena *arena)
{
    size_t workloads = model->spec->workload_count,
           pools = model->program->copies[STATION_POOL].count;
    size_t cpus = model->program->copies[STATION_CPU].count;
    return (struct presence){
        .present = arena_array(arena, workloads, sizeof(int64_t)),
        .age = arena_array(arena, workloads, sizeof(wide_int)),
        .queue_age = arena_array(arena, pools, sizeof(wide_int)),
        .held_age = arena_array(arena, pools, sizeof(wide_int)),
        .work_age = arena_array(arena, cpus, sizeof(wide_int)),
        .received = arena_array(arena, cpus, sizeof(wide_int)),
        .passing_age =
            arena_array(arena, model->program->copies[STATION_LIMITER].count, sizeof(wide_int)),
        .putting_age =
            arena_array(arena, model->program->copies[STATION_BUFFER].count, sizeof(wide_int)),
        .backlog = arena_array(arena, workloads, sizeof(int64_t)),
        .running = arena_array(arena, workloads, sizeof(int64_t)),
        .unreleased = arena_array(arena, workloads, sizeof(int64_t))};
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

void presence_take(const struct replication_state *system, struct presence *presence)
{
    const struct scenario *spec = system->model->spec;
    const struct program *program = system->model->program;
    size_t copies = program->copies[STATION_POOL].count;
    assert_replicas_are_right(system);
    take_cycles(system, presence);
    memset(presence->present, 0, spec->workload_count * sizeof *presence->present);
    memset(presence->age, 0, spec->workload_count * sizeof *presence->age);
    memset(presence->queue_age, 0, copies * sizeof *presence->queue_age);
    memset(presence->held_age, 0, copies * sizeof *presence->held_age);
    memset(presence->passing_age, 0,
           program->copies[STATION_LIMITER].count * sizeof *presence->passing_age);
    memset(presence->putting_age, 0,
           program->copies[STATION_BUFFER].count * sizeof *presence->putting_age);
    memset(presence->work_age, 0, program->copies[STATION_CPU].count * sizeof *presence->work_age);
    memset(presence->received, 0, program->copies[STATION_CPU].count * sizeof *presence->received);
    for (uint32_t id = 0; id < system->lines; id += system->lines_each) {
        struct request *request = replication_request(system, id);
        if (request->state.phase == PHASE_FREE || request->state.phase == PHASE_THINKING)
            continue;
        size_t w = workload_of(system, request);
        presence->present[w]++;
        presence->age[w] += system->now - request->arrived;
        if (request->state.phase == PHASE_WAITING)
            presence->queue_age[replication_copy_asked(system, request)] +=
                system->now - request->since;
        else if (request->state.phase == PHASE_PASSING)
            presence->passing_age[replication_copy_asked(system, request)] +=
                system->now - request->since;
        else if (request->state.phase == PHASE_PUTTING)
            presence->putting_age[replication_copy_asked(system, request)] +=
                system->now - request->since;
        if (request->state.phase == PHASE_WORKING) {
            uint32_t cpu = replication_copy_asked(system, request);
            presence->work_age[cpu] += system->now - request->since;
            presence->received[cpu] += (wide_int)cpu_received(system, &system->cpus[cpu], request);
        }
        const struct held *held = replication_held(system, request);
        for (int h = 0; h < request->state.held_count; h++)
            presence->held_age[held[h].pool] += system->now - held[h].since;
    }
}

/* Puts the two sides of a law into neighbouring columns. */
static void put(struct observation *observation, size_t column, double left, double right)
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

/* The integral of a level over the measured time [level * ns]. */
static wide_int integral_of(const struct replication_state *system, int level)
{
    return time_average_integral(&system->statistics.levels[level], system->now);
}

/* What requests went through is summed modulo 2^64; of the integral's neighbours it is the one
 * meant. */
static double sum_near(wide_int integral, uint64_t sum)
{
    return (double)(integral + (int64_t)(sum - (uint64_t)integral));
}

/* All copies of pool p together. */
static void check_pool(const struct replication_state *system, size_t p,
                       const struct presence *start, const struct presence *end, int64_t length,
                       struct observation *observation, size_t base)
{
    const struct model *model = system->model;
    uint32_t first = model->program->copies[STATION_POOL].base[p];
    uint32_t copies = (uint32_t)model->spec->pools[p].copies;
    size_t station = model->layout.kinds[STATION_POOL].reported[p];
    wide_int queue = integral_of(
        system, layout_station_level(&model->layout, STATION_POOL, station, POOL_QUEUE));
    wide_int busy =
        integral_of(system, layout_station_level(&model->layout, STATION_POOL, station, POOL_BUSY));
    uint64_t queued = 0, held = 0;
    for (uint32_t c = first; c < first + copies; c++) {
        queued += system->pools[c].queue_time + (uint64_t)(end->queue_age[c] - start->queue_age[c]);
        held += system->pools[c].held_time + (uint64_t)(end->held_age[c] - start->held_age[c]);
    }
    put(observation, base + CHECK_QUEUE, (double)queue / (double)length,
        sum_near(queue, queued) / (double)length);
    put(observation, base + CHECK_BUSY, (double)busy / (double)length,
        sum_near(busy, held) / (double)length);
}

/* Work is conserved: what the cores gave, the jobs received. Without contention that is the time
 * that cores were busy. All copies of cpu c together. */
static void check_cpu(const struct replication_state *system, size_t c,
                      const struct presence *start, const struct presence *end, int64_t length,
                      struct observation *observation, size_t base)
{
    const struct statistics_layout *layout = &system->model->layout;
    size_t station = layout->kinds[STATION_CPU].reported[c];
    uint32_t first = system->model->program->copies[STATION_CPU].base[c];
    wide_int jobs =
        integral_of(system, layout_station_level(layout, STATION_CPU, station, CPU_JOBS));
    wide_int busy =
        integral_of(system, layout_station_level(layout, STATION_CPU, station, CPU_BUSY));
    wide_uint received = 0, given = 0;
    uint64_t present = 0;
    for (uint32_t i = first; i < first + system->model->spec->cpus[c].copies; i++) {
        struct cpu *cpu = &system->cpus[i];
        cpu_update(system, cpu);
        present += cpu->time_present + (uint64_t)(end->work_age[i] - start->work_age[i]);
        received +=
            cpu->work_received + (wide_uint)end->received[i] - (wide_uint)start->received[i];
        given += cpu->work_given;
    }
    double gave =
        system->cpus[first].has_contention ? ldexp((double)given, -62) : (double)busy / CPU_MILLI;
    put(observation, base + CHECK_JOBS, (double)jobs / (double)length,
        sum_near(jobs, present) / (double)length);
    put(observation, base + CHECK_WORK, gave / (double)length,
        ldexp((double)received, -62) / (double)length);
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
    put(observation, base + CHECK_PRESENT, level_mean(system, level, NULL, NULL, length),
        (double)responses / (double)length);
    put(observation, base + CHECK_ARRIVED, (double)counts[GROUP_ARRIVED],
        (double)(left + end->present[w] - start->present[w]));
    put(observation, base + CHECK_EARLIER, level_mean(system, level, NULL, half, length / 2),
        level_mean(system, level, half, NULL, length - length / 2));
}

static void check_limiter(const struct replication_state *system, size_t l,
                          const struct presence *start, const struct presence *end, int64_t length,
                          struct observation *observation, size_t base)
{
    const struct statistics_layout *layout = &system->model->layout;
    uint32_t first = system->model->program->copies[STATION_LIMITER].base[l];
    wide_int queue = integral_of(
        system, layout_station_level(layout, STATION_LIMITER,
                                     layout->kinds[STATION_LIMITER].reported[l], LIMITER_QUEUE));
    uint64_t waited = 0;
    double passed = 0, allowed = 0;
    for (uint32_t i = first; i < first + system->model->spec->limiters[l].copies; i++) {
        const struct limiter *limiter = &system->limiters[i];
        double its_passed = (double)limiter->counts[LIMITER_PASSED];
        waited += limiter->queue_time + (uint64_t)(end->passing_age[i] - start->passing_age[i]);
        passed += its_passed;
        allowed += fmin(its_passed, limiter_most_passed(limiter, length));
    }
    put(observation, base + CHECK_LIMITED, (double)queue / (double)length,
        sum_near(queue, waited) / (double)length);
    put(observation, base + CHECK_PASSED, passed, allowed);
}

static void check_buffer(const struct replication_state *system, size_t b,
                         const struct presence *start, const struct presence *end, int64_t length,
                         struct observation *observation, size_t base)
{
    const struct statistics_layout *layout = &system->model->layout;
    uint32_t first = system->model->program->copies[STATION_BUFFER].base[b];
    wide_int queue = integral_of(
        system, layout_station_level(layout, STATION_BUFFER,
                                     layout->kinds[STATION_BUFFER].reported[b], BUFFER_QUEUE));
    uint64_t waited = 0;
    int64_t level = 0, bytes = 0;
    for (uint32_t i = first; i < first + system->model->spec->buffers[b].copies; i++) {
        const struct buffer *buffer = &system->buffers[i];
        waited += buffer->queue_time + (uint64_t)(end->putting_age[i] - start->putting_age[i]);
        level += buffer->level->level;
        bytes += buffer->level_before + buffer->put_bytes - buffer->drained_bytes;
    }
    put(observation, base + CHECK_PUTTING, (double)queue / (double)length,
        sum_near(queue, waited) / (double)length);
    put(observation, base + CHECK_BUFFERED, (double)level, (double)bytes);
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
    put(observation, base + CHECK_DUE, (double)counts[CYCLE_DUE],
        (double)(counts[CYCLE_BEGUN] + counts[CYCLE_MISSED]) +
            (double)(end->backlog[w] - start->backlog[w]));
    put(observation, base + CHECK_BEGUN, (double)counts[CYCLE_BEGUN],
        (double)counts[CYCLE_ENDED] + (double)(end->running[w] - start->running[w]));
    put(observation, base + CHECK_RELEASED, (double)system->statistics.counts[arrived],
        (double)counts[CYCLE_BEGUN] * (double)cycle->spec->jobs -
            (double)(end->unreleased[w] - start->unreleased[w]));
}

void self_check_observe(const struct replication_state *system, const struct presence *start,
                        const struct presence *end, const struct snapshot *half, int64_t length,
                        struct observation *observation)
{
    const struct scenario *spec = system->model->spec;
    size_t base = system->model->metrics.check_base;
    for (size_t p = 0; p < spec->pool_count; p++, base += POOL_CHECKS)
        check_pool(system, p, start, end, length, observation, base);
    for (size_t w = 0; w < spec->workload_count; w++, base += WORKLOAD_CHECKS)
        check_workload(system, w, start, end, half, length, observation, base);
    for (size_t l = 0; l < spec->limiter_count; l++, base += LIMITER_CHECKS)
        check_limiter(system, l, start, end, length, observation, base);
    for (size_t b = 0; b < spec->buffer_count; b++, base += BUFFER_CHECKS)
        check_buffer(system, b, start, end, length, observation, base);
    for (size_t c = 0; c < spec->cpu_count; c++, base += CPU_CHECKS)
        check_cpu(system, c, start, end, length, observation, base);
    for (size_t w = 0; w < spec->workload_count; w++)
        if (system->sources[w].cycle) {
            check_cycle(system, w, start, end, observation, base);
            base += CYCLE_CHECKS;
        }
}

const char *const *self_check_names(const struct scenario *spec, struct arena *arena, size_t *count)
{
    static const char *const of_pool[] = {"queue", "queue law", "busy", "busy law"};
    static const char *const of_workload[] = {"present", "present law", "arrived",
                                              "flow",    "earlier",     "later"};
    static const char *const of_limiter[] = {"limited", "limited law", "passed", "tokens"};
    static const char *const of_buffer[] = {"putting", "putting law", "buffered", "bytes"};
    static const char *const of_cpu[] = {"jobs", "jobs law", "work", "work law"};
    static const char *const of_cycle[] = {"due",        "due flow", "begun",
                                           "begun flow", "released", "released flow"};
    size_t cycles = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        cycles += spec->workloads[w].arrivals.process == ARRIVAL_CYCLE;
    *count = spec->pool_count * POOL_CHECKS + spec->workload_count * WORKLOAD_CHECKS +
             spec->limiter_count * LIMITER_CHECKS + spec->buffer_count * BUFFER_CHECKS +
             spec->cpu_count * CPU_CHECKS + cycles * CYCLE_CHECKS;
    const char **names = arena_array(arena, *count, sizeof *names);
    size_t n = 0;
    for (size_t p = 0; p < spec->pool_count; p++)
        for (int i = 0; i < POOL_CHECKS; i++)
            names[n++] = arena_printf(arena, "check %s %s", spec->pools[p].name, of_pool[i]);
    for (size_t w = 0; w < spec->workload_count; w++)
        for (int i = 0; i < WORKLOAD_CHECKS; i++)
            names[n++] =
                arena_printf(arena, "check %s %s", spec->workloads[w].name, of_workload[i]);
    for (size_t l = 0; l < spec->limiter_count; l++)
        for (int i = 0; i < LIMITER_CHECKS; i++)
            names[n++] = arena_printf(arena, "check %s %s", spec->limiters[l].name, of_limiter[i]);
    for (size_t b = 0; b < spec->buffer_count; b++)
        for (int i = 0; i < BUFFER_CHECKS; i++)
            names[n++] = arena_printf(arena, "check %s %s", spec->buffers[b].name, of_buffer[i]);
    for (size_t c = 0; c < spec->cpu_count; c++)
        for (int i = 0; i < CPU_CHECKS; i++)
            names[n++] = arena_printf(arena, "check %s %s", spec->cpus[c].name, of_cpu[i]);
    for (size_t w = 0; w < spec->workload_count; w++)
        for (int i = 0; i < CYCLE_CHECKS && spec->workloads[w].arrivals.process == ARRIVAL_CYCLE;
             i++)
            names[n++] = arena_printf(arena, "check %s %s", spec->workloads[w].name, of_cycle[i]);
    return names;
}
