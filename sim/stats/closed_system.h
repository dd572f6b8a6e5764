/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closed_system.h - do the same few customers come back, each after its last answer?
 *
 * In a closed system a slow answer delays the next question: arrivals hold back exactly when the
 * system is slow ("coordinated omission"), so neither its rate nor its responses are those of an
 * open one. Two signs, each enough:
 * - the number of requests in the system hardly moves: one level for CLOSED_SYSTEM_SHARE of the
 *   time, or it and the one below for 90 % and never a level above. In an open system with Poisson
 *   arrivals and no queue no level from 1 on has more than 37 % of the time, no two from 3 on more
 *   than 45 %. Looked at in the middle 90 % of the time, without ramps;
 * - where requests name their client: none has two in flight, while as many independent arrivals
 *   would have overlapped often (14 or more expected, which none escapes but once in a million).
 * A connection is not a client: one in flight on each is HTTP/1.1, not a closed system. */
#ifndef CAPSIM_SIM_STATS_CLOSED_SYSTEM_H
#define CAPSIM_SIM_STATS_CLOSED_SYSTEM_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOSED_SYSTEM_SHARE 0.8
enum { CLOSED_SYSTEM_MIN = 30 }; /* requests, below which nothing is said */
#define CLOSED_SYSTEM_NO_CLIENT UINT32_MAX

struct closed_request {
    double start_s, end_s; /* end >= start */
    uint32_t client;       /* any number, or CLOSED_SYSTEM_NO_CLIENT */
};

struct closed_system {
    bool is_closed;
    bool is_by_level, is_by_client;     /* which sign */
    size_t population;                  /* the level, or the number of clients */
    double level_share;                 /* of the time at the most frequent level */
    double level_mean;                  /* of the whole time: Little's L */
    double overlaps, overlaps_expected; /* by client */
    double think_mean_s, think_sd_s;    /* between an answer and the next question of a client; NaN
                                           without clients */
    char reason[256];
};

/* request[count] in any order; it is sorted in place. step_s: of the stamps, overlaps of so little
 * are none. */
struct closed_system closed_system_find(struct closed_request *request, size_t count, double step_s,
                                        struct arena *arena);

#endif
