/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/vary.h"
#include <string.h>

const char *vary_write(int64_t value, int decimals, const char *unit, struct arena *arena)
{
    uint64_t magnitude = value < 0 ? (uint64_t)-value : (uint64_t)value;
    char *digits = arena_printf(arena, "%0*llu", decimals + 1, (unsigned long long)magnitude);
    size_t length = strlen(digits), whole = length - (size_t)decimals;
    while (decimals > 0 && digits[length - 1] == '0') {
        length--;
        decimals--;
    }
    return arena_printf(arena, "%s%.*s%s%.*s%s", value < 0 ? "-" : "", (int)whole, digits,
                        decimals > 0 ? "." : "", decimals, digits + whole, unit);
}

const char *vary_value(const struct vary *vary, size_t index, struct arena *arena)
{
    if (vary->values)
        return vary->values[index];
    return vary_write(vary->low + (int64_t)index * vary->step, vary->decimals, vary->unit, arena);
}
