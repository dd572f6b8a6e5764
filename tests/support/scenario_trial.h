/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_trial.h - a random scenario put through everything that must hold for every scenario,
 * whatever its randomness.
 *
 * capsim reads it and can simulate it. In each setting, of one replication: no station has more
 * than it may have; the laws that hold to the nanosecond do (Little's law, flow balance, tokens,
 * bytes, work); and of a scenario that runs dry nobody has anything in the end. Of a whole study of
 * one that is cut in the middle: one thread and four give the same bytes of JSON, a setting
 * compared with itself does not differ in any metric, shares are shares, a higher quantile is no
 * lower. */
#ifndef CAPSIM_TESTS_SUPPORT_SCENARIO_TRIAL_H
#define CAPSIM_TESTS_SUPPORT_SCENARIO_TRIAL_H

#include "tests/support/random_scenario.h"

struct scenario_trial {
    uint64_t requests; /* that came, in one replication of each setting */
    uint64_t failures; /* of them                                       */
};

/* What does not hold, as a text in arena; NULL: all holds. path: of a file in the scenario's
 * folder, which need not exist. */
const char *scenario_trial_run(const struct random_scenario *scenario, const char *path,
                               struct arena *arena, struct scenario_trial *trial);

#endif
