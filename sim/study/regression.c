/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/regression.h"
#include <math.h>

static double value_at(const struct regression_sample *sample, size_t replication)
{
    return sample->values[replication * sample->stride];
}

/* The replications that both have. */
static size_t count_pairs(const struct regression_sample *then, const struct regression_sample *now)
{
    if (!then->values || !now->values)
        return 0;
    return then->count < now->count ? then->count : now->count;
}

static bool are_identical(const struct regression_sample *then, const struct regression_sample *now)
{
    if (then->count != now->count)
        return false;
    for (size_t r = 0; r < now->count; r++) {
        double was = value_at(then, r), is = value_at(now, r);
        if (was != is && !(isnan(was) && isnan(is)))
            return false;
    }
    return true;
}

/* Over the replications that both have; about the difference of the estimates where these rest on
 * just those (of quantiles the estimate is the pooled one). */
static struct estimate paired_difference(const struct regression_sample *then,
                                         const struct regression_sample *now, size_t pairs,
                                         bool is_identical, double confidence)
{
    bool is_whole = then->count == now->count && !is_identical;
    double centre = is_whole ? now->estimate.estimate - then->estimate.estimate : NAN;
    return estimate_paired(then->values, now->values, pairs, then->stride, now->stride, 0, centre,
                           0, confidence);
}

/* Welch's interval about the difference of two independent estimates. */
static struct estimate independent_difference(const struct estimate *then,
                                              const struct estimate *now, double confidence)
{
    struct estimate difference = {.estimate = now->estimate - then->estimate,
                                  .low = -INFINITY,
                                  .high = INFINITY,
                                  .standard_error = NAN,
                                  .replications = now->replications};
    if (!then->has_interval || !now->has_interval)
        return difference;
    double a = then->standard_error * then->standard_error,
           b = now->standard_error * now->standard_error, df_a = (double)then->replications - 1,
           df_b = (double)now->replications - 1;
    double df = a + b > 0 ? (a + b) * (a + b) / (a * a / df_a + b * b / df_b) : df_a + df_b;
    double half_width = estimate_t(confidence, (size_t)df) * sqrt(a + b);
    difference.has_interval = true;
    difference.standard_error = sqrt(a + b);
    difference.low = difference.estimate - half_width;
    difference.high = difference.estimate + half_width;
    return difference;
}

static enum regression_outcome judge(const struct estimate *difference, double allowed,
                                     bool larger_is_better)
{
    double low = larger_is_better ? -difference->high : difference->low;
    double high = larger_is_better ? -difference->low : difference->high;
    if (low > allowed)
        return REGRESSION_WORSE;
    if (high > allowed)
        return REGRESSION_UNSURE;
    return high < -allowed ? REGRESSION_BETTER : REGRESSION_SAME;
}

/* What decides nothing may still be seen to have moved. */
static enum regression_outcome judge_unresolved(const struct regression *found,
                                                bool larger_is_better)
{
    double worse = larger_is_better ? -found->difference.estimate : found->difference.estimate;
    return worse > found->allowed ? REGRESSION_UNSURE : REGRESSION_SAME;
}

struct regression regression_judge(const struct regression_sample *then,
                                   const struct regression_sample *now,
                                   const struct regression_rule *rule)
{
    double confidence = 1 - (1 - rule->confidence) / (double)rule->comparisons;
    double whole = rule->limit > 0 ? rule->limit : fabs(then->estimate.estimate);
    struct regression found = {.allowed = fmax(rule->tolerance * whole, rule->floor)};
    bool was_observed = !isnan(then->estimate.estimate),
         is_observed = !isnan(now->estimate.estimate);
    size_t pairs = rule->is_paired ? count_pairs(then, now) : 0;
    found.is_paired = pairs > 0;
    found.is_identical = found.is_paired && are_identical(then, now);
    found.difference = found.is_paired
                           ? paired_difference(then, now, pairs, found.is_identical, confidence)
                           : independent_difference(&then->estimate, &now->estimate, confidence);
    if (!was_observed || !is_observed)
        found.outcome = was_observed == is_observed ? REGRESSION_SAME : REGRESSION_UNSURE;
    else if (found.is_identical)
        found.outcome = REGRESSION_SAME;
    else if (then->estimate.is_unresolved || now->estimate.is_unresolved)
        found.outcome = judge_unresolved(&found, rule->larger_is_better);
    else
        found.outcome = judge(&found.difference, found.allowed, rule->larger_is_better);
    return found;
}

const char *regression_name(enum regression_outcome outcome)
{
    static const char *const names[REGRESSION_OUTCOMES] = {"same", "better", "worse", "unsure"};
    return names[outcome];
}
