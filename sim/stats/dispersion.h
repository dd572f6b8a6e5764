/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dispersion.h - counts by window, their index of dispersion at several scales, and a test against
 * Poisson.
 *
 * The index at a scale t is the variance over the mean of the counts in windows of length t: 1 for
 * Poisson at every scale, above it where arrivals come in bursts, below where they are paced. What
 * a queue feels is the index at the scale of its relaxation: one number is not enough. Stamps cut
 * off or rounded to a step leave counts exact in windows that are multiples of the step, and say
 * nothing of anything shorter.
 *
 * Scales are the base window times powers of two, as long as there are DISPERSION_MIN_WINDOWS of
 * them. Standard errors are the jackknife's over blocks of neighbouring windows, and not below what
 * independent normal counts would have. Sources: Fisher's index of dispersion (Hoel, Annals of
 * Mathematical Statistics 14 (1943), for small means); Gusella, IEEE JSAC 9 (1991); Efron &
 * Tibshirani, An Introduction to the Bootstrap, ch. 11. */
#ifndef CAPSIM_SIM_STATS_DISPERSION_H
#define CAPSIM_SIM_STATS_DISPERSION_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum { DISPERSION_SCALES = 24, DISPERSION_BLOCKS = 25, DISPERSION_MIN_WINDOWS = 25 };

/* Events in windows that follow one another. */
struct counts {
    const double *count; /* count[windows] */
    size_t windows;
    double window_s;
};

/* Counts of times_s[events], in any order, that lie in [from_s, to_s), by windows from from_s; what
 * is left at the end shorter than a window is dropped. Windows: a multiple of the step of the
 * stamps, at most 2^26 of them. */
struct counts counts_of_times(const double *times_s, size_t events, double from_s, double to_s,
                              double window_s, struct arena *arena);
/* Windows of `factor` of these each. */
struct counts counts_merge(const struct counts *counts, size_t factor, struct arena *arena);
/* Events in all. */
double counts_total(const struct counts *counts);

/* Sums of powers of the counts of one scale, less a constant near their mean. */
struct count_powers {
    double windows, shift, sum, square, cube;
};

struct dispersion_scale {
    double scale_s;
    size_t windows;
    double index, error;  /* variance over mean */
    bool is_testable;     /* enough events for the law of the test statistic */
    double p_low, p_high; /* chance of an index as low, as high, if arrivals are Poisson */
    double detectable;    /* an index that the test would find in 9 of 10 such data sets */
    struct count_powers all, block[DISPERSION_BLOCKS];
};

struct dispersion {
    double events, length_s, rate_per_s, rate_error; /* error by the index of the longest scale */
    struct dispersion_scale scale[DISPERSION_SCALES];
    size_t count; /* of scales; 0 with fewer than 25 windows or 2 events */
};

/* All scales from the window of counts on. */
struct dispersion dispersion_measure(const struct counts *counts, struct arena *arena);

struct dispersion_test {
    bool is_tested;    /* some scale is testable */
    bool is_bursty;    /* some index is too high for Poisson, all scales considered */
    bool is_regular;   /* ... too low */
    double p;          /* smallest chance times the number of tests, at most 1 */
    double at_scale_s; /* where */
    double detectable; /* least of the scales' detectable indices */
};

/* Of all testable scales in [from_s, to_s] together: a Poisson process is contradicted with a
 * chance of at most `level` (Bonferroni over scales and sides). */
struct dispersion_test dispersion_test_poisson(const struct dispersion *found, double from_s,
                                               double to_s, double level);

/* The chance that the test at one scale, two-sided at level, contradicts Poisson when the counts of
 * windows have this index, are independent and near normal. */
double dispersion_power(double index, size_t windows, double level);

/* The index of sums with block (0 ...) left out; DISPERSION_BLOCKS: of all. For fits that take
 * their errors from the same jackknife. */
double dispersion_index_without(const struct dispersion_scale *scale, size_t block);
/* The mean count, and the third factorial cumulant of the counts, in the same way. */
double dispersion_mean_without(const struct dispersion_scale *scale, size_t block);
double dispersion_third_without(const struct dispersion_scale *scale, size_t block);
/* The jackknife's standard error from the values without each block. */
double dispersion_jackknife(const double without[DISPERSION_BLOCKS]);

#endif
