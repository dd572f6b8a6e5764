/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_scale.h - "scale" of arrivals: the same, so many times as much of it.
 *
 * Rates are multiplied, of those who come in numbers (customers, virtual users, jobs) there are so
 * many times as many. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_SCALE_H
#define CAPSIM_INPUTS_SCENARIO_READ_SCALE_H

#include "inputs/scenario/json_cursor.h"

/* A factor on all rates; 1 when it is not given, which is no assumption: a rate is what is written.
 */
bool read_scale_of(struct json_cursor *at, double *scale);
/* The same of what has no rate of its own, a recording: 1 is a default that is told. */
bool read_scale_or_default(struct json_cursor *at, double *scale);
/* Multiplies *count, and rounds it. what: they are called in messages. False when none or too many
 * are left. */
bool read_scale_count(struct json_cursor *at, const char *what, double scale, int64_t *count);

#endif
