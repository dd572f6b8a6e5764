/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_resources.h - "resources": what requests hold or use, by name.
 *
 * To add a kind: one reader function and one line in the table of read_resources.c. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_RESOURCES_H
#define CAPSIM_INPUTS_SCENARIO_READ_RESOURCES_H

#include "inputs/scenario/resource_names.h"

/* Reads the object at `at` (absent: no resources) into system. */
bool read_resources(struct json_cursor *at, struct resource_names *system);

/* Looks up the databases that these resources' pools name, when all services were read. */
bool read_resources_find_databases(struct json_cursor *at, struct resource_names *system);
/* The same for the resources of a service, of which each replica has its own. */
bool read_resources_of_service(struct json_cursor *at, size_t service,
                               struct resource_names *system);

#endif
