/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_limits.h - the shares of observations beyond the limits of criteria about quantiles.
 *
 * "wait.p95 <= 10ms" is judged by the share of waits above 10 ms (beyond.h), which is counted
 * exactly. Such a criterion gets a column of its own, a rate, and its tally the limit; so do the
 * tallies that its tally is added up from, and of what is queueing the waits, from which it may be
 * copied. */
#ifndef CAPSIM_MODELS_METRICS_METRIC_LIMITS_H
#define CAPSIM_MODELS_METRICS_METRIC_LIMITS_H

#include "models/metrics/metric_builder.h"

/* Adds the columns, after all others, and fills metrics.limits. */
void metric_limits_add(struct builder *builder);

/* Has the tallies of a replication count at their limits from now on; they are empty. */
void metric_limits_attach(const struct metrics *metrics, const struct statistics_layout *layout,
                          struct statistics *statistics, struct arena *arena);

#endif
