/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/run_length.h"
#include "models/metrics/metric_catalogue.h"
#include "models/program/expected_arrivals.h"
#include "models/program/time_scales.h"
#include "models/program/traffic.h"
#include "sim/base/duration_text.h"
#include <math.h>

static const double NS_PER_S = 1e9;

/* The longest of several needs, and what it is for. */
struct need {
    double length_s;
    const char *reason;
};

static void ask(struct need *need, double length_s, const char *reason)
{
    if (length_s > need->length_s)
        *need = (struct need){length_s, reason};
}

/* The share that may be beyond the limit, or have the event; 0: the claim is about neither. */
static double share_of(const struct criterion_spec *criterion, struct arena *arena)
{
    const struct metric_identity *is = metric_catalogue_identity(criterion->metric, arena);
    if (!criterion->has_limit || criterion->span != SPAN_WHOLE || !is->row)
        return 0;
    double q = is->statistic < STATISTIC_COUNT ? metric_statistic_quantile(is->statistic) : NAN;
    if (q > 0 && q < 1)
        return 1 - q;
    bool is_rate = is->row->shape == METRIC_SHARE || is->row->shape == METRIC_NONZERO;
    double share = fmin(criterion->limit, 1 - criterion->limit);
    return is_rate && !is->row->is_ratio && share > 0 ? share : 0;
}

static double least_share(const struct scenario *spec, struct arena *arena)
{
    double least = 0;
    for (size_t i = 0; i < spec->criterion_count; i++) {
        double share = share_of(&spec->criteria[i], arena);
        if (share > 0 && (least == 0 || share < least))
            least = share;
    }
    return least;
}

/* A stretch for `for`, ten windows for the others, so that the worst of them is no single one. */
static void ask_for_windows(const struct scenario *spec, struct need *need)
{
    const double several = 10;
    for (size_t i = 0; i < spec->criterion_count; i++) {
        const struct criterion_spec *criterion = &spec->criteria[i];
        double window_s = (double)criterion->window_ns / NS_PER_S;
        if (criterion->span != SPAN_WHOLE)
            ask(need, criterion->span == SPAN_FOR ? window_s : several * window_s,
                "the windows of its criteria");
    }
}

/* [workloads] requests per second. */
static const double *rates_of(const struct scenario *spec, struct arena *arena)
{
    double *own = arena_array(arena, spec->workload_count, sizeof *own);
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        bool is_closed = arrival_is_closed(&workload->arrivals);
        own[w] = is_closed ? expected_arrivals_closed(spec, workload, arena)
                           : expected_arrivals_long_run(workload);
        own[w] = isfinite(own[w]) ? own[w] : 0;
    }
    return traffic_find_rates(spec, own, arena);
}

/* Enough requests of each workload in a run. */
static void ask_for_requests(const struct scenario *spec, const double *rates, struct arena *arena,
                             struct need *need)
{
    const double requests = 2000;
    for (size_t w = 0; w < spec->workload_count; w++)
        if (rates[w] > 0)
            ask(need, requests / rates[w],
                arena_printf(arena, "%.0f requests of \"%s\"", requests, spec->workloads[w].name));
}

/* The longest period that all comes round in [s]; 0: none. */
static double fixed_period(const struct scenario *spec)
{
    double longest_s = 0;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct arrival_spec *arrivals = &spec->workloads[w].arrivals;
        if (arrivals->process == ARRIVAL_CYCLE)
            longest_s = fmax(longest_s, (double)arrivals->cycle.every_ns / NS_PER_S);
        const struct profile_spec *profile = arrivals->profile;
        if (profile)
            longest_s = fmax(longest_s,
                             profile->period_ns != SPEC_NEVER
                                 ? (double)profile->period_ns / NS_PER_S
                                 : (double)profile->points[profile->count - 1].time_ns / NS_PER_S);
    }
    return longest_s;
}

/* What the times of the scenario ask for, by those of all of it. */
static void ask_for_cycles(const struct scenario *spec, const struct study_scope *scope,
                           struct arena *arena, struct need *need)
{
    double share = least_share(spec, arena);
    struct cycles_plan plan = {.fewest_runs = spec->run.min_replications};
    plan.slowest_s = scope->slowest_s;
    if (scope->slowest_of)
        ask(need, cycles_auto_length(&plan),
            arena_printf(arena, "20 cycles of %s (%s each) in all runs", scope->slowest_of,
                         duration_text(scope->slowest_s, arena)));
    plan.slowest_s = 0;
    plan.relaxation_s = scope->relaxation_s;
    plan.share = share;
    if (scope->relaxation_of)
        ask(need, cycles_auto_length(&plan),
            arena_printf(arena, "%.3g relaxation times of \"%s\" (%s each)",
                         cycles_auto_length(&plan) / scope->relaxation_s, scope->relaxation_of,
                         duration_text(scope->relaxation_s, arena)));
}

/* Longer by at most four times, where tails are so heavy that most of a mean would not be seen. */
static void ask_for_tails(const struct scenario *spec, const struct time_scales *scales,
                          struct arena *arena, struct need *need)
{
    const double unseen = 0.05, longest = 4, step = 1.25;
    const struct study_scope *scope = time_scales_scope(scales, NULL, TIME_POWER_QUEUE, arena);
    double base = need->length_s, length = base;
    while (length < longest * base &&
           study_scope_unseen(scope, spec->run.min_replications, length) > unseen)
        length *= step;
    ask(need, fmin(length, longest * base), "what the tails of its work hold");
}

static double round_up(double length_s, double unit_s)
{
    const double slack = 1 - 1e-9;
    return ceil(length_s / unit_s * slack) * unit_s;
}

/* What can be afforded [s]. */
static double affordable(const struct scenario *spec, const double *rates)
{
    double sum = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        sum += rates[w];
    return sum > 0 ? RUN_LENGTH_MOST_REQUESTS / (sum * (double)spec->run.min_replications)
                   : INFINITY;
}

struct run_length run_length_find(const struct scenario *spec, struct arena *arena)
{
    const double longest_s = 10 * 365.25 * 86400;
    const double *rates = rates_of(spec, arena);
    const struct time_scales *scales = time_scales_of(spec, rates, arena);
    struct need need = {10, "the least that is taken"};
    double period_s = fixed_period(spec), window_s = (double)spec->run.window_ns / NS_PER_S;
    double unit_s = period_s > 0 ? period_s : window_s;
    ask(&need, period_s, "one period of what comes round");
    ask(&need, 2 * (double)spec->run.warmup_ns / NS_PER_S, "twice the warm-up");
    ask_for_windows(spec, &need);
    ask_for_requests(spec, rates, arena, &need);
    ask_for_cycles(spec, time_scales_scope(scales, NULL, TIME_POWER_NONE, arena), arena, &need);
    ask_for_tails(spec, scales, arena, &need);
    double wanted_s = round_up(need.length_s, unit_s);
    double most_s = fmax(fmin(affordable(spec, rates), longest_s), 10);
    bool is_cut = wanted_s > most_s;
    double length_s = is_cut ? fmax(floor(most_s / unit_s), 1) * unit_s : wanted_s;
    return (struct run_length){.length_ns = (int64_t)(length_s * NS_PER_S),
                               .wanted_s = wanted_s,
                               .is_cut = is_cut,
                               .reason = need.reason};
}
