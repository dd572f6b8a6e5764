/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/rollout_columns.h"

const struct rollout_rule *rollout_columns_find_rule(const struct rollout_study *rehearsal,
                                                     size_t number)
{
    const struct rollout_spec *rollout = rehearsal->rollout;
    return number < rollout->alert_count ? &rollout->alerts[number]
                                         : &rollout->rollbacks[number - rollout->alert_count];
}

size_t rollout_columns_rule(const struct rollout_study *rehearsal, size_t rule,
                            enum rule_value value)
{
    return rehearsal->rule_base + rule * RULE_VALUES + (size_t)value;
}

size_t rollout_columns_course(const struct rollout_study *rehearsal, enum rollout_run_value value)
{
    return rehearsal->course_base + (size_t)value;
}

size_t rollout_columns_phase(const struct rollout_study *rehearsal, size_t phase,
                             enum phase_value value)
{
    return rehearsal->phase_base + phase * (PHASE_VALUES + rehearsal->metric_count) + (size_t)value;
}

size_t rollout_columns_metric(const struct rollout_study *rehearsal, size_t phase, size_t metric)
{
    return rollout_columns_phase(rehearsal, phase, PHASE_VALUES) + metric;
}
