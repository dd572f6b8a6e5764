/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamp.h - the time stamps that logs carry, as nanoseconds since 1970-01-01 00:00 UTC.
 *
 *     2026-12-01 00:30:59.847 UTC    2026-12-01T01:20:03.008Z    2026-12-01 00:31:01.18449+00
 *     01/Dec/2026:00:32:10.254       01/Dec/2026:00:32:10 +0000  Tue Dec 01 00:32:10 2026
 *     Feb 11 13:15:39                2020-12-28 08:23:35,766     1796085130.268 (s, ms, us or ns)
 * A zone that is a name other than UTC, GMT or Z has no known offset: its stamps are taken as UTC
 * and say so. A stamp without a year is of 1970. Days by the civil calendar (proleptic Gregorian).
 */
#ifndef CAPSIM_INPUTS_TELEMETRY_STAMP_H
#define CAPSIM_INPUTS_TELEMETRY_STAMP_H

#include "inputs/telemetry/slice.h"

struct stamp {
    int64_t ns;
    int64_t resolution_ns; /* step of its last digit: 1e9 for whole seconds, 1e6 for milliseconds */
    bool has_zone;         /* its offset from UTC is known                                        */
    bool has_year;
    size_t length; /* bytes of the text that were the stamp, with its zone                 */
};

/* The stamp at the beginning of text; what follows it does not matter. */
bool stamp_parse(struct slice text, struct stamp *stamp);
/* A number of seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their
 * size (which fits any time from 1973 to 5138), as the whole of text. */
bool stamp_parse_epoch(struct slice text, struct stamp *stamp);

enum { STAMP_TEXT = 32 };
/* "2026-12-01T01:20:03.008Z", digits as the resolution has them. */
void stamp_format(int64_t ns, char text[STAMP_TEXT]);

#endif
