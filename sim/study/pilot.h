/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pilot.h - how long a system takes to forget that it began empty, from a few short runs.
 *
 * Ten pilot replications give time series; each is averaged over the replications (Welch 1983) and
 * cut by MSER-5 (warmup.h). The pilot is believed if every series settled and every cut is in its
 * first quarter; otherwise it was too short to show the transient, and one of twice the length is
 * run, up to the length of a measured run (MSER misjudges a transient that fills the series it
 * sees: Wang & Glynn, "On the Marginal Standard Error Rule", ACM TOMACS 27, 2016). What is left
 * out is the whole first quarter, not the cut: ten pilots hide the end of a transient that hundreds
 * of replications show. Measured on M/M/1 at 90 % load, 400 replications of 5000 s: cut, the
 * number in system is 0.8 % too low and a 95 % interval misses it in 12 % of studies; with the
 * quarter 0.35 %. The finding depends on the seed inside the model and on nothing else. */
#ifndef CAPSIM_SIM_STUDY_PILOT_H
#define CAPSIM_SIM_STUDY_PILOT_H

#include "sim/study/replications.h"
#include <stdint.h>

enum { PILOT_REPLICATIONS = 10, PILOT_BINS = 500 };

/* One pilot run from empty for length [ns]: series[s * bins + b] is series s in the b-th of `bins`
 * equal bins; NaN: nothing was observed in it. Called from several threads at once. */
typedef bool pilot_series(const void *model, uint32_t replication, int64_t length, size_t bins,
                          double *series, struct arena *arena, struct error *err);

struct pilot {
    const void *model;
    pilot_series *run;
    size_t series_count;
    int64_t first_length_ns, longest_length_ns; /* PILOT_BINS <= first <= longest */
};

struct pilot_finding {
    int64_t warmup_ns;   /* to leave out: a quarter of length, or up to a half of the longest */
    int64_t length_ns;   /* of the last pilot                                                 */
    bool has_settled;    /* false: the longest pilot was too short to tell                    */
    bool is_interrupted; /* nothing was found                                                 */
};

/* Finds the warm-up. A series with a bin in which no replication observed anything is left out;
 * with none left the warm-up is 0. */
bool pilot_find_warmup(const struct pilot *pilot, const struct replications_options *workers,
                       struct pilot_finding *finding, struct error *err);

#endif
