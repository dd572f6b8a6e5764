/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_retry.h - "retry" and "deadline" of a workload. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_RETRY_H
#define CAPSIM_INPUTS_SCENARIO_READ_RETRY_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/spec.h"

/* Reads both keys of the workload at `at`; either may be absent or null. */
bool read_retry(struct json_cursor *at, struct workload_spec *workload);

/* Fails at "retry" if the workload's classes, with all their attempts, come round more often than
 * draws can be numbered. */
bool read_retry_check_laps(struct json_cursor *at, const struct workload_spec *workload);

#endif
