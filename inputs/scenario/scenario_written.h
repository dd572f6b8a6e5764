/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_written.h - a scenario as text again, with values that were found put into it.
 *
 * What a setting and the command line overrode is written where it belongs, so that "baseline" of
 * the new file is what was simulated; each value that was found has an assumption and, where the
 * format takes it there, "uncertain" from its standard error. */
#ifndef CAPSIM_INPUTS_SCENARIO_SCENARIO_WRITTEN_H
#define CAPSIM_INPUTS_SCENARIO_SCENARIO_WRITTEN_H

#include "models/spec/spec.h"
#include "sim/base/error.h"

/* A value that was found: "api.steps.0.delay.mean" is "69.93ms". */
struct found_value {
    const char *path, *value, *note, *source;
    double relative_error; /* of its standard error; NaN: not known */
};

/* The scenario of set, with overrides[count] and then found[found_count], as JSON text in arena
 * that a reader of scenarios accepts. False with err filled: the values do not fit into it. */
bool scenario_written(const struct scenario_set *set, const struct override *overrides,
                      size_t count, const struct found_value *found, size_t found_count,
                      struct arena *arena, const char **text, struct error *err);

#endif
