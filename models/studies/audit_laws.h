/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit_laws.h - the laws that no system can break, as laws of an interval net.
 *
 * Each function ties variables of the net (interval_net.h) that the caller has made and named. They
 * know nothing of a scenario: inputs and the program say which claim is about which variable.
 * Sources: Little, Operations Research 9 (1961); Denning & Buzen, "The operational analysis of
 * queueing network models", ACM Computing Surveys 10 (1978), for utilization, forced flow and
 * response; Markov's and Cantelli's inequalities. */
#ifndef CAPSIM_MODELS_STUDIES_AUDIT_LAWS_H
#define CAPSIM_MODELS_STUDIES_AUDIT_LAWS_H

#include "sim/stats/interval_net.h"
#include <stdint.h>

/* in_system = rate x time, of a station or of the whole: Little's law. */
void audit_add_little(struct interval_net *net, size_t in_system, size_t rate, size_t time);
/* busy = rate x service time: the utilization law in servers; busy <= servers. */
void audit_add_busy(struct interval_net *net, size_t busy, size_t rate, size_t service,
                    size_t servers);
/* utilization = busy / servers; the utilization should have been made with 1 as its highest. */
void audit_add_utilization(struct interval_net *net, size_t utilization, size_t busy,
                           size_t servers);
/* station_rate = system_rate x visits: forced flow. */
void audit_add_flow(struct interval_net *net, size_t station_rate, size_t system_rate,
                    size_t visits);
/* count = rate x time, for work, bytes and numbers alike. name as in "processor time". */
void audit_add_product(struct interval_net *net, const char *name, size_t count, size_t rate,
                       size_t time);
/* share = part / whole. */
void audit_add_share(struct interval_net *net, size_t share, size_t part, size_t whole);
/* whole = the sum of part[parts], parts <= INTERVAL_NET_TERMS. A response and its parts, memory,
 * connections. */
void audit_add_sum(struct interval_net *net, const char *name, size_t whole, const size_t *part,
                   size_t parts);
/* less <= more. */
void audit_add_order(struct interval_net *net, const char *name, size_t less, size_t more);
/* total >= ceil(jobs / threads) x each: no schedule of equal jobs ends earlier. rounds: a variable
 * of its own, made for this. */
void audit_add_makespan(struct interval_net *net, size_t total, size_t rounds, size_t jobs,
                        size_t threads, size_t each);

struct audit_quantile {
    double p; /* 0 < p < 1 */
    size_t variable;
};

/* A mean and quantiles of the same time, quantile[count] ascending by p, count below
 * INTERVAL_NET_TERMS. The quantiles are ordered, and with q_0 = 0:
 *     mean >= sum (p_(i+1) - p_i) q_i,      p_(count+1) = 1  (Markov's inequality, in steps)
 *     mean <= sum (p_i - p_(i-1)) q_i + (1 - p_count) greatest
 * greatest: what no value exceeds (a time-out), a variable; no bound above without one, for what
 * lies beyond the last quantile may be any. */
void audit_add_mean_of_quantiles(struct interval_net *net, size_t mean,
                                 const struct audit_quantile *quantile, size_t count,
                                 size_t greatest);
/* As greatest: there is none. */
#define AUDIT_NO_GREATEST SIZE_MAX

/* mean <= quantile, with p >= 0.9, in doubt: every gamma, Weibull and lognormal law with a cv up to
 * 3 obeys it at 0.9 and 5 at 0.95 (test_audit_laws), a law with a few very long values need not.
 * By Cantelli a mean above its p-quantile needs a cv of sqrt(p / (1 - p)) at least, 3 or 4.36. */
void audit_add_mean_below(struct interval_net *net, size_t mean, size_t quantile);

#endif
