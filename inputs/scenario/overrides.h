/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overrides.h - overrides: values put into the tree by dotted path.
 *
 * A path may end in a key that is not there yet (acquire_timeout, left out in the file); whether
 * the key is valid shows when the tree is read, and context->override_places make that error point
 * at the override. All that leads there must exist, except "run" and "memory" themselves. */
#ifndef CAPSIM_INPUTS_SCENARIO_OVERRIDES_H
#define CAPSIM_INPUTS_SCENARIO_OVERRIDES_H

#include "inputs/scenario/parse_context.h"
#include "inputs/scenario/scenario.h"

/* Applies the overrides of setting `name` of the file (baseline need not be there) to
 * context->root, and lists them in overrides[*count], which has room for overrides_count_all. file:
 * the tree of the file as written. */
bool overrides_apply_named(struct parse_context *context, const json_t *file, const char *name,
                           struct override *overrides, size_t *count);

/* Applies the command line's to context->root and lists those of --set; --seed, --replications and
 * --duration are applied but not listed. */
bool overrides_apply_request(struct parse_context *context, const struct scenario_request *request,
                             struct override *overrides, size_t *count);

/* The most overrides that both together list. context->override_places needs room for three
 * more. */
size_t overrides_count_all(const json_t *file, const char *name,
                           const struct scenario_request *request);

/* The names of all settings in arena: "baseline", then the file's others in its order. Checks
 * the shape of "settings". */
bool overrides_list_names(struct parse_context *context, const char *const **names, size_t *count);

#endif
