/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/reference_draws.h"
#include "sim/random/ziggurat.h"
#include <math.h>

/* SplitMix64 (Steele, Lea & Flood 2014), which xoshiro's authors recommend for seeding. */
static uint64_t next_seed(uint64_t *seed)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static struct reference_stream make_stream(double mean_s, const char *name, uint64_t seed)
{
    struct reference_stream stream = {
        .law = {.kind = DISTRIBUTION_EXPONENTIAL, .a = mean_s, .highest = INFINITY},
        .key = {.seed = seed},
        .id = stream_id(name),
        .mean_ns = 1e9 * mean_s};
    uint64_t mixed = seed ^ (uint64_t)stream.id << 32;
    for (int i = 0; i < 4; i++)
        stream.state[i] = next_seed(&mixed);
    return stream;
}

struct reference_draws reference_draws_make(const struct reference_queue *queue,
                                            enum reference_source source, uint64_t seed)
{
    return (struct reference_draws){
        .source = source,
        .arrivals = make_stream(1 / queue->arrival_rate_per_s, "arrivals", seed),
        .services = make_stream(queue->service_time_s, "services", seed)};
}

/* xoshiro256+. */
static inline uint64_t next_bits(uint64_t s[4])
{
    uint64_t bits = s[0] + s[3], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return bits;
}

/* Where the first try fails (1.1 %): the wedge of the layer or the tail. The layer is taken from
 * the high bits here: the lowest of xoshiro256+ are not quite random. */
static double exponential_retry(uint64_t s[4], uint64_t bits)
{
    double beyond = 0;
    for (;; bits = next_bits(s)) {
        uint64_t layer = bits >> 56;
        double edge = ziggurat_exponential_edge[layer];
        double x = (double)(int64_t)(bits << 8 >> 11) * 0x1p-53 * edge;
        if (x < ziggurat_exponential_edge[layer + 1])
            return beyond + x;
        double u = (double)(int64_t)(next_bits(s) >> 11) * 0x1p-53;
        if (layer == 0)
            beyond += ziggurat_exponential_edge[1];
        else if (exp(-edge) + u * ziggurat_exponential_area / edge < exp(-x))
            return beyond + x;
    }
}

static inline void fill_xoshiro(struct reference_stream *stream, int64_t ns[STREAM_BLOCK])
{
    uint64_t s[4] = {stream->state[0], stream->state[1], stream->state[2], stream->state[3]};
    for (int i = 0; i < STREAM_BLOCK; i++) {
        uint64_t bits = next_bits(s), layer = bits >> 56;
        double x = (double)(int64_t)(bits << 8 >> 11) * 0x1p-53 * ziggurat_exponential_edge[layer];
        if (__builtin_expect(x >= ziggurat_exponential_edge[layer + 1], 0))
            x = exponential_retry(s, bits);
        ns[i] = (int64_t)(x * stream->mean_ns + 0.5);
    }
    for (int i = 0; i < 4; i++)
        stream->state[i] = s[i];
}

static inline void fill(enum reference_source source, struct reference_stream *stream,
                        int64_t ns[STREAM_BLOCK])
{
    if (source == REFERENCE_XOSHIRO) {
        fill_xoshiro(stream, ns);
        return;
    }
    distribution_fill(&stream->law, stream->key, stream->id, stream->next, ns);
    stream->next += STREAM_BLOCK;
}

void reference_draws_fill_arrivals(struct reference_draws *draws)
{
    fill(draws->source, &draws->arrivals, draws->interarrival);
}

void reference_draws_fill_services(struct reference_draws *draws)
{
    fill(draws->source, &draws->services, draws->service);
}
