/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include <Random123/philox.h>
#include <stdbool.h>
#include <string.h>

uint32_t stream_id(const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a, 32 bits: offset basis and prime */
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        hash = (hash ^ *c) * 16777619u;
    return hash;
}

struct stream stream_at(struct stream_key key, uint32_t id, uint32_t index, uint32_t lap)
{
    struct stream stream = {
        .key = key, .id = id, .index = index, .lap_extra = lap << STREAM_EXTRA_BITS};
    stream_refill(&stream);
    return stream;
}

void stream_refill(struct stream *stream)
{
    philox4x32_ctr_t counter = {
        {stream->index, stream->lap_extra, stream->id, stream->key.replication}};
    philox4x32_key_t key = {{(uint32_t)stream->key.seed, (uint32_t)(stream->key.seed >> 32)}};
    philox4x32_ctr_t words = philox4x32(counter, key);
    memcpy(stream->word, words.v, sizeof stream->word);
    stream->words_used = 0;
}

/* gsl_rng on a struct stream: GSL's samplers read 32 bits at a time, low half first. */
struct gsl_state {
    struct stream stream;
    uint64_t bits;
    bool has_half;
};

static void gsl_state_set(void *state, unsigned long seed)
{
    struct gsl_state *s = state;
    *s = (struct gsl_state){.stream = stream_at((struct stream_key){.seed = seed}, 0, 0, 0)};
}

static unsigned long gsl_state_get(void *state)
{
    struct gsl_state *s = state;
    if (!s->has_half)
        s->bits = stream_next_bits(&s->stream);
    else
        s->bits >>= 32;
    s->has_half = !s->has_half;
    return s->bits & UINT32_MAX;
}

static double gsl_state_get_double(void *state)
{
    struct gsl_state *s = state;
    s->has_half = false;
    return stream_next_uniform(&s->stream);
}

static const gsl_rng_type gsl_type = {
    .name = "philox4x32-10",
    .max = UINT32_MAX,
    .min = 0,
    .size = sizeof(struct gsl_state),
    .set = gsl_state_set,
    .get = gsl_state_get,
    .get_double = gsl_state_get_double,
};
const gsl_rng_type *const stream_gsl_type = &gsl_type;

void stream_gsl_start(gsl_rng *rng, struct stream stream)
{
    *(struct gsl_state *)rng->state = (struct gsl_state){.stream = stream};
}
