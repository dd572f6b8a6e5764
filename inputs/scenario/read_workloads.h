/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_workloads.h - "workloads": what arrives, in which classes, and the steps each takes.
 *
 * To add an arrival process: one reader function and one line in the table of read_workloads.c. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_WORKLOADS_H
#define CAPSIM_INPUTS_SCENARIO_READ_WORKLOADS_H

#include "inputs/scenario/resource_names.h"

/* Reads the object at `at`, at least one workload, with the resources of system. */
bool read_workloads(struct json_cursor *at, struct resource_names *system,
                    const struct workload_spec **workloads, size_t *count);

#endif
