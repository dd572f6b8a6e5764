/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpu_twin.h - processor sharing the slow way: at every instant at which anything happens, what
 * each job has left is reduced by what it got since, in exact rational arithmetic.
 *
 * No virtual time, no order of departures, no tree: everything is looked at each time. Work is
 * counted in 1 / CPU_TWIN_UNIT ns, a multiple of 1000 times each number of jobs up to
 * CPU_TWIN_MAX_PRESENT, so that a share of the cores is an integer. */
#ifndef CAPSIM_TESTS_SUPPORT_CPU_TWIN_H
#define CAPSIM_TESTS_SUPPORT_CPU_TWIN_H

#include "sim/base/wide.h"
#include <stdbool.h>
#include <stddef.h>

enum { CPU_TWIN_MAX_PRESENT = 40, CPU_TWIN_STAGES = 2 };
#define CPU_TWIN_UNIT ((wide_int)5342931457063200 * 1000) /* lcm(1 .. 40) * 1000 */
#define CPU_TWIN_NEVER INT64_MAX

enum cpu_twin_outcome { CPU_TWIN_PRESENT, CPU_TWIN_COMPLETED, CPU_TWIN_TIMED_OUT };

/* Works, pauses, and works again. */
struct cpu_twin_request {
    int64_t arrives, demand[CPU_TWIN_STAGES]; /* [ns], demand > 0                               */
    int64_t pause;                            /* [ns], > 0                                      */
    int64_t timeout; /* of each work, from its beginning [ns]; CPU_TWIN_NEVER */
    /* Filled in: */
    enum cpu_twin_outcome outcome;
    int64_t ended;
    int64_t began[CPU_TWIN_STAGES], done[CPU_TWIN_STAGES]; /* -1: it did not come to that */
    /* Its own: */
    int stage;
    bool is_working;
    int64_t due; /* to begin the stage */
    wide_int left;
};

struct cpu_twin_totals {
    wide_int busy_milli, jobs; /* integrals over time: thousandths of a core, jobs [* ns] */
};

/* Runs requests[count] on a cpu until just before `until` [ns]. Fails the test when more than
 * CPU_TWIN_MAX_PRESENT work at once. */
struct cpu_twin_totals cpu_twin_run(int64_t cores_milli, double sigma, double kappa,
                                    struct cpu_twin_request *requests, size_t count, int64_t until);

#endif
