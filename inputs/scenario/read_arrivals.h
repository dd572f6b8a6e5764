/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_arrivals.h - "arrivals": when the requests of a workload come.
 *
 * To add a process: one reader function and one line in the table of read_arrivals.c. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_ARRIVALS_H
#define CAPSIM_INPUTS_SCENARIO_READ_ARRIVALS_H

#include "inputs/scenario/json_cursor.h"

/* The arrivals at `at`. names: of the values that each request brings, for its steps; none but for
 * a trace. */
bool read_arrivals(struct json_cursor *at, struct arrival_spec *arrivals,
                   struct trace_names *names);

#endif
