/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pseudo.h - estimates that are a function of totals over all replications, by their jackknife
 * pseudo-values.
 *
 * A mean wait, an error rate or a utilization is a ratio of totals: all the waiting over all the
 * requests, not the mean of the replications' ratios, which more replications do not make right
 * where a burst brings both more requests and longer waits. With theta the estimate from all R
 * replications and theta_(r) that from all but r, the pseudo-value of r is
 *
 *     P_r = R theta - (R - 1) theta_(r)
 *
 * and the P_r serve as R independent observations of theta (Quenouille 1956; Miller, Biometrika 61
 * (1974); for ratios in simulation Iglehart, Naval Research Logistics Quarterly 22 (1975): the best
 * of five estimators at small R). Replications that observed nothing (weight 0 or value NaN) have
 * the pseudo-value NaN and add no degree of freedom. Memory is the caller's; the cost is O(R).
 *
 * The interval: with m and s the mean and the standard deviation of the P_r, se = s / sqrt(R),
 * and t Student's quantile with R - 1 degrees of freedom,
 *
 *     low  = m - t se
 *     high = the larger of m + (t + g (2 t^2 + 1) / (6 sqrt(R))) se and the gamma bound
 *     g    = the larger of the sample skewness less its noise and c k (w / e) (w / s)^3
 *     k    = 1 + 10 / R, at most 2, of what queues, else 1
 *     e    = m - origin, at least se;    w^2 = s^2 - origin_sd^2
 *
 * What queues is skewed to the right, and where it comes out low so does its standard error:
 * Student's interval passes falsely in 8 to 27 % of studies. The term in g is what skewness adds to
 * the quantile of a studentised mean (Hall, The Bootstrap and Edgeworth Expansion, 1992, 2.6), and
 * c s / m is the skewness that such totals have at least (exponential clusters: 1.5 times their
 * coefficient of variation, time averages of a queue near saturation 6 to 7 times): ten values
 * cannot show it. In few replications even that is too little, since the expansion ends with its
 * first term: hence k. A response of 100 ms of work and 5 ms of wait is as skewed as the wait, so
 * the mean counts from the origin; and what its work alone would spread (origin_sd) is not skewed,
 * or a response that hardly waits would have no upper bound at all. Where the sample is skewed to
 * the left beyond its noise, the low side is lengthened likewise. The gamma bound is
 * pseudo_highest.
 *
 * Measured (test_pseudo), truth on the limit, nominal 2.5 % each side, one look at R = 10: totals
 * of 20 clusters with exponential lengths pass falsely in 0.1 % (c = 7) where Student's interval
 * does in 8 %; squares of them in 0.8 % where it does in 17 %. All looks at 10 to 80 runs together,
 * queues at 90 to 96 % load, runs of 5 to 40 relaxation times: their mean wait passes falsely in 2
 * to 3.5 %, with c = 6 and k = 1 in 3 to 5.5 %; the upper side is 2 % longer for it. */
#ifndef CAPSIM_SIM_STATS_PSEUDO_H
#define CAPSIM_SIM_STATS_PSEUDO_H

#include "sim/stats/estimate.h"

/* How skewed a metric is known to be: c of the interval. */
enum pseudo_skew {
    PSEUDO_SKEW_NONE = 0,    /* nothing is known                                          */
    PSEUDO_SKEW_PLAIN = 2,   /* utilization, throughput, sizes                            */
    PSEUDO_SKEW_SHARE = 4,   /* shares and rates of events, shares beyond a limit         */
    PSEUDO_SKEW_QUEUEING = 7 /* times and levels that queue: wait, response, in system    */
};

/* What is known of a metric before it is observed. */
struct pseudo_law {
    enum pseudo_skew skew;
    double origin;          /* where it begins: its value without any queueing, else 0           */
    double origin_sd;       /* the spread its pseudo-values would have without queueing, else 0  */
    double lowest, highest; /* it never leaves [lowest, highest]; may be infinite                */
    bool is_share;          /* of 1: above a half the other side is the one that is lengthened   */
};

/* The estimate from the totals. */
struct pseudo_total {
    double estimate;     /* NaN when no replication observed anything                            */
    size_t replications; /* that observed something                                              */
};

/* A ratio of totals: [i * stride] are replication i's own ratio and its denominator. */
struct pseudo_ratio {
    const double *values, *weights;
    size_t stride;
};

/* sum(values weights) / sum(weights), i < count; its pseudo-values go to pseudo[count].
 * Replications whose ratios are all equal give that ratio, to the last bit, as estimate and
 * pseudo-values. */
struct pseudo_total pseudo_of_ratio(struct pseudo_ratio ratio, size_t count, double *pseudo);

/* The interval of pseudo[count] about its mean, made to contain the estimate. With fewer than two
 * pseudo-values there is none. */
struct estimate pseudo_interval(const double *pseudo, size_t count, double estimate,
                                const struct pseudo_law *law, double confidence);

/* The same for a ratio, without keeping its pseudo-values. */
struct estimate pseudo_estimate_ratio(struct pseudo_ratio ratio, size_t count,
                                      const struct pseudo_law *law, double confidence);

/* The standard deviation (n - 1 below) of all observations together: sds[i * mean.stride] and mean
 * are those of each replication, the weights of mean the numbers of its observations. Of one
 * observation the standard deviation may be NaN. */
struct estimate pseudo_estimate_sd(const double *sds, struct pseudo_ratio mean, size_t count,
                                   const struct pseudo_law *law, double confidence);

/* A share of events among trials, which are the weights. When no replication saw an event (or none
 * saw a non-event) the interval would have no width: it is then the exact binomial bound 1 -
 * (alpha/2)^(1/n) with n = trials / design_effect (>= 1), since events cluster; and while fewer
 * than 20 clusters were seen ((estimate / standard error)^2) the bound there is no tighter. */
struct estimate pseudo_estimate_rate(struct pseudo_ratio ratio, size_t count, double design_effect,
                                     double confidence);

/* to - (1 + margin) from, over the replications that observed both (margin > -1): the jackknife of
 * the difference of the two ratios. Student's interval about the mean of the differences, both
 * sides lengthened by their skewness, of either sign, beyond its noise. Near saturation a run with
 * a long queue has one in both settings, and the slower one's is longer by more than the margin:
 * the difference then is more skewed than the ratio that it goes with: 20/6 times c k s / m of its
 * pseudo-values, by the correlation; and the side to which it is skewed is longer by that.
 * Measured, M/M/1 at 96 and 97 %, on the margin: 15 % pass falsely without it, 3.8 % with it.
 * *variance_ratio (may be NULL): the variance of the differences over that of unpaired
 * replications; NaN when neither setting varies. */
struct estimate pseudo_paired(struct pseudo_ratio from, struct pseudo_ratio to, size_t count,
                              double margin, enum pseudo_skew skew, double confidence,
                              double *variance_ratio);

/* The highest mean of a total of clusters at which so little is still likely, when `mean` was seen
 * with this standard error: K = (mean / standard_error)^2 clusters, Poisson, were they all alike
 * (the gamma quantile of one more: Fay & Feuer, Statistics in Medicine 16 (1997)), at the level of
 * Student's t with min(K + 1, most_df) degrees of freedom, since their size is known from no more
 * than were seen. With many clusters it is mean: Student's bound is then right. */
double pseudo_highest(double mean, double standard_error, double most_df, double confidence);

#endif
