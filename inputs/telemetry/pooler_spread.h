/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pooler_spread.h - how much of the spread of a hold is the pooler's waits.
 *
 * Of the visits to a pooler means alone are known, and the spread of a class's hold with the waits
 * in it. Which spread the class has of its own is found by simulating the pooler: it gets the very
 * requests that were seen, at the times at which they were granted their connection, with visits of
 * a supposed spread; what the waits then add to the variance of each class is taken from what was
 * seen, and so on until it does not change (a method of simulated moments: McFadden, Econometrica
 * 57 (1989), 995). A formula would have to know how the waits of one request go together.
 *
 * Costs eight simulations of the visits of the first 40,000 requests; the same bytes each time. */
#ifndef CAPSIM_INPUTS_TELEMETRY_POOLER_SPREAD_H
#define CAPSIM_INPUTS_TELEMETRY_POOLER_SPREAD_H

#include "inputs/telemetry/pool_replay.h"

struct pooler_class {
    double visits;             /* >= 1; a fraction is the chance of one more      */
    double between_s, visit_s; /* means of the work before each visit, of a visit */
    double seen_sd_s;          /* of the hold with the waits in it                */
    bool is_known;             /* own_sd_s is given, and stays                    */
    double own_sd_s;           /* of the hold without the waits                   */
};

/* Fills in own_sd_s of those of class[classes] of which it is not known: of its square is left at
 * least the share `least` of what was seen. mean_wait_s: of a visit, as measured (NaN: unknown);
 * the waits that are simulated are scaled to it. requests[count]: of pool_replay_run; class[c] are
 * those of class number[c]. */
void pooler_spread_find(const struct replayed *requests, size_t count, size_t servers,
                        double mean_wait_s, double least, struct pooler_class *class,
                        const size_t *number, size_t classes);
/* The cv that the work before a visit and the visit both have, so that all visits together spread
 * as own_sd_s says. */
double pooler_spread_cv(const struct pooler_class *class);

#endif
