/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe_law.h - a fitted law's parameters in words, for the report's assumptions. */
#ifndef CAPSIM_INPUTS_SCENARIO_DESCRIBE_LAW_H
#define CAPSIM_INPUTS_SCENARIO_DESCRIBE_LAW_H

#include "inputs/scenario/json_cursor.h"
#include "sim/random/distribution.h"

enum { DESCRIBE_LAW_SIZE = 160 };

/* "lognormal: mu -2.75, sigma 0.56" into text. Only laws that distribution_fit makes. has_seconds:
 * its values are durations. Four digits. */
void describe_law(const struct distribution *law, bool has_seconds, char text[DESCRIBE_LAW_SIZE]);

/* A value as the user wrote it, without the quotes; in the reading's arena. */
const char *describe_law_given(const struct json_cursor *at);

#endif
