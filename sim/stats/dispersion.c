/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/dispersion.h"
#include "sim/random/tails.h"
#include <assert.h>
#include <float.h>
#include <math.h>

/* ---- counts --------------------------------------------------------------------------------- */

struct counts counts_of_times(const double *times_s, size_t events, double from_s, double to_s,
                              double window_s, struct arena *arena)
{
    const double MAX_WINDOWS = 1 << 26;
    assert(window_s > 0 && to_s >= from_s);
    /* What the last digits of the stamps may be off by, in windows: one that is on an edge belongs
     * to the window that it begins, and a range of whole windows does not miss the last. */
    double slack = 1e-9 + 4 * DBL_EPSILON * fmax(fabs(from_s), fabs(to_s)) / window_s;
    double windows = floor((to_s - from_s) / window_s + slack);
    assert(windows <= MAX_WINDOWS);
    double *count = arena_array(arena, (size_t)windows, sizeof *count);
    for (size_t i = 0; i < events; i++) {
        double place = floor((times_s[i] - from_s) / window_s + slack);
        if (place >= 0 && place < windows)
            count[(size_t)place]++;
    }
    return (struct counts){count, (size_t)windows, window_s};
}

struct counts counts_merge(const struct counts *counts, size_t factor, struct arena *arena)
{
    size_t windows = counts->windows / factor;
    double *count = arena_array(arena, windows, sizeof *count);
    for (size_t i = 0; i < windows * factor; i++)
        count[i / factor] += counts->count[i];
    return (struct counts){count, windows, counts->window_s * (double)factor};
}

double counts_total(const struct counts *counts)
{
    double total = 0;
    for (size_t i = 0; i < counts->windows; i++)
        total += counts->count[i];
    return total;
}

/* ---- sums of powers ------------------------------------------------------------------------- */

static void add_count(struct count_powers *powers, double count)
{
    double x = count - powers->shift;
    powers->windows++;
    powers->sum += x;
    powers->square += x * x;
    powers->cube += x * x * x;
}

static struct count_powers without(const struct dispersion_scale *scale, size_t block)
{
    struct count_powers left = scale->all;
    if (block < DISPERSION_BLOCKS) {
        const struct count_powers *out = &scale->block[block];
        left.windows -= out->windows;
        left.sum -= out->sum;
        left.square -= out->square;
        left.cube -= out->cube;
    }
    return left;
}

double dispersion_mean_without(const struct dispersion_scale *scale, size_t block)
{
    struct count_powers p = without(scale, block);
    return p.shift + p.sum / p.windows;
}

static double variance_of(struct count_powers p)
{
    double mean = p.sum / p.windows;
    return fmax(p.square - p.windows * mean * mean, 0) / (p.windows - 1);
}

double dispersion_index_without(const struct dispersion_scale *scale, size_t block)
{
    struct count_powers p = without(scale, block);
    double mean = p.shift + p.sum / p.windows;
    return mean > 0 ? variance_of(p) / mean : 1;
}

/* k_3 - 3 k_2 + 2 k_1, with Fisher's k-statistics. */
double dispersion_third_without(const struct dispersion_scale *scale, size_t block)
{
    struct count_powers p = without(scale, block);
    double n = p.windows, m = p.sum / n;
    double central = p.cube - 3 * m * p.square + 2 * n * m * m * m;
    double k3 = n * central / ((n - 1) * (n - 2));
    return k3 - 3 * variance_of(p) + 2 * (p.shift + m);
}

double dispersion_jackknife(const double values[DISPERSION_BLOCKS])
{
    double mean = 0, sum = 0;
    for (int b = 0; b < DISPERSION_BLOCKS; b++)
        mean += values[b] / DISPERSION_BLOCKS;
    for (int b = 0; b < DISPERSION_BLOCKS; b++)
        sum += (values[b] - mean) * (values[b] - mean);
    return sqrt(sum * (DISPERSION_BLOCKS - 1.) / DISPERSION_BLOCKS);
}

/* ---- the test ------------------------------------------------------------------------------- */

/* The quantile of chi square with df degrees of freedom that has so much above it. */
static double chi_square_above(double df, double above)
{
    return 2 * tails_invert_gamma(df / 2, (struct tails){1 - above, above});
}

