/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/system_check.h"
#include "models/engine/model_internal.h"
#include "models/stations/buffer.h"
#include "models/stations/cpu.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"

/* One thing looked at. The first that is wrong is kept. */
struct finding {
    struct arena *arena;
    const char *text;
};

static void expect(struct finding *finding, bool is_so, const char *what, size_t number,
                   int64_t value, int64_t expected)
{
    if (!is_so && !finding->text)
        finding->text = arena_printf(finding->arena, "%s %zu: %lld, not %lld", what, number,
                                     (long long)value, (long long)expected);
}

static void expect_same(struct finding *finding, const char *what, size_t number, int64_t value,
                        int64_t expected)
{
    expect(finding, value == expected, what, number, value, expected);
}

static void expect_at_most(struct finding *finding, const char *what, size_t number, int64_t value,
                           int64_t most)
{
    expect(finding, value <= most, what, number, value, most);
}

/* ---- while it runs ---- */

const char *system_check_capacity(const struct replication_state *system, struct arena *arena)
{
    struct finding finding = {arena, NULL};
    const struct program *program = system->model->program;
    for (size_t p = 0; p < program->copies[STATION_POOL].count; p++) {
        const struct pool *pool = &system->pools[p];
        expect_at_most(&finding, "held of pool", p, pool->busy->largest, pool->max);
        expect_at_most(&finding, "open of pool", p, pool->open->largest, pool->max);
        expect_at_most(&finding, "waiting for pool", p, pool->queue->largest, pool->queue_limit);
    }
    for (size_t c = 0; c < program->copies[STATION_CPU].count; c++) {
        const struct cpu *cpu = &system->cpus[c];
        if (cpu->connections)
            expect_at_most(&finding, "connections of database", c, cpu->connections->largest,
                           cpu->spec->max_connections - cpu->spec->reserved);
    }
    for (size_t b = 0; b < program->copies[STATION_BUFFER].count; b++)
        expect_at_most(&finding, "bytes in buffer", b, system->buffers[b].level->largest,
                       system->buffers[b].spec->capacity);
    return finding.text;
}

/* ---- when nobody is left ---- */

static void check_pools(struct finding *finding, const struct replication_state *system)
{
    for (size_t p = 0; p < system->model->program->copies[STATION_POOL].count; p++) {
        const struct pool *pool = &system->pools[p];
        expect_same(finding, "held of pool", p, pool->busy->level, 0);
        expect_same(finding, "queue of pool", p, pool->queue->level, 0);
        expect_same(finding, "waiting for pool", p, (int64_t)pool->waiting, 0);
        if (pool->has_records)
            expect_same(finding, "idle or opening of pool", p, pool->idle_count + pool->unowned,
                        pool->open->level);
    }
}

static void check_services(struct finding *finding, const struct replication_state *system)
{
    for (size_t s = 0; s < system->model->spec->service_count; s++)
        for (int64_t r = 0; r < system->services[s].spec->replicas; r++)
            expect_same(finding, "visitors of service", s, system->services[s].present[r], 0);
}

static void check_gates(struct finding *finding, const struct replication_state *system)
{
    const struct program *program = system->model->program;
    for (size_t l = 0; l < program->copies[STATION_LIMITER].count; l++)
        expect_same(finding, "queue of limiter", l, system->limiters[l].queue->level, 0);
    for (size_t c = 0; c < program->copies[STATION_CPU].count; c++)
        expect_same(finding, "jobs of cpu", c, system->cpus[c].jobs->level, 0);
    for (size_t b = 0; b < program->copies[STATION_BUFFER].count; b++) {
        const struct buffer *buffer = &system->buffers[b];
        expect_same(finding, "queue of buffer", b, buffer->queue->level, 0);
        expect_same(finding, "bytes in buffer", b, buffer->level->level, 0);
        expect_same(finding, "bytes into buffer", b, (int64_t)buffer->put_bytes,
                    (int64_t)buffer->drained_bytes);
    }
}

static void check_requests(struct finding *finding, const struct replication_state *system)
{
    const struct statistics_layout *layout = &system->model->layout;
    for (uint32_t id = 0; id < system->lines; id += system->lines_each)
        expect_same(finding, "phase of request", id, replication_request(system, id)->state.phase,
                    PHASE_FREE);
    for (size_t c = 0; c < system->model->program->class_count; c++) {
        const struct class_state *class = &system->classes[c];
        uint64_t left = class->response->count;
        for (int count = GROUP_TIMED_OUT; count <= GROUP_CANCELLED; count++)
            left += class->counts[count];
        expect_same(finding, "present of class", c, class->in_system->level, 0);
        expect_same(finding, "ends of class", c, (int64_t)left,
                    (int64_t) class->counts[GROUP_ARRIVED]);
        expect_same(finding, "failures of class", c, (int64_t) class->response_failed->count,
                    (int64_t)(left - class->response->count));
    }
    for (size_t g = 0; g < layout->groups; g++)
        expect_same(finding, "present of group", g,
                    system->statistics.levels[layout_group_level(layout, (int)g)].level, 0);
}

static void check_memory(struct finding *finding, const struct replication_state *system)
{
    int64_t bytes = (int64_t)system->model->spec->memory.base;
    for (size_t p = 0; p < system->model->program->copies[STATION_POOL].count; p++)
        bytes += system->pools[p].open->level * system->pools[p].memory_per_unit;
    if (system->memory)
        expect_same(finding, "bytes of memory", 0, system->memory->level, bytes);
}

const char *system_check_dry(const struct replication_state *system, struct arena *arena)
{
    struct finding finding = {arena, NULL};
    check_requests(&finding, system);
    check_pools(&finding, system);
    check_services(&finding, system);
    check_gates(&finding, system);
    check_memory(&finding, system);
    expect(&finding, calendar_next_time(&system->events) == EVENTS_NEVER, "event at", 0,
           calendar_next_time(&system->events), EVENTS_NEVER);
    if (system->timers_each > 0)
        expect(&finding, events_next_time(&system->timers) == EVENTS_NEVER, "timer at", 0,
               events_next_time(&system->timers), EVENTS_NEVER);
    return finding.text;
}
