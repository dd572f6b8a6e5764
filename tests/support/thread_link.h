/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread_link.h - ranks that are threads of one process: executor_ranks without MPI. */
#ifndef CAPSIM_TESTS_SUPPORT_THREAD_LINK_H
#define CAPSIM_TESTS_SUPPORT_THREAD_LINK_H

#include "sim/study/executor_ranks.h"

enum { THREAD_LINK_MAX_RANKS = 16 };

/* Runs body(context, ranks) once for each of count ranks, each in a thread of its own, and closes
 * the ranks behind it with the reason that body returns. Returns when all have ended. */
void thread_link_run(unsigned count, const char *(*body)(void *context, struct ranks *ranks),
                     void *context);

#endif
