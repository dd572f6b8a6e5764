/* read_resources.h - "resources": what requests hold or use, by name.
 *
 * To add a kind: one reader function and one line in the table of read_resources.c. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_RESOURCES_H
#define CAPSIM_INPUTS_SCENARIO_READ_RESOURCES_H

#include "inputs/scenario/resource_names.h"

/* Reads the object at `at` (absent: no resources) into system. */
bool read_resources(struct reader *at, struct system *system);

/* Looks up the databases that these resources' pools name, when all services were read. */
bool read_resources_find_databases(struct reader *at, struct system *system);
/* The same for the resources of a service, of which each replica has its own. */
bool read_resources_of_service(struct reader *at, size_t service, struct system *system);

/* Reads "discipline": who of those that wait is next. fallback as of reader_get_choice. */
bool read_discipline(struct reader *at, const char *fallback, enum discipline *discipline);

#endif
