/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retry.h - a request that failed and is tried again, and the deadline of the request as a whole.
 *
 * Attempt k, counted from 0, starts over with the first step after backoff * multiplier^(k - 1),
 * with draws of its own (program.h). The response is from the first arrival to the end of the last
 * attempt. */
#ifndef CAPSIM_MODELS_ENGINE_RETRY_H
#define CAPSIM_MODELS_ENGINE_RETRY_H

#include "models/engine/replication_state.h"

/* The operation BEGIN: the first attempt; starts the deadline's timer. END: stops it. */
void retry_begin(struct replication_state *system, uint32_t id, struct request *request,
                 const struct operation *operation);
void retry_end(struct replication_state *system, uint32_t id, const struct request *request);
/* The attempt of a request that holds nothing has failed. Returns true when there is another: the
 * request waits for it, or is ready at once. */
bool retry_take(struct replication_state *system, uint32_t id, struct request *request,
                enum failure failure);
/* The backoff is over: the request is at its first step. */
void retry_resume(const struct replication_state *system, struct request *request);
/* True if this timer is that of a deadline. */
bool retry_is_deadline(const struct replication_state *system, uint32_t timer);

#endif
