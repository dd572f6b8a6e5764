/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/distribution_cdf.h"
#include <math.h>
#include <string.h>

static const struct tails UNKNOWN = {NAN, NAN};

bool distribution_has_curve(const struct distribution *law)
{
    if (law->kind == DISTRIBUTION_MIXTURE)
        for (size_t i = 0; i < law->count; i++)
            if (!distribution_has_curve(law->parts[i]))
                return false;
    return law->kind != DISTRIBUTION_SUM;
}

/* ---- the whole law ------------------------------------------------------------------------- */

static struct tails uniform_tails(const struct distribution *law, double x)
{
    if (x >= law->b)
        return (struct tails){1, 0};
    if (x < law->a)
        return (struct tails){0, 1};
    double width = law->b - law->a;
    return (struct tails){(x - law->a) / width, (law->b - x) / width};
}

static struct tails pareto_tails(const struct distribution *law, double x)
{
    return tails_of_exponential(x > 0 ? law->a * log1p(x / law->b) : 0);
}

static struct tails weibull_tails(const struct distribution *law, double x)
{
    return tails_of_exponential(x > 0 ? pow(x / law->b, law->a) : 0);
}

static struct tails lognormal_tails(const struct distribution *law, double x)
{
    if (!(x > 0))
        return (struct tails){0, 1};
    if (law->b == 0)
        return x < exp(law->a) ? (struct tails){0, 1} : (struct tails){1, 0};
    return tails_of_normal((log(x) - law->a) / law->b);
}

static struct tails hyperexponential_tails(const struct distribution *law, double x)
{
    struct tails first = tails_of_exponential(x / law->b),
                 second = tails_of_exponential(x / law->c);
    return (struct tails){law->a * first.below + (1 - law->a) * second.below,
                          law->a * first.above + (1 - law->a) * second.above};
}

static struct tails empirical_tails(const struct distribution *law, double x)
{
    size_t low = 0, high = law->count; /* values[< low] <= x < values[>= high] */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (law->values[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    double count = (double)law->count;
    return (struct tails){(double)low / count, (double)(law->count - low) / count};
}

static struct tails mixture_tails(const struct distribution *law, double x)
{
    struct tails sum = {0, 0};
    for (size_t i = 0; i < law->count; i++) {
        struct tails part = distribution_tails(law->parts[i], x);
        sum.below += law->shares[i] * part.below;
        sum.above += law->shares[i] * part.above;
    }
    return sum;
}

struct tails distribution_whole_tails(const struct distribution *law, double x)
{
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        return x >= law->a ? (struct tails){1, 0} : (struct tails){0, 1};
    case DISTRIBUTION_UNIFORM:
        return uniform_tails(law, x);
    case DISTRIBUTION_EXPONENTIAL:
        return tails_of_exponential(x / law->a);
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return tails_of_gamma(law->a, x / law->b);
    case DISTRIBUTION_LOGNORMAL:
        return lognormal_tails(law, x);
    case DISTRIBUTION_WEIBULL:
        return weibull_tails(law, x);
    case DISTRIBUTION_PARETO:
        return pareto_tails(law, x);
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return hyperexponential_tails(law, x);
    case DISTRIBUTION_EMPIRICAL:
        return empirical_tails(law, x);
    case DISTRIBUTION_MIXTURE:
        return mixture_tails(law, x);
    case DISTRIBUTION_SUM:
    case DISTRIBUTION_OF_REQUEST:
        return UNKNOWN;
    }
    __builtin_unreachable();
}

/* P(X < x) is P(X <= the double before x): laws with jumps need the difference. */
static struct tails whole_tails_before(const struct distribution *law, double x)
{
    return distribution_whole_tails(law, nextafter(x, -INFINITY));
}

double distribution_whole_between(const struct distribution *law, double low, double high)
{
    if (low > high)
        return 0;
    return tails_between(whole_tails_before(law, low), distribution_whole_tails(law, high));
}

/* ---- inverses ------------------------------------------------------------------------------ */

static double uniform_invert(const struct distribution *law, struct tails level)
{
    double width = law->b - law->a;
    return level.below < 0.5 ? law->a + level.below * width : law->b - level.above * width;
}

static double empirical_invert(const struct distribution *law, struct tails level)
{
    double rank = ceil(level.below * (double)law->count * (1 - 1e-15)); /* 1..count */
    if (rank < 1)
        return law->values[0];
    return law->values[rank < (double)law->count ? (size_t)rank - 1 : law->count - 1];
}

/* Positive doubles are in the order of their bits. */
static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Halves the doubles from 0 to INFINITY: at most 63 steps to the very last bit, whatever the curve.
 * That makes a jump no special case. */
static double invert_by_bisection(const struct distribution *law, struct tails level)
{
    uint64_t low = 0, high = bits_of(INFINITY); /* the answer is in [low, high] */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct tails at = distribution_whole_tails(law, double_of(middle));
        bool is_reached = level.below < 0.5 ? at.below >= level.below : at.above <= level.above;
        if (is_reached)
            high = middle;
        else
            low = middle + 1;
    }
    return double_of(low);
}

