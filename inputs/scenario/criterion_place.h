/* SPDX-License-Identifier: GPL-3.0-or-later */
/* criterion_place.h - the line of a scenario that a criterion stands in, for whoever shows its
 * verdict beside the file. */
#ifndef CAPSIM_INPUTS_SCENARIO_CRITERION_PLACE_H
#define CAPSIM_INPUTS_SCENARIO_CRITERION_PLACE_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* From 1; that of the criterion of that name, or else 1. */
int criterion_place_line(const struct scenario_set *set, const char *name, struct arena *arena);

#endif
