/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as the value of --vary: for a sweep, for one by factors, for a search. Values that can
 * be read back, no two neighbours alike, from the lowest to the highest; or a message. */
#include "inputs/scenario/read_vary.h"
#include "tests/fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Looked at closely: so many at both ends. */
enum { ENDS = 100 };

static bool is_looked_at(const struct vary *vary, size_t i)
{
    return i < ENDS || i + ENDS >= vary->count;
}

static void check_values(const struct vary *vary, struct arena *arena)
{
    const char *before = NULL;
    target_require(vary->count >= 1 && vary->path && vary->path[0]);
    for (size_t i = 0; i < vary->count; i++) {
        if (!is_looked_at(vary, i)) {
            i = vary->count - ENDS - 1;
            before = NULL;
            continue;
        }
        const char *value = vary_value(vary, i, arena);
        target_require(value && value[0]);
        target_require(!before || strcmp(value, before) != 0);
        if (before && vary->is_range)
            target_require(strtod(value, NULL) > strtod(before, NULL));
        before = value;
    }
}

/* A single value of a range, which is a list of one, is what was written. */
static void check_again(const struct vary *vary, struct arena *arena)
{
    struct vary again = {0};
    struct error err = {0};
    const char *low = vary_value(vary, 0, arena);
    target_require(vary_read(arena_printf(arena, "a=%s", low), false, arena, &again, &err));
    target_require(again.count == 1 && strcmp(vary_value(&again, 0, arena), low) == 0);
}

static void check(bool is_read, const struct vary *vary, const struct error *err,
                  struct arena *arena)
{
    target_check_outcome(is_read, err);
    if (!is_read) {
        target_require(err->status == STATUS_USAGE);
        return;
    }
    check_values(vary, arena);
    if (vary->is_range)
        check_again(vary, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    const char *text = target_text(bytes, size, arena);
    for (int way = 0; way < 3; way++) {
        struct vary vary = {0};
        struct error err = {0};
        bool is_read = way < 2 ? vary_read(text, way == 1, arena, &vary, &err)
                               : vary_read_range(text, arena, &vary, &err);
        check(is_read, &vary, &err, arena);
    }
    arena_close(arena);
    return 0;
}
