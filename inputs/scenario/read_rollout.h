/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_rollout.h - "rollout": the change of a running service from one setting to another.
 *
 * What it may change is checked when both settings are known: rollout_scope.h. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_ROLLOUT_H
#define CAPSIM_INPUTS_SCENARIO_READ_ROLLOUT_H

#include "inputs/scenario/json_cursor.h"

/* Reads the value at `at` (none: *rollout stays NULL) for a scenario whose services and run are
 * read; names[name_count]: of all settings. */
bool read_rollout(struct json_cursor *at, const char *const *names, size_t name_count,
                  const struct scenario *scenario, const struct rollout_spec **rollout);

#endif
