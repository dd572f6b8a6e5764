/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of buffers: see station_kind.h. */
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/stations/station_kinds.h"

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)
#define WAIT_SHOWN (AVERAGE | COUNT(STATISTIC_P95) | COUNT(STATISTIC_P99))

static const struct metric_row rows[] = {
    {.name = "level",
     .unit = "B",
     .shape = METRIC_LEVEL,
     .at = BUFFER_LEVEL,
     .shown = AVERAGE,
     .meaning = "What lies in it."},
    {.name = "wait",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = BUFFER_WAIT,
     .shown = WAIT_SHOWN,
     .shown_inside = WAIT_SHOWN,
     .shown_worst = COUNT(STATISTIC_P95),
     .role = ROLE_WAIT,
     .meaning = "Wait for room, over what was put in."},
    {.name = "dropped_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(BUFFER_DROPPED),
     .of = COUNT(BUFFER_PUT) | COUNT(BUFFER_DROPPED) | COUNT(BUFFER_TIMED_OUT),
     .cluster = BUFFER_WAIT,
     .shown = ONE,
     .meaning = "Share of puts that found no room and were dropped."},
};

const struct station_kind buffer_kind = {
    .formats = {"buffer"},
    .place = STATION_SPECS(buffer_spec, buffers, buffer_count),
    .levels = BUFFER_LEVELS,
    .tallies = BUFFER_TALLIES,
    .counts = BUFFER_COUNTS,
    .metrics = {"a buffer", rows, sizeof rows / sizeof rows[0]},
};
