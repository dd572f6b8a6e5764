/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/backtest.h"
#include "sim/random/tails.h"
#include "sim/stats/estimate.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

static bool is_inside(const struct backtest_entry *e)
{
    return e->low <= e->measured && e->measured <= e->high;
}

static double how_far_out(const struct backtest_entry *e)
{
    double off = e->measured - e->predicted;
    double half = off > 0 ? e->high - e->predicted : e->predicted - e->low;
    if (off == 0)
        return 0;
    return half > 0 ? fabs(off) / half : INFINITY;
}

static double log_ratio(const struct backtest_entry *e)
{
    return e->measured > 0 && e->predicted > 0 ? log(e->measured / e->predicted) : NAN;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/* ---- shares --------------------------------------------------------------------------------- */

/* The variance of the share inside, from pair to pair, over that of independent figures. Where none
 * or all are inside there is no spread to see: a pair then counts as one. */
static double design_effect(const struct backtest_entry *entry, size_t count, size_t pairs,
                            struct arena *arena)
{
    double *inside = arena_array(arena, pairs, sizeof *inside), in = 0, used = 0, sum = 0;
    double *size = arena_array(arena, pairs, sizeof *size);
    for (size_t i = 0; i < count; i++) {
        inside[entry[i].pair] += is_inside(&entry[i]);
        size[entry[i].pair]++;
        in += is_inside(&entry[i]);
    }
    double n = (double)count, share = in / n;
    for (size_t p = 0; p < pairs; p++) {
        double off = inside[p] - share * size[p];
        sum += off * off;
        used += size[p] > 0;
    }
    if (share == 0 || share == 1 || used < 2)
        return n / fmax(used, 1);
    double variance = sum * used / (used - 1) / (n * n);
    return fmax(variance / (share * (1 - share) / n), 1);
}

static void fill_coverage(struct backtest_metric *metric, double effect, double confidence)
{
    double n = (double)metric->count, in = (double)metric->inside;
    metric->coverage = in / n;
    estimate_binomial(in / effect, n / effect, confidence, &metric->coverage_low,
                      &metric->coverage_high);
}

/* ---- ratios --------------------------------------------------------------------------------- */

/* The median with the interval of order statistics: ranks so that a binomial of 1/2 leaves at most
 * (1 - confidence) / 2 outside on each side. */
static void fill_bias(double *ratio, size_t count, double confidence,
                      struct backtest_metric *metric)
{
    metric->bias = metric->spread = NAN;
    metric->bias_low = 0;
    metric->bias_high = INFINITY;
    if (count == 0)
        return;
    qsort(ratio, count, sizeof *ratio, by_value);
    metric->bias = exp(0.5 * (ratio[(count - 1) / 2] + ratio[count / 2]));
    size_t low = (size_t)(0.16 * (double)(count - 1) + 0.5), high = count - 1 - low;
    metric->spread = exp(0.5 * (ratio[high] - ratio[low]));
    double term = pow(0.5, (double)count), below = 0;
    size_t rank = 0;
    for (; rank < count / 2; rank++) {
        below += term;
        if (below > (1 - confidence) / 2)
            break;
        term *= (double)(count - rank) / (double)(rank + 1);
    }
    if (rank > 0) {
        metric->bias_low = exp(ratio[rank - 1]);
        metric->bias_high = exp(ratio[count - rank]);
    }
}

/* 2^-count underflows from 1,075 on: more are thinned out evenly. */
static struct backtest_metric judge_metric(const struct backtest_entry *entry, size_t count,
                                           const size_t *metric, double effect, double confidence,
                                           struct arena *arena)
{
    enum { MAX_RATIOS = 1000 };
    double *ratio = arena_array(arena, count, sizeof *ratio);
    size_t ratios = 0;
    struct backtest_metric found = {.metric = metric ? *metric : 0};
    for (size_t i = 0; i < count; i++) {
        if (metric && entry[i].metric != *metric)
            continue;
        found.count++;
        found.inside += is_inside(&entry[i]);
        double r = log_ratio(&entry[i]);
        if (!isnan(r))
            ratio[ratios++] = r;
    }
    fill_coverage(&found, fmin(effect, (double)found.count), confidence);
    if (ratios > MAX_RATIOS) {
        for (size_t i = 0; i < MAX_RATIOS; i++)
            ratio[i] = ratio[i * ratios / MAX_RATIOS];
        ratios = MAX_RATIOS;
    }
    fill_bias(ratio, ratios, confidence, &found);
    return found;
}

static int by_number(const void *left, const void *right)
{
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    return a < b ? -1 : a > b;
}

static void judge_metrics(const struct backtest_entry *entry, size_t count, double confidence,
                          struct backtest *found, struct arena *arena)
{
    size_t *number = arena_array(arena, count, sizeof *number);
    for (size_t i = 0; i < count; i++)
        number[i] = entry[i].metric;
    qsort(number, count, sizeof *number, by_number);
    struct backtest_metric *metric = arena_array(arena, count, sizeof *metric);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || number[i] != number[i - 1]) /* one figure of a pair: no design effect */
            metric[found->metrics++] = judge_metric(entry, count, &number[i], 1, confidence, arena);
    found->metric = metric;
}

