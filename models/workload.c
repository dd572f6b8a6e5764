#include "models/workload.h"
#include "models/compiled.h"
#include <math.h>

void source_init(struct system *system, uint32_t number, uint32_t alarm)
{
    const struct model *model = system->model;
    struct source *source = &system->sources[number];
    const struct workload_spec *spec = &model->spec->workloads[number];
    struct arena *arena = system->arena;
    *source =
        (struct source){.spec = spec,
                        .first_class = (uint32_t)model->program->class_base[number],
                        .alarm = alarm,
                        .arrival_stream = stream_id(arena_printf(arena, "%s.arrivals", spec->name)),
                        .batch_stream = stream_id(arena_printf(arena, "%s.batch", spec->name)),
                        .class_stream = stream_id(arena_printf(arena, "%s.class", spec->name))};
    distribution_fill(spec->arrivals.interarrival, system->key, source->arrival_stream, 0,
                      source->interarrivals);
    alarms_set(&system->alarms, alarm, source->interarrivals[0]);
}

/* A law that gives many zeros could keep the clock still for ever. */
static void guard_instant(struct system *system, const struct source *source)
{
    enum { MOST_AT_ONE_INSTANT = 10000000 };
    if (system->now != system->instant) {
        system->instant = system->now;
        system->at_this_instant = 0;
    }
    if (++system->at_this_instant > MOST_AT_ONE_INSTANT)
        error_set(system->err, STATUS_MODEL,
                  "workload %s: more than %d arrivals at one instant: the clock stands still",
                  source->spec->name, MOST_AT_ONE_INSTANT);
}

static uint32_t draw_batch(struct system *system, const struct source *source)
{
    struct stream draw = stream_at(system->key, source->batch_stream, source->instants, 0);
    double size = round(distribution_sample(source->spec->arrivals.batch, &draw));
    return size < 0 ? 0 : size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

uint32_t source_next_batch(struct system *system, struct source *source)
{
    uint32_t batch = source->spec->arrivals.batch ? draw_batch(system, source) : 1;
    uint32_t place = ++source->instants % STREAM_BLOCK;
    if (place == 0)
        distribution_fill(source->spec->arrivals.interarrival, system->key, source->arrival_stream,
                          source->instants, source->interarrivals);
    int64_t step = source->interarrivals[place];
    if (__builtin_expect(step == 0, 0))
        guard_instant(system, source);
    alarms_set(&system->alarms, source->alarm, system->now + step);
    return batch;
}

/* Which class the next request of a mix is. */
static uint32_t choose_class(struct system *system, struct source *source)
{
    uint32_t place = source->requests % STREAM_BLOCK;
    if (place == 0)
        stream_fill(system->key, source->class_stream, source->requests, source->class_words);
    uint64_t bits = (uint64_t)source->class_words[1][place] << 32 | source->class_words[0][place];
    double rest = stream_uniform_of_bits(bits);
    uint32_t class = 0;
    while (class + 1 < source->spec->class_count && rest >= source->spec->classes[class].share)
        rest -= source->spec->classes[class ++].share;
    return class;
}

static void fill_block(const struct system *system, const struct draw *draw, uint32_t index,
                       int64_t block[STREAM_BLOCK])
{
    if (draw->law) {
        distribution_fill(draw->law, system->key, draw->stream, index, block);
        return;
    }
    uint32_t words[4][STREAM_BLOCK];
    stream_fill(system->key, draw->stream, index, words);
    for (uint32_t i = 0; i < STREAM_BLOCK; i++)
        block[i] = (int64_t)((uint64_t)words[1][i] << 32 | words[0][i]);
}

/* Draws the values that the request will surely need, and keeps them with it. */
static void draw_values(const struct system *system, struct class_state *class,
                        struct request *request)
{
    uint32_t place = request->index % STREAM_BLOCK;
    for (int slot = 0; slot < class->slot_count; slot++) {
        if (place == 0)
            fill_block(system, class->slot_draws[slot], request->index, class->blocks[slot]);
        request->drawn[slot] = class->blocks[slot][place];
    }
}

uint32_t source_make_request(struct system *system, struct source *source)
{
    uint32_t id = system_take_request(system);
    if (id == NOBODY)
        return NOBODY;
    uint32_t number = source->first_class;
    if (source->spec->class_count > 1)
        number += choose_class(system, source);
    source->requests++;
    struct class_state *class = &system->classes[number];
    struct request *request = system_request(system, id);
    request->state = class->fresh;
    request->index = class->next_index++;
    request->arrived = system->now;
    draw_values(system, class, request);
    class->counts[GROUP_ARRIVED]++;
    time_average_increase(class->in_system, system->now);
    if (class->in_system_whole)
        time_average_increase(class->in_system_whole, system->now);
    if (system->memory)
        time_average_change(system->memory, system->memory_per_request, system->now);
    return id;
}
