/* SPDX-License-Identifier: GPL-3.0-or-later */
/* breakdown_study.h - where the time of requests goes (breakdown.h), as a study: the columns of a
 * replication and their means. */
#ifndef CAPSIM_MODELS_STUDIES_BREAKDOWN_STUDY_H
#define CAPSIM_MODELS_STUDIES_BREAKDOWN_STUDY_H

#include "models/engine/breakdown.h"

/* The requests that are counted as the slowest: of each group (statistics.h: a workload, or a class
 * of a mix) those with a response of at least slowest_ns[group]. */
struct breakdown_study {
    const struct model *model; /* compiled by model_compile_breakdown */
    const int64_t *slowest_ns; /* [groups] */
    const struct column *columns;
    size_t column_count;
    const size_t *base; /* [groups] their first column */
};

/* Columns of a group from its base on. Each part of its workload has two, from BREAKDOWN_PARTS on:
 * the mean over all its requests, and over the slowest. */
enum { BREAKDOWN_RESPONSE, BREAKDOWN_SLOWEST_RESPONSE, BREAKDOWN_SLOWEST_SHARE, BREAKDOWN_PARTS };

/* Sets up study in arena; slowest_ns must outlive it. */
void breakdown_study_make(const struct model *model, const int64_t *slowest_ns, struct arena *arena,
                          struct breakdown_study *study);
/* One replication: a study_replicate on a struct breakdown_study. All columns are means; NaN: there
 * was no such request. */
study_replicate breakdown_study_replicate;

#endif
