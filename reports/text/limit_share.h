/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit_share.h - how much of a limit a value uses up, so that different criteria can be compared
 * and drawn on one scale. */
#ifndef CAPSIM_REPORTS_TEXT_LIMIT_SHARE_H
#define CAPSIM_REPORTS_TEXT_LIMIT_SHARE_H

#include <stdbool.h>

/* value / limit: 1 is the limit, less is better. A lower limit is turned round: limit / value, or
 * of a share ("1") above 50 % what is missing, (1 - value) / (1 - limit). At least 0; NaN for a
 * value or a limit that is none. Of a limit of 0 only 0 itself is a share, which is 0. */
double limit_share_of(double value, bool is_lower_limit, double limit, const char *unit);

#endif
