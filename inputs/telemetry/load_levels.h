/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_levels.h - how times grow with load, where files tell the throughput at several levels.
 *
 * Reports of pgbench with as many clients each, or a table of them: throughput by concurrency,
 * which the Universal Scalability Law is fitted to (usl_fit.h). Three coefficients need four
 * levels. */
#ifndef CAPSIM_INPUTS_TELEMETRY_LOAD_LEVELS_H
#define CAPSIM_INPUTS_TELEMETRY_LOAD_LEVELS_H

#include "inputs/telemetry/observed.h"
#include "sim/stats/usl_fit.h"

/* The levels of all files, one for each report of pgbench and for each row of a table of them. */
size_t load_levels_list(const struct observed *observed, struct usl_level levels[USL_FIT_MAX]);
/* Tells the coefficients as a finding, or that there are too few levels. True when contention is
 * known. */
bool load_levels_tell(struct observed *observed);

#endif
