/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claimed_value.h - what a claim says a figure is: a value and how far it may be off, a range, or a
 * bound. */
#ifndef CAPSIM_INPUTS_RECORDS_CLAIMED_VALUE_H
#define CAPSIM_INPUTS_RECORDS_CLAIMED_VALUE_H

#include "inputs/scenario/json_cursor.h"
#include "sim/stats/interval_net.h"

struct claimed_value {
    enum interval_unit unit;
    double low, high;  /* base units, 0 <= low <= high, INFINITY: no bound */
    const char *shown; /* as written, "450 ±10%" */
};

/* Reads the value at `value`: text or number, or a list of two of them (a range), or text that
 * begins with <=, <, >= or > (a bound: the value itself is allowed). uncertain, whose value may be
 * NULL, is "±10%" of it or in its unit ("±5ms"); it does not go with a range or a bound. Without it
 * a value with decimals or in % may be off by half of its last digit. */
bool claimed_value_read(const struct json_cursor *value, const struct json_cursor *uncertain,
                        struct claimed_value *read);

/* "a time such as \"371ms\"", for messages. */
const char *claimed_value_expected(enum interval_unit unit);

#endif
