/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a criterion's "expect": parsed, or a message. */
#include "inputs/scenario/criterion.h"
#include "tests/fuzz/target.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    const char *expect = target_text(bytes, size, arena);
    struct criterion_spec criterion = {0};
    struct error err = {0};
    bool is_sound = criterion_parse(expect, arena, &criterion, &err);
    target_check_outcome(is_sound, &err);
    if (is_sound) {
        target_require(criterion.metric && criterion.metric[0]);
        target_require(!criterion.has_limit || isfinite(criterion.limit));
    }
    arena_close(arena);
    return 0;
}
