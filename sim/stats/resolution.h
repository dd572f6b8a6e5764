/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolution.h - what a single test can tell apart: how far its figure is from the truth by chance.
 *
 * The test was simulated many times; each gave a figure (the p95 of its 500 requests, say), while
 * the truth is known from all of them together. The ratios of figure to truth say what a test of
 * this size would show of any truth, as long as the law's shape stays: of a truth b a test shows
 * b times one of the ratios, each equally likely. A test of the claim "the truth is a" against a
 * larger b rejects it when its figure is above what a alone shows in all but alpha of tests. */
#ifndef CAPSIM_SIM_STATS_RESOLUTION_H
#define CAPSIM_SIM_STATS_RESOLUTION_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

struct resolution {
    size_t tests;          /* that gave a figure; with fewer than 2 all below is NaN           */
    double low, high;      /* the central share `confidence` of figure / truth                 */
    double missed;         /* chance that a test of truth b shows less than a: it would pass   */
    double power;          /* chance that it shows more than a shows in all but alpha of tests */
    bool can_tell;         /* power >= 1 - alpha                                               */
    double times_as_large; /* how many times as many requests it would need to tell a from b,
                              at best a guess: the spread falls with the root of the number   */
};

/* figures[i * stride], i < count, NaN left out; truth > 0; 0 < a < b. alpha = 1 - confidence. */
struct resolution resolution_of(const double *figures, size_t count, size_t stride, double truth,
                                double a, double b, double confidence, struct arena *arena);

#endif
