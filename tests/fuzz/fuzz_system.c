/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the choices by which a valid scenario is made: capsim reads it, simulates it, and
 * what must hold for every scenario holds. */
#include "tests/fuzz/target.h"
#include "tests/support/scenario_trial.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    struct random_scenario scenario = random_scenario_make(bytes, size, arena);
    struct scenario_trial trial;
    const char *failure =
        scenario_trial_run(&scenario, RANDOM_SCENARIO_FOLDER "/random.json", arena, &trial);
    if (failure) {
        fprintf(stderr, "%s\n", scenario.text);
        target_require_at(false, failure, __FILE__, __LINE__);
    }
    arena_close(arena);
    return 0;
}
