/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vary.h - "resources.db_pool.max=40:200:20": a value that takes several others in turn.
 *
 * PATH=LOW:HIGH[:STEP] is a range of numbers that carry the unit their place in the scenario asks
 * for ("100ms:2s:100ms", "40%:90%:5%"); PATH=VALUE,VALUE... a list of any values. Numbers are kept
 * as whole multiples of their last digit in the smallest unit given, so that 0.1 and 0.2 are what
 * they say and every value is written as a person would. Errors (STATUS_USAGE) show the option as
 * it was typed. */
#ifndef CAPSIM_INPUTS_SCENARIO_VARY_H
#define CAPSIM_INPUTS_SCENARIO_VARY_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdint.h>

enum { VARY_MAX_VALUES = 10000, VARY_DEFAULT_VALUES = 11 };

struct vary {
    const char *path;
    size_t count;              /* values, >= 1                                                   */
    const char *const *values; /* [count] as they are typed; NULL: a range too long to write out */
    bool is_range;
    int64_t low, high, step; /* of a range: in multiples of the last digit; step 0: none given */
    int decimals;
    const char *unit; /* "", "ms" ... */
};

/* Reads `text`, as typed after --vary, for a sweep: all values are written out, at most
 * VARY_MAX_VALUES. A range without a step gets each value if there are at most
 * VARY_DEFAULT_VALUES, else so many, evenly spaced. is_log: by equal factors; a step is then the
 * factor. */
bool vary_read(const char *text, bool is_log, struct arena *arena, struct vary *vary,
               struct error *err);

/* The same for a search: a range, whose step is 1 in its last digit unless given. */
bool vary_read_range(const char *text, struct arena *arena, struct vary *vary, struct error *err);

/* Value number index, < count, in arena. */
const char *vary_value(const struct vary *vary, size_t index, struct arena *arena);

#endif
