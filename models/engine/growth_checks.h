/* SPDX-License-Identifier: GPL-3.0-or-later */
/* growth_checks.h - which classes of a study still grow, or stand still (growth.h). */
#ifndef CAPSIM_MODELS_ENGINE_GROWTH_CHECKS_H
#define CAPSIM_MODELS_ENGINE_GROWTH_CHECKS_H

#include "models/engine/model_internal.h"

/* Writes a check that does not hold for each such class to checks, which has room for all classes
 * of the program; returns how many. first_column: of the class checks. with_growth: the arrivals do
 * not change with time, so that growth is none of theirs. */
size_t growth_checks_find(const struct model *model, const struct study_result *result,
                          size_t first_column, bool with_growth, struct model_check *checks,
                          struct arena *arena);

#endif
