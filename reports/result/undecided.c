/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/undecided.h"
#include "reports/text/number_text.h"
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

/* What was simulated of the slowest of its times, and the run length that would do. */
static const char *advise_time(const struct result_criterion *criterion, struct arena *arena)
{
    const struct cycles_finding *cycles = &criterion->cycles;
    const struct study_scope *scope = criterion->scope;
    size_t runs = criterion->estimate.replications;
    const char *length = number_text_quantity(cycles->run_needed_s, "s", arena);
    const char *runs_text = arena_printf(arena, "%zu run%s", runs, runs == 1 ? "" : "s");
    if (scope && cycles->is_part)
        return arena_printf(
            arena,
            "each run shows the same part of the period of %s (%s), and not the hardest; it "
            "takes %s of %s",
            scope->fixed_of, number_text_quantity(scope->fixed_s, "s", arena), runs_text, length);
    if (scope && cycles->slow < cycles->slow_needed)
        return arena_printf(
            arena, "only %.3g of the %.0f cycles of %s (%s each) were simulated; it takes %s of %s",
            cycles->slow, cycles->slow_needed, scope->slowest_of,
            number_text_quantity(scope->slowest_s, "s", arena), runs_text, length);
    if (scope && scope->relaxation_of)
        return arena_printf(arena,
                            "only %.3g of the %.0f relaxation times of \"%s\" (%s each) were "
                            "simulated; it takes %s of %s",
                            cycles->relaxations, cycles->relaxations_needed, scope->relaxation_of,
                            number_text_quantity(scope->relaxation_s, "s", arena), runs_text,
                            length);
    return arena_printf(arena, "too little time was simulated; it takes %s of %s", runs_text,
                        length);
}

static const char *advise_tail(const struct result_criterion *criterion, struct arena *arena)
{
    if (criterion->withheld & WITHHELD_NO_VARIANCE)
        return arena_printf(arena,
                            "the work of %s has no %s here, so no interval for a mean holds "
                            "however long it is simulated; judge a quantile instead",
                            criterion->scope->tail_of,
                            criterion->scope->tail_index <= 1 ? "mean" : "variance");
    return arena_printf(arena,
                        "some %.0f %% of the mean come from work so long and rare that it was "
                        "probably not drawn; it takes a longer run.duration",
                        100 * criterion->unseen);
}

static const char *advise_start(const struct result_criterion *criterion, struct arena *arena)
{
    const struct study_scope *scope = criterion->scope;
    if (!scope || !scope->relaxation_of)
        return "the warm-up is shorter than what is left of the empty start; make run.warmup "
               "longer";
    return arena_printf(arena,
                        "the warm-up is too short for the relaxation time of \"%s\" (%s): what is "
                        "left of the empty start is measured too; make run.warmup or run.duration "
                        "longer",
                        scope->relaxation_of,
                        number_text_quantity(scope->relaxation_s, "s", arena));
}

const char *undecided_reason(const struct result_criterion *criterion, struct arena *arena)
{
    if (criterion->withheld & WITHHELD_CYCLES)
        return advise_time(criterion, arena);
    if (criterion->withheld & WITHHELD_START)
        return advise_start(criterion, arena);
    if (criterion->withheld & (WITHHELD_NO_VARIANCE | WITHHELD_TAIL_UNSEEN))
        return advise_tail(criterion, arena);
    if (criterion->withheld & (WITHHELD_GROWING | WITHHELD_CHECK))
        return "it holds in this run, which shows no steady state or fails a self-check";
    if (criterion->withheld & WITHHELD_UNFINISHED)
        return "requests had not ended when they were followed no longer, and they may yet go "
               "beyond the limit: an overload, or a run.duration that is short for them";
    return NULL;
}

/* A claim about one run that is too near its limit for the law of the runs' values is counted, and
 * so many runs can pass at the usual levels. */
static const char *advise_runs(const struct result_criterion *criterion, struct arena *arena)
{
    size_t runs = criterion->held + criterion->failed;
    size_t least = run_count_least(criterion->probability, 0.0375);
    if (criterion->failed == 0 && runs < least)
        return arena_printf(arena,
                            "every run holds, but %zu are too few to tell that %.3g %% do so near "
                            "the limit; it takes at least %zu replications without a failure",
                            runs, 100 * criterion->probability, least);
    return arena_printf(arena,
                        "%zu of %zu runs fail, which is too near %.3g %% to tell; more "
                        "replications (such as 160 or 400) may decide it",
                        criterion->failed, runs, 100 * (1 - criterion->probability));
}

const char *undecided_advice(const struct result_criterion *criterion, struct arena *arena)
{
    const struct estimate *judged = &criterion->estimate, *difference = &criterion->difference;
    const char *reason = criterion->explanation ? criterion->explanation
                         : criterion->withheld  ? undecided_reason(criterion, arena)
                         : criterion->is_withheld
                             ? "it holds in this run, which shows no steady state or fails a "
                               "self-check"
                             : reason_against(judged);
    if (!reason && criterion->no_worse_than)
        reason = reason_against(difference);
    if (reason)
        return reason;
    if (criterion->held + criterion->failed > 0 && !criterion->no_worse_than)
        return advise_runs(criterion, arena);
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
