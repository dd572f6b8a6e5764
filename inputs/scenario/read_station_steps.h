/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_station_steps.h - the steps that hold nothing: pass, put, drain, fetch, spawn. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_STATION_STEPS_H
#define CAPSIM_INPUTS_SCENARIO_READ_STATION_STEPS_H

#include "inputs/scenario/read_steps.h"

/* Each reads the step at `at`, which has its key and no key but those of its kind. */
bool station_steps_read_pass(struct json_cursor *at, struct route route, struct step *step);
bool station_steps_read_put(struct json_cursor *at, struct route route, struct step *step);
bool station_steps_read_drain(struct json_cursor *at, struct route route, struct step *step);
bool station_steps_read_fetch(struct json_cursor *at, struct route route, struct step *step);
bool station_steps_read_spawn(struct json_cursor *at, struct route route, struct step *step);

/* Notes for the search for deadlocks what requests of the class must have had before they drain a
 * buffer: while those that hold it wait for room there, nobody comes to drain. at: the workload. */
void station_steps_note_drains(const struct json_cursor *at, struct resource_names *system,
                               const struct class_spec *class);

/* Fails if workloads spawn each other in a circle: jobs without end. */
bool station_steps_check_spawns(const struct resource_names *system, size_t workload_count,
                                struct parse_context *context);

#endif
