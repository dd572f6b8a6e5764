/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/station_checks.h"
#include "models/engine/model_internal.h"
#include "models/stations/pool_connections.h"

/* ---- queues ------------------------------------------------------------------------------- */

/* A queue in whatever order, and who stands in it: requests in that phase. */
struct queue {
    enum discipline discipline;
    const struct queue_line *lines;
    uint32_t line_count, waiting;
    const uint32_t *members; /* [waiting] of random order */
    enum request_phase phase;
};

/* Whether the request may stand in the queue behind `previous`. */
static bool is_in_place(const struct replication_state *system, const struct queue *queue,
                        uint32_t id, uint32_t previous)
{
    const struct request *request = replication_request(system, id);
    if (request->state.phase != queue->phase || request->previous != previous)
        return false;
    return previous == NO_REQUEST || replication_request(system, previous)->since <= request->since;
}

/* Walks along a line. Returns how many stand in it, or UINT32_MAX when somebody is out of place. */
static uint32_t count_line(const struct replication_state *system, const struct queue *queue,
                           const struct queue_line *line, uint32_t *id)
{
    uint32_t count = 0, previous = NO_REQUEST;
    for (uint32_t at = line->first; at != NO_REQUEST; at = replication_request(system, at)->next) {
        *id = at;
        if (++count > queue->waiting || !is_in_place(system, queue, at, previous))
            return UINT32_MAX;
        previous = at;
    }
    return line->last == previous ? count : UINT32_MAX;
}

static bool is_crowd_whole(const struct replication_state *system, const struct queue *queue,
                           uint32_t *id)
{
    for (uint32_t place = 0; place < queue->waiting; place++) {
        const struct request *request = replication_request(system, queue->members[place]);
        *id = queue->members[place];
        if (request->state.phase != queue->phase || request->previous != place)
            return false;
    }
    return true;
}

/* True if everybody in the queue waits there, once, and in lines behind those who came before. */
static bool is_queue_whole(const struct replication_state *system, const struct queue *queue,
                           uint32_t *id)
{
    uint32_t sum = 0;
    if (queue->discipline == DISCIPLINE_RANDOM)
        return is_crowd_whole(system, queue, id);
    for (uint32_t line = 0; line < queue->line_count; line++) {
        uint32_t count = count_line(system, queue, &queue->lines[line], id);
        if (count == UINT32_MAX)
            return false;
        sum += count;
    }
    return sum == queue->waiting;
}

static struct queue queue_of_waiting(const struct waiting *waiting, enum request_phase phase)
{
    return (struct queue){.discipline = waiting->discipline,
                          .lines = waiting->lines,
                          .line_count = waiting->line_count,
                          .waiting = waiting->count,
                          .members = waiting->crowd.members,
                          .phase = phase};
}

/* ---- pools -------------------------------------------------------------------------------- */

/* After a reload more can be open than may be, until they are given back: a pool of a rollout. */
static const char *check_counts(const struct replication_state *system, const struct pool *pool)
{
    int64_t busy = pool->busy->level, open = pool->open->level;
    bool is_recorded = pool->has_records && !pool->is_shrinking && open > 0; /* 0: it may be shut */
    if (busy < 0 || pool->idle_count < 0 || pool->opening < 0 || pool->unowned < 0)
        return "pool (1): a count is below zero";
    if (busy > open)
        return "pool (1): more are busy than are open";
    if (is_recorded && busy + pool->idle_count + pool->unowned != open)
        return "pool (1): busy and idle ones are not those that are open";
    if (open > pool->max && !system->rollout)
        return "pool (1): more are open than max";
    return NULL;
}

static bool is_one_to_be_had(const struct pool *pool)
{
    if (!pool->has_records)
        return pool->busy->level < pool->max;
    bool can_open = pool->open->level < pool->max && pool->opening < pool->connect_concurrency;
    return pool->idle_count > 0 || (pool->spec->connect_for == CONNECT_FOR_ASKER && can_open);
}

static bool is_idle_list_whole(const struct pool *pool)
{
    int64_t count = 0;
    uint32_t older = NO_CONNECTION;
    for (uint32_t at = pool->idle.oldest; at != NO_CONNECTION; at = pool->connections[at].newer) {
        if (++count > pool->idle_count || !pool->connections[at].is_idle ||
            pool->connections[at].older != older)
            return false;
        older = at;
    }
    return count == pool->idle_count && pool->idle.newest == older;
}

