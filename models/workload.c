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
    if (spec->arrivals.process == ARRIVAL_NONE)
        return;
    source_refill(system, source);
    alarms_set(&system->alarms, alarm, source->interarrivals[0]);
}

void source_guard_instant(struct system *system, const struct source *source)
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

uint32_t source_draw_batch(struct system *system, const struct source *source)
{
    struct stream draw = stream_at(system->key, source->batch_stream, source->instants, 0);
    double size = round(distribution_sample(source->spec->arrivals.batch, &draw));
    return size < 0 ? 0 : size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

void source_refill(struct system *system, struct source *source)
{
    distribution_fill(source->spec->arrivals.interarrival, system->key, source->arrival_stream,
                      source->instants, source->interarrivals);
}

uint32_t source_choose_class(struct system *system, struct source *source)
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

void source_fill_block(const struct system *system, const struct draw *draw, uint32_t index,
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
