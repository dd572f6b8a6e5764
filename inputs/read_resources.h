/* read_resources.h - "resources": what requests hold or use, by name.
 *
 * To add a kind: one reader function and one line in the table of read_resources.c. */
#ifndef CAPSIM_INPUTS_READ_RESOURCES_H
#define CAPSIM_INPUTS_READ_RESOURCES_H

#include "inputs/system.h"

/* Reads the object at `at` (absent: no resources) into system. */
bool read_resources(struct reader *at, struct system *system);

/* One resource, under the name `name`; copies and service as in struct pool_spec. */
bool read_resources_one(struct reader *at, const char *name, int64_t copies, size_t service,
                        struct system *system);

#endif
