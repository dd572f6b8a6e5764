/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference_draws.h - times between arrivals and service times for the reference loops, 64 at a
 * time. */
#ifndef CAPSIM_TESTS_BENCH_REFERENCE_DRAWS_H
#define CAPSIM_TESTS_BENCH_REFERENCE_DRAWS_H

#include "sim/random/distribution.h"
#include "tests/bench/reference.h"

/* Of one law, in one stream. */
struct reference_stream {
    struct distribution law; /* exponential */
    struct stream_key key; /* Philox                                                             */
    uint32_t id, next;
    double mean_ns; /* xoshiro                                                            */
    uint64_t state[4];
};

struct reference_draws {
    enum reference_source source;
    struct reference_stream arrivals, services;
    int64_t interarrival[STREAM_BLOCK], service[STREAM_BLOCK]; /* the block, [ns] */
};

/* At the start of its two streams; nothing is filled yet. */
struct reference_draws reference_draws_make(const struct reference_queue *queue,
                                            enum reference_source source, uint64_t seed);
/* Fills interarrival, or service, with the next STREAM_BLOCK draws. */
void reference_draws_fill_arrivals(struct reference_draws *draws);
void reference_draws_fill_services(struct reference_draws *draws);

#endif
