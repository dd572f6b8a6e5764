/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scale_groups.h - things by name and by what they are connected with: which of them, and of the
 * works that belong to them, a name is about.
 *
 * Made once, in n log n; a name is then looked up in what it finds, not in all there is: a scenario
 * has as many names to ask for as it has things. */
#ifndef CAPSIM_MODELS_PROGRAM_SCALE_GROUPS_H
#define CAPSIM_MODELS_PROGRAM_SCALE_GROUPS_H

#include "sim/base/arena.h"
#include <stddef.h>

struct scale_groups;

/* names[things], roots[things]: of each thing the first of those that it is connected with, itself
 * where it is the first; owners[works]: the thing that each work belongs to. The names are kept as
 * they are, the rest is copied; all in arena. */
const struct scale_groups *scale_groups_of(const char *const *names, const size_t *roots,
                                           size_t things, const size_t *owners, size_t works,
                                           struct arena *arena);

/* Both in increasing order. */
struct scale_group {
    const size_t *things, *works;
    size_t thing_count, work_count;
};

/* All that is connected with the things of that name, or with one whose name goes on behind it with
 * a dot (the classes of a workload); everything when there is none, or name is NULL. In arena, or
 * as long as groups. */
struct scale_group scale_groups_find(const struct scale_groups *groups, const char *name,
                                     struct arena *arena);

#endif
