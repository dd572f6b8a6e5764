/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/undecided.h"
#include "reports/text/number_text.h"
#include "sim/stats/run_count.h"
#include "sim/study/judge.h"
#include "sim/study/stopping.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

/* How many times as much would decide it; 0 when its interval does not reach the limit. */
static double information_needed(const struct estimate *estimate, double limit)
{
    double distance = fabs(estimate->estimate - limit);
    double reach = limit < estimate->estimate ? estimate->estimate - estimate->low
                                              : estimate->high - estimate->estimate;
    if (reach < distance)
        return 0.0;
    if (estimate->is_upper_bound)
        return distance > 0 ? reach / distance : INFINITY;
    if (!(estimate->standard_error > 0))
        return INFINITY;
    return cycles_more_information(distance / estimate->standard_error,
                                   reach / estimate->standard_error);
}

double undecided_replications(const struct estimate *estimate, double limit)
{
    return (double)estimate->replications * information_needed(estimate, limit);
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

/* Beyond that many times as much nothing is advised. */
static const double MOST_TIMES = 1000;

/* Of all that is open about the criterion. A quantile's limit is judged by the share beyond it. */
static double information_of(const struct result_criterion *criterion)
{
    double needed = 0;
    if (criterion->has_limit && criterion->share_limit > 0)
        needed = information_needed(&criterion->share, criterion->share_limit);
    else if (criterion->has_limit)
        needed = information_needed(&criterion->estimate, criterion->limit);
    if (criterion->no_worse_than && !(criterion->difference.high <= 0.0))
        needed = fmax(needed, information_needed(&criterion->difference, 0.0));
    return needed;
}

/* What was simulated of the slowest of its times, and the run length that would do. */
static const char *advise_time(const struct result_criterion *criterion, struct arena *arena)
{
    const struct cycles_finding *cycles = &criterion->cycles;
    const struct study_scope *scope = criterion->scope;
    size_t runs = criterion->estimate.replications;
    double times = information_of(criterion);
    double own_s = times < MOST_TIMES ? criterion->run_s * times : 0;
    const char *length = number_text_quantity(fmax(cycles->run_needed_s, own_s), "s", arena);
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

/* The part of a mean that may be missing. */
static const double SEEN_ENOUGH = 0.05;

static const char *advise_tail(const struct result_criterion *criterion, struct arena *arena)
{
    if (criterion->withheld & WITHHELD_NO_VARIANCE)
        return arena_printf(arena,
                            "the work of %s has no %s here, so no interval for a mean holds "
                            "however long it is simulated; judge a quantile instead",
                            criterion->scope->tail_of,
                            criterion->scope->tail_index <= 1 ? "mean" : "variance");
    double times = 1;
    size_t runs = criterion->estimate.replications;
    while (times < MOST_TIMES &&
           study_scope_unseen(criterion->scope, runs, times * criterion->run_s) > SEEN_ENOUGH)
        times *= 2;
    if (!(times < MOST_TIMES))
        return arena_printf(arena,
                            "some %.0f %% of the mean come from work so long and rare that it was "
                            "probably not drawn, nor would be in a run that can be made; judge a "
                            "quantile instead",
                            100 * criterion->unseen);
    return arena_printf(arena,
                        "some %.0f %% of the mean come from work so long and rare that it was "
                        "probably not drawn; it takes %zu runs of %s",
                        100 * criterion->unseen, runs,
                        number_text_quantity(times * criterion->run_s, "s", arena));
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

static const char *reason_of_withheld(const struct result_criterion *criterion, struct arena *arena)
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

/* The share of runs that would fail if their values had a Gumbel law, as maxima have, with their
 * mean and spread; 1 when there is none. */
static double failing_by_law(const struct result_criterion *criterion)
{
    const double euler = 0.57721566490153286, pi = 3.14159265358979324;
    const struct estimate *mean = &criterion->estimate;
    double sd = mean->standard_error * sqrt((double)mean->replications);
    double distance = fabs(criterion->limit - mean->estimate) / sd;
    if (!(sd > 0) || !isfinite(distance))
        return 1;
    return -expm1(-exp(-(distance * pi / sqrt(6) + euler)));
}

/* The chance that so many runs decide, given how many failed so far: over the law that is left of
 * the share that fails (Beta, from Jeffreys' prior) in some equal parts. */
static double chance_to_decide(const struct result_criterion *criterion, size_t most)
{
    enum { PARTS = 9 };
    struct arena *arena = arena_open();
    size_t first = criterion->fewest_runs > 0 ? criterion->fewest_runs : 10;
    struct stopping_plan looks = stopping_plan_make(first < most ? first : most, most, 0.95);
    struct run_count_plan plan = run_count_plan_make(looks.replications, looks.looks,
                                                     criterion->probability, 0.0375, 0.05, arena);
    double sum = 0, failed = (double)criterion->failed, held = (double)criterion->held;
    for (int i = 0; i < PARTS; i++) {
        double failing = gsl_cdf_beta_Pinv((i + 0.5) / PARTS, failed + 0.5, held + 0.5);
        if (criterion->failed == 0)
            failing = fmin(failing, failing_by_law(criterion));
        struct run_count_forecast forecast = run_count_forecast(&plan, failing, arena);
        sum += forecast.pass + forecast.fail;
    }
    arena_close(arena);
    return sum / PARTS;
}

/* A claim about one run that is too near its limit for the law of the runs' values is counted. */
static const char *advise_runs(const struct result_criterion *criterion, struct arena *arena)
{
    const double wanted = 0.9;
    enum { MOST = 10000 };
    size_t runs = criterion->held + criterion->failed, more = 2 * runs;
    size_t least = run_count_least(criterion->probability, 0.0375);
    if (more < least)
        more = least;
    while (more < MOST && chance_to_decide(criterion, more) < wanted)
        more *= 2;
    if (more >= MOST)
        return arena_printf(arena,
                            "%zu of %zu runs fail, too near the %.3g %% that may: no number of "
                            "replications is likely to tell",
                            criterion->failed, runs, 100 * (1 - criterion->probability));
    return arena_printf(arena,
                        "%zu of %zu runs fail, where %.3g %% may, and only counting can tell; "
                        "about %.0f replications would probably decide it",
                        criterion->failed, runs, 100 * (1 - criterion->probability),
                        round_up((double)more));
}

/* More replications, or longer ones where a warm-up makes these dear. */
static const char *advise_more(const struct result_criterion *criterion, double times,
                               struct arena *arena)
{
    size_t runs = criterion->estimate.replications;
    size_t fewest = criterion->fewest_runs > 0 ? criterion->fewest_runs : runs;
    struct cycles_advice advice = {ceil(times * (double)runs), criterion->run_s};
    if (criterion->run_s > 0)
        advice = cycles_advise(times, runs, fewest, criterion->run_s, criterion->warmup_s);
    if (advice.run_s > criterion->run_s)
        return arena_printf(
            arena, "about %.0f replications of %s would probably decide it (%zu of %s were run)",
            advice.runs, number_text_quantity(ceil(advice.run_s), "s", arena), runs,
            number_text_quantity(criterion->run_s, "s", arena));
    return arena_printf(arena, "about %.0f replications would probably decide it (%zu were run)",
                        round_up(advice.runs), runs);
}

/* What a share may be that neither setting showed; 0: one did, or it is not compared alone. */
static double highest_unseen(const struct result_criterion *criterion)
{
    const struct estimate *estimate = &criterion->estimate, *difference = &criterion->difference;
    bool is_seen = estimate->estimate != 0 && estimate->estimate != 1;
    if (!criterion->no_worse_than || criterion->has_limit || is_seen || difference->estimate != 0 ||
        difference->standard_error != 0)
        return 0;
    return estimate->estimate == 0 ? estimate->high : 1 - estimate->low;
}

static const char *advise_unseen(const struct result_criterion *criterion, struct arena *arena)
{
    double highest = highest_unseen(criterion), times = highest / JUDGE_NEXT_TO_NOTHING;
    return arena_printf(
        arena,
        "neither setting showed any, though up to %.3g %% may be, and %.3g %% is no "
        "worse; %s",
        100 * highest, 100 * JUDGE_NEXT_TO_NOTHING,
        times > MOST_TIMES ? "a limit in \"expect\" would say what is enough"
                           : advise_more(criterion, times, arena));
}

const char *undecided_advice(const struct result_criterion *criterion, struct arena *arena)
{
    const struct estimate *difference = &criterion->difference;
    const struct estimate *judged =
        criterion->share_limit > 0 ? &criterion->share : &criterion->estimate;
    const char *reason = criterion->explanation ? criterion->explanation
                         : criterion->withheld  ? reason_of_withheld(criterion, arena)
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
    if (highest_unseen(criterion) > JUDGE_NEXT_TO_NOTHING)
        return advise_unseen(criterion, arena);
    double times = information_of(criterion);
    if (times > MOST_TIMES)
        return "the estimate is so near the limit that no number of replications is likely to tell";
    if (times <= 1)
        return "its interval reaches the limit; a few more replications would decide it";
    return advise_more(criterion, times, arena);
}
