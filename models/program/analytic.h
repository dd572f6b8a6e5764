/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analytic.h - queues that have a formula: put beside simulated values, and used for sizing.
 *
 * A station is `servers` equal servers with one queue, fed by a Poisson process. The words of the
 * answers are the report's: wait_probability and wait_mean_s are over the requests that were
 * served, as pool.wait is; timeout_rate and refused_rate are shares of all acquire attempts. What
 * has no closed form, or none that can be had in a moment, is NaN. Without a limit on queueing a
 * station with offered_load >= servers has no steady state: its waits are INFINITY, its utilization
 * 1.
 *
 * Symbols: lambda = arrival_rate_per_s, S = 1/mu = service_time_s, c = servers, a = lambda S, rho =
 * a/c, B = Erlang B of (c, a). Every formula here is checked against tests/exact/exact.json, whose
 * values were computed independently, to 1e-9 relative. */
#ifndef CAPSIM_MODELS_PROGRAM_ANALYTIC_H
#define CAPSIM_MODELS_PROGRAM_ANALYTIC_H

#include "sim/base/arena.h"
#include <stddef.h>
#include <stdint.h>

struct analytic_station {
    double arrival_rate_per_s; /* > 0; of instants, when requests come in batches               */
    double service_time_s;     /* mean, > 0                                                     */
    int64_t servers;           /* >= 1                                                          */
};

struct analytic_answer {
    double utilization;       /* 0..1                                                    */
    double wait_probability;  /* share of those served that waited                       */
    double wait_mean_s;       /* of those served                                         */
    double wait_mean_asked_s; /* of those served and those who left at their deadline    */
    double queue_length;      /* time average of those waiting                           */
    double timeout_rate;      /* share of attempts that left the queue at their deadline */
    double refused_rate;      /* share of attempts that found the queue full             */
    double throughput_per_s;  /* services completed                                      */
};

/* lambda S, in Erlangs; may exceed the servers. */
double analytic_offered_load(struct analytic_station station);

/* Erlang B: the chance that all servers are busy when none may wait; servers >= 0, offered_load >
 * 0. 1/B_n = 1 + (n/a) / B_(n-1) (Jagerman, "Some properties of the Erlang loss function", Bell
 * Syst. Tech. J. 53 (1974)), started where what came before is forgotten, so the cost is
 * 10 sqrt(a) + max(0, c - a) steps: 1e6 servers take some ms at most. */
double analytic_erlang_b(int64_t servers, double offered_load);
/* Its logarithm, also where B itself underflows: ln B of (10000, 200) is -29325.75... */
double analytic_log_erlang_b(int64_t servers, double offered_load);
/* Erlang C: the chance to wait in M/M/c: B / (1 - rho (1 - B)) (Cooper, Introduction to Queueing
 * Theory, 2nd ed. 1981, ch. 3); 1 when rho >= 1. */
double analytic_erlang_c(int64_t servers, double offered_load);

/* M/M/c: W = C / (c mu - lambda) (Cooper, ch. 3). The means hold for every order of service
 * that does not look at service times. */
struct analytic_answer analytic_solve_mmc(struct analytic_station station);
/* The p-quantile, 0 < p < 1, of the wait, first come first served: 0 for p <= 1 - C, else ln(C / (1
 * - p)) / (c mu - lambda). */
double analytic_mmc_wait_quantile(struct analytic_station station, double p);
/* The p-quantile of the response: the root of P(R > t) = e^(-mu t) + C mu (e^(-mu t) - e^(-d t)) /
 * (d - mu), d = c mu - lambda: the sum of that wait and an independent service. */
double analytic_mmc_response_quantile(struct analytic_station station, double p);

/* M/G/1, variance of the service time in s^2: W = lambda E[S^2] / (2 (1 - rho)) (Pollaczek 1930,
 * Khinchine 1932; Cooper, ch. 5). servers must be 1. */
struct analytic_answer analytic_solve_mg1(struct analytic_station station, double variance);

/* M/D/c: every c-th request meets the same server, so Spitzer's identity (Trans. AMS 82 (1956))
 * applies with N_i Poisson of mean i a: P(W > 0) = 1 - exp(-sum_i P(N_i >= i c) / i), and W = sum_i
 * S P(N_i >= i c) - (c / lambda) P(N_i > i c), which is Crommelin's (P.O. Elec. Eng. J. 25 (1932)).
 * The sums need about 40 / (c (rho - 1 - ln rho)) terms; the waits are NaN when that is above
 * 1e5. */
struct analytic_answer analytic_solve_mdc(struct analytic_station station);

/* M/G/c/c, none wait: refused B, whatever the law of the service (Sevastyanov, Theory Probab.
 * Appl. 2 (1957)). */
struct analytic_answer analytic_solve_loss(struct analytic_station station);

/* M/M/c/K with K = servers + queue_limit: the birth-death process p_(c+k) = p_c rho^k, k <=
 * queue_limit (Gross, Shortle, Thompson & Harris, Fundamentals of Queueing Theory, 4th ed. 2008,
 * ch. 2). Cost: min(queue_limit, 46 / |ln rho|) steps. */
struct analytic_answer analytic_solve_mmck(struct analytic_station station, int64_t queue_limit);

/* M/M/c+M (Erlang A), patience exponential with mean patience_s > 0: the birth-death process
 * p_(c+k) = p_(c+k-1) lambda / (c mu + k theta), theta = 1 / patience_s (Palm, "Research on
 * telephone traffic carried by full availability groups", Tele 1 (1957); Mandelbaum & Zeltyn, "The
 * Palm/Erlang-A queue" (2009)). One who finds k waiting is served with chance c mu / (c mu
 * + (k + 1) theta), after sum_{j=1..k+1} 1 / (c mu + j theta) on average. Cost: as many steps as
 * lengths of the queue that occur. */
struct analytic_answer analytic_solve_mmcm(struct analytic_station station, double patience_s);

/* M/M/c+D, everybody leaves after waiting timeout_s > 0: the density of the wait that an endlessly
 * patient request would see is v(x) = lambda p_(c-1) exp(lambda min(x, timeout) - c mu x) (Baccelli
 * & Hebuterne 1981; Zeltyn & Mandelbaum, "Call centers with impatient customers", Queueing Systems
 * 51 (2005)). Any load. */
struct analytic_answer analytic_solve_mmcd(struct analytic_station station, double timeout_s);
/* The p-quantile, 0 < p < 1, of the wait of those served. */
double analytic_mmcd_wait_quantile(struct analytic_station station, double timeout_s, double p);

/* M^X/M/c, batches of exactly batch >= 1: the cut equations p_(n+1) min(n + 1, c) mu = lambda
 * sum_{k > n - batch} p_k up to c, and L = (sum_{j<c} j (c - j) p_j + a (X + X (X - 1) / 2)) / (c -
 * a X) with X = batch, from the derivative of the generating function at 1 (Chaudhry & Templeton, A
 * First Course in Bulk Queues (1983)). The wait of one request, its place in the batch at
 * random. Scratch memory: min(batch, servers) doubles; cost: servers * batch steps. */
struct analytic_answer analytic_solve_batches(struct analytic_station station, int64_t batch,
                                              struct arena *scratch);

#endif
