/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modulated_queue.h - the exact steady state of MMPP/M/c, with or without a limit on its queue: a
 * Poisson process whose rate goes through states in turn, each for an exponential time.
 *
 * Number in system and state are a chain whose level changes by one (a quasi birth and death
 * process); its levels are solved from the highest down, R_n = A (-(L_n + R_{n+1} D_{n+1}))^-1
 * (Neuts, Matrix-Geometric Solutions in Stochastic Models (1981), ch. 3; Gaver, Jacobs & Latouche,
 * Advances in Applied Probability 16 (1984)). First come, first served. */
#ifndef CAPSIM_TESTS_SUPPORT_MODULATED_QUEUE_H
#define CAPSIM_TESTS_SUPPORT_MODULATED_QUEUE_H

#include "sim/base/arena.h"

enum { MODULATED_STATES = 4 };

struct modulated_queue {
    int states; /* 1 .. MODULATED_STATES */
    double rates[MODULATED_STATES], sojourns[MODULATED_STATES];
    double service_s;
    int servers;
    int levels; /* the largest number in system: servers + queue limit, or so many that more never
                   come */
};

struct modulated_answer {
    double arrival_rate, refused_rate;    /* 1/s; share of all arrivals                    */
    double utilization, queue, in_system; /* time averages                                 */
    double wait_mean_s, wait_probability; /* of those served                               */
    const double *found; /* [levels + 1] share of those served who find so many there           */
};

/* Solves the balance equations; everything in arena. */
struct modulated_answer modulated_queue_solve(const struct modulated_queue *queue,
                                              struct arena *arena);
/* P(W > t) of those served. */
double modulated_queue_wait_beyond(const struct modulated_queue *queue,
                                   const struct modulated_answer *answer, double t);
/* The p-quantile of the wait of those served. */
double modulated_queue_wait_quantile(const struct modulated_queue *queue,
                                     const struct modulated_answer *answer, double p);

#endif
