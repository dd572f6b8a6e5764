/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_changes.h - where two scenario texts differ, key by key. */
#ifndef CAPSIM_INPUTS_SCENARIO_SCENARIO_CHANGES_H
#define CAPSIM_INPUTS_SCENARIO_SCENARIO_CHANGES_H

#include "sim/base/arena.h"
#include <stddef.h>

enum { MAX_SCENARIO_CHANGES = 50 };

/* "resources.db_pool.max: 200 -> 180", in the order of the later one, removed keys last; at most
 * MAX_SCENARIO_CHANGES. Both must parse; else *count is 0. */
const char *const *scenario_changes_list(const char *then, const char *now, struct arena *arena,
                                         size_t *count);

#endif
