/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_pairs.h - capsim and one of the loops of reference_network.h in turns: the line that is
 * printed, and whether both saw the same system. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_PAIRS_H
#define CAPSIM_TESTS_BENCH_MEASURE_PAIRS_H

#include "tests/bench/measure_engine.h"
#include "tests/bench/reference_network.h"
#include <stdbool.h>

enum { MEASURED_PAIRS = 16 };

/* What the rounds gave, in order; [0] capsim's, [1] the reference's. */
struct measured_pairs {
    double ns[2][MEASURED_PAIRS], ratio[MEASURED_PAIRS];
    double mean_s[2][MEASURED_PAIRS], utilization[2][MEASURED_PAIRS];
    int count; /* of rounds so far, at most MEASURED_PAIRS                                      */
};

/* Adds a round: capsim's time for each request, its metrics named mean and utilization in the
 * engine's last replication, and what the reference gave. */
void measure_pair(struct measured_pairs *pairs, double capsim_ns, const struct engine *engine,
                  const char *mean, const char *utilization, const struct reference_times *times);

/* Prints the line and keeps its numbers under name; a ratio is the median of the rounds'. False
 * when the mean times differ by more than chance allows (a false alarm in a million), or the
 * utilizations. */
bool measure_report(const char *name, const char *title, const struct measured_pairs *pairs);

#endif
