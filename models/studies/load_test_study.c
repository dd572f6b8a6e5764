/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/load_test_study.h"
#include <math.h>

bool load_test_study_run(const struct scenario_set *set, size_t setting, double warmup_s,
                         const struct synthetic_test *test,
                         const struct replications_options *workers, struct arena *arena,
                         struct load_test_study *study, struct error *err)
{
    bool is_interrupted;
    study->test = *test;
    study->setting = set->settings[setting];
    study->setting.scenario = *synthetic_test_scenario(&set->settings[setting].scenario, test,
                                                       (int64_t)llround(warmup_s * 1e9), arena);
    study->set = *set;
    study->set.settings = &study->setting;
    study->set.setting_count = 1;
    if (!plan_make(&study->set, arena, &study->plan, err))
        return false;
    study->plan.options.workers = *workers;
    replications_begin_phase(workers, "load tests", 0);
    return plan_find_warmup(&study->plan, workers, arena, &is_interrupted, err) &&
           study_run(study->plan.settings, 1, &study->plan.options, arena, &study->outcome, err) &&
           !study->outcome.is_interrupted;
}
