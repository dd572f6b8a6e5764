/* replicate_system.h - one replication from empty to its observations; see model_replicate and
 * model_series in model.h. */
#ifndef CAPSIM_MODELS_REPLICATE_SYSTEM_H
#define CAPSIM_MODELS_REPLICATE_SYSTEM_H

#include "models/system_state.h"

/* An empty system at time 0, all of it in arena. */
struct system *system_create(const struct model *model, uint32_t replication, struct arena *arena,
                             struct error *err);

#endif
