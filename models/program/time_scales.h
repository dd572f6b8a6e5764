/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time_scales.h - how long a scenario's own time is: what its queues remember, what comes round
 * slowly, and which heavy tails lie on the way. Worked out from the scenario, before anything is
 * simulated.
 *
 * A claim about the long run rests on how many of these times were simulated (cycles.h), so each
 * belongs to the resources and classes that feel it: classes and the resources they touch are
 * connected, and what is connected shares its times. Classes of one workload are tied by its
 * arrivals only where these are not Poisson, for a thinned Poisson stream is independent.
 *
 * - Relaxation: of each pool, processor and limiter (relaxation.h). Where arrivals go through
 *   states none of which overloads a station, its load is that of the busiest state; where one
 *   does, the dispersion of the arrivals counts. A load from 1 on that something elsewhere bounds
 *   is unknown: then the memory of the work itself counts alone, and growth must be seen.
 * - Slow: the cycle of a Markov-modulated process, the time between two of a rare class or branch,
 *   the lifetime and idle time of connections that take time to open.
 *
 * Loads and moments are without waits, as the stability check's. Times in seconds. */
#ifndef CAPSIM_MODELS_PROGRAM_TIME_SCALES_H
#define CAPSIM_MODELS_PROGRAM_TIME_SCALES_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"
#include "sim/study/scope.h"

struct time_scales;

/* The time scales of spec, in arena. rates_per_s[workloads]: traffic_find_rates of open workloads;
 * others' rates are worked out here. */
const struct time_scales *time_scales_of(const struct scenario *spec, const double *rates_per_s,
                                         struct arena *arena);

/* How work enters a metric (tail_part.h): 1 for means of delays and shares of use, 2 for what waits
 * in a queue, 0 for what no tail makes wrong. */
enum time_power { TIME_POWER_NONE, TIME_POWER_WORK, TIME_POWER_QUEUE };

/* What is known of a metric of that resource or workload ("db_pool", "api", "api.report"); NULL: of
 * everything. In arena; never NULL. */
const struct study_scope *time_scales_scope(const struct time_scales *scales, const char *resource,
                                            enum time_power power, struct arena *arena);

/* What is connected with a resource or workload. */
struct time_marks {
    const bool *classes, *pools, *cpus, *limiters, *buffers; /* classes as in struct program */
};
struct time_marks time_scales_marks(const struct time_scales *scales, const char *resource,
                                    struct arena *arena);

/* What must be left out of a run that begins empty so that the tail of that share is full (0: for
 * means): relaxation times of the slowest station, the backlogs of states that overload one, and
 * the delays that no resource limits. *relaxation_s: the slowest station's. */
double time_scales_warmup(const struct time_scales *scales, double share, double *relaxation_s);

#endif
