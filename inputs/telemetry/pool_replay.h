/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_replay.h - what each request waited for its connection and held it for, from starts and
 * ends.
 *
 * A log of an application shows responses, which contain the wait for its pool. Where every request
 * takes one connection, grants are in order of arrival and the pool's size is known, starts and
 * ends settle the rest: a request is granted when it comes, if a connection is free or may be
 * opened, else when the end of another one frees the first for which it is next. No law is
 * assumed, and no law of the waits. What a request does outside of its hold is taken as the same
 * `outside_ns` for all, before it asks (only the sum of what is before and after matters).
 *
 * Connections: taken last in, first out; an idle one is closed after idle_timeout_ns unless `min`
 * are left; a new one takes connect_ns. At the start all are open.
 * Cost: O(n log n) for the order. Source: FIFO multi-server queues are determined by arrivals and
 * departures (Larson, The queue inference engine, Management Science 36 (1990), for what is known
 * of them from less). */
#ifndef CAPSIM_INPUTS_TELEMETRY_POOL_REPLAY_H
#define CAPSIM_INPUTS_TELEMETRY_POOL_REPLAY_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replayed {
    int64_t start_ns, end_ns; /* given: end_ns >= start_ns            */
    size_t class;             /* given                                */
    bool gave_up;             /* given: it left without a connection, at end_ns; hold_ns is 0 */
    int64_t wait_ns, hold_ns; /* found; without the outside           */
    bool has_connected;       /* it opened a connection: in its wait  */
};

struct pool_replay {
    size_t max, min;         /* max >= 1 */
    int64_t idle_timeout_ns; /* 0: none */
    int64_t connect_ns, outside_ns;
    /* Found: */
    double mean_wait_s, mean_hold_s; /* of those who got a connection */
    size_t connects, waited;         /* waited: for a connection in use */
    double in_use;                   /* time average                   */
};

/* Orders requests[count] by their starts and fills in what each waited and held. */
void pool_replay_run(struct pool_replay *replay, struct replayed *requests, size_t count,
                     struct arena *arena);
/* The outside_ns from 0 to most_ns at which the mean hold is hold_s (which falls as it grows), by
 * bisection; runs the replay with it. False: none from 0 on gives that. Where the pool is always
 * full the hold hardly depends on it, and most_ns matters. */
bool pool_replay_match(struct pool_replay *replay, struct replayed *requests, size_t count,
                       double hold_s, int64_t most_ns, struct arena *arena);

/* The most requests that were in progress at once: a lower bound of any size. */
size_t pool_replay_peak(const struct replayed *requests, size_t count, struct arena *arena);

#endif
