/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference.h - the loops that capsim is held against: one queue each, written by hand.
 *
 * No generality at all: no file is read, no other queue could be simulated. What they keep is what
 * capsim keeps of these queues (sum and log-linear histogram of the wait and the response, busy
 * time), with the same histogram. Each is as fast as we know how to make it, in plain C with the
 * same flags. reference_is_right compares the answer with the closed form, so a loop that is fast
 * because it is wrong is noticed. */
#ifndef CAPSIM_TESTS_BENCH_REFERENCE_H
#define CAPSIM_TESTS_BENCH_REFERENCE_H

#include "sim/base/arena.h"
#include "sim/stats/histogram.h"
#include <stdbool.h>
#include <stdint.h>

/* Where the random numbers come from. Both give exponentials by a ziggurat, in blocks of 64. */
enum reference_source {
    REFERENCE_PHILOX, /* capsim's own streams: any draw can be had by its number */
    REFERENCE_XOSHIRO /* xoshiro256+ (Blackman & Vigna 2021): the fastest, one after the other */
};

/* What finds the next departure. */
enum reference_list {
    REFERENCE_HEAP, /* binary heap, replaced at the root: the usual best */
    REFERENCE_TREE /* tree of winners: see bench_event_list                                       */
};

/* M/M/c, first come first served, started empty. */
struct reference_queue {
    double arrival_rate_per_s, service_time_s;
    uint32_t servers; /* 1..64                                                                   */
    int64_t timeout_ns; /* > 0, a limit on the wait; only the event loop has it */
};

/* What was seen; all requests from the first count. */
struct reference_answer {
    uint64_t requests; /* that arrived                                                            */
    double elapsed_s;  /* by the wall clock                                                       */
    double wait_mean_s; /* of those served */
    double wait_p95_s;
    double response_p95_s; /* NaN: not kept */
    double utilization;
    double queue_length; /* time average; NaN: not kept */
    double timeout_rate;
};

/* W(n+1) = max(0, W(n) + S(n) - A(n+1)): Lindley, "The theory of queues with a single server",
 * Proc. Camb. Phil. Soc. 48 (1952). servers must be 1. Keeps the wait. */
struct reference_answer reference_lindley(const struct reference_queue *queue, uint64_t requests,
                                          enum reference_source source, uint64_t seed,
                                          struct arena *arena);

/* An arrival takes the server that is free first: Kiefer & Wolfowitz, "On the theory of queues with
 * many servers", Trans. AMS 78 (1955). Keeps wait, response and busy time. */
struct reference_answer reference_kiefer_wolfowitz(const struct reference_queue *queue,
                                                   uint64_t requests, enum reference_source source,
                                                   enum reference_list list, uint64_t seed,
                                                   struct arena *arena);

/* Arrival, departure and time-out one after the other in order of time: the next arrival in a
 * register, departures in the list with 128-bit keys (time, order, server), and of the time-outs
 * only that of the queue's head. Keeps wait, response, and the integrals of busy and waiting. */
struct reference_answer reference_event_loop(const struct reference_queue *queue, uint64_t requests,
                                             enum reference_source source, enum reference_list list,
                                             uint64_t seed, struct arena *arena);

/* True if the answer's mean wait, utilization and share of time-outs are within 5 standard errors,
 * as a run of so many correlated requests has them, of the closed form. Prints what is not. */
bool reference_is_right(const struct reference_queue *queue, const struct reference_answer *answer,
                        const char *name);

/* True if capsim[rounds] and reference[rounds], values of independent runs, have the same mean: by
 * no more than 8 standard errors of the difference apart (9 rounds each: one false alarm in a
 * million), and 0.5 % for what still remembers the start. Prints what is not. */
bool reference_is_same(const char *name, const char *what, const double *capsim,
                       const double *reference, int rounds);

#endif
