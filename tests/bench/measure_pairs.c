/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_pairs.h"
#include "tests/bench/measure_numbers.h"
#include "tests/bench/reference.h"
#include <stdio.h>

static const double TARGET_RATIO = 3;

void measure_pair(struct measured_pairs *pairs, double capsim_ns, const struct engine *engine,
                  const char *mean, const char *utilization, const struct reference_times *times)
{
    int at = pairs->count++;
    pairs->ns[0][at] = capsim_ns;
    pairs->ns[1][at] = 1e9 * times->elapsed_s / (double)times->requests;
    pairs->ratio[at] = pairs->ns[0][at] / pairs->ns[1][at];
    pairs->mean_s[0][at] = engine_metric(engine, mean);
    pairs->mean_s[1][at] = times->mean_s;
    pairs->utilization[0][at] = engine_metric(engine, utilization);
    pairs->utilization[1][at] = times->utilization;
}

bool measure_report(const char *name, const char *title, const struct measured_pairs *pairs)
{
    double capsim = measure_median(pairs->ns[0], pairs->count);
    double reference = measure_median(pairs->ns[1], pairs->count);
    double ratio = measure_median(pairs->ratio, pairs->count);
    measure_numbers_keep(name, "capsim_ns", capsim);
    measure_numbers_keep(name, "reference_ns", reference);
    measure_numbers_keep(name, "reference_ratio", ratio);
    printf("%-34s %6.1f %8.1f %8s %6.1f %5.2fx  %s (%gx)\n", title, capsim, 1e3 / capsim, "",
           reference, ratio, ratio <= TARGET_RATIO ? "met" : "MISSED", TARGET_RATIO);
    fflush(stdout);
    bool is_same =
        reference_is_same(title, "mean", pairs->mean_s[0], pairs->mean_s[1], pairs->count);
    is_same &= reference_is_same(title, "utilization", pairs->utilization[0], pairs->utilization[1],
                                 pairs->count);
    return is_same;
}
