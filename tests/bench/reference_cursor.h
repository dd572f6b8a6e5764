/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference_cursor.h - the draws of reference_draws.h one at a time. */
#ifndef CAPSIM_TESTS_BENCH_REFERENCE_CURSOR_H
#define CAPSIM_TESTS_BENCH_REFERENCE_CURSOR_H

#include "tests/bench/reference_draws.h"

struct reference_cursor {
    struct reference_draws draws;
    uint32_t arrivals_used, services_used; /* of the block                                      */
};

/* At the start of its streams, which are capsim's: interarrival_s and service_s are means. */
static inline struct reference_cursor reference_cursor_make(double interarrival_s, double service_s,
                                                            uint64_t seed)
{
    struct reference_queue queue = {.arrival_rate_per_s = 1 / interarrival_s,
                                    .service_time_s = service_s};
    return (struct reference_cursor){.draws = reference_draws_make(&queue, REFERENCE_PHILOX, seed),
                                     .arrivals_used = STREAM_BLOCK,
                                     .services_used = STREAM_BLOCK};
}

/* The next time between arrivals, or to think [ns]. */
static inline int64_t reference_next_arrival(struct reference_cursor *cursor)
{
    if (__builtin_expect(cursor->arrivals_used == STREAM_BLOCK, 0)) {
        reference_draws_fill_arrivals(&cursor->draws);
        cursor->arrivals_used = 0;
    }
    return cursor->draws.interarrival[cursor->arrivals_used++];
}

/* The next service time [ns]. */
static inline int64_t reference_next_service(struct reference_cursor *cursor)
{
    if (__builtin_expect(cursor->services_used == STREAM_BLOCK, 0)) {
        reference_draws_fill_services(&cursor->draws);
        cursor->services_used = 0;
    }
    return cursor->draws.service[cursor->services_used++];
}

#endif
