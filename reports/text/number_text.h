/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number_text.h - numbers as text: exact ones for machines, rounded ones with units for people.
 *
 * A point is the decimal sign whatever the locale. What people read is scaled to a unit that suits
 * it (12.5 ms, 75 %, 60 MB) and rounded to two digits of its half width; without an interval, to
 * three digits, whole numbers with all of theirs. Units are those of struct
 * column: "s", "1/s", "B", "1" (a share, shown in %), "" (a count). */
#ifndef CAPSIM_REPORTS_TEXT_NUMBER_TEXT_H
#define CAPSIM_REPORTS_TEXT_NUMBER_TEXT_H

#include "sim/base/arena.h"
#include "sim/stats/estimate.h"

enum { NUMBER_TEXT_SIZE = 40 };

/* The shortest of 15, 16 or 17 digits that reads back as the same double. -0 is written 0. value
 * must be finite. */
void number_text_shortest(double value, char text[NUMBER_TEXT_SIZE]);

/* Three digits and the unit: "12.5 s", "18.8 %", "99.99936 %". "-" for NaN, and what is infinite in
 * its unit. */
const char *number_text_quantity(double value, const char *unit, struct arena *arena);

/* Six digits and no unit. "-" for NaN. */
const char *number_text_plain(double value, struct arena *arena);

/* Three digits with a sign and, for shares, in percentage points: "+51.2 pp". */
const char *number_text_difference(double value, const char *unit, struct arena *arena);

/* Estimate and interval: "18.76 ± 0.03 %"; "0.31 [0, 0.55] ms" when the interval is lopsided;
 * "0 % (at most 0.0012 %)" when no event was seen, "100 % (at least 99.985 %)" when nothing else
 * was. Without an interval, with one below a millionth of the value, or when has_interval_shown is
 * false: the value alone. An unresolved quantile ends with " *". "-" for NaN. */
const char *number_text_estimate(const struct estimate *estimate, const char *unit,
                                 bool has_interval_shown, struct arena *arena);

/* The same of a difference, with a sign: "-56.24 ± 0.12 pp". */
const char *number_text_paired(const struct estimate *difference, const char *unit,
                               bool has_interval_shown, struct arena *arena);

/* Where something will be: "71.2 % to 78.9 %"; "-" when an end is not known. */
const char *number_text_range(double low, double high, const char *unit, struct arena *arena);

#endif
