/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_length.h - how long a run must be for what its scenario claims: "duration": "auto".
 *
 * Worked out from the scenario alone, so that it depends on nothing that was simulated (a run that
 * is made longer because of what it showed has another law): relaxation times of the stations, slow
 * cycles, whole periods, what tails have not shown, enough requests, windows of criteria (cycles.h,
 * time_scales.h, tail_part.h). */
#ifndef CAPSIM_MODELS_METRICS_RUN_LENGTH_H
#define CAPSIM_MODELS_METRICS_RUN_LENGTH_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* Requests that all replications asked for at least may have together. */
#define RUN_LENGTH_MOST_REQUESTS 5e8

struct run_length {
    int64_t length_ns;
    double wanted_s;    /* what the claims ask for; length_ns is less where it is too much     */
    bool is_cut;        /* it is: claims that need more stay undecided                         */
    const char *reason; /* what asks for most: "20 relaxation times of \"db\" (40 s)"; in arena */
};

/* The length for the scenario, whose arrivals do not end. Whole windows of run.window, or whole
 * periods of its cycles and profiles. */
struct run_length run_length_find(const struct scenario *spec, struct arena *arena);

#endif
