/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_limiter_buffer.h - rate limiters and buffers: their resources, and names that steps give.
 *
 * Both are what requests go through and do not hold. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_LIMITER_BUFFER_H
#define CAPSIM_INPUTS_SCENARIO_READ_LIMITER_BUFFER_H

#include "inputs/scenario/resource_names.h"

/* Reads the resource at `at` into a spec of its kind that is zero but for where it is. */
bool limiter_buffer_read_limiter(struct json_cursor *at, void *spec, struct resource_names *system);
bool limiter_buffer_read_buffer(struct json_cursor *at, void *spec, struct resource_names *system);

/* The index of the limiter or buffer that the text at `at` names; else false, with the nearest
 * valid name, or what it is instead. */
bool limiter_buffer_find_limiter(const struct resource_names *system, const struct visited *visited,
                                 const struct json_cursor *at, size_t *index);
bool limiter_buffer_find_buffer(const struct resource_names *system, const struct visited *visited,
                                const struct json_cursor *at, size_t *index);

/* Fails if requests can wait for ever in a buffer that no step drains; warns of limiters and
 * buffers that no step names. All workloads were read. */
bool limiter_buffer_check_use(const struct resource_names *system, struct parse_context *context);

#endif
