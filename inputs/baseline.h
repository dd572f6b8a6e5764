/* baseline.h - a report read back, to hold a new run against it.
 *
 * Any report.json will do; one that `capsim baseline save` wrote has the replications' own values
 * and the scenario's text besides, so that differences can be paired and a change be named. Unknown
 * keys are left alone: a later version may write more. */
#ifndef CAPSIM_INPUTS_BASELINE_H
#define CAPSIM_INPUTS_BASELINE_H

#include "sim/kernel/arena.h"
#include "sim/kernel/error.h"
#include "sim/study/regression.h"

/* Reads the report at path ("-": standard input). Everything in arena. Errors have line, column and
 * pointer. */
bool baseline_read(const char *path, struct arena *arena, struct regression_baseline *baseline,
                   struct error *err);

enum { BASELINE_MOST_CHANGES = 50 };

/* Where two scenario texts differ: "resources.db_pool.max: 200 -> 180", in the order of the later
 * one, removed keys last; at most BASELINE_MOST_CHANGES. Both must parse; else *count is 0. */
const char *const *baseline_list_changes(const char *then, const char *now, struct arena *arena,
                                         size_t *count);

#endif
