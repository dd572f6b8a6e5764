/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_twin.h - a connection pool as slow and as plain as can be, to check the real one against.
 *
 * It shares no code with models/: arrays, linear scans, one time at a time. What it says a pool is:
 * - An asker takes an idle connection: the one idle shortest (lifo) or longest; else one is opened
 *   for it while fewer than max are open or opening and fewer than connect_concurrency are opening;
 *   else it waits, unless queue_limit are waiting: then it is refused.
 * - One that opens belongs to its asker. It takes its time, or fails after connect_timeout when
 * that is shorter: the asker has timed out and there is no connection. Taking an open one costs
 *   checkout; a new one does not.
 * - One given back is closed if it is not persistent, was used max_uses times, or is max_lifetime
 *   old; else it is idle. Then the waiting are served, by the discipline, for as long as there is
 * an idle one or room to open one; likewise after an opening has ended.
 * - Waiting ends after acquire_timeout. Opening and checkout are not part of it.
 * - One that was idle for idle_timeout is closed, the longest idle first, while more than min are
 *   open; one that is max_lifetime old is closed when it is idle.
 * - opens_for_anyone: askers wait, and the pool opens as many as wait. A connection that the pool
 *   opens by itself becomes idle; if it fails, the first who waits has timed out (unless retries),
 *   and one opener rests, for twice as long as after the last failure, before those who waited have
 *   another; a newcomer has his own. Resting openers count as opening; each also rests for `pause`
 *   after a success if connect_concurrency is limited.
 * - TWIN_FILL: the pool opens by itself while fewer than min are open; TWIN_IDLE_TARGET: while
 * fewer than min are idle or opening for nobody, and min limits the closing of idle ones.
 * - covers_connect: the time limit goes on until one is in hand. A connection that was opening goes
 *   on doing so for nobody; one being checked out is given back.
 * - sweep: idle and lifetime limits are looked at each so often. checkout is free for one that has
 *   just opened, or was not idle for longer than checkout_after. One given back when max_idle are
 *   idle and nobody waits is closed.
 * - At one instant: first what began to take time, in that order; then arrivals, as listed; then
 *   openings for nobody, and rests, in the order of scheduling; then time-outs; then closings of
 * the idle, then of the old. A request that got what it waited for goes on after the one that
 * acted, before the next event. */
#ifndef CAPSIM_TESTS_SUPPORT_POOL_TWIN_H
#define CAPSIM_TESTS_SUPPORT_POOL_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TWIN_NEVER INT64_MAX /* no limit, of a time or a count */
enum { TWIN_MAX_REQUESTS = 2000, TWIN_MAX_CONNECTIONS = 8, TWIN_MAX_ROUNDS = 5 };

enum twin_order { TWIN_FIFO, TWIN_LIFO, TWIN_PRIORITY };
enum twin_min { TWIN_FLOOR, TWIN_FILL, TWIN_IDLE_TARGET };
/* The rests after failed connects. */
#define TWIN_FIRST_REST 10000000
#define TWIN_LAST_REST 5000000000

struct twin_pool {
    int64_t max, min; /* max <= TWIN_MAX_CONNECTIONS */
    bool starts_full; /* threads                     */
    enum twin_order order;
    int64_t queue_limit, connect_concurrency, max_uses;
    int64_t connect_timeout, idle_timeout, max_lifetime; /* [ns] */
    bool is_persistent, reuses_latest;
    enum twin_min min_rule;
    bool opens_for_anyone, covers_connect, retries;
    int64_t pause, sweep, checkout_after, max_idle; /* [ns]; max_idle: TWIN_NEVER: none */
    const int64_t *connect, *checkout; /* [ns] of the n-th opening, the n-th taking; NULL: 0;
                                          TWIN_MAX_REQUESTS * TWIN_MAX_ROUNDS of them        */
};

enum twin_outcome { TWIN_PRESENT, TWIN_COMPLETED, TWIN_TIMED_OUT, TWIN_REFUSED };

/* A request lets time pass, asks, and holds for a time, `rounds` times. */
struct twin_request {
    int64_t arrives; /* [ns], ascending                                                        */
    int group;       /* for the caller                                                         */
    int64_t priority;
    int rounds;
    int64_t before[TWIN_MAX_ROUNDS], held[TWIN_MAX_ROUNDS], patience[TWIN_MAX_ROUNDS];
    /* Filled in: */
    enum twin_outcome outcome;
    int64_t ended;                    /* unless it is present                                  */
    int64_t asked[TWIN_MAX_ROUNDS];   /* each -1 while it has not happened                     */
    int64_t given[TWIN_MAX_ROUNDS];   /* left the queue, or never was in it                    */
    int64_t in_hand[TWIN_MAX_ROUNDS]; /* opened, or checked out                                */
    /* Its own: */
    int phase, stage, connection;
    int64_t due, order, limit, limit_order;
};

/* What happened before `until`. */
struct twin_totals {
    int64_t askings_timed_out, askings_refused, opened;
    int64_t opened_for_nobody, given_up; /* given up: while its own connection opened */
    int64_t openings_failed, closed_after_use, closed_idle, closed_old;
    double busy, open, waiting; /* integrals over time [ns]; busy includes opening */
};

/* Runs the pool from empty on requests[count] until just before `until` [ns]. */
struct twin_totals pool_twin_run(const struct twin_pool *pool, struct twin_request *requests,
                                 size_t count, int64_t until);

#endif
