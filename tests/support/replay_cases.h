/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_cases.h - recorded requests whose every wait is known: the shortest loop (queue_replay.h)
 * gives what capsim's metrics must be, to the nanosecond. Whoever is served out of order, or misses
 * its time-out, changes them. */
#ifndef CAPSIM_TESTS_SUPPORT_REPLAY_CASES_H
#define CAPSIM_TESTS_SUPPORT_REPLAY_CASES_H

#include "tests/support/reference_cases.h"

/* Replays of tests/measured with the times that were asked for, as cases. */
struct reference_table replay_cases_make(struct arena *arena);

#endif
