/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_request.h - what is asked of a scenario, completed; and errors about it that a model
 * found, which know only their pointer, completed. */
#ifndef CAPSIM_INPUTS_SCENARIO_SCENARIO_REQUEST_H
#define CAPSIM_INPUTS_SCENARIO_SCENARIO_REQUEST_H

#include "inputs/scenario/scenario.h"

/* Adds a setting to those that are asked for by name. */
void scenario_request_add_setting(struct scenario_request *request, const char *name,
                                  struct arena *arena);

/* "key" is no metric: it stands for those that only the models can name. Takes it off the series;
 * whether it was among them. */
bool scenario_request_take_key(struct scenario_request *request, struct arena *arena);

/* Takes settings, overrides, duration and replications of `then` where request has none, and the
 * seed as given, or else `seed`. */
void scenario_request_repeat(struct scenario_request *request, const struct scenario_request *then,
                             uint64_t seed, struct arena *arena);

/* Gives an error that knows only its pointer the line in the scenario's text. */
void scenario_place_error(const struct scenario_set *set, struct error *err);

/* What is wrong for the model stands in the file, unless it was given by option: then the error
 * names the option. */
void scenario_blame_option(const struct scenario_request *request, struct arena *arena,
                           struct error *err);

/* "FILE: valid: 2 settings, ...", a line; in arena. */
const char *scenario_tell_valid(const struct scenario_set *set, struct arena *arena);

#endif