double distribution_whole_invert(const struct distribution *law, struct tails level)
{
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        return law->a;
    case DISTRIBUTION_UNIFORM:
        return uniform_invert(law, level);
    case DISTRIBUTION_EXPONENTIAL:
        return law->a * tails_invert_exponential(level);
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return law->b * tails_invert_gamma(law->a, level);
    case DISTRIBUTION_LOGNORMAL:
        return law->b > 0 ? exp(law->a + law->b * tails_invert_normal(level)) : exp(law->a);
    case DISTRIBUTION_WEIBULL:
        return law->b * pow(tails_invert_exponential(level), 1 / law->a);
    case DISTRIBUTION_PARETO:
        return law->b * expm1(tails_invert_exponential(level) / law->a);
    case DISTRIBUTION_EMPIRICAL:
        return empirical_invert(law, level);
    case DISTRIBUTION_HYPEREXPONENTIAL:
    case DISTRIBUTION_MIXTURE:
        return distribution_has_curve(law) ? invert_by_bisection(law, level) : NAN;
    case DISTRIBUTION_SUM:
    case DISTRIBUTION_OF_REQUEST:
        return NAN;
    }
    __builtin_unreachable();
}

/* ---- truncated ----------------------------------------------------------------------------- */

struct tails distribution_tails(const struct distribution *law, double x)
{
    if (!law->is_truncated)
        return distribution_whole_tails(law, x);
    if (x < law->lowest)
        return (struct tails){0, 1};
    if (x >= law->highest)
        return (struct tails){1, 0};
    struct tails low = whole_tails_before(law, law->lowest);
    struct tails high = distribution_whole_tails(law, law->highest);
    struct tails at = distribution_whole_tails(law, x);
    double kept = tails_between(low, high);
    return (struct tails){tails_between(low, at) / kept, tails_between(at, high) / kept};
}

double distribution_invert(const struct distribution *law, struct tails level)
{
    if (!law->is_truncated)
        return distribution_whole_invert(law, level);
    struct tails low = whole_tails_before(law, law->lowest);
    struct tails high = distribution_whole_tails(law, law->highest);
    double kept = tails_between(low, high);
    struct tails whole = {low.below + level.below * kept, high.above + level.above * kept};
    double x = distribution_whole_invert(law, whole);
    return x < law->lowest ? law->lowest : x > law->highest ? law->highest : x;
}

/* ---- distribution.h ------------------------------------------------------------------------ */

double distribution_cdf(const struct distribution *law, double x)
{
    return distribution_has_curve(law) ? distribution_tails(law, x).below : NAN;
}

double distribution_quantile(const struct distribution *law, double p)
{
    if (!distribution_has_curve(law))
        return NAN;
    return distribution_invert(law, (struct tails){p, 1 - p});
}

double distribution_kept(const struct distribution *law)
{
    if (!law->is_truncated)
        return 1;
    return distribution_has_curve(law) ? distribution_whole_between(law, law->lowest, law->highest)
                                       : NAN;
}
