/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random scenarios, each put through all that must hold for every scenario (scenario_trial.h). The
 * fuzzer's target fuzz_system goes on where these end. */
#include "sim/random/stream.h"
#include "tests/support/scenario_trial.h"
#include "tests/support/support.h"

#include <stdlib.h>

enum { CHOICES = 1200 };

static void whatever_must_hold_for_every_scenario_holds(void **state)
{
    struct arena *arena = arena_open();
    struct scenario_trial total = {0};
    char *path = source_path(RANDOM_SCENARIO_FOLDER "/random.json");
    uint64_t dry = 0, trials = repetitions(400, 40);
    for (uint32_t t = 0; t < trials; t++) {
        uint8_t bytes[CHOICES];
        struct stream choices = stream_at((struct stream_key){20268, t}, 1, 0, 0);
        for (size_t i = 0; i < CHOICES; i++)
            bytes[i] = (uint8_t)(stream_next_bits(&choices) >> 56);
        struct random_scenario scenario = random_scenario_make(bytes, CHOICES, arena);
        struct scenario_trial trial;
        const char *failure = scenario_trial_run(&scenario, path, arena, &trial);
        if (failure)
            fail_msg("trial %u: %s\n%s", t, failure, scenario.text);
        total.requests += trial.requests;
        total.failures += trial.failures;
        dry += scenario.runs_dry;
        arena_reset(arena);
    }
    free(path);
    arena_close(arena);
    print_message("%llu requests, %llu failed; %llu of %llu ran dry\n",
                  (unsigned long long)total.requests, (unsigned long long)total.failures,
                  (unsigned long long)dry, (unsigned long long)trials);
    /* Neither kind of scenario, and neither end of a request, is rare. */
    assert_true(dry > trials / 3 && dry < trials * 2 / 3);
    assert_true(total.failures > 20 * trials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_must_hold_for_every_scenario_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
