/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/tail_part.h"
#include "sim/random/distribution_cdf.h"
#include <assert.h>
#include <math.h>

static bool has_parts(const struct distribution *law)
{
    return law->kind == DISTRIBUTION_MIXTURE || law->kind == DISTRIBUTION_SUM;
}

static bool is_cut_above(const struct distribution *law)
{
    return law->is_truncated && isfinite(law->highest);
}

double tail_part_index(const struct distribution *law)
{
    if (is_cut_above(law))
        return INFINITY;
    if (law->kind == DISTRIBUTION_PARETO)
        return law->a;
    double index = INFINITY;
    if (has_parts(law))
        for (size_t i = 0; i < law->count; i++)
            index = fmin(index, tail_part_index(law->parts[i]));
    return index;
}

bool tail_part_is_light(const struct distribution *law)
{
    if (is_cut_above(law))
        return true;
    if (has_parts(law)) {
        for (size_t i = 0; i < law->count; i++)
            if (!tail_part_is_light(law->parts[i]))
                return false;
        return true;
    }
    return law->kind != DISTRIBUTION_LOGNORMAL && law->kind != DISTRIBUTION_WEIBULL &&
           law->kind != DISTRIBUTION_PARETO && law->kind != DISTRIBUTION_EMPIRICAL &&
           law->kind != DISTRIBUTION_OF_REQUEST;
}

double tail_part_cluster_index(double index, int power, double spare)
{
    assert(power == 1 || power == 2);
    return power == 1 ? index : (fmax(floor(spare), 1) * (index - 1) + 1) / 2;
}

/* ---- moments -------------------------------------------------------------------------------- */

static double moment(const struct distribution *law, int power)
{
    double mean = distribution_mean(law);
    if (isnan(mean))
        mean = distribution_rough_mean(law);
    if (power == 1)
        return mean;
    double variance = distribution_variance(law);
    return (isnan(variance) ? 0 : variance) + mean * mean;
}

/* E[S^k; S > from] of a law with a curve. */
static double moment_beyond(const struct distribution *law, int power, double from)
{
    struct tails at = distribution_tails(law, from);
    if (!(at.above > 0))
        return 0;
    struct distribution cut = *law;
    if (!cut.is_truncated)
        cut.highest = INFINITY;
    cut.is_truncated = true;
    cut.lowest = fmax(law->is_truncated ? law->lowest : 0, nextafter(from, INFINITY));
    return at.above * moment(&cut, power);
}

static double unseen_of_curve(const struct distribution *law, int power, double draws)
{
    double whole = moment(law, power);
    if (!isfinite(whole))
        return 1;
    if (!(whole > 0) || distribution_is_constant(law))
        return 0;
    double from = distribution_invert(law, (struct tails){1 - 1 / draws, 1 / draws});
    return fmin(moment_beyond(law, power, from) / whole, 1);
}

/* Parts with shares of the draws: their moments add up. */
static double unseen_of_mixture(const struct distribution *law, int power, double draws)
{
    double whole = 0, unseen = 0;
    for (size_t i = 0; i < law->count; i++) {
        double weight = law->shares[i] * moment(law->parts[i], power);
        if (!isfinite(weight))
            return 1;
        whole += weight;
        unseen += weight * tail_part_unseen(law->parts[i], power, draws * law->shares[i]);
    }
    return whole > 0 ? unseen / whole : 0;
}

/* One part beyond its quantile, the others as usual: (x + rest)^2 = x^2 + 2 x rest + rest^2, of
 * which the last is no part of the tail. */
