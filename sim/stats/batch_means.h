/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_means.h - the mean of a level that was sampled now and then, and its standard error.
 *
 * Samples that follow one another are alike, so their spread over the root of their number is too
 * small an error. Means of batches are less alike: 30 batches, fewer (20, 15, 10) where neighbours
 * among them still go together. Where even 10 do, the error is lengthened as for a process of first
 * order, by sqrt((1 + r) / (1 - r)), and that is said: the record is too short for its memory.
 * Sources: Schmeiser, Operations Research 30 (1982); Law (distribution.h), 9.5.3. */
#ifndef CAPSIM_SIM_STATS_BATCH_MEANS_H
#define CAPSIM_SIM_STATS_BATCH_MEANS_H

#include <stdbool.h>
#include <stddef.h>

struct batch_means {
    double mean;
    double error;         /* standard error; NaN with fewer than 10 samples */
    double low, high;     /* Student's interval */
    size_t batches, size; /* size: samples in each */
    double lag_1;         /* correlation of neighbouring batches */
    bool is_correlated;   /* still significant with 10 batches */
};

/* value[i * stride], i < count, in order of time, NaN left out. weight[i * stride]: how long each
 * value held, or NULL: equally long. confidence two-sided. */
struct batch_means batch_means(const double *value, const double *weight, size_t count,
                               size_t stride, double confidence);

#endif
