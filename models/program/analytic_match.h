/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analytic_match.h - is this scenario a queue with a formula?
 *
 * It is when its only workload is Poisson and each request does one thing: hold one of one pool,
 * for one delay, or work on one cpu. The pool may be of either kind and keep its connections as it
 * likes as long as opening and taking them costs no time. Recognised, with rho the offered load
 * over the servers: M/M/c, M/D/c, M/G/1            rho < 1, no limit on queueing, any order of
 * service M^X/M/c                        the same, constant batches M/M/c/c, M/G/c/c, M/M/c/K
 * queue_limit M/M/c+M, M/M/c+D               acquire_timeout exponential or constant, first come
 * first served M/G/c-PS                       work on c cores, or on a part of one, without
 * contention; the means are those of M/M/c, whatever the law of the work, and every job is slowed
 * down alike on average (Kleinrock, Queueing Systems 2 (1976), ch. 4; Cohen, "The multiple phase
 *                                    service network with generalized processor sharing", Acta
 *                                    Informatica 12 (1979))
 * A queue whose formula would take long (more than some 1e7 steps) is not recognised. */
#ifndef CAPSIM_MODELS_PROGRAM_ANALYTIC_MATCH_H
#define CAPSIM_MODELS_PROGRAM_ANALYTIC_MATCH_H

#include "models/program/analytic.h"
#include "models/spec/spec.h"
#include <stdbool.h>

struct analytic_match {
    char model[64];        /* "M/M/50", "M/G/1", "M/G/50/50", "M/M/4/20", "M/M/50+D", "M^10/M/4" */
    bool is_shared;        /* processors, not a pool                                             */
    size_t workload, pool; /* which ones                                                         */
    size_t cpu;
    struct analytic_answer answer; /* no field is NaN or INFINITY                                */
    double jobs, slowdown;         /* of a cpu: mean number present, and time taken / demand     */
};

/* True, with match filled, when scenario is such a queue. */
bool analytic_match_scenario(const struct scenario *scenario, struct arena *scratch,
                             struct analytic_match *match);

#endif