static double unseen_of_sum(const struct distribution *law, int power, double draws)
{
    double mean = 0, variance = 0, unseen = 0;
    for (size_t i = 0; i < law->count; i++) {
        double first = moment(law->parts[i], 1);
        mean += first;
        variance += moment(law->parts[i], 2) - first * first;
    }
    double whole = power == 1 ? mean : variance + mean * mean;
    if (!isfinite(whole))
        return 1;
    for (size_t i = 0; i < law->count; i++) {
        double first = moment(law->parts[i], 1);
        double beyond = first * tail_part_unseen(law->parts[i], 1, draws);
        unseen += power == 1
                      ? beyond
                      : moment(law->parts[i], 2) * tail_part_unseen(law->parts[i], 2, draws) +
                            2 * beyond * (mean - first);
    }
    return whole > 0 ? fmin(unseen / whole, 1) : 0;
}

/* Two exponential phases as the mixture that they are. */
static double unseen_of_phases(const struct distribution *law, int power, double draws)
{
    const struct distribution first = {.kind = DISTRIBUTION_EXPONENTIAL, .a = law->b};
    const struct distribution second = {.kind = DISTRIBUTION_EXPONENTIAL, .a = law->c};
    const struct distribution *const parts[] = {&first, &second};
    const double shares[] = {law->a, 1 - law->a};
    struct distribution mixture = {
        .kind = DISTRIBUTION_MIXTURE, .count = 2, .parts = parts, .shares = shares};
    return unseen_of_mixture(&mixture, power, draws);
}

double tail_part_unseen(const struct distribution *law, int power, double draws)
{
    assert(power == 1 || power == 2);
    if (!(draws > 1))
        return 1;
    if (law->kind == DISTRIBUTION_OF_REQUEST)
        return 0;
    if (law->kind == DISTRIBUTION_SUM)
        return unseen_of_sum(law, power, draws);
    if (law->kind == DISTRIBUTION_MIXTURE && !(law->is_truncated && distribution_has_curve(law)))
        return unseen_of_mixture(law, power, draws);
    if (law->kind == DISTRIBUTION_HYPEREXPONENTIAL && !law->is_truncated)
        return unseen_of_phases(law, power, draws);
    return unseen_of_curve(law, power, draws);
}

double tail_part_draws_needed(const struct distribution *law, int power, double most)
{
    double low = 1, high = 1e18;
    if (tail_part_unseen(law, power, high) > most)
        return INFINITY;
    while (high > 1.001 * low) {
        double middle = sqrt(low * high);
        if (tail_part_unseen(law, power, middle) > most)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* ---- what is missing after a start from empty ------------------------------------------------ */

/* E[(S - w)^+] */
static double excess_beyond(const struct distribution *law, double w)
{
    double excess = 0;
    if (law->kind == DISTRIBUTION_OF_REQUEST)
        return 0;
    if (law->kind == DISTRIBUTION_SUM) {
        for (size_t i = 0; i < law->count; i++)
            excess += excess_beyond(law->parts[i], w / (double)law->count);
        return excess;
    }
    if (law->kind == DISTRIBUTION_MIXTURE && !(law->is_truncated && distribution_has_curve(law))) {
        for (size_t i = 0; i < law->count; i++)
            excess += law->shares[i] * excess_beyond(law->parts[i], w);
        return excess;
    }
    if (distribution_is_constant(law))
        return fmax(distribution_mean(law) - w, 0);
    double above = distribution_tails(law, w).above;
    return above > 0 ? fmax(moment_beyond(law, 1, w) - w * above, 0) : 0;
}

double tail_part_missing(const struct distribution *law, double w)
{
    double mean = moment(law, 1);
    if (!isfinite(mean))
        return 1;
    return mean > 0 ? fmin(excess_beyond(law, fmax(w, 0)) / mean, 1) : 0;
}

double tail_part_warmup(const struct distribution *law, double share)
{
    const double longest_s = 1e15;
    double low = 0, high = 1e-9;
    while (tail_part_missing(law, high) > share) {
        low = high;
        high *= 2;
        if (high > longest_s)
            return INFINITY;
    }
    while (high - low > 1e-9 * high) {
        double middle = (low + high) / 2;
        if (tail_part_missing(law, middle) > share)
            low = middle;
        else
            high = middle;
    }
    return high;
}
