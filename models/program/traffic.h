/* SPDX-License-Identifier: GPL-3.0-or-later */
/* traffic.h - how many requests each workload has a second on average, those spawned included, as
 * far as that follows from the scenario without simulating it. */
#ifndef CAPSIM_MODELS_PROGRAM_TRAFFIC_H
#define CAPSIM_MODELS_PROGRAM_TRAFFIC_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* [workloads] requests that arrive or are spawned when own[w] of workload w arrive, per second or
 * in all, if no request fails on the way. The workloads that spawn each other form no circle. */
const double *traffic_find_rates(const struct scenario *spec, const double *own,
                                 struct arena *arena);

/* Askings of limiter l per second, given traffic_find_rates. */
double traffic_passes_per_s(const struct scenario *spec, const double *rates_per_s, size_t l);

/* True if requests can end on their way other than by a pool's own limits: by a rate limiter that
 * refuses, or by a deadline. */
bool traffic_is_cut(const struct scenario *spec);
bool traffic_has_deadline(const struct scenario *spec);

#endif
