/* SPDX-License-Identifier: GPL-3.0-or-later */
/* station_kinds.h - the rows of the table of station kinds (station_kind.h), each defined in the
 * file of its name. */
#ifndef CAPSIM_MODELS_STATIONS_STATION_KINDS_H
#define CAPSIM_MODELS_STATIONS_STATION_KINDS_H

#include "models/spec/station_kind.h"

extern const struct station_kind pool_kind;
extern const struct station_kind limiter_kind;
extern const struct station_kind buffer_kind;
extern const struct station_kind cpu_kind;

#endif
