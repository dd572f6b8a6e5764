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
 * - At one instant: first what began to take time, in that order; then arrivals, as listed; then
 *   time-outs; then closings of the idle, then of the old. A request that got what it waited for
 *   goes on after the one that acted, before the next event. */
#ifndef CAPSIM_TESTS_POOL_TWIN_H
#define CAPSIM_TESTS_POOL_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TWIN_NEVER INT64_MAX /* no limit, of a time or a count */
enum { TWIN_MOST_REQUESTS = 2000, TWIN_MOST_CONNECTIONS = 8, TWIN_MOST_ROUNDS = 5 };

enum twin_order { TWIN_FIFO, TWIN_LIFO, TWIN_PRIORITY };

struct twin_pool {
    int64_t max, min; /* max <= TWIN_MOST_CONNECTIONS                                          */
    bool starts_full; /* threads                                                               */
    enum twin_order order;
    int64_t queue_limit, connect_concurrency, max_uses;
    int64_t connect_timeout, idle_timeout, max_lifetime; /* [ns]                               */
    bool is_persistent, reuses_latest;
    const int64_t *connect, *checkout; /* [ns] of the n-th opening, the n-th taking; NULL: 0;
                                          TWIN_MOST_REQUESTS * TWIN_MOST_ROUNDS of them        */
};

enum twin_outcome { TWIN_PRESENT, TWIN_COMPLETED, TWIN_TIMED_OUT, TWIN_REFUSED };

/* A request lets time pass, asks, and holds for a time, `rounds` times. */
struct twin_request {
    int64_t arrives; /* [ns], ascending                                                        */
    int group;       /* for the caller                                                         */
    int64_t priority;
    int rounds;
    int64_t before[TWIN_MOST_ROUNDS], held[TWIN_MOST_ROUNDS], patience[TWIN_MOST_ROUNDS];
    /* Filled in: */
    enum twin_outcome outcome;
    int64_t ended;                     /* unless it is present                                  */
    int64_t asked[TWIN_MOST_ROUNDS];   /* each -1 while it has not happened                     */
    int64_t given[TWIN_MOST_ROUNDS];   /* left the queue, or never was in it                    */
    int64_t in_hand[TWIN_MOST_ROUNDS]; /* opened, or checked out                                */
    /* Its own: */
    int phase, stage, connection;
    int64_t due, order;
};

/* What happened before `until`. */
struct twin_totals {
    int64_t askings_timed_out, askings_refused, opened;
    int64_t openings_failed, closed_after_use, closed_idle, closed_old;
    double busy, open, waiting; /* integrals over time [ns]; busy includes opening             */
};

/* Runs the pool from empty on requests[count] until just before `until` [ns]. */
struct twin_totals pool_twin_run(const struct twin_pool *pool, struct twin_request *requests,
                                 size_t count, int64_t until);

#endif
