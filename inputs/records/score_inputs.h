/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score_inputs.h - the figures of a scenario that may be off: rates, times, sizes. */
#ifndef CAPSIM_INPUTS_RECORDS_SCORE_INPUTS_H
#define CAPSIM_INPUTS_RECORDS_SCORE_INPUTS_H

#include "models/studies/score_study.h"

/* The inputs of the setting, at most SCORE_INPUTS_MOST, each raised by some 5 %: numbers by at
 * least one. In arena. */
enum { SCORE_INPUTS_MOST = 40 };
struct score_input *score_inputs_list(const struct scenario_set *set,
                                      const struct setting_spec *setting, struct arena *arena,
                                      size_t *count);

#endif
