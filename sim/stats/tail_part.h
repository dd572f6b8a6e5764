/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tail_part.h - what a heavy tail holds that a study has probably not shown.
 *
 * A mean behind heavy-tailed work comes from few large pieces of it, and a study that has not drawn
 * them shows a mean and a spread that are both too low. From the laws alone, before anything is
 * simulated, it is known whether a mean has a variance at all, and which part of the moment that
 * makes it lies where the draws of the whole study are not expected to reach.
 *
 * The power k with which work enters a metric: 1 for a delay's own mean, utilization, processor
 * sharing and throughput; 2 for waits, queues and responses behind a queue for one unit. Laws are
 * in seconds, as distribution.h. */
#ifndef CAPSIM_SIM_STATS_TAIL_PART_H
#define CAPSIM_SIM_STATS_TAIL_PART_H

#include "sim/random/distribution.h"

/* P(X > x) falls as x to the minus this: the shape of a Lomax law, the least of the parts of
 * mixtures and sums; INFINITY for all others and for what is truncated above. */
double tail_part_index(const struct distribution *law);

/* Whether every tail on the way falls at least exponentially: constant, uniform, exponential,
 * Erlang, gamma, hyperexponential, what is truncated above, and mixtures and sums of these. */
bool tail_part_is_light(const struct distribution *law);

/* The tail index of what one piece of work adds to a metric: index / 1 for power 1, and (spare
 * (index - 1) + 1) / 2 for waits at a station with so many units more than its load needs, rounded
 * down (at least 1): so many long works at once make a wait long (Foss & Korshunov, Queueing
 * Systems 52 (2006)). Up to 1 there is no mean, up to 2 no variance: then no interval for the mean
 * holds, however long the run, and an upper limit is never passed. */
double tail_part_cluster_index(double index, int power, double spare);

/* u = E[S^k; S > s] / E[S^k], s the quantile 1 - 1 / draws: the part of the k-th moment that so
 * many draws have probably not shown. 0 <= u <= 1; 1 when the moment is infinite or draws <= 1. Of
 * mixtures part by part, of sums to first order; a truncated law without a closed form counts as if
 * it were whole, which errs to the careful side. power 1 or 2. The upper bound of a mean becomes
 * high / (1 - u). Measured on M/G/1 with the truth on the limit (ten runs of 30,000 jobs):
 * lognormal work of cv 3, 5 and 10 passes falsely in 7.9, 15.5 and 25.9 % without it, in 1.4, 1.2
 * and 1.4 % with it. */
double tail_part_unseen(const struct distribution *law, int power, double draws);

/* The draws that bring u down to `most` (0 < most < 1), by bisection to 0.1 %; INFINITY when 10^18
 * are not enough. */
double tail_part_draws_needed(const struct distribution *law, int power, double most);

/* int_w^inf P(S > u) du / E[S]: what a long delay that began empty lacks of its mean number present
 * after a time w [s]; the residual's tail (Cox, Renewal Theory (1962), ch. 5). For a sum of k parts
 * the bound from its parts at w / k. 1 when the mean is infinite. */
double tail_part_missing(const struct distribution *law, double w);

/* The least w [s] at which at most that share is missing, to 1e-9 of it; INFINITY when there is
 * none. 0 < share < 1. Lomax of mean 10 s and cv 3, 0.5 %: 854 s. */
double tail_part_warmup(const struct distribution *law, double share);

#endif
