/* read_station_steps.h - the steps that hold nothing: pass, put, drain, fetch, spawn. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_STATION_STEPS_H
#define CAPSIM_INPUTS_SCENARIO_READ_STATION_STEPS_H

#include "inputs/scenario/read_steps.h"

/* Each reads the step at `at`, which has its key and no key but those of its kind. */
bool further_steps_read_pass(struct reader *at, struct route route, struct step *step);
bool further_steps_read_put(struct reader *at, struct route route, struct step *step);
bool further_steps_read_drain(struct reader *at, struct route route, struct step *step);
bool further_steps_read_fetch(struct reader *at, struct route route, struct step *step);
bool further_steps_read_spawn(struct reader *at, struct route route, struct step *step);

/* Fails if workloads spawn each other in a circle: jobs without end. */
bool further_steps_check_spawns(const struct system *system, size_t workload_count,
                                struct reading *reading);

#endif
