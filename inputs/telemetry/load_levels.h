/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_levels.h - how times grow with load, where files tell the throughput at several levels.
 *
 * Reports of pgbench with as many clients each: throughput by concurrency, which the Universal
 * Scalability Law is fitted to (usl_fit.h). Three coefficients need four levels. */
#ifndef CAPSIM_INPUTS_TELEMETRY_LOAD_LEVELS_H
#define CAPSIM_INPUTS_TELEMETRY_LOAD_LEVELS_H

#include "inputs/telemetry/observed.h"

/* Tells the coefficients as a finding, or that there are too few levels. True when contention is
 * known. */
bool load_levels_tell(struct observed *observed);

#endif
