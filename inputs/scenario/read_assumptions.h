/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_assumptions.h - "assumptions": where a figure came from; printed in every report. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_ASSUMPTIONS_H
#define CAPSIM_INPUTS_SCENARIO_READ_ASSUMPTIONS_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/spec.h"

/* Reads the list at `at` (absent: none) and puts it, each with the value that its key has now,
 * before what the reading recorded. Comes last: a key may be that of a default. */
bool read_assumptions(struct json_cursor *at, struct scenario *scenario);

#endif
