/* Any text as a criterion's "expect": parsed, or a message. */
#include "inputs/criterion.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    char *expect = arena_alloc(arena, size + 1);
    memcpy(expect, bytes, size);
    struct criterion_spec criterion = {0};
    struct error err = {0};
    bool is_sound = criterion_parse(expect, arena, &criterion, &err);
    if (!is_sound && (err.status != STATUS_INPUT || !err.message[0]))
        abort();
    if (is_sound && (!criterion.metric || !criterion.metric[0]))
        abort();
    if (is_sound && criterion.has_limit && !isfinite(criterion.limit))
        abort();
    arena_close(arena);
    return 0;
}
