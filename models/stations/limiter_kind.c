/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of rate limiters: see station_kind.h. */
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/stations/station_kinds.h"

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)
#define WAIT_SHOWN (AVERAGE | COUNT(STATISTIC_P95) | COUNT(STATISTIC_P99))

static const struct metric_row rows[] = {
    {.name = "wait",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = LIMITER_WAIT,
     .shown = WAIT_SHOWN,
     .shown_inside = WAIT_SHOWN,
     .shown_worst = COUNT(STATISTIC_P95),
     .role = ROLE_WAIT,
     .meaning = "Wait for a token, over the requests that passed."},
    {.name = "refused_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(LIMITER_REFUSED),
     .of = COUNT(LIMITER_PASSED) | COUNT(LIMITER_REFUSED) | COUNT(LIMITER_TIMED_OUT),
     .cluster = LIMITER_WAIT,
     .role = ROLE_ERRORS,
     .meaning = "Share of requests that found no token and were turned away."},
};

const struct station_kind limiter_kind = {
    .formats = {"rate_limiter"},
    .place = STATION_SPECS(limiter_spec, limiters, limiter_count),
    .levels = LIMITER_LEVELS,
    .tallies = LIMITER_TALLIES,
    .counts = LIMITER_COUNTS,
    .metrics = {"a rate limiter", rows, sizeof rows / sizeof rows[0]},
};
