/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backtest.h - how often a model has been right: what it said against what was measured.
 *
 * An entry is one figure of one pair (an evidence, a measurement). Figures of one pair are made by
 * the same run and go together: shares have the interval of as many independent figures as their
 * spread between pairs says (a design effect, Kish, Survey Sampling, 1965, 8.2), not of all of
 * them.
 *
 * The inflation factor is that by which every interval, on its own side of the prediction, would
 * have to be longer for the next figure to be inside as often as promised: the value of rank
 * ceil((n + 1) confidence) among how far each one was out (split conformal prediction: Vovk,
 * Gammerman & Shafer, Algorithmic Learning in a Random World, 2005; Lei et al., JASA 113 (2018)).
 */
#ifndef CAPSIM_SIM_STATS_BACKTEST_H
#define CAPSIM_SIM_STATS_BACKTEST_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

struct backtest_entry {
    size_t pair;                 /* in order of time, from 0 */
    size_t metric;               /* any number, the same for the same figure */
    double predicted, low, high; /* the interval of one run, low <= predicted <= high */
    double measured;
};

/* Of a metric, or of all. */
struct backtest_metric {
    size_t metric, count; /* count: entries; ratios only of those that are above 0 */
    size_t inside;
    double coverage, coverage_low, coverage_high; /* share inside, and its interval */
    double bias, bias_low, bias_high; /* median of measured / predicted; NaN without ratios */
    double spread; /* exp of half the 16 % to 84 % range of log (measured / predicted), >= 1 */
};

struct backtest {
    struct backtest_metric all;
    const struct backtest_metric *metric; /* by number */
    size_t metrics, pairs;
    double design_effect; /* how many figures are worth one; >= 1 */
    double inflation;     /* INFINITY: too few entries to know (is_inflation_known false) */
    double greatest_out;  /* the most that one was out, in its half interval */
    bool is_inflation_known;
    bool is_overconfident; /* the promised share is above the interval of the coverage */
    const size_t *worst;   /* entries by how far out they were, the worst first */
    const double *out;     /* [entry] in half intervals on its side; INFINITY: of no width */
    double trend, trend_p; /* Kendall's tau of |log (measured / predicted)| with the order of
                              pairs: below 0, the model gets better; two-sided p; NaN with fewer
                              than 4 pairs */
};

/* entry[count]: finite numbers only. promised: the confidence of their intervals. confidence: of
 * the intervals given here. */
struct backtest backtest_judge(const struct backtest_entry *entry, size_t count, double promised,
                               double confidence, struct arena *arena);

#endif
