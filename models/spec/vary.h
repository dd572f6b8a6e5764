/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vary.h - a path of the scenario and the values that it takes in turn. */
#ifndef CAPSIM_MODELS_SPEC_VARY_H
#define CAPSIM_MODELS_SPEC_VARY_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VARY_MAX_PATHS = 3 }; /* of one sweep */

struct vary {
    const char *path;
    size_t count;              /* values, >= 1                                                 */
    const char *const *values; /* [count] as they are typed; NULL: a range too long to write out */
    bool is_range;
    int64_t low, high, step; /* of a range: in multiples of the last digit; step 0: none given  */
    int decimals;
    const char *unit; /* "", "ms" ... */
};

/* Value number index, < count, in arena. */
const char *vary_value(const struct vary *vary, size_t index, struct arena *arena);

/* value * 10^-decimals unit as a person writes it: "0.35s"; in arena. */
const char *vary_write(int64_t value, int decimals, const char *unit, struct arena *arena);

#endif
