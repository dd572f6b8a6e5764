/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/loose_ends.h"
#include "models/spec/caller_timeout.h"
#include "reports/text/number_text.h"
#include <string.h>

/* The estimate of a share of a workload in a setting; 0: there is none. */
static double share_in(const struct result_setting *setting, const char *workload,
                       const char *metric, struct arena *arena)
{
    const struct result_metric *found =
        result_find_metric(setting, arena_printf(arena, "%s.%s", workload, metric), 0);
    return found && found->estimate.estimate > 0 ? found->estimate.estimate : 0;
}

/* "here 6.01 % of requests (baseline), 3 % (proposed)"; NULL: it never happened. */
static const char *shares_text(const struct result *result, const char *workload,
                               struct arena *arena)
{
    const char *text = NULL;
    for (size_t i = 0; i < result->setting_count; i++) {
        double share = share_in(&result->settings[i], workload, "cut_rate", arena);
        if (!(share > 0))
            continue;
        const char *value = number_text_quantity(share, "1", arena);
        const char *name = result->settings[i].name;
        text = text ? arena_printf(arena, "%s, %s (%s)", text, value, name)
                    : arena_printf(arena, "here to %s of requests (%s)", value, name);
    }
    return text;
}

static const struct workload_spec *find_workload(const struct scenario *scenario,
                                                 const struct assumption *assumption,
                                                 struct arena *arena)
{
    if (!assumption->is_default || !assumption->value ||
        strcmp(assumption->value, CALLER_TIMEOUT_VALUE) != 0)
        return NULL;
    for (size_t w = 0; w < scenario->workload_count; w++)
        if (strcmp(assumption->key, caller_timeout_key(&scenario->workloads[w], arena)) == 0)
            return &scenario->workloads[w];
    return NULL;
}

void loose_ends_assume(struct result *result, const struct scenario *scenario, struct arena *arena)
{
    struct assumption *kept = arena_array(arena, result->assumption_count, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < result->assumption_count; i++) {
        struct assumption assumption = result->assumptions[i];
        const struct workload_spec *workload = find_workload(scenario, &assumption, arena);
        const char *shares = workload ? shares_text(result, workload->name, arena) : NULL;
        if (workload && !shares)
            continue;
        if (workload)
            assumption.note = arena_printf(arena, "%s; %s", CALLER_TIMEOUT_NOTE, shares);
        kept[count++] = assumption;
    }
    result->assumptions = kept;
    result->assumption_count = count;
}

void loose_ends_warn(struct result_setting *setting, const struct scenario *scenario,
                     struct arena *arena)
{
    const char **warnings =
        arena_array(arena, setting->warning_count + scenario->workload_count, sizeof *warnings);
    for (size_t i = 0; i < setting->warning_count; i++)
        warnings[i] = setting->warnings[i];
    for (size_t w = 0; w < scenario->workload_count; w++) {
        const char *name = scenario->workloads[w].name;
        double share = share_in(setting, name, "unfinished_rate", arena);
        if (share > 0)
            warnings[setting->warning_count++] = arena_printf(
                arena,
                "%s: %s of the requests had not ended when they were followed no longer. They are "
                "neither completed nor failed, and their age is taken: times are at least what is "
                "shown",
                name, number_text_quantity(share, "1", arena));
    }
    setting->warnings = warnings;
}
