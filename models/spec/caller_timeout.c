/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/caller_timeout.h"

static bool has_timeout(const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].timeout_ns != SPEC_NEVER || has_timeout(steps[i].steps, steps[i].step_count))
            return true;
        for (size_t b = 0; b < steps[i].branch_count; b++)
            if (has_timeout(steps[i].branches[b].steps, steps[i].branches[b].step_count))
                return true;
    }
    return false;
}

bool caller_timeout_is_set(const struct workload_spec *workload)
{
    for (size_t c = 0; c < workload->class_count; c++)
        if (has_timeout(workload->classes[c].steps, workload->classes[c].step_count))
            return true;
    return workload->deadline_ns > 0;
}

const char *caller_timeout_key(const struct workload_spec *workload, struct arena *arena)
{
    return arena_printf(arena, "workloads.%s.%s", workload->name,
                        workload->deadline_ns > 0 ? "deadline" : "steps.timeout");
}
