/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_profile.h - "profile" and "profile_period": how a load changes with time. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_PROFILE_H
#define CAPSIM_INPUTS_SCENARIO_READ_PROFILE_H

#include "inputs/scenario/json_cursor.h"

/* The profile of the arrivals at `at`, if they have one. */
bool read_profile(struct json_cursor *at, struct arrival_spec *arrivals);

#endif
