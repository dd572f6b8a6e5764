/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time_moments.h - what a scenario's steps ask of its stations, in rates and moments, without
 * waits: what time_scales.c is made of. Times in seconds. */
#ifndef CAPSIM_MODELS_PROGRAM_TIME_MOMENTS_H
#define CAPSIM_MODELS_PROGRAM_TIME_MOMENTS_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* One copy of a pool or of a cpu. */
struct time_station {
    double units, copies;
    double visits_per_s, seconds_per_s,
        squares_per_s; /* rate times 1, E[S] and E[S^2]            */
    double *loads; /* [workloads] offered by each, as shares of the capacity                      */
    double
        limit_s; /* the time in the queue, twice what bounds it; INFINITY: nothing does         */
    bool is_shared; /* processors */
};

/* A law that some steps draw from. */
struct time_work {
    const struct distribution *law;
    size_t class_number;
    double draws_per_s;
    bool is_queued; /* inside of a hold, so others wait behind it                                 */
    bool
        is_bounded; /* and not longer than a limit of that queue                                  */
    size_t pool;    /* the innermost one that is held, if is_queued                               */
    double spare;   /* units of it that its load leaves                                           */
};

struct time_moments {
    const double
        *rates_per_s;         /* [workloads] closed ones included                                 */
    const size_t *class_base; /* [workloads] */
    size_t class_count;
    struct time_station *pools, *cpus;
    double *passes_per_s; /* [limiters] */
    double *private_s; /* [classes] warm-up of its delays, as if they waited for nothing        */
    struct time_work *works;
    size_t work_count;
};

/* In arena. rates_per_s: as for time_scales_of. */
const struct time_moments *time_moments_of(const struct scenario *spec, const double *rates_per_s,
                                           struct arena *arena);

#endif
