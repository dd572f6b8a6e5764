/* SPDX-License-Identifier: GPL-3.0-or-later */
/* offered_load.h - load against capacity of every station, without simulating: whether there is a
 * steady state, and what must fail where there is none but a time-out bounds the queue. */
#ifndef CAPSIM_MODELS_ENGINE_OFFERED_LOAD_H
#define CAPSIM_MODELS_ENGINE_OFFERED_LOAD_H

#include "models/engine/model.h"

/* Fills model->loads; sets model->is_unstable, and warns, where a queue grows without bound or
 * processors collapse sooner than a thousand times the simulated time. warnings has room for one of
 * each pool and limiter and two of each cpu. */
void offered_load_warn(struct model *model, const char **warnings, struct arena *arena);

#endif
