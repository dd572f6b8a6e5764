/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_cycle.h - the arrivals of a fleet collected each period (models/stations/cycle.h). */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_CYCLE_H
#define CAPSIM_INPUTS_SCENARIO_READ_CYCLE_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/spec.h"

struct trace_names;

/* Reads the cycle of the arrivals at `at`; names stays as it is. */
bool read_cycle(struct json_cursor *at, struct arrival_spec *arrivals, struct trace_names *names);

#endif
