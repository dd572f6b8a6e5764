/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/one_run.h"
#include "sim/stats/tolerance.h"
#include <math.h>

/* One column of all replications. */
struct values {
    const double *values; /* [i * stride] */
    size_t count, stride;
    bool is_whole; /* numbers of things */
};

static struct values place_of(const struct study_setting *setting,
                              const struct study_result *result, int column)
{
    return (struct values){result->values + column, result->started, setting->column_count,
                           setting->columns[column].unit[0] == '\0'};
}

/* INFINITY when nothing was observed. */
static double largest_of(const struct values *place)
{
    double largest = -INFINITY;
    for (size_t r = 0; r < place->count; r++)
        largest = fmax(largest, place->values[r * place->stride]);
    return largest >= 0 ? largest : INFINITY;
}

/* How many runs hold. */
static void count_runs(const struct values *place, const struct study_criterion *criterion,
                       struct study_decision *decision)
{
    for (size_t r = 0; r < place->count; r++) {
        double value = place->values[r * place->stride];
        if (isnan(value))
            continue;
        bool holds = verdict_meets(value, criterion->op, criterion->limit);
        decision->held += holds;
        decision->failed += !holds;
    }
}

/* Runs so long that each has several of every slow time: then their worst values have one law. */
static bool has_one_law(const struct study_setting *setting, int column)
{
    const double stretches = 5;
    const struct study_scope *scope = setting->scopes ? setting->scopes[column] : NULL;
    return !scope || setting->run_s <= 0 ||
           setting->run_s >= stretches * fmax(scope->relaxation_s, scope->slowest_s);
}

static struct tolerance_finding tolerate(const struct values *place,
                                         const struct study_criterion *criterion, double limit,
                                         bool is_upper, bool is_light)
{
    const struct tolerance_case tolerance = {.worst = place->values,
                                             .count = place->count,
                                             .stride = place->stride,
                                             .limit = limit,
                                             .is_upper = is_upper,
                                             .is_light = is_light,
                                             .probability = criterion->probability,
                                             .confidence = criterion->tolerance_confidence};
    return tolerance_judge(&tolerance);
}

/* Whether values without a spread are far from the limit: whole numbers so far that a spread by
 * rounding would not reach it; others, which in so many runs would not be the same to the last bit
 * by chance, by a part of the limit. That nothing was seen, 0, is no value. */
static bool is_far_without_spread(const struct values *place,
                                  const struct study_criterion *criterion,
                                  const struct tolerance_finding *finding)
{
    const double sd = 0.28867513459481287; /* of a rounding error: 1 / sqrt(12) */
    const double apart = 0.05;
    double factor =
        tolerance_factor(finding->runs, criterion->probability, criterion->tolerance_confidence);
    double value = place->values[0], distance = fabs(criterion->limit - value);
    bool is_far = place->is_whole ? distance >= factor * sd
                                  : finding->runs >= TOLERANCE_MIN_RUNS && value > 0 &&
                                        distance >= apart * fabs(criterion->limit);
    return is_far && verdict_meets(value, criterion->op, criterion->limit);
}

/* Whether another column makes nearly every run hold. */
static bool is_kept_by_proxy(const struct study_setting *setting, const struct study_result *result,
                             const struct study_criterion *criterion, bool is_light)
{
    for (size_t i = 0; i < criterion->proxy_count; i++) {
        const struct study_margin *proxy = &criterion->proxies[i];
        struct values place = place_of(setting, result, proxy->column);
        if (largest_of(&place) < proxy->limit &&
            tolerate(&place, criterion, proxy->limit, true, is_light).answer == TOLERANCE_HOLDS)
            return true;
    }
    return false;
}

/* Far from the limit, at looks at which no count can decide to pass. */
static enum verdict judge_far(const struct study_setting *setting,
                              const struct study_result *result,
                              const struct study_criterion *criterion,
                              const struct study_decision *decision)
{
    struct values place = place_of(setting, result, criterion->column);
    bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    const struct study_scope *scope = setting->scopes ? setting->scopes[criterion->column] : NULL;
    bool is_light = !scope || scope->is_light;
    if (!has_one_law(setting, criterion->column))
        return VERDICT_UNDECIDED;
    struct tolerance_finding finding =
        tolerate(&place, criterion, criterion->limit, is_upper, is_light || !is_upper);
    if (finding.answer == TOLERANCE_BREAKS && decision->failed > 0)
        return VERDICT_FAIL;
    if (decision->failed > 0)
        return VERDICT_UNDECIDED;
    bool holds =
        finding.answer == TOLERANCE_HOLDS || (finding.answer == TOLERANCE_NO_SPREAD &&
                                              is_far_without_spread(&place, criterion, &finding));
    if (!holds && finding.answer != TOLERANCE_OPEN)
        holds = is_kept_by_proxy(setting, result, criterion, is_light);
    return holds ? VERDICT_PASS : VERDICT_UNDECIDED;
}

