/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_services.h - "services": groups of resources that exist several times over, by name. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_SERVICES_H
#define CAPSIM_INPUTS_SCENARIO_READ_SERVICES_H

#include "inputs/scenario/resource_names.h"

/* Reads the object at `at` (absent: no services) into system, whose resources were read. */
bool read_services(struct json_cursor *at, struct resource_names *system);

#endif
