/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relaxation.h - how long a system remembers: from its model, and from what was observed.
 *
 * The relaxation time tau is the unit of warm-ups and run lengths: after one of them a queue has
 * mostly forgotten where it was, and in heavy traffic one is worth a single independent observation
 * of the mean. For one station
 *
 *     tau = S (1 + cs2) + 2 rho S (ca2 + cs2) / (c (1 - rho)^2)
 *
 * of which the first term is the memory of the service itself and the second that of the queue, by
 * reflected Brownian motion (Whitt, "Planning queueing simulations", Management Science 35 (1989);
 * Asmussen, Mathematics of Operations Research 17 (1992)). M/M/1 at 99 %: 39.60 services of 1 s
 * divided by 1000 where 39.80 is exact. The second term cannot exceed what limits the queue: twice
 * a time-out, the time a full queue takes, what a closed population takes to come round. */
#ifndef CAPSIM_SIM_STATS_RELAXATION_H
#define CAPSIM_SIM_STATS_RELAXATION_H

#include <stdbool.h>
#include <stddef.h>

/* ---- from the model ----------------------------------------------------------------------- */

struct relaxation_station {
    double service_s; /* mean time that a unit is held                                          */
    double service_scv, arrival_scv; /* squared coefficients of variation: cs2; ca2, which is the
                                        index of dispersion where arrivals are correlated        */
    double units;   /* c > 0                                                                  */
    double load;    /* rho, offered                                                           */
    double limit_s; /* the second term is at most that; INFINITY: nothing limits the queue     */
    bool is_shared; /* processor sharing: first term / (1 - rho), second with cs2 = 1          */
};

/* tau [s]; INFINITY from load 1 on where nothing limits the queue. *queue_s (may be NULL): its
 * second term. */
double relaxation_of_station(const struct relaxation_station *station, double *queue_s);

/* Index of dispersion of arrivals whose rate goes through `states` states in a cycle, each for an
 * exponential time: 1 + (2 / lambda) sum p_i (lambda_i - lambda) d_i, d the solution of Poisson's
 * equation. rates [1/s], sojourns: means [s]. Two states of 100/s for 600 s and 380/s for 180 s:
 * 23,413. */
double relaxation_dispersion(const double *rates, const double *sojourns, size_t states);

/* ---- as seen ------------------------------------------------------------------------------ */

enum { RELAXATION_BINS = 64, RELAXATION_LENGTHS = 5 }; /* batches of 1, 2, 4, 8, 16 bins */

/* What one replication keeps of a level's averages over 64 equal bins. */
struct relaxation_batches {
    double sum[RELAXATION_LENGTHS], squares[RELAXATION_LENGTHS], products[RELAXATION_LENGTHS];
    double first[RELAXATION_LENGTHS], last[RELAXATION_LENGTHS]; /* batch means */
};

/* From the averages of bins[RELAXATION_BINS]. */
struct relaxation_batches relaxation_batches_of(const double *bins);

/* tau' of the replications' level [s]: its autocorrelation falls as exp(-t / tau'). The correlation
 * of neighbouring batch means about the grand mean, for the shortest batches where it is at most
 * 0.4, is (1 - e^-x)^2 / (2 (x - 1 + e^-x)) with x = batch / tau'. 0 when there is no correlation
 * or nothing varies; INFINITY when even batches of 16 bins are closer related: the runs are shorter
 * than some 10 tau'. A cycle is 2 tau'. As in ASAP3 and SBatch (Steiger et al., ACM TOMACS 15
 * (2005); Lada & Wilson, European J. Operational Research 174 (2006)). */
double relaxation_seen(const struct relaxation_batches *batches, size_t replications, double bin_s);

/* ---- warm-up ------------------------------------------------------------------------------ */

/* Relaxation times to leave out so that a tail of share p is full to some 1 %: 2 + 0.5 ln(1 / p);
 * 3 for means (p = 0). */
double relaxation_warmup(double share);

/* What is missing of the mean of a queue that began empty, so many relaxation times later, as a
 * share of it; and how much of a tail of share p is there. Reflected Brownian motion: Abate &
 * Whitt, Advances in Applied Probability 19 (1987); Harrison, Brownian Motion and Stochastic Flow
 * Systems (1985). */
double relaxation_mean_missing(double relaxations);
double relaxation_tail_reached(double relaxations, double share);
/* What is missing on average of the mean (share 0) or of a tail of that share, as a share of it,
 * over `length` relaxation times that begin `from` of them after the empty start. */
double relaxation_missing(double from, double length, double share);

/* Warm-up for arrival states that overload a station, whose backlog does not begin in equilibrium
 * though the states do: 2 (sojourn + (load - 1) sojourn / (1 - rest)), load >= 1 in that state and
 * rest < 1 in the others. */
double relaxation_backlog_warmup(double sojourn_s, double load, double rest);

#endif
