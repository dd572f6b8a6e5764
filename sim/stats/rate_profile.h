/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rate_profile.h - a rate that drifts, as pieces in which it does not.
 *
 * The pieces are those of the greatest likelihood of independent counts, each change costing
 * 3 log(windows) times the dispersion of neighbouring windows, which a drift leaves alone: sum
 * (a - b)^2 / (a + b) over their number. All divisions of at most RATE_PROFILE_WINDOWS windows are
 * compared (dynamic programming). A constant rate gets more than one piece with a chance below 1 %
 * (test_arrival_fit: 4 of 1,000). Sources: Jackson et al., IEEE Signal Processing Letters 12
 * (2005); Yao, Statistics & Probability Letters 6 (1988) for the criterion. */
#ifndef CAPSIM_SIM_STATS_RATE_PROFILE_H
#define CAPSIM_SIM_STATS_RATE_PROFILE_H

#include "sim/stats/dispersion.h"

enum { RATE_PROFILE_WINDOWS = 256 };

struct rate_piece {
    double from_s, to_s; /* from the first window's start */
    double rate_per_s, error;
};

struct rate_profile {
    const struct rate_piece *piece;
    size_t count;      /* 1: nothing drifts */
    double dispersion; /* of neighbouring windows */
    /* sum (count - expected)^2 / expected over the windows it was fitted to, per degree of freedom,
     * and the chance that Poisson counts give more. */
    double rest_index, rest_p;
    double window_s; /* of the windows it was fitted to */
};

/* counts: any number of windows, merged to RATE_PROFILE_WINDOWS or fewer. */
struct rate_profile rate_profile_fit(const struct counts *counts, struct arena *arena);

#endif
