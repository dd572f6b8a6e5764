/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison_study.h - two settings, of one scenario or of one each, on the same customers. */
#ifndef CAPSIM_MODELS_STUDIES_COMPARISON_STUDY_H
#define CAPSIM_MODELS_STUDIES_COMPARISON_STUDY_H

#include "models/studies/plan.h"

enum comparison_side { COMPARISON_FROM, COMPARISON_TO, COMPARISON_SIDES };

struct comparison_study {
    /* By the caller: the setting compared on each side, and the set that it is from. */
    struct setting_spec specs[COMPARISON_SIDES];
    struct scenario_set views[COMPARISON_SIDES];
    bool are_two; /* scenarios */

    struct plan plans[COMPARISON_SIDES];
    size_t made; /* of plans */
    struct study_setting settings[COMPARISON_SIDES];
    struct study_options options;
    struct study_outcome outcome;
};

/* Compiles both, without criteria; views become sets of the compared setting alone. After an error
 * of a model, `made` is the side that it is about. STATUS_USAGE: they have no metric in common. */
bool comparison_study_make(struct comparison_study *study, struct arena *arena, struct error *err);

/* Finds each side's warm-up (both get the longer of two that are automatic) and runs both. False
 * with status STATUS_OK: interrupted before both had a replication. */
bool comparison_study_run(struct comparison_study *study,
                          const struct replications_options *workers, struct arena *arena,
                          struct error *err);

/* Both settings in one set, with the inputs of both scenarios: what the comparison rests on. */
struct scenario_set comparison_study_inputs(const struct comparison_study *study,
                                            struct arena *arena);

#endif
