/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_part.h - which part of a load that changes with time is simulated: an hour of a day says
 * nothing of the other 23. */
#ifndef CAPSIM_MODELS_PROGRAM_PROFILE_PART_H
#define CAPSIM_MODELS_PROGRAM_PROFILE_PART_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* What a warning of it contains, and no other does: reports lift it into their first lines. */
#define PROFILE_PART_WORDS " of its profile are simulated"

/* A sentence, in arena, where the first length ns are less than one round of the workload's
 * profile, or than its points where it has no period; NULL: all of it is there, or there is none.
 * */
const char *profile_part_warn(const struct workload_spec *workload, int64_t length,
                              struct arena *arena);

#endif
