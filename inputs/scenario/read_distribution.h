/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_distribution.h - the laws of a scenario: "75ms", { "dist": "lognormal", ... }, { "sum": ...
 * }.
 *
 * Laws that are fitted leave their parameters among the reading's assumptions, and a warning where
 * two laws fit. To add a law: one line in the table of read_distribution.c and one function. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_DISTRIBUTION_H
#define CAPSIM_INPUTS_SCENARIO_READ_DISTRIBUTION_H

#include "inputs/scenario/json_cursor.h"
#include "sim/random/distribution.h"

enum distribution_unit {
    UNIT_SECONDS, /* values are durations with their unit; the law is in seconds */
    UNIT_COUNT,   /* values are bare numbers, 0 .. READ_DISTRIBUTION_MAX_COUNT   */
    UNIT_BYTES    /* values are sizes with their unit, 0 .. 2^53 bytes           */
};

#define READ_DISTRIBUTION_MAX_BYTES 0x1p53
#define READ_DISTRIBUTION_MAX_COUNT 1e6 /* more arrivals at one instant are a mistake */

/* The law at `at`, in the reading's arena. */
bool read_distribution(const struct json_cursor *at, enum distribution_unit unit,
                       const struct distribution **law);

/* The law under key of an object; a missing key as in json_cursor.h, *law then stays as it was. */
bool read_distribution_get(struct json_cursor *object, const char *key, const char *fallback,
                           enum distribution_unit unit, const struct distribution **law);

#endif
