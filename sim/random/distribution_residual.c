/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/distribution_residual.h"
#include <math.h>

/* Counter blocks after which a rejection takes the last value that it drew, moved between the
 * bounds: as in distribution.c. */
enum { REJECTION_BLOCKS = 1 << (STREAM_EXTRA_BITS - 1) };

static bool may_try_again(const struct stream *draw)
{
    return draw->lap_extra % (1 << STREAM_EXTRA_BITS) < REJECTION_BLOCKS;
}

/* A law of that kind, bounded as `law` is. */
static struct distribution like(const struct distribution *law, enum distribution_kind kind,
                                double a, double b)
{
    struct distribution other = *law;
    other.kind = kind;
    other.a = a;
    other.b = b;
    other.c = 0;
    return other;
}

static double sample_of_kind(const struct distribution *law, enum distribution_kind kind, double a,
                             double b, struct stream *draw)
{
    struct distribution other = like(law, kind, a, b);
    return distribution_sample(&other, draw);
}

static double sample_uniform(const struct distribution *law, struct stream *draw)
{
    double low = fmax(law->a, law->lowest), high = fmin(law->b, law->highest);
    return sqrt(low * low + stream_next_uniform(draw) * (high * high - low * low));
}

/* The bounds go to the gamma variable under the power. */
static double sample_weibull(const struct distribution *law, struct stream *draw)
{
    struct distribution gamma = like(law, DISTRIBUTION_GAMMA, 1 + 1 / law->a, 1);
    gamma.lowest = pow(law->lowest / law->b, law->a);
    gamma.highest = isinf(law->highest) ? INFINITY : pow(law->highest / law->b, law->a);
    double x = law->b * pow(distribution_sample(&gamma, draw), 1 / law->a);
    return fmin(fmax(x, law->lowest), law->highest);
}

/* Z*: as it is drawn without bounds. The Lomax by the beta prime law of Z* / b. */
static double sample_whole_pareto(const struct distribution *law, struct stream *draw)
{
    struct distribution free = *law;
    free.is_truncated = false;
    free.lowest = 0;
    free.highest = INFINITY;
    double above = sample_of_kind(&free, DISTRIBUTION_GAMMA, 2, 1, draw);
    double below = sample_of_kind(&free, DISTRIBUTION_GAMMA, law->a - 1, 1, draw);
    return law->b * (above / below);
}

/* One part of a sum biased, chosen by its share of the mean, and fresh draws of the others. */
static double sample_whole_sum(const struct distribution *law, struct stream *draw)
{
    double all = 0;
    for (size_t i = 0; i < law->count; i++)
        all += distribution_rough_mean(law->parts[i]);
    double left = stream_next_uniform(draw) * all, sum = 0;
    size_t chosen = 0;
    while (chosen + 1 < law->count && left >= distribution_rough_mean(law->parts[chosen]))
        left -= distribution_rough_mean(law->parts[chosen++]);
    for (size_t i = 0; i < law->count; i++)
        sum += i == chosen ? distribution_sample_biased(law->parts[i], draw)
                           : distribution_sample(law->parts[i], draw);
    return sum;
}

/* Values as the law gives them, each taken with a chance of value / highest. */
static double thin_by_value(const struct distribution *law, double highest, struct stream *draw)
{
    double x;
    do
        x = distribution_sample(law, draw);
    while (stream_next_uniform(draw) * highest > x && may_try_again(draw));
    return x;
}

/* A part of a mixture, by its share of the mean, and that one biased. */
static double sample_whole_mixture(const struct distribution *law, struct stream *draw)
{
    double all = 0;
    for (size_t i = 0; i < law->count; i++)
        all += law->shares[i] * distribution_rough_mean(law->parts[i]);
    double left = stream_next_uniform(draw) * all;
    size_t chosen = 0;
    for (; chosen + 1 < law->count; chosen++) {
        double weight = law->shares[chosen] * distribution_rough_mean(law->parts[chosen]);
        if (left < weight)
            break;
        left -= weight;
    }
    return distribution_sample_biased(law->parts[chosen], draw);
}

/* Of biased draws without bounds those that are between them. */
static double keep_inside(const struct distribution *law, struct stream *draw)
{
    double x;
    do
        x = law->kind == DISTRIBUTION_SUM       ? sample_whole_sum(law, draw)
            : law->kind == DISTRIBUTION_MIXTURE ? sample_whole_mixture(law, draw)
                                                : sample_whole_pareto(law, draw);
    while (law->is_truncated && (x < law->lowest || x > law->highest) && may_try_again(draw));
    return fmin(fmax(x, law->lowest), law->highest);
}