/* The run count of the last look within the claim's patience; at least that of the first. */
static size_t last_look(const struct study_criterion *criterion)
{
    const struct run_count_plan *plan = criterion->counting;
    size_t look = 0;
    while (look + 1 < plan->looks && plan->runs[look + 1] <= criterion->patience)
        look++;
    return look;
}

/* Whether a claim that is open will be so at the end of its patience, by what was seen so far: then
 * neither is the limit far enough for its law, nor do so many runs break it that a count fails. The
 * distance that few runs show may be too small by chance, so a part of it will do. Only a claim of
 * which the law tells something: what can only be counted is counted. */
static bool is_too_near(const struct study_setting *setting, const struct study_result *result,
                        const struct study_criterion *criterion,
                        const struct study_decision *decision)
{
    const double enough = 2.0 / 3;
    const struct run_count_plan *plan = criterion->counting;
    const struct study_scope *scope = setting->scopes ? setting->scopes[criterion->column] : NULL;
    struct values place = place_of(setting, result, criterion->column);
    bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    size_t look = last_look(criterion), seen = decision->held + decision->failed;
    if (criterion->patience == 0 || seen == 0 || !has_one_law(setting, criterion->column))
        return false;
    struct tolerance_finding finding = tolerate(&place, criterion, criterion->limit, is_upper,
                                                !scope || scope->is_light || !is_upper);
    if (finding.answer == TOLERANCE_NO_SPREAD || finding.answer == TOLERANCE_NO_LAW)
        return false;
    if (result->started >= plan->runs[look])
        return true;
    double needed =
        tolerance_factor(plan->runs[look], criterion->probability, criterion->tolerance_confidence);
    bool may_pass = decision->failed == 0 && finding.distance >= enough * needed;
    bool may_fail = (double)(decision->failed * plan->runs[look]) >=
                    (double)plan->fail_from[look] * (double)seen;
    return !may_pass && !may_fail;
}

bool one_run_judge(const struct study_setting *setting, const struct study_result *result,
                   const struct study_criterion *criterion, struct study_decision *decision)
{
    const struct run_count_plan *plan = criterion->counting;
    struct values place = place_of(setting, result, criterion->column);
    size_t look = 0;
    enum verdict verdict = VERDICT_UNDECIDED;
    count_runs(&place, criterion, decision);
    if (criterion->may_be_moot && decision->held + decision->failed == 0)
        return true;
    if (criterion->has_highest && decision->failed == 0 &&
        verdict_meets(criterion->highest, criterion->op, criterion->limit)) {
        decision->verdict = verdict_and(decision->verdict, VERDICT_PASS);
        return true;
    }
    while (look < plan->looks && plan->runs[look] != result->started)
        look++;
    bool is_early = look < plan->looks && plan->pass_up_to[look] < 0;
    if (is_early)
        verdict = judge_far(setting, result, criterion, decision);
    if (verdict == VERDICT_UNDECIDED && decision->held + decision->failed <= result->started) {
        enum run_count_answer answer =
            run_count_judge(plan, look, decision->failed, decision->held);
        verdict = answer == RUN_COUNT_PASS   ? VERDICT_PASS
                  : answer == RUN_COUNT_FAIL ? VERDICT_FAIL
                                             : VERDICT_UNDECIDED;
    }
    decision->verdict = verdict_and(decision->verdict, verdict);
    return verdict != VERDICT_UNDECIDED || is_too_near(setting, result, criterion, decision);
}

bool one_run_passes_by_parts(const struct study_setting *setting, const struct study_result *result,
                             const struct study_criterion *criterion, size_t parts, double guard,
                             double confidence, const struct study_decision *decision)
{
    struct study_criterion part = *criterion;
    bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    part.probability = 1 - (1 - criterion->probability) / (double)parts;
    part.tolerance_confidence = confidence;
    part.limit += is_upper ? -guard : guard;
    return judge_far(setting, result, &part, decision) == VERDICT_PASS;
}