/* ---- how far out ---------------------------------------------------------------------------- */

struct ranked_entry {
    double out;
    size_t entry;
};

static int worst_first(const void *left, const void *right)
{
    const struct ranked_entry *a = left, *b = right;
    if (a->out != b->out)
        return a->out > b->out ? -1 : 1;
    return a->entry < b->entry ? -1 : 1;
}

static void fill_worst(const struct backtest_entry *entry, size_t count, double promised,
                       struct backtest *found, struct arena *arena)
{
    struct ranked_entry *place = arena_array(arena, count, sizeof *place);
    size_t *worst = arena_array(arena, count, sizeof *worst);
    double *out = arena_array(arena, count, sizeof *out);
    for (size_t i = 0; i < count; i++) {
        out[i] = how_far_out(&entry[i]);
        place[i] = (struct ranked_entry){out[i], i};
    }
    qsort(place, count, sizeof *place, worst_first);
    for (size_t i = 0; i < count; i++)
        worst[i] = place[i].entry;
    double rank = ceil(((double)count + 1) * promised * (1 - 1e-12));
    found->is_inflation_known = rank <= (double)count && isfinite(place[count - (size_t)rank].out);
    found->inflation = found->is_inflation_known ? place[count - (size_t)rank].out : INFINITY;
    found->greatest_out = place[0].out;
    found->worst = worst;
    found->out = out;
}

/* ---- trend ---------------------------------------------------------------------------------- */

/* Over the pairs' medians of |log ratio|, by the normal law of Kendall's S without ties. */
static void fill_trend(const struct backtest_entry *entry, size_t count, struct backtest *found,
                       struct arena *arena)
{
    enum { MIN_PAIRS = 4 };
    double *median = arena_array(arena, found->pairs, sizeof *median);
    double *of_pair = arena_array(arena, count, sizeof *of_pair);
    size_t n = 0;
    found->trend = found->trend_p = NAN;
    for (size_t p = 0; p < found->pairs; p++) {
        size_t ratios = 0;
        for (size_t i = 0; i < count; i++)
            if (entry[i].pair == p && !isnan(log_ratio(&entry[i])))
                of_pair[ratios++] = fabs(log_ratio(&entry[i]));
        qsort(of_pair, ratios, sizeof *of_pair, by_value);
        if (ratios > 0)
            median[n++] = 0.5 * (of_pair[(ratios - 1) / 2] + of_pair[ratios / 2]);
    }
    if (n < MIN_PAIRS)
        return;
    double s = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            s += median[j] > median[i] ? 1 : median[j] < median[i] ? -1 : 0;
    double m = (double)n, variance = m * (m - 1) * (2 * m + 5) / 18;
    found->trend = s / (m * (m - 1) / 2);
    double z = fmax(fabs(s) - 1, 0) / sqrt(variance);
    found->trend_p = fmin(2 * tails_of_normal(z).above, 1);
}

struct backtest backtest_judge(const struct backtest_entry *entry, size_t count, double promised,
                               double confidence, struct arena *arena)
{
    struct backtest found = {.inflation = INFINITY, .trend = NAN, .trend_p = NAN};
    if (count == 0)
        return found;
    for (size_t i = 0; i < count; i++) {
        assert(isfinite(entry[i].predicted) && isfinite(entry[i].measured));
        if (entry[i].pair + 1 > found.pairs)
            found.pairs = entry[i].pair + 1;
    }
    found.design_effect = design_effect(entry, count, found.pairs, arena);
    found.all = judge_metric(entry, count, NULL, found.design_effect, confidence, arena);
    found.is_overconfident = found.all.coverage_high < promised;
    judge_metrics(entry, count, confidence, &found, arena);
    fill_worst(entry, count, promised, &found, arena);
    fill_trend(entry, count, &found, arena);
    return found;
}
