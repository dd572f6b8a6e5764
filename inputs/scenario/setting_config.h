/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setting_config.h - the configuration under a setting, as a reviewer wants to see it: the part of
 * the scenario that settings may change, with the overrides applied; and what differs. */
#ifndef CAPSIM_INPUTS_SCENARIO_SETTING_CONFIG_H
#define CAPSIM_INPUTS_SCENARIO_SETTING_CONFIG_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"
#include <jansson.h>

/* The file's tree under setting number i; the caller's to give back. */
json_t *setting_config_tree(const struct scenario_set *set, size_t i, struct arena *arena);

/* "resources", "services" and "memory" of the file under setting number i as JSON text, in the
 * file's order; in arena. */
const char *setting_config_text(const struct scenario_set *set, size_t i, struct arena *arena);

/* What differs between settings number `before` and `after`, in the order of the overrides; in
 * arena. */
const struct setting_change *setting_config_changes(const struct scenario_set *set, size_t before,
                                                    size_t after, struct arena *arena,
                                                    size_t *count);

#endif
