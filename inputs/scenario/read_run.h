/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_run.h - "run" and "memory": how long, how often, how sure; bytes that are there anyway. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_RUN_H
#define CAPSIM_INPUTS_SCENARIO_READ_RUN_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/spec.h"

/* Reads the object at `at`; it must be there, for it has the duration. */
bool read_run(struct json_cursor *at, struct run_spec *run);

/* Reads the object at `at` (absent: nothing) into memory, whose is_given says whether anything but
 * pools uses some. pools[count] were read: one that uses
 * memory makes it given, and then the others' 0B are defaults to record. */
bool read_memory(struct json_cursor *at, const struct pool_spec *pools, size_t count,
                 struct memory_spec *memory);

#endif
