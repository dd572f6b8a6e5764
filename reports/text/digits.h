/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digits.h - numbers in pictures, tiles and sentences: three significant digits, a comma between
 * thousands, U+2212 for minus, a space that does not break before a unit.
 *
 * Full digits are in CSV and JSON. "not measured" stands for NaN. */
#ifndef CAPSIM_REPORTS_TEXT_DIGITS_H
#define CAPSIM_REPORTS_TEXT_DIGITS_H

#include "sim/base/arena.h"

/* Numbers on an axis: what a value of a unit is multiplied with, and the unit to name. */
struct digits_scale {
    double factor;
    const char *unit; /* "ms"; "" for plain counts */
};
/* A scale on which the largest value reads well. unit: as in a report. */
struct digits_scale digits_scale_of(const char *unit, double largest);

/* "367", "0.0155", "2,400", "1.2e+15". */
const char *digits_number(double value, struct arena *arena);
/* All digits of a number that somebody chose, such as a tick or a setting: "1,050". */
const char *digits_exact(double value, struct arena *arena);
/* The same down to two or three digits, never up: what a capacity is said to be. */
const char *digits_capacity(double value, struct arena *arena);

/* A value in a unit of a report, in the unit that suits it: "367 ms". */
const char *digits_quantity(double value, const char *unit, struct arena *arena);
/* A share as per cent; "< 0.01 %" for what is less. */
const char *digits_share(double share, struct arena *arena);
/* The same in a scale that several values share. */
const char *digits_scaled(double value, const struct digits_scale *scale, struct arena *arena);
/* "18.8 → 75.0 %": both in one unit, unless they are a thousandfold apart. */
const char *digits_change(double before, double after, const char *unit, struct arena *arena);
/* "7.19 % · < 70 %" with the sign `op` of the limit. */
const char *digits_against(double value, const char *op, double limit, const char *unit,
                           struct arena *arena);

/* "per second" and the like behind a title: ", ms"; "" where there is no unit. */
const char *digits_title(const char *name, const struct digits_scale *scale, struct arena *arena);

#endif