/* The first of a line has waited longest. */
static bool is_past_its_limit(const struct replication_state *system, const struct pool *pool,
                              uint32_t *id)
{
    if (pool->timeout_alarm == NO_ALARM || pool->lines[0].first == NO_REQUEST)
        return false;
    *id = pool->lines[0].first;
    return pool_seen_at(pool, pool->spec->rules.timeout_sweep_ns,
                        replication_request(system, *id)->since + pool->timeout_ns) < system->now;
}

const char *pool_check(const struct replication_state *system, const struct pool *pool,
                       uint32_t *id)
{
    struct queue queue = {pool->discipline, pool->lines,         pool->line_count,
                          pool->waiting,    pool->crowd.members, PHASE_WAITING};
    const char *broken = check_counts(system, pool);
    if (broken)
        return broken;
    if (pool->waiting > 0 && is_one_to_be_had(pool))
        return "pool (2): somebody waits while one is idle or could be opened";
    if (!is_queue_whole(system, &queue, id) || pool->queue->level != pool->waiting)
        return "pool (3): the queue is not made of those who wait, each once, in their order";
    if (is_past_its_limit(system, pool, id))
        return "pool (4): somebody waits past the end of the time limit";
    if (pool->has_records && !pool->is_shrinking && !is_idle_list_whole(pool))
        return "pool (1): the list of idle ones is not whole";
    return NULL;
}

/* ---- processors --------------------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

const char *cpu_check(const struct replication_state *system, const struct cpu *cpu, uint32_t *id)
{
    int64_t jobs = 0;
    if (cpu->busy->level != least(cpu->jobs->level * CPU_MILLI, cpu->spec->cores_milli))
        return "cpu (1): the busy cores are not the least of jobs and cores";
    for (uint32_t slot = 0; slot < cpu->width; slot++) {
        if (cpu_is_free_slot(cpu, slot))
            continue;
        const struct request *request = replication_request(system, cpu->places[slot].id);
        *id = cpu->places[slot].id;
        jobs++;
        if (request->state.phase != PHASE_WORKING || request->previous != slot)
            return "cpu (3): a slot has a request that does not work there";
        if (cpu_is_done(system, cpu, slot) &&
            alarms_time(&system->alarms, cpu->alarm) > system->now)
            return "cpu (2): a job's work is done and it has not left";
    }
    return jobs == cpu->jobs->level ? NULL : "cpu (3): slots are not as many as jobs";
}

/* ---- limiters and buffers ----------------------------------------------------------------- */

const char *limiter_check(const struct replication_state *system, const struct limiter *limiter,
                          uint32_t *id)
{
    struct queue queue = queue_of_waiting(&limiter->waiting, PHASE_QUEUED);
    if (!limiter_is_within_burst(limiter, system->now))
        return "limiter (1): more tokens are missing than the bucket holds";
    if (limiter->waiting.count > 0 && alarms_time(&system->alarms, limiter->alarm) == ALARMS_NEVER)
        return "limiter (2): somebody waits and nothing will wake him";
    if (limiter->waiting.count > 0 && limiter_has_token(limiter, system->now) &&
        alarms_time(&system->alarms, limiter->alarm) > system->now)
        return "limiter (2): somebody waits while there is a token";
    if (!is_queue_whole(system, &queue, id) || limiter->queue->level != limiter->waiting.count)
        return "limiter (3): the queue is not made of those who wait, each once, in their order";
    return NULL;
}

/* Who is drawn to be next is known only when he has been drawn. */
static bool is_next_fitting(const struct replication_state *system, const struct buffer *buffer,
                            uint32_t *id)
{
    const struct waiting *waiting = &buffer->waiting;
    if (waiting->count == 0 ||
        (waiting->discipline == DISCIPLINE_RANDOM && waiting->chosen == NO_REQUEST))
        return false;
    *id = waiting_first(waiting);
    return buffer_fits(system, buffer, *id);
}

const char *buffer_check(const struct replication_state *system, const struct buffer *buffer,
                         uint32_t *id)
{
    struct queue queue = queue_of_waiting(&buffer->waiting, PHASE_QUEUED);
    int64_t level = buffer->level->level;
    if (level < 0 || (level > buffer->spec->capacity && !system->rollout))
        return "buffer (1): the level is below zero or above the capacity";
    if (is_next_fitting(system, buffer, id))
        return "buffer (2): somebody waits whose data would fit";
    if (level != buffer->level_before + buffer->put_bytes - buffer->drained_bytes)
        return "buffer (3): the level is not what was put less what was drained";
    if (!is_queue_whole(system, &queue, id) || buffer->queue->level != buffer->waiting.count)
        return "buffer (4): the queue is not made of those who wait, each once, in their order";
    return NULL;
}
