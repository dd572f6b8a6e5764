/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regression_guard.h - which metrics a check guards, and how much of a change counts. */
#ifndef CAPSIM_REPORTS_ANSWERS_REGRESSION_GUARD_H
#define CAPSIM_REPORTS_ANSWERS_REGRESSION_GUARD_H

#include "reports/result/result.h"
#include "sim/study/regression.h"

/* The limit of the criterion of the setting that is about the metric: "db_pool.wait.p95 < 10ms", in
 * its unit. False: no criterion is; a limit of 0: one without. */
bool regression_find_limit(const struct result_setting *setting, const char *metric, double *limit);

/* Whether more of the metric is better, or worse; else it is just more. */
bool regression_has_direction(const struct metric_identity *identity);

/* What nobody would call a change of a metric of that unit, however small its value is. */
double regression_floor(const char *unit);

/* Whether a metric that is gone would have been key: its identity went with it. */
bool regression_was_key(const char *metric, struct arena *arena);

/* The metric of a step of the same workload that is new now: what the gone one may be called. NULL:
 * none. */
const char *regression_find_renamed(const struct result_setting *now,
                                    const struct regression_setting *then, const char *gone,
                                    struct arena *arena);

#endif
