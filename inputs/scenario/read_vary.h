/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_vary.h - "resources.db_pool.max=40:200:20": a value that takes several others in turn.
 *
 * PATH=LOW:HIGH[:STEP] is a range of numbers that carry the unit their place in the scenario asks
 * for ("100ms:2s:100ms", "40%:90%:5%"); PATH=VALUE,VALUE... a list of any values. Numbers are kept
 * as whole multiples of their last digit in the smallest unit given, so that 0.1 and 0.2 are what
 * they say and every value is written as a person would. Errors (STATUS_USAGE) show the option as
 * it was typed. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_VARY_H
#define CAPSIM_INPUTS_SCENARIO_READ_VARY_H

#include "models/spec/vary.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/study/search.h"

#define VARY_DEFAULT_RESOLUTION "1%"
enum { VARY_MAX_VALUES = 10000, VARY_DEFAULT_VALUES = 11 };

/* Reads `text`, as typed after --vary, for a sweep: all values are written out, at most
 * VARY_MAX_VALUES. A range without a step gets each value if there are at most
 * VARY_DEFAULT_VALUES, else so many, evenly spaced. is_log: by equal factors; a step is then the
 * factor. */
bool vary_read(const char *text, bool is_log, struct arena *arena, struct vary *vary,
               struct error *err);

/* Reads texts[count], count <= VARY_MAX_PATHS, into varied; no path twice. */
bool vary_read_all(const char *const *texts, size_t count, bool is_log, struct arena *arena,
                   struct vary *varied, struct error *err);

/* The same for a search: a range, whose step is 1 in its last digit unless given. */
bool vary_read_range(const char *text, struct arena *arena, struct vary *vary, struct error *err);

/* "1%", of the value; "500" or "10ms", a difference of values of vary, a range; or "exact": how far
 * apart the ends of a search may be. Errors: STATUS_USAGE. */
bool vary_read_resolution(const char *text, const struct vary *vary, struct arena *arena,
                          struct search_resolution *resolution, struct error *err);

#endif
