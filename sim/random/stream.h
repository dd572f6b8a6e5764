/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.h - random numbers as a pure function of what they are for.
 *
 * Every draw is Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1,
 * 2, 3", SC11; the implementation is Random123's) of a counter that says what the number is for:
 * - word 0, index: which request, arrival or opening of that stream;
 * - word 1, lap << 12 | extra: lap is how often this request has come round (repeat, retry), extra
 *   is 0 for the first 128 bits and counts up when more are needed;
 * - word 2, stream: purpose and entity, see stream_id;
 * - word 3: the replication; under the key seed.
 *
 * So a request's work is the same whatever the settings, the thread or the order of events,
 * and two settings are compared on the same customers (common random numbers). */
#ifndef CAPSIM_SIM_RANDOM_STREAM_H
#define CAPSIM_SIM_RANDOM_STREAM_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    STREAM_BLOCK = 64,      /* indices generated together by stream_fill                    */
    STREAM_EXTRA_BITS = 12, /* 4096 x 128 bits for one draw; a rejection sampler needs few  */
    STREAM_MAX_LAP = 1 << 20
};

struct stream_key {
    uint64_t seed;
    uint32_t replication;
};

/* A cursor over the random words of one draw. Words come as 64-bit pairs; when the four words are
 * used up the next counter block (extra + 1) is generated. Plain data: copy it freely. */
struct stream {
    struct stream_key key;
    uint32_t id, index, lap_extra;
    uint32_t words_used; /* 0, 2 or 4 of word[] */
    uint32_t word[4];
};

/* The stream's number for a purpose such as "api.step.3" or "db_pool.connect": FNV-1a of the name,
 * so that adding or reordering other resources and workloads leaves it alone. */
uint32_t stream_id(const char *name);

/* A cursor at the start of draw (id, index, lap). lap < STREAM_MAX_LAP. */
struct stream stream_at(struct stream_key key, uint32_t id, uint32_t index, uint32_t lap);

/* Fills words[w][i], w 0..3, i 0..STREAM_BLOCK-1, with the first block (extra 0) of draws
 * (id, first_index + i, lap 0). The same words as stream_at gives, generated together. */
void stream_fill(struct stream_key key, uint32_t id, uint32_t first_index,
                 uint32_t words[4][STREAM_BLOCK]);

/* The ways to do that, the fastest first; stream_fill takes the first that the processor knows. For
 * tests: false when it does not know that one. */
enum stream_way { STREAM_AVX512, STREAM_AVX2, STREAM_PLAIN, STREAM_WAYS };
bool stream_fill_in(enum stream_way way, struct stream_key key, uint32_t id, uint32_t first_index,
                    uint32_t words[4][STREAM_BLOCK]);

/* Generates the four words at cursor's counter and marks them unused. For stream_next_bits. */
void stream_refill(struct stream *stream);

/* The next 64 random bits of the draw. */
static inline uint64_t stream_next_bits(struct stream *stream)
{
    if (stream->words_used == 4) {
        stream->lap_extra++;
        stream_refill(stream);
    }
    uint64_t low = stream->word[stream->words_used], high = stream->word[stream->words_used + 1];
    stream->words_used += 2;
    return high << 32 | low;
}

/* A uniform in (0,1): ((bits >> 12) + 0.5) * 2^-52; never 0, never 1. With 53 bits the greatest,
 * 2^53 - 0.5, would be rounded up to 2^53, and the uniform to 1. */
static inline double stream_uniform_of_bits(uint64_t bits)
{
    return ((double)(int64_t)(bits >> 12) + 0.5) * 0x1p-52;
}

/* The next uniform in (0,1) of the draw. */
static inline double stream_next_uniform(struct stream *stream)
{
    return stream_uniform_of_bits(stream_next_bits(stream));
}

/* Lets GSL's samplers read a draw: gsl_rng_alloc(stream_gsl_type), then stream_gsl_start for each
 * draw. Range 0..2^32-1; gsl_rng_set alone takes the seed as key and starts at draw (0, 0, 0). */
extern const gsl_rng_type *const stream_gsl_type;
/* Points rng, which is of stream_gsl_type, at a draw. */
void stream_gsl_start(gsl_rng *rng, struct stream stream);

#endif
