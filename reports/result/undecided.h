/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undecided.h - how a criterion that was left undecided could be decided.
 *
 * An interval narrows with the square root of the number of replications: n ((half width + 0.84
 * standard errors) / distance to the limit)^2 of them decide it although the estimate will move
 * too, or so it seems from here. The bound of an event that was never seen narrows with their
 * number itself. Measured (test_undecided): of studies of 20 replications that were left undecided
 * with the limit two standard errors from the truth, that many decide 93 %; at one, 75 %; at half,
 * 47 %, and there the advice says "at least". */
#ifndef CAPSIM_REPORTS_RESULT_UNDECIDED_H
#define CAPSIM_REPORTS_RESULT_UNDECIDED_H

#include "reports/result/result.h"

/* The replications with which an estimate like this one, undecided against limit, would be decided
 * about four times in five; 0 when its interval does not reach the limit, infinite when it is on
 * it. */
double undecided_replications(const struct estimate *estimate, double limit);

/* Why no verdict is given however the figures stand to the limit, and what would lift that: a
 * sentence without its subject; NULL: nothing is withheld. */
const char *undecided_reason(const struct result_criterion *criterion, struct arena *arena);

/* A sentence without its subject: "about 340 replications would decide it (20 were run)". */
const char *undecided_advice(const struct result_criterion *criterion, struct arena *arena);

#endif
