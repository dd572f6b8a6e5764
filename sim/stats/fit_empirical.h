/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_empirical.h - the values themselves as a law, as far as there are enough, and a fitted tail.
 *
 * A percentile beyond which a handful of values lie is not known from them: up to a threshold with
 * at least FIT_EMPIRICAL_BEYOND values above it the law is what was seen, in slices of equal
 * probability that keep their mean; beyond it is the best of lognormal, Weibull, exponential and
 * Pareto (Lomax), fitted by likelihood to the upper tenth, given that a value is there. Inside of a
 * bucket or of a rounding step, where values are not known, the law that was fitted to all of the
 * data says how they lie. */
#ifndef CAPSIM_SIM_STATS_FIT_EMPIRICAL_H
#define CAPSIM_SIM_STATS_FIT_EMPIRICAL_H

#include "sim/stats/fit_law.h"

enum { FIT_EMPIRICAL_BEYOND = 100 };

struct fit_empirical {
    bool is_available;  /* false: why says so, and the rest is not set */
    const double *body; /* body[count], ascending, each equally likely */
    size_t count;
    double body_share;       /* of all values: those of the body */
    double threshold;        /* the body ends here */
    double beyond;           /* values above it, FIT_EMPIRICAL_BEYOND or more */
    struct fit_law tail;     /* of the whole law whose part above tail_from fits the data */
    double tail_from;        /* <= threshold */
    struct distribution law; /* the body, and the tail truncated to what is beyond */
    const char *why;
};

/* At most `points` (>= 2) values for the body. inside: as above, may be NULL (values lie evenly).
 * Not available below 2 * FIT_EMPIRICAL_BEYOND values, where a threshold hides the short ones,
 * where more than half are right-censored, and where all values are alike. */
struct fit_empirical fit_empirical_make(const struct fit_data *data, const struct fit_law *inside,
                                        size_t points, struct arena *arena);

#endif
