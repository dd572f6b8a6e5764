/* SPDX-License-Identifier: GPL-3.0-or-later */
/* station_checks.h - the numbered invariants of pool.h, cpu.h, limiter.h and buffer.h as code.
 *
 * They hold between two events. A check returns which one is broken, as text that begins with the
 * station's kind and the invariant's number, or NULL; *id: the request that it is about, if there
 * is one, else as it was. It changes nothing. Cost: O(what waits, works or is open). */
#ifndef CAPSIM_MODELS_STATIONS_STATION_CHECKS_H
#define CAPSIM_MODELS_STATIONS_STATION_CHECKS_H

#include "models/stations/buffer.h"
#include "models/stations/cpu.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"

/* Which invariant of a pool is broken; see above. */
const char *pool_check(const struct replication_state *system, const struct pool *pool,
                       uint32_t *id);
/* Of processors. */
const char *cpu_check(const struct replication_state *system, const struct cpu *cpu, uint32_t *id);
/* Of a limiter. */
const char *limiter_check(const struct replication_state *system, const struct limiter *limiter,
                          uint32_t *id);
/* Of a buffer. */
const char *buffer_check(const struct replication_state *system, const struct buffer *buffer,
                         uint32_t *id);

#endif
