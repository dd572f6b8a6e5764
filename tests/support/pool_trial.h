/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_trial.h - random small scenarios of one pool, for the engine and for its twin alike.
 *
 * A trial chooses a pool with any of its limits and costs, and one or two workloads of one or two
 * classes. Times are mostly whole milliseconds, so that many things happen at one instant and their
 * order shows. The twin's requests get the values that the engine draws, by the names of the
 * streams that models/program/program.h documents. */
#ifndef CAPSIM_TESTS_SUPPORT_POOL_TRIAL_H
#define CAPSIM_TESTS_SUPPORT_POOL_TRIAL_H

#include "models/spec/spec.h"
#include "tests/support/pool_twin.h"
#include "tests/support/scenario_builder.h"

enum { TRIAL_MAX_GROUPS = 4, TRIAL_MAX_COSTS = TWIN_MAX_REQUESTS * TWIN_MAX_ROUNDS };
/* How long each is simulated. */
#define TRIAL_LENGTH_S 0.25

/* One random scenario, for both sides. */
struct trial {
    struct arena *arena;
    struct stream choices;
    struct stream_key key;
    struct pool_spec pool;
    struct workload_spec workloads[2];
    size_t workload_count;
    const char *groups[TRIAL_MAX_GROUPS]; /* "w0" or "w0.a" */
    int first_group[2], group_count;
    struct twin_pool twin;
    int64_t connect[TRIAL_MAX_COSTS], checkout[TRIAL_MAX_COSTS];
    struct twin_request requests[TWIN_MAX_REQUESTS];
    size_t request_count;
    struct twin_totals totals;
};

/* Makes trial number `number`, in arena, and runs the twin on it. narrow (may be NULL) changes the
 * pool before anything else is chosen. Gives the scenario for the engine: run replication `number`.
 */
struct scenario *pool_trial_make(struct trial *trial, struct arena *arena, uint32_t number,
                                 void (*narrow)(struct pool_spec *pool));

#endif
