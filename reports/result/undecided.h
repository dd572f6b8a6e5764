/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undecided.h - how a criterion that was left undecided could be decided.
 *
 * So many times the information that a study has decides with a chance of 90 %, given how far its
 * estimate is from the limit in standard errors and where a look decides (cycles_more_information);
 * nearer than 1.5 of them no number is named. More replications, or longer ones where warm-ups
 * would be most of these. The bound of an event that was never seen narrows with their number
 * itself. Claims about one run are counted: so many runs that the count's plan decides in 90 %,
 * over what is known of the share that fails. Measured (test_undecided): of studies left undecided
 * that get a number, with the limit one, two and three standard errors from the truth, it decides
 * nine in ten. */
#ifndef CAPSIM_REPORTS_RESULT_UNDECIDED_H
#define CAPSIM_REPORTS_RESULT_UNDECIDED_H

#include "reports/result/result.h"

/* The replications with which an estimate like this one, undecided against limit, would be decided
 * nine times in ten; 0 when its interval does not reach the limit, infinite when it is within 1.5
 * standard errors. */
double undecided_replications(const struct estimate *estimate, double limit);

/* Why there is no verdict, and what would lead to one. A sentence without its subject: "about 340
 * replications would decide it (20 were run)". */
const char *undecided_advice(const struct result_criterion *criterion, struct arena *arena);

#endif
