/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prediction.h - where one further replication would fall, which is what one real run is.
 *
 * A confidence interval is about the mean of all replications there could be and narrows as they
 * grow in number; a prediction interval is about the next one and does not. With at least
 * 2 / (1 - confidence) - 1 values (39 for 95 %) it is made of order statistics, which needs no law:
 * of n independent values and one more, each of the n + 1 places is equally likely, so the next
 * lies between the r-th lowest and the r-th highest with probability (n + 1 - 2 r) / (n + 1), and r
 * is the greatest that keeps this at confidence or above. With fewer it is Student's, mean +-
 * t_{n-1} s sqrt(1 + 1/n), which supposes a normal law. Sources: Vardeman, "What about the other
 * intervals?", The American Statistician 46 (1992). */
#ifndef CAPSIM_SIM_STATS_PREDICTION_H
#define CAPSIM_SIM_STATS_PREDICTION_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

struct prediction {
    double low, high;    /* -INFINITY, INFINITY with fewer than two values                     */
    size_t replications; /* values that are not NaN                                            */
    bool is_by_rank;     /* of order statistics; else Student's                                */
};

/* From values[i * stride], i < count, NaN left out. confidence two-sided, in (0,1). arena: for a
 * sorted copy. */
struct prediction prediction_of_next(const double *values, size_t count, size_t stride,
                                     double confidence, struct arena *arena);

/* The share of events that one further replication of `trials` trials may show, when events are so
 * rare that no replication had one and the true share is at most rate_high: the count that a
 * Poisson number of mean rate_high * trials exceeds with a chance of at most (1 - confidence) / 2,
 * over trials. 0 <= rate_high < 1, trials > 0. */
double prediction_of_rare(double rate_high, double trials, double confidence);

#endif
