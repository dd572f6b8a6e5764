/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uncertain.h - inputs that are known only so well: what may be written, and values drawn for them.
 *
 * Any value with a unit, any number and any law of the system (resources, services, workloads,
 * memory) may be uncertain:
 *     { "value": "500/s", "uncertain": "±10%" }                  a plain value
 *     { "mean": "75ms", "uncertain": "±10%" }                    a constant
 *     { "dist": "lognormal", "mean": "75ms", "cv": 0.8, "uncertain": "±5ms" }   a law, which is
 *         stretched as a whole, so that its shape stays: all its times by one factor
 *     { "uncertain": ["400/s", "600/s"] }                        a range alone: its middle
 * "±10%" (also "+-10%", "+/-10%") is a standard error relative to the value, "±5ms" one in the
 * value's unit: values are drawn from the lognormal law with this mean and spread, so never below
 * zero. ["60ms", "90ms"] is a range with the value in it, each equally likely. A % is always
 * relative.
 *
 * This is settled in the tree, after the overrides and before anything else is read: every reader
 * sees plain values, the central ones, or those that a draw puts in their place. */
#ifndef CAPSIM_INPUTS_SCENARIO_UNCERTAIN_H
#define CAPSIM_INPUTS_SCENARIO_UNCERTAIN_H

#include "inputs/scenario/parse_context.h"
#include "models/spec/uncertainty.h"

/* Replaces every uncertain value of reading's tree by the one that is taken: the central one, or
 * for each of draws[count] with its path the quantile u of its law. Lists them in list (newest
 * last; one that is there already by its path is not listed again), and records each as an
 * assumption. Errors have their place. */
bool uncertain_settle(struct parse_context *context, const struct uncertain_draw *draws,
                      size_t count, struct uncertain_list *list);

#endif
