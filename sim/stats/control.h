/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control.h - a mean corrected by what is known of its inputs: control variates.
 *
 * Where work is heavy-tailed, much of a run's mean wait follows from the work that happened to be
 * drawn, whose mean is known. The pseudo-values are regressed on these controls, and the mean is
 * taken at the controls' true means (Lavenberg & Welch, Management Science 27 (1981); Lavenberg,
 * Moeller & Welch, Operations Research 30 (1982)):
 *
 *     beta = Scc^-1 ScY,   Y(beta) = mean Y - beta'(mean C - mu)
 *     half = t sqrt(sigma^2 (1 / R + (mean C - mu)' Scc^-1 (mean C - mu)))
 *     sigma^2 = (SYY - ScY' Scc^-1 ScY) / (R - q - 1),   t of R - q - 1 degrees of freedom
 *
 * By itself this passes falsely in 7 to 22 % of studies of M/G/1 with work of cv 3 to 30: a verdict
 * needs the plain upper bound too. Controls must be means over all draws, not over completions,
 * which are biased to short ones. */
#ifndef CAPSIM_SIM_STATS_CONTROL_H
#define CAPSIM_SIM_STATS_CONTROL_H

#include "sim/stats/estimate.h"

enum { CONTROL_MAX = 3 };

struct control_estimate {
    struct estimate estimate; /* without an interval where there are too few replications       */
    double explained;         /* R^2 of the regression, 0 to 1; NaN without an interval          */
};

/* values[i * stride], i < count; controls[i * control_count + k] with the known means[k], 1 to
 * CONTROL_MAX of them. Rows with a NaN are left out. No interval with fewer than control_count + 2
 * rows, or where a control does not vary or follows from the others. */
struct control_estimate control_estimate(const double *values, size_t count, size_t stride,
                                         const double *controls, size_t control_count,
                                         const double *means, double confidence);

/* How many controls so many replications can bear: (R - 4) / 3, at most CONTROL_MAX. With more
 * the loss by estimating beta, (R - 2) / (R - q - 2), is no longer small. */
size_t control_allowed(size_t replications);

#endif
