/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/station_kinds.h"

const struct station_kind *const station_kinds[STATION_KINDS] = {
    [STATION_POOL] = &pool_kind,
    [STATION_LIMITER] = &limiter_kind,
    [STATION_BUFFER] = &buffer_kind,
    [STATION_CPU] = &cpu_kind,
};
