/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/buffer.h"
#include "models/engine/model_internal.h"
#include <assert.h>
#include <math.h>

/* More than any buffer's capacity, and still a whole number as a double. */
#define MAX_BYTES 0x1p53

void buffer_init(struct replication_state *system, uint32_t number)
{
    const struct statistics_layout *layout = &system->model->layout;
    struct statistics *statistics = &system->statistics;
    const struct model *model = system->model;
    system->buffers[number] = (struct buffer){
        .spec = &model->spec->buffers[model->program->copies[STATION_BUFFER].of[number]],
        .level =
            &statistics->levels[layout_station_level(layout, STATION_BUFFER, number, BUFFER_LEVEL)],
        .queue =
            &statistics->levels[layout_station_level(layout, STATION_BUFFER, number, BUFFER_QUEUE)],
        .wait =
            &statistics->tallies[layout_station_tally(layout, STATION_BUFFER, number, BUFFER_WAIT)],
        .counts = &statistics->counts[layout_station_count(layout, STATION_BUFFER, number, 0)],
    };
    const struct buffer_spec *spec = system->buffers[number].spec;
    waiting_init(&system->buffers[number].waiting, spec->discipline,
                 program_copy_name(&model->program->copies[STATION_BUFFER], number, spec->name,
                                   spec->copies, system->arena),
                 model->level_count, system->arena);
}

/* The same value each time that it is asked for. */
static int64_t size_of_put(const struct replication_state *system, const struct request *request)
{
    const struct operation *operation = request->state.operation;
    if (operation->draw == DRAW_NONE)
        return operation->fixed_ns;
    const struct draw *draw = &request->state.class->program->draws[operation->draw];
    struct stream stream = stream_at(system->key, draw->stream, request->index, request->state.lap);
    return llround(fmin(distribution_sample(draw->law, &stream), MAX_BYTES));
}

static void change_level(struct replication_state *system, struct buffer *buffer, int64_t bytes)
{
    time_average_change(buffer->level, bytes, system->now);
    if (system->memory)
        replication_change_memory(system, MEMORY_BUFFERS, bytes);
}

static bool fits(const struct buffer *buffer, int64_t size)
{
    return size <= buffer->spec->capacity - buffer->level->level;
}

bool buffer_fits(const struct replication_state *system, const struct buffer *buffer, uint32_t id)
{
    return fits(buffer, size_of_put(system, replication_request(system, id)));
}

static void add(struct replication_state *system, struct buffer *buffer, int64_t size, int64_t wait)
{
    change_level(system, buffer, size);
    buffer->put_bytes += size;
    int64_t asked = system->now - wait;
    replication_count(system, &buffer->counts[BUFFER_PUT], asked, 1);
    replication_observe(system, buffer->wait, wait, asked);
}

bool buffer_put(struct replication_state *system, struct buffer *buffer, uint32_t id,
                struct request *request)
{
    int64_t size = size_of_put(system, request);
    if (fits(buffer, size) && waiting_is_before_all(&buffer->waiting, request)) {
        add(system, buffer, size, 0);
        return true;
    }
    if (!buffer->spec->is_waiting || size > buffer->spec->capacity) {
        replication_count(system, &buffer->counts[BUFFER_DROPPED], system->now, 1);
        return true;
    }
    waiting_add(system, &buffer->waiting, id, request);
    replication_set_phase(system, request, PHASE_QUEUED);
    request->since = system->now;
    time_average_increase(buffer->queue, system->now);
    return false;
}

static void leave_queue(struct replication_state *system, struct buffer *buffer, uint32_t id,
                        struct request *request)
{
    waiting_remove(system, &buffer->waiting, id, request);
    time_average_decrease(buffer->queue, system->now);
    buffer->queue_time += (uint64_t)(system->now - request->since);
}

/* What has become too large for the whole buffer, by a reload, is dropped. */
static void admit_waiting(struct replication_state *system, struct buffer *buffer)
{
    while (buffer->waiting.count > 0) {
        uint32_t id = waiting_next(system, &buffer->waiting);
        struct request *request = replication_request(system, id);
        int64_t size = size_of_put(system, request);
        bool is_too_large = size > buffer->spec->capacity;
        if (!is_too_large && !fits(buffer, size))
            return;
        leave_queue(system, buffer, id, request);
        if (is_too_large)
            replication_count(system, &buffer->counts[BUFFER_DROPPED], request->since, 1);
        else
            add(system, buffer, size, system->now - request->since);
        request->state.operation++;
        replication_make_ready(system, id, request);
    }
}

static void empty(struct replication_state *system, struct buffer *buffer)
{
    buffer->drained_bytes += buffer->level->level;
    change_level(system, buffer, -buffer->level->level);
}

void buffer_drain(struct replication_state *system, struct buffer *buffer)
{
    empty(system, buffer);
    admit_waiting(system, buffer);
}

void buffer_abandon(struct replication_state *system, struct buffer *buffer, uint32_t id,
                    struct request *request)
{
    assert(request->state.phase == PHASE_QUEUED);
    leave_queue(system, buffer, id, request);
    replication_count(system, &buffer->counts[BUFFER_TIMED_OUT], request->since, 1);
    admit_waiting(system, buffer); /* those behind may be smaller */
}

void buffer_restart(struct buffer *buffer)
{
    buffer->put_bytes = buffer->drained_bytes = 0;
    buffer->level_before = buffer->level->level;
    buffer->queue_time = 0;
}
int64_t buffer_lose(struct replication_state *system, struct buffer *buffer)
{
    int64_t lost = buffer->level->level;
    assert(buffer->waiting.count == 0);
    empty(system, buffer);
    return lost;
}

void buffer_renew(struct replication_state *system, struct buffer *buffer,
                  const struct buffer_spec *spec)
{
    assert(buffer->level->level == 0);
    buffer->spec = spec;
    waiting_renew(&buffer->waiting, spec->discipline, system->model->level_count, system->arena);
}

void buffer_reload(struct replication_state *system, struct buffer *buffer,
                   const struct buffer_spec *spec)
{
    bool is_other = spec->capacity != buffer->spec->capacity;
    buffer->spec = spec;
    if (is_other)
        admit_waiting(system, buffer);
}
