/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limiter.h - a rate limiter: a token bucket that is refilled continuously.
 *
 * A request that passes takes a token; one that finds none is refused, or waits for the next, in
 * the order of the discipline. The bucket is kept as one time, at which it would be full again if
 * no request came ("theoretical arrival time"): one addition for each that passes, and no event but
 * one alarm for the first in the queue. Times in here are in 2^-32 ns, so a rate whose interval is
 * no whole number of ns is met to one part in 10^9 even at a token for each ns; a request that
 * waits goes on at the first whole ns at which its token is there.
 * Invariants:
 * (1) full_at - now <= burst intervals;
 * (2) a request waits only while there is no token;
 * (3) a request that is PASSING is in exactly one queue.
 * station_checks.h has them as code.
 * Source: the generic cell rate algorithm, ITU-T I.371 (virtual scheduling), which is the same as a
 * token bucket of `burst` tokens. */
#ifndef CAPSIM_MODELS_STATIONS_LIMITER_H
#define CAPSIM_MODELS_STATIONS_LIMITER_H

#include "models/stations/waiting.h"
#include "sim/base/wide.h"

struct limiter {
    const struct limiter_spec *spec;
    wide_int interval;  /* between two tokens [2^-32 ns]                          */
    wide_int tolerance; /* of the tokens that may be saved: (burst - 1) intervals */
    wide_int full_at;   /* [2^-32 ns]                                             */
    struct waiting waiting;
    struct time_average *queue;
    struct tally *wait;
    uint64_t *counts;    /* LIMITER_COUNTS                                                      */
    uint64_t queue_time; /* of all that left the queue, for the self-check [ns, modulo 2^64]    */
    uint32_t alarm;
};

/* Makes copy number `number` (program.h), its bucket full. */
void limiter_init(struct replication_state *system, uint32_t number, uint32_t alarm);
/* The request takes a token. Returns true when the request has passed: go on. Otherwise it waits or
 * has failed; the caller leaves it alone. */
bool limiter_pass(struct replication_state *system, struct limiter *limiter, uint32_t id,
                  struct request *request);
/* The alarm: lets as many requests pass as there are tokens. */
void limiter_wake(struct replication_state *system, struct limiter *limiter);
/* Takes a request that is PASSING out of the queue because its time is up elsewhere. */
void limiter_abandon(struct replication_state *system, struct limiter *limiter, uint32_t id,
                     struct request *request);
/* It starts again with other values, its bucket full. No request waits. */
void limiter_renew(struct replication_state *system, struct limiter *limiter,
                   const struct limiter_spec *spec);
/* Its rate and burst change while it goes on: the tokens that are there stay, as far as they fit.
 * Nothing else of spec differs. */
void limiter_reload(struct replication_state *system, struct limiter *limiter,
                    const struct limiter_spec *spec);
/* Whether somebody could pass now; whether no more tokens are missing than the bucket holds, which
 * is invariant 1. */
bool limiter_has_token(const struct limiter *limiter, int64_t now);
bool limiter_is_within_burst(const struct limiter *limiter, int64_t now);
/* Most that can pass in length [ns], however full the bucket was. */
double limiter_most_passed(const struct limiter *limiter, int64_t length);

#endif
