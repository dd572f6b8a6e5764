/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cycle_twin.h - a fleet on threads, as slow and as plain as can be, to check cycle.c against.
 *
 * It shares no code with models/: one array of all jobs that ever were, looked through at each
 * instant. What it says a fleet is:
 * - A job asks for a thread when it is released, first come first served, holds it for a time of
 *   its own, then goes on for another without it, and has ended.
 * - Cycles are due every so often. At an instant first everything ends and gets threads that can;
 *   then the cycle that is due is looked at. It was overrun if the one due before has not ended.
 * - wait: it begins when the last has ended, and the next is due `every` after that. queue: it
 *   begins when all before have ended. skip: never, if one runs. coalesce: when the last has ended,
 *   once for all that were due. overlap: now. replace: now, and the jobs of the last are cancelled.
 * - Of a cycle job k is released at spread * k / jobs after its start, or with a barrier b when all
 *   jobs below k / b * b have ended.
 * - A cycle that ends is in time if the next is not due yet, or at that instant. */
#ifndef CAPSIM_TESTS_SUPPORT_CYCLE_TWIN_H
#define CAPSIM_TESTS_SUPPORT_CYCLE_TWIN_H

#include <stdint.h>

enum { TWIN_MAX_JOBS = 4000, TWIN_MAX_CYCLES = 400, TWIN_FLEET = 8 };
enum twin_rule { TWIN_WAIT, TWIN_QUEUE, TWIN_SKIP, TWIN_COALESCE, TWIN_OVERLAP, TWIN_REPLACE };

struct twin_fleet {
    int64_t every, spread;      /* [ns] */
    int jobs, threads, barrier; /* jobs <= TWIN_FLEET; barrier 0: none */
    enum twin_rule rule;
    int64_t held[TWIN_FLEET], after[TWIN_FLEET]; /* [ns] of job k */
    const int64_t *drawn; /* [TWIN_MAX_JOBS] of the n-th job released, instead of held; or NULL */
};

/* What happened in [0, until). */
struct twin_account {
    int64_t due, begun, missed, in_time, overrun; /* cycles                                     */
    int64_t ended, length_sum, longest;           /* of those that ended and were not cancelled */
    int64_t released, completed, cancelled, response_sum;
    int64_t granted, wait_sum;          /* threads */
    int64_t present_time, backlog_time; /* integrals of jobs present and of cycles waiting [ns] */
};

/* Runs the fleet from time 0 to until [ns]. */
void cycle_twin_run(const struct twin_fleet *fleet, int64_t until, struct twin_account *account);

#endif