static double chi_square_below(double df, double below)
{
    return 2 * tails_invert_gamma(df / 2, (struct tails){below, 1 - below});
}

double dispersion_power(double index, size_t windows, double level)
{
    double df = (double)windows - 1;
    double high = chi_square_above(df, level / 2), low = chi_square_below(df, level / 2);
    return tails_of_gamma(df / 2, high / index / 2).above +
           tails_of_gamma(df / 2, low / index / 2).below;
}

/* Given their sum the counts are multinomial, whose statistic has nearly the mean and variance of
 * chi square. Where two events seldom share a window it takes few values and has not its law. */
static bool has_chi_square_law(double events, double windows)
{
    const double MIN_PAIRS = 20;
    return events * events / (2 * windows) >= MIN_PAIRS;
}

static void test_scale(struct dispersion_scale *scale, double events)
{
    const double LEVEL = 0.01;
    double df = (double)scale->windows - 1;
    scale->is_testable = has_chi_square_law(events, (double)scale->windows);
    scale->p_low = scale->p_high = 1;
    scale->detectable = INFINITY;
    if (!scale->is_testable)
        return;
    struct tails tails = tails_of_gamma(df / 2, df * scale->index / 2);
    scale->p_low = tails.below;
    scale->p_high = tails.above;
    /* As of some eight tests at once, which is about what there are. */
    scale->detectable = chi_square_above(df, LEVEL / 16) / chi_square_below(df, 0.1);
}

/* ---- all scales ----------------------------------------------------------------------------- */

static void fill_scale(struct dispersion_scale *scale, const struct counts *counts)
{
    double mean = counts_total(counts) / (double)counts->windows;
    scale->scale_s = counts->window_s;
    scale->windows = counts->windows;
    scale->all.shift = mean;
    for (size_t b = 0; b < DISPERSION_BLOCKS; b++)
        scale->block[b].shift = mean;
    for (size_t i = 0; i < counts->windows; i++) {
        add_count(&scale->all, counts->count[i]);
        add_count(&scale->block[i * DISPERSION_BLOCKS / counts->windows], counts->count[i]);
    }
    double values[DISPERSION_BLOCKS];
    for (size_t b = 0; b < DISPERSION_BLOCKS; b++)
        values[b] = dispersion_index_without(scale, b);
    scale->index = dispersion_index_without(scale, DISPERSION_BLOCKS);
    scale->error =
        fmax(dispersion_jackknife(values), scale->index * sqrt(2 / ((double)counts->windows - 1)));
}

struct dispersion dispersion_measure(const struct counts *counts, struct arena *arena)
{
    struct dispersion found = {.events = counts_total(counts),
                               .length_s = counts->window_s * (double)counts->windows};
    found.rate_per_s = found.length_s > 0 ? found.events / found.length_s : 0;
    found.rate_error = found.length_s > 0 ? sqrt(fmax(found.events, 1)) / found.length_s : INFINITY;
    if (found.events < 2)
        return found;
    struct counts at = *counts;
    while (at.windows >= DISPERSION_MIN_WINDOWS && found.count < DISPERSION_SCALES) {
        struct dispersion_scale *scale = &found.scale[found.count++];
        fill_scale(scale, &at);
        test_scale(scale, found.events);
        at = counts_merge(&at, 2, arena);
    }
    if (found.count > 0)
        found.rate_error *= sqrt(found.scale[found.count - 1].index);
    return found;
}

struct dispersion_test dispersion_test_poisson(const struct dispersion *found, double from_s,
                                               double to_s, double level)
{
    struct dispersion_test test = {.p = 1, .detectable = INFINITY};
    double low = 1, high = 1, tests = 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct dispersion_scale *scale = &found->scale[i];
        if (!scale->is_testable || scale->scale_s < from_s || scale->scale_s > to_s)
            continue;
        tests += 2;
        test.detectable = fmin(test.detectable, scale->detectable);
        if (fmin(scale->p_low, scale->p_high) < fmin(low, high))
            test.at_scale_s = scale->scale_s;
        low = fmin(low, scale->p_low);
        high = fmin(high, scale->p_high);
    }
    test.is_tested = tests > 0;
    test.is_bursty = test.is_tested && high * tests <= level;
    test.is_regular = test.is_tested && low * tests <= level;
    test.p = fmin(fmin(low, high) * fmax(tests, 1), 1);
    return test;
}
