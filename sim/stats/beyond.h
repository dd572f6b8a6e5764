/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beyond.h - a quantile's limit judged as a share: how many were beyond it.
 *
 * "p95 <= 10 ms" says that at least 95 % of the values are at most 10 ms. Counting those above
 * 10 ms is exact, whatever a histogram's buckets, and their share is a ratio of totals with an
 * interval of its own (pseudo.h), while the quantiles of short runs are biased low in the tail. To
 * first order both have the same variance (Bahadur); inverting the interval of the share is
 * Woodruff's (JASA 47 (1952)). Values are whole nanoseconds, so
 *
 *     q-quantile <= x  iff  share(v <= x)     >= q        < x  iff  share(v <= x - 1) >= q
 *     q-quantile >= x  iff  share(v <= x - 1) <  q        > x  iff  share(v <= x)     <  q
 *
 * and with p = 1 - q and theta the share above the threshold x or x - 1: `<=` and `<` hold when
 * theta
 * <= p, `>=` and `>` when theta > p. */
#ifndef CAPSIM_SIM_STATS_BEYOND_H
#define CAPSIM_SIM_STATS_BEYOND_H

#include "sim/stats/estimate.h"
#include <stdint.h>

/* The whole parts that 1 is divided into for shares as users write them. */
enum { BEYOND_WHOLE = 1000000000 };

struct beyond_claim {
    int64_t threshold; /* [ns] values greater than that are beyond; -1: all are                 */
    int64_t allowed;   /* p in parts of BEYOND_WHOLE: 5 % is 50,000,000                         */
    bool is_upper;     /* holds when at most that share is beyond, else when more is            */
};

/* The claim that the q-quantile is below (is_upper) or above limit [ns], which itself does
 * (is_strict false) or does not. 0 < q < 1 as a user wrote it, rounded to parts of BEYOND_WHOLE. */
struct beyond_claim beyond_claim_of(double q, bool is_upper, bool is_strict, int64_t limit);

enum beyond_answer { BEYOND_HOLDS, BEYOND_BREAKS, BEYOND_OPEN };

/* The claim by the share's interval; where that is a single point, by whole numbers: the share
 * ratios[i * stride] of weights[i * stride] were beyond. OPEN without an interval. */
enum beyond_answer beyond_judge(const struct beyond_claim *claim, const struct estimate *share,
                                const double *ratios, const double *weights, size_t count,
                                size_t stride);

/* The effective number of observations beyond: they come in clusters, and the variance of the
 * replications' counts, over that of independent ones, says how large these are. d_r = C_r - p n_r;
 * deff = (sum d_r^2 / (R - 1)) / (p (1 - p) sum n_r / R); sum C_r / max(1, deff). 0 when none was
 * beyond; rows with weight 0 or NaN are left out; NaN with fewer than two. */
double beyond_effective(const double *counts, const double *weights, size_t count, size_t stride);

/* How many of n values may be beyond a threshold so that their q-quantile (observation number
 * ceil(n q)) is not: n - ceil(n q), with q as in beyond_claim_of. */
uint64_t beyond_allowed(uint64_t n, double q);

#endif