/* Whichever of the two is rejected less often: a biased draw is inside with the chance
 * kept x mean / mean without bounds, a plain one is taken with mean / highest. */
static double sample_pareto(const struct distribution *law, struct stream *draw)
{
    double whole_mean = law->b / (law->a - 1);
    if (law->is_truncated && isfinite(law->highest) &&
        distribution_kept(law) * law->highest < whole_mean)
        return thin_by_value(law, law->highest, draw);
    return keep_inside(law, draw);
}

static double sample_empirical(const struct distribution *law, struct stream *draw)
{
    double highest = law->values[law->count - 1];
    return thin_by_value(law, fmin(highest, law->highest), draw);
}

/* Part i of a mixture, or phase i of a hyperexponential, between the mixture's bounds too. */
static struct distribution part_of(const struct distribution *law, size_t i)
{
    struct distribution part;
    if (law->kind == DISTRIBUTION_HYPEREXPONENTIAL)
        part = (struct distribution){
            .kind = DISTRIBUTION_EXPONENTIAL, .a = i == 0 ? law->b : law->c, .highest = INFINITY};
    else
        part = *law->parts[i];
    if (law->is_truncated) {
        part.lowest = fmax(part.lowest, law->lowest);
        part.highest = fmin(part.highest, law->highest);
        part.is_truncated = true;
    }
    return part;
}

/* The chance that a draw of the mixture is one of part i between the bounds, times its mean there:
 * NaN where there is no closed form. */
static double weight_of(const struct distribution *law, size_t i, const struct distribution *part)
{
    double share =
        law->kind == DISTRIBUTION_HYPEREXPONENTIAL ? i == 0 ? law->a : 1 - law->a : law->shares[i];
    if (share == 0)
        return 0;
    double own = law->kind == DISTRIBUTION_MIXTURE ? distribution_kept(law->parts[i]) : 1;
    double kept = part->is_truncated ? distribution_kept(part) / own : 1;
    if (part->lowest > part->highest || kept == 0)
        return 0;
    return share * kept * distribution_mean(part);
}

/* A part by its weight, and that one biased. A mixture around a sum has no weights in closed form
 * once it is truncated: then draws of the whole mixture are thinned. */
static double sample_mixture(const struct distribution *law, struct stream *draw)
{
    size_t count = law->kind == DISTRIBUTION_HYPEREXPONENTIAL ? 2 : law->count;
    double all = 0, left;
    for (size_t i = 0; i < count; i++) {
        struct distribution part = part_of(law, i);
        all += weight_of(law, i, &part);
    }
    if (isnan(all))
        return keep_inside(law, draw);
    left = stream_next_uniform(draw) * all;
    struct distribution chosen = part_of(law, 0);
    for (size_t i = 0; i < count; i++) {
        struct distribution part = part_of(law, i);
        double weight = weight_of(law, i, &part);
        if (weight > 0)
            chosen = part;
        if (left < weight)
            break;
        left -= weight;
    }
    return distribution_sample_biased(&chosen, draw);
}

double distribution_sample_biased(const struct distribution *law, struct stream *draw)
{
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        return law->a;
    case DISTRIBUTION_UNIFORM:
        return sample_uniform(law, draw);
    case DISTRIBUTION_EXPONENTIAL:
        return sample_of_kind(law, DISTRIBUTION_GAMMA, 2, law->a, draw);
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return sample_of_kind(law, DISTRIBUTION_GAMMA, law->a + 1, law->b, draw);
    case DISTRIBUTION_LOGNORMAL:
        return sample_of_kind(law, DISTRIBUTION_LOGNORMAL, law->a + law->b * law->b, law->b, draw);
    case DISTRIBUTION_WEIBULL:
        return sample_weibull(law, draw);
    case DISTRIBUTION_PARETO:
        return sample_pareto(law, draw);
    case DISTRIBUTION_EMPIRICAL:
        return sample_empirical(law, draw);
    case DISTRIBUTION_HYPEREXPONENTIAL:
    case DISTRIBUTION_MIXTURE:
        return sample_mixture(law, draw);
    case DISTRIBUTION_SUM:
        return keep_inside(law, draw);
    case DISTRIBUTION_OF_REQUEST:
        break;
    }
    __builtin_unreachable(); /* a value that the request brings is not drawn */
}

double distribution_sample_residual(const struct distribution *law, struct stream *draw)
{
    double biased = distribution_sample_biased(law, draw);
    return biased * stream_next_uniform(draw);
}
