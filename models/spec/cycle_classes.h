/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cycle_classes.h - which job of a cycle is of which class: the same jobs in each cycle, because a
 * fleet is.
 *
 * Each class has its share of them, rounded by largest remainder (Hamilton), and its jobs are
 * spread evenly over the order of release. */
#ifndef CAPSIM_MODELS_SPEC_CYCLE_CLASSES_H
#define CAPSIM_MODELS_SPEC_CYCLE_CLASSES_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* How many jobs of each class a cycle has: fills counts[class_count]. */
void cycle_classes_count(const struct workload_spec *workload, int64_t *counts,
                         struct arena *arena);
/* Which class each job of a cycle belongs to: [jobs] in order of release, in arena; NULL when there
 * is one class. */
const uint16_t *cycle_classes_assign(const struct workload_spec *workload, struct arena *arena);

#endif
