/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_test_study.h - many synthetic load tests (synthetic_test.h) on one setting under its load.
 * */
#ifndef CAPSIM_MODELS_STUDIES_LOAD_TEST_STUDY_H
#define CAPSIM_MODELS_STUDIES_LOAD_TEST_STUDY_H

#include "models/spec/synthetic_test.h"
#include "models/studies/plan.h"

struct load_test_study {
    struct synthetic_test test;
    struct setting_spec setting; /* with the test */
    struct scenario_set set;     /* of it alone   */
    struct plan plan;
    struct study_outcome outcome;
};

/* Simulates test on the setting of that number, warmed up for warmup_s. False with status
 * STATUS_OK: interrupted. */
bool load_test_study_run(const struct scenario_set *set, size_t setting, double warmup_s,
                         const struct synthetic_test *test,
                         const struct replications_options *workers, struct arena *arena,
                         struct load_test_study *study, struct error *err);

#endif
