/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_configured.h - criteria about what a setting says, not about what is measured:
 * "db_pool.max == 200".
 *
 * The left side is a key of a resource ("db_pool.max", of one in a service "api.db_pool.max") or a
 * whole path ("services.api.replicas"); the right side a number with the unit that the value has,
 * or none. The value is the one in force: as written, overridden, or the default. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_CONFIGURED_H
#define CAPSIM_INPUTS_SCENARIO_READ_CONFIGURED_H

#include "inputs/scenario/json_cursor.h"

/* Whether expect is about a value of the file: it begins with the place of one. */
bool read_configured_is(const struct json_cursor *expect);

/* Reads expect, which is, into claim: expect, metric (the place as written), op, limit, limit_text
 * and limit_unit. */
bool read_configured_parse(const struct json_cursor *expect, struct criterion_spec *claim);

/* Finds what each of the scenario's configured claims is about, once all of it was read. */
bool read_configured_settle(struct json_cursor *root, struct scenario *scenario);

#endif
