/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_refill.h - connections that a pool opens by itself: for the queue, to keep a minimum, or
 * because the request that wanted one gave up meanwhile.
 *
 * They have no request, so their ends are in an event list of the pool's own, which one alarm
 * watches. An opener rests for connect_pause after each connect, and for a growing while after a
 * failed one: a rest takes a record, and counts as opening, so it keeps its place among the
 * connect_concurrency. A connection that is ready becomes idle, and goes to the first in the queue.
 * Used by pool*.c alone. */
#ifndef CAPSIM_MODELS_STATIONS_POOL_REFILL_H
#define CAPSIM_MODELS_STATIONS_POOL_REFILL_H

#include "models/stations/pool.h"

/* Opens as many as are wanted and allowed; those that take no time are idle then. Returns true if
 * there is one. */
bool pool_refill_open(struct replication_state *system, struct pool *pool);
/* Opens one although no request waits for it, unless one opens already or the last failure is not
 * yet forgotten. */
void pool_refill_try(struct replication_state *system, struct pool *pool);
/* min is looked at: the pool may open what is missing, where it does so from time to time. */
void pool_refill_look(struct pool *pool);
/* A request waits from now on: where each orders a connect, the order stands even if the request is
 * served otherwise. */
void pool_refill_ask(struct pool *pool);
/* The opening of the connection goes on without its request. */
void pool_refill_adopt(struct replication_state *system, struct pool *pool, uint32_t number);
/* An opener rests after a connect. */
void pool_refill_pause(struct replication_state *system, struct pool *pool);
/* How long to wait after one more failed connect [ns]. */
int64_t pool_refill_back_off(struct pool *pool);
/* Draws how long the record's connect takes, and whether it will fail. Returns that time [ns]. */
int64_t pool_refill_draw(struct replication_state *system, struct pool *pool, uint32_t number);

#endif
