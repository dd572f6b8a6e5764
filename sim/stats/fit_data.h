/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_data.h - what was recorded of a time or a size, in the form in which a likelihood needs it.
 *
 * Nothing here replaces a bucket or a rounded value by its middle. A value is known exactly or lies
 * in an interval (low, high]: a bucket, a rounded or cut-off stamp; with high INFINITY it is only
 * known to be longer (right-censored). A selection says which values the source records at all: a
 * log that begins at a threshold is left-truncated, one that keeps a share of the shorter ones is
 * thinned. Weights are counts of alike values: a histogram is as good a source as a list.
 *
 * Values are > 0. A zero that is exact is counted apart (`zeros`): a share of requests that take no
 * time is a fact of its own, which no continuous law has: all that is fitted is of the others. A
 * zero that was rounded is an interval from 0. Owner: the arena; 32 bytes a value. fit_data_group
 * bounds what a fit costs.
 *
 * Sources: Lawless, Statistical Models and Methods for Lifetime Data, 2nd ed., 2.2-2.4 (censoring,
 * truncation, selection); Kaplan & Meier (1958); Lynden-Bell (1971) for truncated entries. */
#ifndef CAPSIM_SIM_STATS_FIT_DATA_H
#define CAPSIM_SIM_STATS_FIT_DATA_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which values a source records: none below `from`, each with chance `share` (0 to 1, > 0) from
 * there on, and all from `all_from` (>= from; INFINITY: never all). A log with a threshold:
 * {threshold, 1, threshold}; PostgreSQL's log_min_duration_sample with a sample rate r beside
 * log_min_duration_statement: {sample, r, statement}. Thinning that does not look at the value
 * leaves the law alone: it needs none. */
struct fit_selection {
    double from, share, all_from;
};

struct fit_value {
    double low, high;   /* low == high: exact */
    double weight;      /* how many such values, > 0 */
    uint32_t selection; /* of fit_data.selections */
};

struct fit_data {
    struct arena *arena;
    struct fit_value *values;
    struct fit_selection *selections; /* [0]: everything is recorded */
    size_t count, capacity, selection_count;
    double total; /* sum of the weights */
    double zeros; /* exact zeros, in no value */
};

/* Nothing yet. */
struct fit_data *fit_data_create(struct arena *arena);
/* Another way in which values come to be recorded; its number, for the functions below. */
uint32_t fit_data_add_selection(struct fit_data *data, struct fit_selection selection);
/* An exact value, >= 0, finite, weight > 0. */
void fit_data_add(struct fit_data *data, double value, double weight, uint32_t selection);
/* weight values in (low, high], 0 <= low < high; INFINITY: longer than low. What the selection
 * cannot record is cut off (a bucket across a threshold). */
void fit_data_add_between(struct fit_data *data, double low, double high, double weight,
                          uint32_t selection);
/* A value that was rounded to the nearest multiple of step > 0. */
void fit_data_add_rounded(struct fit_data *data, double value, double step, uint32_t selection);
/* A value that was cut off to a multiple of step > 0: it lies between value and value + step. */
void fit_data_add_cut(struct fit_data *data, double value, double step, uint32_t selection);
/* All of a histogram of histogram.h, counts[HISTOGRAM_BUCKETS] of nanoseconds, in seconds: exact
 * zeros as such, the rest as intervals. The way to fit a file of any length in constant memory. */
void fit_data_add_histogram(struct fit_data *data, const uint64_t *counts);

/* Sorts the values and makes one of those that are alike. With more than `most` different exact
 * values, those within 1/512 of one another become intervals: what the likelihood loses by that is
 * below 1e-5 of the information for laws with a cv above 0.02. */
void fit_data_group(struct fit_data *data, size_t most);

/* The greatest of 1, 0.1, ... 1e-9 of which all values[count] are multiples (to 1e-6 of it), or 0:
 * the resolution of a source that does not state one. Needs 20 values, or it is 0. */
double fit_data_find_step(const double *values, size_t count);

/* The nonparametric distribution function of what could be recorded: x[i] ascending, below[i] =
 * P(X <= x[i] | X > from), from the product-limit estimator with delayed entry; thinned values
 * weigh by the inverse of their share. Buckets of one scheme give it at their upper ends exactly;
 * where intervals of different schemes overlap, each counts at its upper end. */
struct fit_curve {
    double from; /* nothing below was recorded by any source */
    double *x, *below;
    double *low;    /* the values that end at x[i] lie above this; x[i] where exact */
    bool *is_exact; /* the step at x[i] is all of exact values */
    size_t count;
    double total;  /* values, not weighted by shares */
    double beyond; /* share that is right-censored after the last x */
};

/* From data as they stand. */
struct fit_curve fit_data_curve(const struct fit_data *data, struct arena *arena);

#endif
