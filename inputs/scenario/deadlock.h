/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deadlock.h - requests that hold one resource and wait for another, in a circle.
 *
 * A hold of B inside a hold of A is an edge from A to B. In a circle of edges, requests can wait
 * for each other for ever (Coffman, Elphick & Shoshani, "System deadlocks", 1971: circular wait).
 * An edge on which a timeout ends the wait cannot take part for ever; on one that is guarded by
 * a resource held around both, the guard may be small enough. Circles of other edges are refused;
 * circles that need one of those two are worth a warning. A buffer in which requests wait is a node
 * as well: a put without a timeout inside a hold of A is an edge from A to it, and a drain inside a
 * hold of A one from it to A, guarded because another may drain it. */
#ifndef CAPSIM_INPUTS_SCENARIO_DEADLOCK_H
#define CAPSIM_INPUTS_SCENARIO_DEADLOCK_H

#include "inputs/scenario/resource_names.h"

/* Fails with STATUS_MODEL at the first hold that closes a circle; warns of one that a timeout
 * breaks or a guard may prevent. */
bool deadlock_check(const struct resource_names *system, struct parse_context *context);

#endif
