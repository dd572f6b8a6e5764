/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiet_holds.h - how long requests hold a connection while nobody can be waiting behind them.
 *
 * Behind an application's pool stands a pooler with fewer connections. As long as no more than
 * `places` requests hold one of the application's, none of them waits at the pooler. So the hold
 * without waits is seen until the first moment when there are more, where it is censored; requests
 * that begin when there are more say nothing. What is left is independent of what others do, so
 * that the product-limit estimator has the law of the hold without waits. Source: Kaplan & Meier,
 * JASA 53 (1958); Greenwood's formula for the variance. */
#ifndef CAPSIM_INPUTS_TELEMETRY_QUIET_HOLDS_H
#define CAPSIM_INPUTS_TELEMETRY_QUIET_HOLDS_H

#include "inputs/telemetry/pool_replay.h"

struct quiet_hold {
    bool is_known; /* enough ended in quiet times to have the mean */
    double mean_s, error_s, cv;
    size_t ended; /* of the requests that were seen to their end */
};

/* Fills found[classes] from requests[count] with their holds known (pool_replay_run). places >= 1.
 * Cost: O(n log n). */
void quiet_holds_find(const struct replayed *requests, size_t count, size_t places, size_t classes,
                      struct quiet_hold *found);

#endif
