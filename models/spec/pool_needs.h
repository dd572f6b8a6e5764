/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_needs.h - what follows from a pool's spec alone: whether its connections are told apart,
 * which alarms and timers it needs, and what can change while it goes on. */
#ifndef CAPSIM_MODELS_SPEC_POOL_NEEDS_H
#define CAPSIM_MODELS_SPEC_POOL_NEEDS_H

#include "models/spec/spec.h"

/* True if it keeps a record for each connection, as they must be told apart: they cost time to open
 * or take, age, or are not kept. */
bool pool_keeps_records(const struct pool_spec *spec);
/* True if the limit on queueing is the same for everybody. */
bool pool_has_constant_timeout(const struct pool_spec *spec);
/* True if a time limit goes on while the request gets the connection that is its own. */
bool pool_covers_connect(const struct pool_spec *spec);

/* Which alarms a pool needs: for time-outs in order of acquire, for the limits on being idle and on
 * age, and for opening by itself. */
bool pool_needs_timeout_alarm(const struct pool_spec *spec);
bool pool_needs_idle_alarm(const struct pool_spec *spec);
bool pool_needs_age_alarm(const struct pool_spec *spec);
bool pool_needs_opener_alarm(const struct pool_spec *spec);
/* True if some time limit of this pool goes through the timers. */
bool pool_needs_timers(const struct pool_spec *spec);

/* True if `to` differs from `from` in nothing that a reload (pool_restart.h) cannot change; what it
 * then can is up to the caller. */
bool pool_can_reload(const struct pool_spec *from, const struct pool_spec *to);

#endif
