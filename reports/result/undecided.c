/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/undecided.h"
#include <math.h>

/* Beyond the half width, in standard errors: so that the estimate may move towards the limit and
 * yet be decided, four times in five. */
static const double ROOM = 0.84;

double undecided_replications(const struct estimate *estimate, double limit)
{
    double distance = fabs(estimate->estimate - limit);
    double reach = limit < estimate->estimate ? estimate->estimate - estimate->low
                                              : estimate->high - estimate->estimate;
    if (reach < distance)
        return 0.0;
    if (distance <= 0.0)
        return INFINITY;
    if (estimate->is_upper_bound)
        return (double)estimate->replications * reach / distance;
    double ratio = (reach + ROOM * estimate->standard_error) / distance;
    return (double)estimate->replications * ratio * ratio;
}

/* True if the limit is nearer than the estimate's own error: then the truth may be nearer still. */
static bool is_near(const struct estimate *estimate, double limit)
{
    return !estimate->is_upper_bound && fabs(estimate->estimate - limit) < estimate->standard_error;
}

/* To two digits, upwards: more would pretend to know. */
static double round_up(double count)
{
    double unit = pow(10.0, floor(log10(count)) - 1.0);
    return unit > 1.0 ? ceil(count / unit) * unit : ceil(count);
}

static const char *reason_against(const struct estimate *estimate)
{
    if (!isfinite(estimate->estimate))
        return "nothing was observed that it could be judged by";
    if (!estimate->has_interval && estimate->replications > 1)
        return "without a steady state there is no interval that could decide it";
    if (!estimate->has_interval)
        return "one replication gives no interval; run at least two";
    if (estimate->is_unresolved)
        return "too few observations lie beyond this quantile; a longer run.duration resolves it";
    return NULL;
}

const char *undecided_advice(const struct result_criterion *criterion, struct arena *arena)
{
    const struct estimate *judged = &criterion->estimate, *difference = &criterion->difference;
    if (criterion->is_withheld)
        return "it holds in this run, which shows no steady state or fails a self-check";
    const char *reason = reason_against(judged);
    if (!reason && criterion->no_worse_than)
        reason = reason_against(difference);
    if (reason)
        return reason;
    double needed = criterion->has_limit ? undecided_replications(judged, criterion->limit) : 0.0;
    bool is_open = needed > 0.0 && is_near(judged, criterion->limit);
    if (criterion->no_worse_than) {
        needed = fmax(needed, undecided_replications(difference, 0.0));
        is_open |= is_near(difference, 0.0);
    }
    if (needed > SPEC_MAX_REPLICATIONS)
        return "the estimate is so near the limit that more replications will hardly decide it";
    if (needed <= (double)judged->replications)
        return "its interval reaches the limit; a few more replications would decide it";
    return arena_printf(arena, "%s %.0f replications would probably decide it (%zu were run)",
                        is_open ? "at least" : "about", round_up(needed), judged->replications);
}
