/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantity.h - "75ms", "500/s", "50MB", "70%": text to numbers in base units.
 *
 * A number is written as in JSON, the unit follows without a space. Each parser fills err with
 * STATUS_INPUT and a message that shows the text and names the units accepted or the one that was
 * probably meant; the caller adds the place. The process stays in the C locale (main never calls
 * setlocale), so a decimal point is a point. */
#ifndef CAPSIM_INPUTS_JSON_QUANTITY_H
#define CAPSIM_INPUTS_JSON_QUANTITY_H

#include "sim/base/error.h"
#include <stddef.h>
#include <stdint.h>

#define QUANTITY_MAX_NS ((int64_t)1 << 62) /* 146 years: two of them still fit the clock */
#define QUANTITY_MAX_S 4611686018.427387904

enum quantity_kind { QUANTITY_DURATION, QUANTITY_RATE, QUANTITY_SIZE, QUANTITY_SHARE };

enum { QUANTITY_TEXT = 32 };

/* What is due, for a message: "a duration with its unit, such as "75ms" (ns, us, ...)". */
const char *quantity_expected(enum quantity_kind kind);

/* ns, us, ms, s, min, h, d. 0 .. 2^62 ns. *ns is exact and rounded to nearest (digits beyond the
 * 19th are dropped); *seconds is not rounded to nanoseconds. More than zero but less than 1 ns is
 * refused. Either pointer may be NULL. */
bool quantity_parse_duration(const char *text, int64_t *ns, double *seconds, struct error *err);

/* /ms, /s, /min, /h, /d. Once in 146 years .. 1e9 per second; so never 0. */
bool quantity_parse_rate(const char *text, double *per_s, struct error *err);

/* B, KB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (of 1024). 0 .. 2^53 bytes. */
bool quantity_parse_size(const char *text, double *bytes, struct error *err);

/* "70%". 0 .. 1. */
bool quantity_parse_share(const char *text, double *share, struct error *err);

/* *ratio: how many of the unit called small are one of the unit called large (1000 "ms" are one
 * "s", 60 "/min" are one "/s"). False: one is no unit, they are of different kinds, or it is no
 * whole number. */
bool quantity_find_ratio(const char *small, const char *large, int64_t *ratio);

/* A criterion's limit in whichever unit it carries. *unit becomes "s", "1/s", "B", "1" (given with
 * %) or "" (a bare number). Not negative; no other range. */
bool quantity_parse_limit(const char *text, double *value, const char **unit, struct error *err);

/* A bare decimal number, as in a table: no unit, no sign but '-', nothing after it. */
bool quantity_parse_number(const char *text, double *value);

/* seconds as text in the unit that suits it, four digits: "18.75ms". */
void quantity_format_duration(double seconds, char text[QUANTITY_TEXT]);

#endif
