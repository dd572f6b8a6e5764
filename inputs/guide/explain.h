/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.h - what a key of the scenario or a metric of the report means.
 *
 * Keys come from the scenario's JSON Schema, which is built into the program and tested against the
 * readers; metrics from metric_catalogue.h. */
#ifndef CAPSIM_INPUTS_GUIDE_EXPLAIN_H
#define CAPSIM_INPUTS_GUIDE_EXPLAIN_H

#include "sim/base/arena.h"
#include "sim/base/error.h"

/* The schema's text, as inputs/scenario.schema.json has it. */
extern const char explain_schema[];

/* All that is known under this name: a key ("acquire_timeout"), a kind ("connection_pool",
 * "lognormal"), a path as in a setting ("resources.db_pool.max": its last word counts), a metric
 * ("wait", "db_pool.wait.p95") or a statistic ("p95"). Text of at most 80 columns. NULL with a
 * STATUS_USAGE error that has the nearest name. */
const char *explain(const char *topic, struct arena *arena, struct error *err);

/* Every name that explain knows, in groups. */
const char *explain_topics(struct arena *arena);

/* The manual page capsim-scenario(5) as the source text of scdoc. */
const char *explain_manual(struct arena *arena);

#endif
