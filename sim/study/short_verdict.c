/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/short_verdict.h"
#include "sim/study/judge.h"
#include "sim/study/one_run.h"
#include <math.h>
#include <string.h>

/* A share near 1 is what is left of the share near 0. */
static double size_of(double value, const char *unit)
{
    return strcmp(unit, "1") == 0 && value <= 1 ? fmin(fabs(value), 1 - value) : fabs(value);
}

static struct estimate widen(const struct estimate *estimate, const char *unit)
{
    struct estimate wide = *estimate;
    double guard = PROBE_GUARD * size_of(estimate->estimate, unit);
    wide.low -= guard;
    wide.high += guard;
    return wide;
}

/* Whether short replications show that a claim about one run is far from its limit. */
static bool is_kept_by_parts(const struct short_look *look, const struct study_criterion *criterion,
                             const struct study_decision *decision)
{
    const struct study_setting *setting = look->setting;
    bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    double guard =
        PROBE_GUARD * size_of(criterion->limit, setting->columns[criterion->column].unit);
    return look->extreme == (is_upper ? PROBE_HIGHEST : PROBE_LOWEST) &&
           one_run_passes_by_parts(setting, look->result, criterion, look->blocks, guard,
                                   look->looks->confidence, decision);
}

/* Whether so many short replications break a claim about one run that too many whole ones must: a
 * short one is how a whole one begins, so whoever breaks it there breaks it. */
static bool is_broken_in_parts(const struct short_look *look,
                               const struct study_criterion *criterion,
                               const struct study_decision *decision)
{
    bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    if (look->extreme != (is_upper ? PROBE_HIGHEST : PROBE_LOWEST))
        return false;
    struct run_count_plan counting =
        run_count_plan_make(look->looks->replications, look->looks->looks, criterion->probability,
                            look->level / 2, look->level / 2, look->arena);
    return run_count_judge(&counting, look->look, decision->failed, decision->held) ==
           RUN_COUNT_FAIL;
}

enum verdict short_verdict_of(const struct short_look *look, size_t index,
                              const struct study_decision *decision)
{
    const struct study_setting *setting = look->setting;
    const struct study_criterion *criterion = &setting->criteria[index];
    enum probe_extreme extreme = look->extreme;
    const char *unit = setting->columns[criterion->column].unit;
    enum verdict verdict = VERDICT_NONE;
    if (criterion->has_limit) {
        struct estimate estimate = widen(&decision->estimate, unit);
        double sd = estimate.standard_error * sqrt((double)estimate.replications);
        double further = sd * sqrt((double)(look->blocks > 1 ? look->blocks - 1 : 0));
        if (extreme == PROBE_HIGHEST)
            estimate.high += further;
        if (extreme == PROBE_LOWEST)
            estimate.low -= further;
        verdict = verdict_of(&estimate, criterion->op, criterion->limit);
        if (criterion->counting && verdict != VERDICT_FAIL)
            verdict = is_kept_by_parts(look, criterion, decision)     ? VERDICT_PASS
                      : is_broken_in_parts(look, criterion, decision) ? VERDICT_FAIL
                                                                      : VERDICT_UNDECIDED;
    }
    if (criterion->reference >= 0 && extreme != PROBE_STEADY) {
        verdict = verdict_and(verdict, VERDICT_UNDECIDED);
    } else if (criterion->reference >= 0) {
        struct estimate difference = widen(&decision->difference, "");
        bool is_larger = judge_is_larger_better(setting, criterion);
        verdict = verdict_and(
            verdict, verdict_of(&difference,
                                is_larger ? COMPARISON_GREATER_EQUAL : COMPARISON_LESS_EQUAL, 0));
    }
    return setting->is_transient && verdict == VERDICT_PASS ? VERDICT_UNDECIDED : verdict;
}
