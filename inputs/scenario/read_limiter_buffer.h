/* read_limiter_buffer.h - rate limiters and buffers: their resources, and names that steps give.
 *
 * Both are what requests go through and do not hold. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_LIMITER_BUFFER_H
#define CAPSIM_INPUTS_SCENARIO_READ_LIMITER_BUFFER_H

#include "inputs/scenario/resource_names.h"

/* Reads the resource at `at`, whose kind is known, and adds it to system. */
bool gates_read_limiter(struct reader *at, const struct resource_place *place,
                        struct system *system);
bool gates_read_buffer(struct reader *at, const struct resource_place *place,
                       struct system *system);

/* The index of the limiter or buffer that the text at `at` names; else false, with the nearest
 * valid name, or what it is instead. */
bool gates_find_limiter(const struct system *system, const struct visited *visited,
                        const struct reader *at, size_t *index);
bool gates_find_buffer(const struct system *system, const struct visited *visited,
                       const struct reader *at, size_t *index);

/* Fails if requests can wait for ever in a buffer that nobody drains; warns of gates that no step
 * names. All workloads were read. */
bool gates_check_use(const struct system *system, struct reading *reading);

#endif
