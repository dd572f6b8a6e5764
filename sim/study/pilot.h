/* pilot.h - how long a system takes to forget that it began empty, from a few short runs.
 *
 * Ten pilot replications give time series; each is averaged over the replications (Welch 1983) and
 * cut by MSER-5 (warmup.h). The latest cut of any series counts, and only if every series settled
 * and the cut is in the first quarter of the pilot: otherwise the pilot was too short to show the
 * transient, and one of twice the length is run, up to the length of a measured run. The rule is
 * checked that way because MSER misjudges some transients that fill the series it sees (Wang &
 * Glynn, "On the Marginal Standard Error Rule", ACM TOMACS 27, 2016). The finding depends on the
 * seed inside the model and on nothing else. */
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
    int64_t first_length, longest_length; /* ns, PILOT_BINS <= first <= longest */
};

struct pilot_finding {
    int64_t warmup;      /* ns to leave out; at most half of length        */
    int64_t length;      /* ns, of the last pilot                          */
    bool has_settled;    /* false: the longest pilot was too short to tell */
    bool is_interrupted; /* nothing was found                              */
};

/* Finds the warm-up. A series with a bin in which no replication observed anything is left out;
 * with none left the warm-up is 0. */
bool pilot_find_warmup(const struct pilot *pilot, const struct replications_options *workers,
                       struct pilot_finding *finding, struct error *err);

#endif
