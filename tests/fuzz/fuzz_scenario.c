/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a scenario: read into checked structs, or one error that names a place and prints
 * cleanly. Never a crash, a hang or a leak. Files that it names are those of inputs/scenarios. */
#include "inputs/scenario/scenario.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    const struct scenario_request request = {.file = "inputs/scenarios/fuzz.json",
                                             .text = target_text(bytes, size, arena),
                                             .text_length = size};
    struct scenario_set set = {0};
    struct error err = {0};
    target_check_outcome(scenario_read(&request, arena, &set, &err), &err);
    target_require(err.line <= target_count_lines(bytes, size));
    scenario_close(&set);
    arena_close(arena);
    return 0;
}
