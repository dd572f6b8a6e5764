/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.h - what happened between two snapshots of running moments.
 *
 * Counters such as those of pg_stat_statements keep the number, mean and standard deviation of all
 * that was since their reset. Of two snapshots the first is a part of the second, and the rest has
 *     n = n_2 - n_1,  mean = (n_2 mean_2 - n_1 mean_1) / n,
 *     M = M_2 - M_1 - (mean - mean_1)^2 n_1 n / n_2,  M = n sd^2 (sums of squares about the mean)
 * (Chan, Golub & LeVeque, The American Statistician 37 (1983), read backwards: no squares of large
 * numbers are subtracted). What rounding the given digits may do to the result is told: long-lived
 * counters leave little of a short interval. */
#ifndef CAPSIM_SIM_STATS_SNAPSHOT_H
#define CAPSIM_SIM_STATS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

/* sd: of the population (divided by count), as pg_stat_statements has it; NaN where it is not kept.
 */
struct running_moments {
    double count, mean, sd;
};

struct snapshot_difference {
    double count, mean, sd; /* between; mean NaN where count is 0, sd NaN where not known */
    double mean_error;      /* standard error of the mean: sd / sqrt(count), NaN likewise */
    double rounding;        /* what the last digits kept may be off in mean */
    bool is_reset;          /* the counter began anew in between: this is since then */
    bool is_lost;           /* the variance came out below 0 by more than rounding: entries were
                               evicted, or the two are not of one counter; sd is NaN */
};

/* digits: significant ones that mean and sd were kept with (15 for a double that is printed
 * whole). */
struct snapshot_difference snapshot_between(struct running_moments first,
                                            struct running_moments second, int digits);

/* Of parts: the moments of all together (several statements of one transaction kind). */
struct running_moments snapshot_merge(const struct running_moments *part, size_t count);

/* Of things that happen one after another, each `times[i]` times in one: the mean of the sum, and
 * its sd if they are independent. */
struct running_moments snapshot_sequence(const struct running_moments *part, const double *times,
                                         size_t count);

#endif
