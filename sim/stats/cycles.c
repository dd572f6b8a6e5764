/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/cycles.h"
#include "sim/stats/tolerance.h"
#include <math.h>

static const double SLOW_CYCLES = 20, RELAXATIONS_QUEUEING = 100, RELAXATIONS_PLAIN = 20;
static const double CLUSTERS_AT_THE_LIMIT = 5, CLUSTERS_SEEN = 20;
/* A length that was rounded to whole nanoseconds is still enough. */
static const double SLACK = 1 - 1e-9;

/* queueing: the part of a relaxation time that queues take. */
static double relaxations_needed(double share, bool is_queueing, double queueing)
{
    double needed =
        is_queueing ? fmax(RELAXATIONS_PLAIN, RELAXATIONS_QUEUEING * queueing) : RELAXATIONS_PLAIN;
    return share > 0 ? fmax(needed, CLUSTERS_AT_THE_LIMIT / share * queueing) : needed;
}

struct cycles_finding cycles_judge(const struct cycles_case *cycles)
{
    double all_s = cycles->run_s * (double)cycles->runs;
    bool has_slow = cycles->slowest_s > 0;
    bool is_reached = cycles->is_limit && cycles->run_s >= cycles->slowest_s * SLACK;
    double share = cycles->clusters >= CLUSTERS_SEEN ? 0 : cycles->share;
    double queueing = cycles->relaxation_s > 0 ? 1 - cycles->memory_s / cycles->relaxation_s : 1;
    struct cycles_finding finding = {
        .relaxations = cycles->relaxation_s > 0 ? all_s / cycles->relaxation_s : INFINITY,
        .relaxations_needed = relaxations_needed(share, cycles->is_queueing, queueing),
        .slow = has_slow ? all_s / cycles->slowest_s : INFINITY,
        .slow_needed = !has_slow    ? 0
                       : is_reached ? (double)cycles->runs
                                    : SLOW_CYCLES,
        .is_part = cycles->run_s < cycles->fixed_s * SLACK,
        .run_needed_s = cycles->run_s};
    finding.cycles = fmin(finding.relaxations, finding.slow);
    finding.is_enough = !finding.is_part &&
                        finding.relaxations >= finding.relaxations_needed * SLACK &&
                        finding.slow >= finding.slow_needed * SLACK;
    if (!finding.is_enough) {
        double needed_s = fmax(finding.relaxations_needed * cycles->relaxation_s,
                               finding.slow_needed * cycles->slowest_s);
        finding.run_needed_s =
            fmax(fmax(cycles->run_s, cycles->fixed_s), needed_s / (double)cycles->runs);
    }
    return finding;
}

double cycles_of_repeating(double run_s, size_t runs, double period_s, double relaxation_s)
{
    return (double)runs * fmin(run_s, period_s) / relaxation_s;
}

double cycles_auto_length(const struct cycles_plan *plan)
{
    const double relaxations_a_run = 20, least_s = 10;
    double runs = (double)plan->fewest_runs;
    double length = fmax(fmax(plan->least_s, least_s), relaxations_a_run * plan->relaxation_s);
    length = fmax(length, relaxations_needed(plan->share, true, 1) * plan->relaxation_s / runs);
    length = fmax(length, SLOW_CYCLES * plan->slowest_s / runs);
    double unit = plan->fixed_s > 0 ? plan->fixed_s : plan->window_s;
    return unit > 0 ? ceil(length / unit * SLACK) * unit : length;
}

double cycles_highest_unseen(double cycles, double confidence)
{
    return -expm1(log((1 - confidence) / 2) / cycles);
}

double cycles_needed_unseen(double share, double confidence)
{
    return ceil(log((1 - confidence) / 2) / log1p(-share));
}

/* Number, mean and spread of the runs' largest levels, or of their logarithms. */
struct levels {
    size_t count;
    double mean, sd, smallest, largest;
};

static double level_at(const struct cycles_margin *margin, size_t i)
{
    double level = margin->largest[i * margin->stride];
    if (!margin->below)
        return level;
    return level > 0 ? margin->units + level : margin->below[i * margin->stride];
}

/* The smallest level above 0, if at least half of the runs have one; else 0. */
static double smallest_above_zero(const struct cycles_margin *margin)
{
    double smallest = INFINITY;
    size_t above = 0, count = 0;
    for (size_t i = 0; i < margin->count; i++) {
        double level = level_at(margin, i);
        count += isnan(level) ? 0 : 1;
        above += level > 0;
        smallest = level > 0 ? fmin(smallest, level) : smallest;
    }
    return 2 * above >= count && above > 0 ? smallest : 0;
}

static struct levels levels_of(const struct cycles_margin *margin)
{
    struct levels levels = {0, 0, 0, INFINITY, -INFINITY};
    double squares = 0, least = smallest_above_zero(margin);
    for (size_t i = 0; i < margin->count; i++) {
        double level = level_at(margin, i);
        if (isnan(level))
            continue;
        level = fmax(level, least);
        double x = margin->is_light ? level : log(level);
        double distance = x - levels.mean;
        levels.count++;
        levels.mean += distance / (double)levels.count;
        squares += distance * (x - levels.mean);
        levels.smallest = fmin(levels.smallest, level);
        levels.largest = fmax(levels.largest, level);
    }
    levels.sd = sqrt(squares / ((double)levels.count - 1));
    return levels;
}

double cycles_margin_bound(const struct cycles_margin *margin, double confidence)
{
    struct levels levels = levels_of(margin);
    if (levels.count < TOLERANCE_MIN_RUNS || !(levels.smallest > 0))
        return 1;
    if (levels.smallest == levels.largest) {
        if (!margin->is_counted)
            return 1;
        levels.mean = margin->is_light ? levels.largest : log(levels.largest);
        levels.sd = margin->is_light ? 0.5 : log((levels.largest + 0.5) / levels.largest);
    }
    double limit = margin->is_light ? margin->limit : log(margin->limit);
    return tolerance_beyond(levels.count, (limit - levels.mean) / levels.sd,
                            1 - (1 - confidence) / 2);
}

double cycles_more_information(double z, double c)
{
    const double too_near = 1.5, power = 1.2815515655446004; /* normal quantile of 90 % */
    z = fabs(z);
    if (z >= c)
        return 1;
    if (!(z > too_near))
        return INFINITY;
    double low = 1, high = 2;
    while ((z * sqrt(high) - c) / sqrt(high - 1) < power)
        high *= 2;
    while (high - low > 1e-12 * high) {
        double middle = (low + high) / 2;
        if ((z * sqrt(middle) - c) / sqrt(middle - 1) < power)
            low = middle;
        else
            high = middle;
    }
    return high;
}

struct cycles_advice cycles_advise(double more, size_t runs, size_t fewest_runs, double run_s,
                                   double warmup_s)
{
    if (warmup_s < run_s / 4)
        return (struct cycles_advice){ceil(more * (double)runs), run_s};
    return (struct cycles_advice){(double)fewest_runs,
                                  more * run_s * (double)runs / (double)fewest_runs};
}
