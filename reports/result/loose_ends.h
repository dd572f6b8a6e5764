/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loose_ends.h - what a reader must know of requests that were not served to their end: whose work
 * a time-out ended at once, and who had not ended when they were followed no longer. */
#ifndef CAPSIM_REPORTS_RESULT_LOOSE_ENDS_H
#define CAPSIM_REPORTS_RESULT_LOOSE_ENDS_H

#include "reports/result/result.h"

/* Adds to the assumption that work ends with its caller (caller_timeout.h) how often that happened
 * in each setting of result, and leaves it out where it never did. */
void loose_ends_assume(struct result *result, const struct scenario *scenario, struct arena *arena);

/* Adds to the warnings of a setting, whose metrics are there, how many requests had not ended. */
void loose_ends_warn(struct result_setting *setting, const struct scenario *scenario,
                     struct arena *arena);

#endif
