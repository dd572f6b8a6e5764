/* undecided.h - how a criterion that was left undecided could be decided.
 *
 * An interval narrows with the square root of the number of replications, so n (half width /
 * distance to the limit)^2 of them would just decide it; the bound of an event that was never seen
 * narrows with their number itself. A guess, said as one: the estimate will move too. */
#ifndef CAPSIM_REPORTS_UNDECIDED_H
#define CAPSIM_REPORTS_UNDECIDED_H

#include "reports/result.h"

/* A sentence without its subject: "about 340 replications would decide it (20 were run)". */
const char *undecided_advice(const struct result_criterion *criterion, struct arena *arena);

#endif
