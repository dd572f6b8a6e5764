/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrival_fit.h - which arrival process a scenario should have, from counts, and why.
 *
 * In this order:
 *   1. Poisson, where no scale's index of dispersion contradicts it and the rate does not drift;
 *   2. two states (MMPP), where arrivals are bursty, the data hold at least ARRIVAL_FIT_CYCLES
 *      cycles of the states, the states last for a window at least (or it is batches that come),
 *      and the fitted index is within the errors of the measured ones;
 *   3. a profile, where the rate drifts and what is left beside the drift is Poisson;
 *   4. independent times between arrivals (renewal), where the same times in another order have
 *      the same indices at all scales: batches, or arrivals that are paced;
 *   5. the trace itself: bursts of another kind, too few to know a law of, or regular in another
 *      way (closed: closed_system.h).
 * A record cut by the ends of requests lacks the starts of its first moments, one cut by their
 * starts the ends of its last: a first or last piece of another rate that is shorter than
 * ARRIVAL_FIT_EDGE of the record is cut off, told, and the rest is judged.
 * A scale below the windows of the counts cannot be seen: whoever asks names the pool's own time
 * scale, and is told if it is hidden. With too few events nothing contradicts Poisson, and the
 * index that could have been found is told. */
#ifndef CAPSIM_SIM_STATS_ARRIVAL_FIT_H
#define CAPSIM_SIM_STATS_ARRIVAL_FIT_H

#include "sim/stats/mmpp_fit.h"
#include "sim/stats/rate_profile.h"

enum { ARRIVAL_FIT_CYCLES = 10 };
#define ARRIVAL_FIT_EDGE 0.02

enum arrival_fit_kind {
    ARRIVAL_FIT_POISSON,
    ARRIVAL_FIT_MMPP,
    ARRIVAL_FIT_PROFILE,
    ARRIVAL_FIT_RENEWAL, /* of times alone: counts do not tell */
    ARRIVAL_FIT_TRACE
};

struct arrival_fit {
    enum arrival_fit_kind kind;
    struct dispersion dispersion;
    struct dispersion_test test;
    struct mmpp_fit mmpp;          /* is_fitted also where it was not taken */
    struct rate_profile profile;   /* of what is left of the counts, in seconds from its first */
    double cut_start_s, cut_end_s; /* cut off at the ends; 0: nothing */
    bool is_hidden;                /* pool_scale_s is below the shortest scale that can be seen */
    double detectable; /* an index at that scale that would have been found; INFINITY: none */
    bool is_renewal;   /* the order of the times between arrivals says nothing */
    bool is_weak;      /* Poisson, but an index of 2 might have been missed */
    double nearest_s, index, index_error; /* the scale nearest to the pool's, and its index */
    char reason[320];                     /* one or two sentences */
};

/* pool_scale_s: how long the pool takes to forget, some mean holds; > 0. level: the chance of
 * taking Poisson arrivals for anything else, 0.01. */
struct arrival_fit arrival_fit_counts(const struct counts *counts, double pool_scale_s,
                                      double level, struct arena *arena);
/* The same from stamps that are multiples of step_s (0: as exact as they look): windows are the
 * shortest multiple of step_s that is at least a quarter of the pool's scale. */
struct arrival_fit arrival_fit_times(const double *times_s, size_t events, double from_s,
                                     double to_s, double step_s, double pool_scale_s, double level,
                                     struct arena *arena);

#endif
