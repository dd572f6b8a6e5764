/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replication.h - one replication from empty to its observations; see model_replicate and
 * model_series in model.h. */
#ifndef CAPSIM_MODELS_ENGINE_REPLICATION_H
#define CAPSIM_MODELS_ENGINE_REPLICATION_H

#include "models/engine/replication_state.h"

/* An empty system at time 0, all of it in arena. */
struct replication_state *replication_create(const struct model *model, uint32_t replication,
                                             struct arena *arena, struct error *err);

/* Brings up to date what follows from other observations and so is not kept while the simulation
 * runs: who was granted one, who completed, and the sums of mixes and services. */
void replication_bring_up_to_date(struct replication_state *system);

/* The measured time begins now: everything that was observed is forgotten. */
void replication_restart_observation(struct replication_state *system);

struct windows;
/* The ordinary metrics over the measured time, and its histograms, into the windows' observation.
 * start: a snapshot at its beginning; all is brought up to date. */
void replication_observe_metrics(const struct windows *windows, const struct snapshot *start);

#endif
