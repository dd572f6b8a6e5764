/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout_scope.h - what a rollout can change: the resources of its service (or, without one, those
 * in no service), each with the values that its kind lets a running replica have.
 *
 * Where requests visit the service, their steps may differ as well: each replica has the steps of
 * its version.
 *
 * A restart changes every value of a resource but its kind, its database and a random time limit. A
 * reload changes how many or how fast: max, min, threads and queue_limit of a pool, cores,
 * contention, max_connections and reserved of processors, rate and burst of a limiter, the capacity
 * of a buffer. Everything else, such as what arrives, must be the same in both settings: a
 * difference that the rollout would not carry is refused, not left out. */
#ifndef CAPSIM_INPUTS_SCENARIO_ROLLOUT_SCOPE_H
#define CAPSIM_INPUTS_SCENARIO_ROLLOUT_SCOPE_H

#include "inputs/scenario/json_cursor.h"

/* Fails, at the override that is at fault, unless the rollout can carry all that is different
 * between its two settings; else sets its changes_steps. reading: of the file as written. */
bool rollout_scope_check(struct parse_context *context, struct rollout_spec *rollout,
                         const struct setting_spec *from, const struct setting_spec *to);

#endif
