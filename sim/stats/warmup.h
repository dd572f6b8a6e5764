/* SPDX-License-Identifier: GPL-3.0-or-later */
/* warmup.h - where a run has forgotten that it began empty: MSER-5.
 *
 * Sources: White, "An effective truncation heuristic for bias reduction in simulation output",
 * Simulation 69 (1997); Hoad, Robinson & Davies, "Automating warm-up length estimation", J. Oper.
 * Res. Soc. 61 (2010). */
#ifndef CAPSIM_SIM_STATS_WARMUP_H
#define CAPSIM_SIM_STATS_WARMUP_H

#include <stdbool.h>
#include <stddef.h>

/* The number of values to delete from the front of series[count] (a mean over replications, in
 * order of time, without NaN): batches of five are averaged, and d minimises sum_{i>=d} (Y_i -
 * mean_d)^2 / (n - d)^2 over 0 <= d <= n/2 of the n batches. Returns 5 d. *has_settled is false
 * when d is at n/2, where the rule only says that the run is too short. A series of fewer than 20
 * values never settles. *mser (may be NULL) is the smallest value of the criterion. */
size_t warmup_mser5(const double *series, size_t count, bool *has_settled, double *mser);

#endif
