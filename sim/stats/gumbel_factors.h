/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gumbel_factors.h - one-sided tolerance factors of Gumbel samples, by simulation.
 *
 * (x_p - mean) / sd of a sample from a Gumbel law has a law that depends on the number of values
 * and on p alone; these are its quantiles, from 400,000 (320 runs) to 4 million (14 or fewer; of 4
 * runs 8 million) samples each, with a Mersenne twister. They are good to 0.3 %, at a
 * confidence of 0.9999 to 2 %. test_tolerance computes some afresh. For tolerance.h alone. */
#ifndef CAPSIM_SIM_STATS_GUMBEL_FACTORS_H
#define CAPSIM_SIM_STATS_GUMBEL_FACTORS_H

enum { GUMBEL_RUNS = 12, GUMBEL_SHARES = 6, GUMBEL_LEVELS = 6 };

/* The numbers of values, the p and the levels of the quantiles, each ascending. */
extern const double gumbel_runs[GUMBEL_RUNS];
extern const double gumbel_shares[GUMBEL_SHARES];
extern const double gumbel_levels[GUMBEL_LEVELS];
extern const double gumbel_factors[GUMBEL_RUNS][GUMBEL_SHARES][GUMBEL_LEVELS];

#endif
