/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operational_laws.h - what was observed held against laws that no system can break.
 *
 * The utilization law, U = X S / c <= 1, for each hold or service of a resource whose size is
 * known: a response that is taken for one shows here. Little's law, L = X W, where a level, a rate
 * and a time come from different files. And one figure from several sources must be one figure.
 * Source: Denning & Buzen, The operational analysis of queueing network models, ACM Computing
 * Surveys 10 (1978). */
#ifndef CAPSIM_INPUTS_TELEMETRY_OPERATIONAL_LAWS_H
#define CAPSIM_INPUTS_TELEMETRY_OPERATIONAL_LAWS_H

#include "inputs/telemetry/observed.h"
#include "sim/base/error.h"

/* Checks a finished form; contradictions and what follows become findings. False (STATUS_INPUT,
 * with the arithmetic) when a time that the user labelled (`labelled` says of a figure whether) is
 * no service and no hold, because its resource would be more than busy. */
bool operational_laws_check(struct observed *observed,
                            bool (*is_labelled)(const void *context,
                                                const struct observed_figure *figure),
                            const void *context, struct error *err);

/* Requests a second of a counter of arrivals; NaN with fewer than two. */
double operational_laws_rate(const struct observed_arrivals *arrivals);

#endif
