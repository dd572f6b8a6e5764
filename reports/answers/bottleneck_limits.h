/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bottleneck_limits.h - the first lines of "why": for each workload what limits it, by the chain
 * from what its slowest requests wait for to what makes that full, and what to do about it. */
#ifndef CAPSIM_REPORTS_ANSWERS_BOTTLENECK_LIMITS_H
#define CAPSIM_REPORTS_ANSWERS_BOTTLENECK_LIMITS_H

#include "reports/answers/bottleneck_words.h"

/* States the limit of each workload, or that there is none, and names the first for machines. */
void bottleneck_limits_state(const struct bottleneck_writer *writer);

#endif
