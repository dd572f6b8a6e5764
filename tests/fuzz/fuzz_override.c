/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as `--set path=value`, --seed, --replications and --duration over a sound scenario: one
 * line each, in this order. */
#include "inputs/scenario/scenario.h"
#include "tests/fuzz/target.h"

#include <string.h>

static const char *next_line(char **rest)
{
    char *line = strsep(rest, "\n");
    return line && line[0] ? line : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    char *rest = target_text(bytes, size, arena);
    char *set_path = strsep(&rest, "\n"), *set_value = set_path;
    strsep(&set_value, "=");
    const struct override override = {.path = set_path, .value = set_value};
    struct scenario_request request = {.file = "inputs/scenarios/accubooks-pool.json",
                                       .overrides = &override,
                                       .override_count = set_value != NULL};
    request.seed = next_line(&rest);
    request.replications = next_line(&rest);
    request.duration = next_line(&rest);

    struct scenario_set set = {0};
    struct error err = {0};
    target_check_outcome(scenario_read(&request, arena, &set, &err), &err);
    scenario_close(&set);
    arena_close(arena);
    return 0;
}
