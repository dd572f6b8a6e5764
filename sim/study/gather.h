/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gather.h - the replications of one setting brought together: a row of values for each, their
 * histograms merged.
 *
 * Replications are gathered from several threads at once; each writes a row of its own, and the
 * merged histograms are integers, which do not mind the order. */
#ifndef CAPSIM_SIM_STUDY_GATHER_H
#define CAPSIM_SIM_STUDY_GATHER_H

#include "sim/study/parcel.h"
#include "sim/study/study.h"
#include <pthread.h>

/* An empty result for setting, in arena. */
void gather_open(struct study_result *result, const struct study_setting *setting,
                 struct arena *arena);

/* Makes room for replications up to rows, more than before. Looks double, so all copies left behind
 * are together no larger than the last. */
void gather_grow(struct study_result *result, const struct study_setting *setting, size_t rows,
                 struct arena *arena);

/* A copy of result in arena, which can grow without changing it. */
void gather_copy(struct study_result *copy, const struct study_result *result,
                 const struct study_setting *setting, struct arena *arena);

/* Runs a replication, for which there is room, into its row. merging guards the merged histograms.
 * arena: the job's. */
bool gather_replicate(struct study_result *result, const struct study_setting *setting,
                      size_t replication, pthread_mutex_t *merging, struct arena *arena,
                      struct error *err);

/* The same in two steps, where a replication is run by another process: gather_ship runs it into
 * parcel and touches nothing else; gather_take puts what is in there into its row. False with
 * STATUS_IO when the parcel is not of that setting. */
bool gather_ship(const struct study_setting *setting, size_t replication, struct arena *arena,
                 struct parcel *parcel, struct error *err);
bool gather_take(struct study_result *result, const struct study_setting *setting,
                 size_t replication, struct parcel *parcel, struct error *err);

/* Sets result->replications to the number of rows that are done. */
void gather_count(struct study_result *result);

#endif
