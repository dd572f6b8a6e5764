/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operations.h - the operations that the main loop (replication_loop.h) does not run itself. */
#ifndef CAPSIM_MODELS_ENGINE_OPERATIONS_H
#define CAPSIM_MODELS_ENGINE_OPERATIONS_H

#include "models/engine/replication_state.h"

/* Runs the request's operation. Returns true when the request goes on; its record may have moved.
 * Otherwise the caller leaves it alone. Apart, so that the main loop stays small. */
bool operations_run(struct replication_state *system, uint32_t id, struct request *request,
                    const struct operation *operation);
/* The request leaves the replica that it entered last. */
void operations_leave_replica(struct replication_state *system, struct request *request);

#endif
