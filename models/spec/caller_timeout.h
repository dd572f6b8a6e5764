/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caller_timeout.h - work that ends with its caller, which is assumed and not so everywhere.
 *
 * When a step's time-out or a workload's deadline passes, the simulated work ends at once and gives
 * back what it held. A database goes on with a query that nobody waits for, unless somebody cancels
 * it: 100 % busy where the simulation shows 73 %. So every report in which it happens says so. */
#ifndef CAPSIM_MODELS_SPEC_CALLER_TIMEOUT_H
#define CAPSIM_MODELS_SPEC_CALLER_TIMEOUT_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

#define CALLER_TIMEOUT_VALUE "cancel"
#define CALLER_TIMEOUT_NOTE                                                                        \
    "when the time is up the work ends at once and gives back what it held; a real database goes " \
    "on with it"

/* Whether a deadline or a step's time-out can end work of the workload. */
bool caller_timeout_is_set(const struct workload_spec *workload);

/* The key of that assumption, in arena: "workloads.api.deadline", "workloads.api.steps.timeout". */
const char *caller_timeout_key(const struct workload_spec *workload, struct arena *arena);

#endif
