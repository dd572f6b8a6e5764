/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_restart.h - a pool whose process stops and starts again, or whose values change in place.
 *
 * - pool_shut: every connection is closed, those that open too; the database has them back.
 * - pool_renew: it begins again with another spec, cold: it opens what the spec says, as a pool
 *   does at the start of a simulation, and draws on where it was, so no draw is used twice.
 * - pool_reload: only max, min and queue_limit change; nothing that is held or waited for is lost.
 *   A smaller max closes idle connections at once and held ones as they are released.
 *
 * Cost: O(open).
 * Invariants:
 * (1) a pool that is shut has no connection, open = busy = waiting = 0;
 * (2) after a reload open never rises above max, and where it is above it never rises at all;
 * (3) is_shrinking exactly while a pool without records has busy > max. */
#ifndef CAPSIM_MODELS_STATIONS_POOL_RESTART_H
#define CAPSIM_MODELS_STATIONS_POOL_RESTART_H

#include "models/stations/pool.h"

/* No request holds or waits for one. */
void pool_shut(struct replication_state *system, struct pool *pool);
/* The pool is shut. */
void pool_renew(struct replication_state *system, struct pool *pool, const struct pool_spec *spec);

/* pool_can_reload holds between what it was and spec. */
void pool_reload(struct replication_state *system, struct pool *pool, const struct pool_spec *spec);

/* One was released while is_shrinking: it is closed. busy is lower by it already. */
void pool_drop_surplus(struct replication_state *system, struct pool *pool);

#endif
