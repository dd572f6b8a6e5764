/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rare_operations.h - the operations that most scenarios do without, apart from the main loop so
 * that it stays small. */
#ifndef CAPSIM_MODELS_ENGINE_RARE_OPERATIONS_H
#define CAPSIM_MODELS_ENGINE_RARE_OPERATIONS_H

#include "models/engine/replication_state.h"

/* Runs the request's operation, OPERATION_STATION or one of those after it. Returns true when the
 * request goes on with the next; otherwise the caller leaves it alone. Records may have moved. */
bool rare_operations_run(struct replication_state *system, uint32_t id, struct request *request);
/* What a fetch of the request reads, now: always the same for the same request and lap. */
struct fetched {
    double offered, rows;
    int64_t length; /* [ns] */
};
struct fetched rare_operations_draw_fetch(const struct replication_state *system,
                                          const struct request *request, const struct fetch *fetch);
/* The event of a request in backoff. */
void rare_operations_resume(struct replication_state *system, struct request *request);
/* Takes a request that waits in a limiter or a buffer out of there; any other is left alone. It is
 * counted as timed out there, unless it is cancelled. */
void rare_operations_abandon(struct replication_state *system, uint32_t id, struct request *request,
                             bool is_cancelled);

#endif
