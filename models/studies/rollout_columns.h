/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout_columns.h - where the rules, phases and metrics of a rehearsal stand
 * (rollout_study.h). */
#ifndef CAPSIM_MODELS_STUDIES_ROLLOUT_COLUMNS_H
#define CAPSIM_MODELS_STUDIES_ROLLOUT_COLUMNS_H

#include "models/studies/rollout_study.h"

/* The rule of that number. */
const struct rollout_rule *rollout_columns_find_rule(const struct rollout_study *rehearsal,
                                                     size_t number);
/* Where it all stands among the columns. */
size_t rollout_columns_rule(const struct rollout_study *rehearsal, size_t rule,
                            enum rule_value value);
size_t rollout_columns_course(const struct rollout_study *rehearsal, enum rollout_run_value value);
size_t rollout_columns_phase(const struct rollout_study *rehearsal, size_t phase,
                             enum phase_value value);
size_t rollout_columns_metric(const struct rollout_study *rehearsal, size_t phase, size_t metric);

#endif
