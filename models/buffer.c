#include "models/buffer.h"
#include "models/compiled.h"
#include <assert.h>
#include <math.h>

/* More than any buffer's capacity, and still a whole number as a double. */
#define LARGEST_BYTES 0x1p53

void buffer_init(struct system *system, uint32_t number)
{
    const struct observed_layout *layout = &system->model->layout;
    struct observed *observed = &system->observed;
    struct time_average *levels =
        &observed->levels[layout->buffer_levels + (int)number * BUFFER_LEVELS];
    system->buffers[number] = (struct buffer){
        .spec = &system->model->spec->buffers[number],
        .level = &levels[BUFFER_LEVEL],
        .queue = &levels[BUFFER_QUEUE],
        .wait =
            &observed->tallies[layout->buffer_tallies + (int)number * BUFFER_TALLIES + BUFFER_WAIT],
        .counts = &observed->counts[layout->buffer_counts + (int)number * BUFFER_COUNTS],
        .waiting = {NOBODY, NOBODY}};
}

/* The same value each time that it is asked for. */
static int64_t size_of_put(const struct system *system, const struct request *request)
{
    const struct operation *operation = request->state.operation;
    if (operation->draw == DRAW_NONE)
        return operation->fixed_ns;
    const struct draw *draw = &request->state.class->program->draws[operation->draw];
    struct stream stream = stream_at(system->key, draw->stream, request->index, request->state.lap);
    return llround(fmin(distribution_sample(draw->law, &stream), LARGEST_BYTES));
}

static void change_level(struct system *system, struct buffer *buffer, int64_t bytes)
{
    time_average_change(buffer->level, bytes, system->now);
    if (system->memory)
        time_average_change(system->memory, bytes, system->now);
}

static bool fits(const struct buffer *buffer, int64_t size)
{
    return size <= buffer->spec->capacity - buffer->level->level;
}

static void add(struct system *system, struct buffer *buffer, int64_t size, int64_t wait)
{
    change_level(system, buffer, size);
    buffer->put_bytes += size;
    buffer->counts[BUFFER_PUT]++;
    tally_add(buffer->wait, wait);
}

bool buffer_put(struct system *system, struct buffer *buffer, uint32_t id, struct request *request)
{
    int64_t size = size_of_put(system, request);
    if (buffer->waiting.first == NOBODY && fits(buffer, size)) {
        add(system, buffer, size, 0);
        return true;
    }
    if (!buffer->spec->is_waiting || size > buffer->spec->capacity) {
        buffer->counts[BUFFER_DROPPED]++;
        return true;
    }
    fifo_add(system, &buffer->waiting, id, request);
    request->state.phase = PHASE_PUTTING;
    request->since = system->now;
    time_average_increase(buffer->queue, system->now);
    return false;
}

static void leave_queue(struct system *system, struct buffer *buffer, struct request *request)
{
    fifo_remove(system, &buffer->waiting, request);
    time_average_decrease(buffer->queue, system->now);
    buffer->queue_time += (uint64_t)(system->now - request->since);
}

static void admit_waiting(struct system *system, struct buffer *buffer)
{
    while (buffer->waiting.first != NOBODY) {
        uint32_t id = buffer->waiting.first;
        struct request *request = system_request(system, id);
        int64_t size = size_of_put(system, request);
        if (!fits(buffer, size))
            return;
        leave_queue(system, buffer, request);
        add(system, buffer, size, system->now - request->since);
        request->state.operation++;
        system_make_ready(system, id, request);
    }
}

void buffer_drain(struct system *system, struct buffer *buffer)
{
    buffer->drained_bytes += buffer->level->level;
    change_level(system, buffer, -buffer->level->level);
    admit_waiting(system, buffer);
}

void buffer_abandon(struct system *system, struct buffer *buffer, struct request *request)
{
    assert(request->state.phase == PHASE_PUTTING);
    leave_queue(system, buffer, request);
    buffer->counts[BUFFER_TIMED_OUT]++;
    admit_waiting(system, buffer); /* those behind may be smaller */
}

void buffer_restart(struct buffer *buffer)
{
    buffer->put_bytes = buffer->drained_bytes = 0;
    buffer->level_before = buffer->level->level;
    buffer->queue_time = 0;
}
