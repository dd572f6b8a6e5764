/* SPDX-License-Identifier: GPL-3.0-or-later */
/* failure_margins.h - what must happen before a request fails: a wait that reaches the time-out, a
 * queue its limit, a response the deadline.
 *
 * Where all of that is known, how near the runs came to it bounds a rate that was never seen
 * (cycles.h). It is not known of time limits of steps, of patience that follows a law, of
 * connections that a database refuses, of what buffers drop and limiters refuse, and of jobs that
 * are cancelled. */
#ifndef CAPSIM_MODELS_ENGINE_FAILURE_MARGINS_H
#define CAPSIM_MODELS_ENGINE_FAILURE_MARGINS_H

#include "models/engine/model_internal.h"

/* Fills has_margins and the margins of the failures of that resource or workload, NULL: of all.
 * with_limited: what a limiter refuses is one of them. */
void failure_margins_find(const struct model *model, const char *resource, bool with_limited,
                          struct study_scope *scope, struct arena *arena);

#endif
