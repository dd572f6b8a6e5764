/* SPDX-License-Identifier: GPL-3.0-or-later */
/* criterion.h - the grammar of "expect": METRIC [OP VALUE] [in every WINDOW | over DURATION | for
 * DURATION].
 *
 * METRIC is a name with dots; OP is <, <=, > or >=, with or without blanks around it; VALUE is a
 * bare number or a quantity (quantity.h); WINDOW and DURATION are durations above 0. Whether the
 * metric exists and has that unit is for the model to say. */
#ifndef CAPSIM_INPUTS_SCENARIO_CRITERION_H
#define CAPSIM_INPUTS_SCENARIO_CRITERION_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"

/* Fills criterion's metric, has_limit, op, limit, limit_text, limit_unit, span and window_ns; texts
 * are in arena. The message tells the character of the expression (from 1) that is wrong. */
bool criterion_parse(const char *expect, struct arena *arena, struct criterion_spec *criterion,
                     struct error *err);

#endif
