/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout_trial.h - random small systems with a random rollout, and what must hold of them at every
 * moment.
 *
 * A trial takes a random pool and random workloads (pool_trial.h), puts the pool into a service of
 * a few replicas, of a database that has few connections, and changes it into another random pool.
 */
#ifndef CAPSIM_TESTS_SUPPORT_ROLLOUT_TRIAL_H
#define CAPSIM_TESTS_SUPPORT_ROLLOUT_TRIAL_H

#include "models/engine/rollout.h"
#include "tests/support/pool_trial.h"

struct rollout_trial {
    struct arena *arena;
    struct stream choices;
    uint32_t number;
    struct scenario *from, *to; /* both with `rollout` as their rollout */
    struct rollout_spec rollout;
    struct model *model;
    struct replication_state *system;
    struct error err;
    uint32_t connects[32]; /* [copies] that were drawn at the last check */
};

/* Makes trial number `number`, up to its rollout: the caller may change it. */
void rollout_trial_make(struct rollout_trial *trial, struct arena *arena, uint32_t number);
/* Both settings are the same from now on. */
void rollout_trial_make_equal(struct rollout_trial *trial);
/* The rollout is a reload from now on: nothing but max and min differs. */
void rollout_trial_make_reload(struct rollout_trial *trial);
/* Compiles it and makes the system; the rollout begins at its time, if it is to begin. */
void rollout_trial_open(struct rollout_trial *trial, bool begins);
/* Fails the test unless, at this moment, nothing is lost, nothing is too many. */
void rollout_trial_check(struct rollout_trial *trial);
/* Of all workloads: requests that arrived, that ended, that are present. */
struct rollout_totals {
    uint64_t arrived, completed, failed, present;
};
struct rollout_totals rollout_trial_count(const struct rollout_trial *trial);

#endif
