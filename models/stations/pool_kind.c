/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of connection and thread pools: see station_kind.h. */
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/stations/station_kinds.h"

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)
#define WAIT_SHOWN (AVERAGE | COUNT(STATISTIC_P95) | COUNT(STATISTIC_P99))

static double max_of_pool(const struct scenario *spec, size_t pool)
{
    return (double)spec->pools[pool].max;
}

#define ASKED (COUNT(POOL_GRANTED) | COUNT(POOL_TIMED_OUT) | COUNT(POOL_REFUSED))
static const struct metric_row rows[] = {
    {.name = "utilization",
     .unit = "1",
     .shape = METRIC_LEVEL,
     .at = POOL_BUSY,
     .whole = max_of_pool,
     .shown = AVERAGE,
     .shown_inside = AVERAGE,
     .shown_worst = AVERAGE,
     .role = ROLE_USE,
     .meaning =
         "Connections or threads held by requests, opening included, over max: the time average."},
    {.name = "wait",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = POOL_WAIT,
     .shown = WAIT_SHOWN,
     .shown_inside = WAIT_SHOWN,
     .shown_worst = COUNT(STATISTIC_P95),
     .role = ROLE_WAIT,
     .meaning =
         "Asked to in hand: queueing, opening and checkout, over the requests that got one."},
    {.name = "wait.probability",
     .unit = "1",
     .shape = METRIC_NONZERO,
     .at = POOL_WAIT,
     .cluster = POOL_WAIT,
     .shown = ONE,
     .shown_inside = ONE,
     .role = ROLE_WAIT,
     .meaning = "Share of those that got one which had to wait at all."},
    {.name = "queueing",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = POOL_QUEUEING,
     .meaning = "The part of the wait before one was assigned."},
    {.name = "busy",
     .unit = "",
     .shape = METRIC_LEVEL,
     .at = POOL_BUSY,
     .role = ROLE_CONNECTION,
     .meaning = "Held by requests."},
    {.name = "open",
     .unit = "",
     .shape = METRIC_LEVEL,
     .at = POOL_OPEN,
     .shown = AVERAGE,
     .shown_inside = AVERAGE,
     .role = ROLE_CONNECTION,
     .meaning = "Open: held, idle or opening."},
    {.name = "queue",
     .unit = "",
     .shape = METRIC_LEVEL,
     .at = POOL_QUEUE,
     .role = ROLE_CONNECTION,
     .meaning = "Requests that wait for one."},
    {.name = "timeout_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(POOL_TIMED_OUT),
     .of = ASKED,
     .cluster = POOL_WAIT,
     .shown = ONE,
     .role = ROLE_CONNECTION_ERRORS,
     .meaning = "Share of askings that ended in a time-out."},
    {.name = "refused_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(POOL_REFUSED),
     .of = ASKED,
     .cluster = POOL_WAIT,
     .role = ROLE_ERRORS,
     .meaning = "Share of askings that were refused."},
    {.name = "connect_rate",
     .unit = "1/s",
     .shape = METRIC_RATE,
     .counts = COUNT(POOL_OPENED),
     .role = ROLE_CONNECTION,
     .meaning = "Connections opened."},
    {.name = "connect_time",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = POOL_CONNECT,
     .meaning = "The part of the wait spent on opening and checkout."},
};

const struct station_kind pool_kind = {
    .formats = {"connection_pool", "thread_pool"},
    .place = STATION_SPECS(pool_spec, pools, pool_count),
    .levels = POOL_LEVELS,
    .tallies = POOL_TALLIES,
    .counts = POOL_COUNTS,
    .has_capacity = true,
    .metrics = {"a connection or thread pool", rows, sizeof rows / sizeof rows[0]},
};
