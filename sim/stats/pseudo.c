/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/pseudo.h"
#include "sim/stats/neumaier.h"
#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

/* ---- pseudo-values -------------------------------------------------------------------------- */

static bool has_observed(double value, double weight)
{
    return !isnan(value) && weight > 0;
}

static bool has_observed_at(struct pseudo_ratio side, size_t i)
{
    return has_observed(side.values[i * side.stride], side.weights[i * side.stride]);
}

/* The totals of a ratio over the replications that `other` observed too. */
struct ratio_sums {
    double above, below;
    size_t used;
    double smallest, largest; /* of the replications' ratios */
};

static struct ratio_sums sum_ratio(struct pseudo_ratio side, struct pseudo_ratio other,
                                   size_t count)
{
    struct ratio_sums sums = {.smallest = INFINITY, .largest = -INFINITY};
    struct neumaier above = {0, 0}, below = {0, 0};
    for (size_t i = 0; i < count; i++) {
        if (!has_observed_at(side, i) || !has_observed_at(other, i))
            continue;
        double value = side.values[i * side.stride], weight = side.weights[i * side.stride];
        neumaier_add(&above, value * weight);
        neumaier_add(&below, weight);
        sums.smallest = fmin(sums.smallest, value);
        sums.largest = fmax(sums.largest, value);
        sums.used++;
    }
    sums.above = neumaier_total(&above);
    sums.below = neumaier_total(&below);
    return sums;
}

static double ratio_of(const struct ratio_sums *sums)
{
    if (sums->used == 0)
        return NAN;
    return sums->smallest == sums->largest ? sums->smallest : sums->above / sums->below;
}

/* The pseudo-value of a replication that was observed. */
static double pseudo_at(struct pseudo_ratio side, const struct ratio_sums *sums, size_t i)
{
    double value = side.values[i * side.stride], weight = side.weights[i * side.stride];
    double n = (double)sums->used, all = ratio_of(sums);
    if (sums->smallest == sums->largest)
        return all;
    return n * all - (n - 1) * (sums->above - value * weight) / (sums->below - weight);
}

struct pseudo_total pseudo_of_ratio(struct pseudo_ratio ratio, size_t count, double *pseudo)
{
    struct ratio_sums sums = sum_ratio(ratio, ratio, count);
    for (size_t i = 0; i < count; i++)
        pseudo[i] = has_observed_at(ratio, i) ? pseudo_at(ratio, &sums, i) : NAN;
    return (struct pseudo_total){ratio_of(&sums), sums.used};
}

/* Number, sum and sum of squares of observations, measured from a common origin. */
struct moments {
    double count, sum, squares;
};

static double sd_of_moments(struct moments m)
{
    if (!(m.count > 1))
        return NAN;
    return sqrt(fmax(0, m.squares - m.sum * m.sum / m.count) / (m.count - 1));
}

static struct moments moments_of(double sd, double mean, double weight, double origin)
{
    double shift = mean - origin;
    double within = weight > 1 ? (weight - 1) * sd * sd : 0;
    return (struct moments){weight, weight * shift, within + weight * shift * shift};
}

/* The moments of all observations about a common origin. */
struct sd_sums {
    struct moments all;
    double origin;
    size_t used;
};

static struct sd_sums sum_sd(const double *sds, struct pseudo_ratio mean, size_t count)
{
    struct ratio_sums means = sum_ratio(mean, mean, count);
    struct sd_sums sums = {.origin = means.above / means.below, .used = means.used};
    struct neumaier total[3] = {{0, 0}};
    for (size_t i = 0; i < count; i++) {
        size_t at = i * mean.stride;
        if (!has_observed_at(mean, i))
            continue;
        struct moments m = moments_of(sds[at], mean.values[at], mean.weights[at], sums.origin);
        neumaier_add(&total[0], m.count);
        neumaier_add(&total[1], m.sum);
        neumaier_add(&total[2], m.squares);
    }
    sums.all = (struct moments){neumaier_total(&total[0]), neumaier_total(&total[1]),
                                neumaier_total(&total[2])};
    return sums;
}

/* The pseudo-value of a replication that was observed. */
static double pseudo_sd_at(const double *sds, struct pseudo_ratio mean, const struct sd_sums *sums,
                           size_t i)
{
    size_t at = i * mean.stride;
    struct moments m = moments_of(sds[at], mean.values[at], mean.weights[at], sums->origin);
    struct moments others = {sums->all.count - m.count, sums->all.sum - m.sum,
                             sums->all.squares - m.squares};
    double n = (double)sums->used, sd = sd_of_moments(sums->all);
    return sums->used > 1 ? n * sd - (n - 1) * sd_of_moments(others) : sd;
}

/* ---- intervals ------------------------------------------------------------------------------ */

/* What the pseudo-values that are not NaN have in common. skewness: 0 when all are equal. */
struct sample {
    size_t count;
    double mean, sd, skewness;
};

/* Pseudo-values: stored ones, those of a ratio, or differences of those of two. */
struct terms {
    size_t count;
    const double *stored, *sds; /* or NULL; of sds, ratio is the means */
    struct pseudo_ratio ratio, from;
    struct sd_sums sums_sd;
    struct ratio_sums sums, sums_from;
    double factor; /* of from; 0: there is none */
};

static double term_at(const struct terms *terms, size_t i)
{
    if (terms->stored != NULL)
        return terms->stored[i];
    if (!has_observed_at(terms->ratio, i))
        return NAN;
    if (terms->sds != NULL)
        return pseudo_sd_at(terms->sds, terms->ratio, &terms->sums_sd, i);
    if (terms->factor == 0)
        return pseudo_at(terms->ratio, &terms->sums, i);
    if (!has_observed_at(terms->from, i))
        return NAN;
    return pseudo_at(terms->ratio, &terms->sums, i) -
           terms->factor * pseudo_at(terms->from, &terms->sums_from, i);
}

static double power_sum(const struct terms *terms, double centre, double unit, int power)
{
    struct neumaier total = {0, 0};
    for (size_t i = 0; i < terms->count; i++) {
        double distance = (term_at(terms, i) - centre) / unit;
        if (!isnan(distance))
            neumaier_add(&total, power == 1   ? distance
                                 : power == 2 ? distance * distance
                                              : distance * distance * distance);
    }
    return neumaier_total(&total);
}

static struct sample sample_of(const struct terms *terms)
{
    struct sample sample = {0, NAN, 0, 0};
    double smallest = INFINITY, largest = -INFINITY;
    for (size_t i = 0; i < terms->count; i++) {
        double term = term_at(terms, i);
        sample.count += isnan(term) ? 0 : 1;
        smallest = fmin(smallest, term);
        largest = fmax(largest, term);
    }
    if (sample.count == 0)
        return sample;
    double n = (double)sample.count;
    sample.mean = smallest == largest ? smallest : power_sum(terms, 0, 1, 1) / n;
    if (smallest == largest)
        return sample;
    sample.sd = sqrt(power_sum(terms, sample.mean, 1, 2) / (n - 1));
    if (sample.count > 2)
        sample.skewness = power_sum(terms, sample.mean, sample.sd, 3) * n / ((n - 1) * (n - 2));
    return sample;
}

/* With fewer values their skewness says nothing, while t is wide. */
enum { MIN_FOR_SKEWNESS = 10 };

/* What a skewness is beyond the standard error of that of normal samples (Joanes & Gill, The
 * Statistician 47 (1998)), 0 if nothing. */
static double skewness_beyond_noise(double skewness, size_t count)
{
    double n = (double)count;
    if (count < MIN_FOR_SKEWNESS)
        return 0;
    return fmax(0, skewness - sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3))));
}

static double lengthened_t(double t, double skewness, size_t count)
{
    return t + skewness * (2 * t * t + 1) / (6 * sqrt((double)count));
}

double pseudo_highest(double mean, double standard_error, double most_df, double confidence)
{
    const double many = 5000; /* clusters: then t alone is right, and GSL's gamma quantile is not */
    if (!(mean > 0) || !(standard_error > 0))
        return mean;
    double size = standard_error * standard_error / mean, clusters = mean / size;
    if (!(clusters < many))
        return mean;
    double df = fmin(clusters + 1, most_df);
    double alpha = gsl_cdf_ugaussian_Q(gsl_cdf_tdist_Qinv((1 - confidence) / 2, df));
    return size * gsl_cdf_gamma_Qinv(alpha, clusters + 1, 1);
}

/* The bounds on both sides, before any clamping. */
struct bounds {
    double low, high;
};

/* How much more the skewness of what queues takes in few replications, in which the standard error
 * comes out low with the mean: beyond the first order of Hall's term. In fewer than 10 t is wide.
 * */
static double more_of_few(enum pseudo_skew skew, size_t count)
{
    const double few = 10;
    return skew == PSEUDO_SKEW_QUEUEING ? 1 + few / fmax((double)count, few) : 1;
}

/* The skewness that sample has at least, from what is known of the metric. */
static double known_skewness(const struct sample *sample, const struct pseudo_law *law)
{
    double se = sample->sd / sqrt((double)sample->count);
    double queueing = sqrt(fmax(0, sample->sd * sample->sd - law->origin_sd * law->origin_sd));
    double share = queueing / sample->sd;
    double excess = fmax(sample->mean - law->origin, se);
    return (double)law->skew * queueing / excess * share * share * share *
           more_of_few(law->skew, sample->count);
}

static struct bounds skewed_bounds(const struct sample *sample, const struct pseudo_law *law,
                                   double confidence)
{
    if (sample->sd == 0)
        return (struct bounds){sample->mean, sample->mean};
    double n = (double)sample->count, t = estimate_t(confidence, sample->count - 1);
    double se = sample->sd / sqrt(n);
    double to_the_right =
        fmax(skewness_beyond_noise(sample->skewness, sample->count), known_skewness(sample, law));
    double to_the_left = skewness_beyond_noise(-sample->skewness, sample->count);
    struct bounds bounds = {sample->mean - lengthened_t(t, to_the_left, sample->count) * se,
                            sample->mean + lengthened_t(t, to_the_right, sample->count) * se};
    bounds.high = fmax(bounds.high, pseudo_highest(sample->mean, se, n - 1, confidence));
    return bounds;
}

/* An estimate with nothing known of its error yet. */
static struct estimate open_estimate(double estimate, const struct sample *sample)
{
    struct estimate result = {.estimate = estimate,
                              .low = sample->count > 0 ? -INFINITY : NAN,
                              .high = sample->count > 0 ? INFINITY : NAN,
                              .standard_error = NAN,
                              .replications = sample->count};
    if (sample->count >= 2) {
        result.has_interval = true;
        result.standard_error = sample->sd / sqrt((double)sample->count);
    }
    return result;
}

static struct estimate interval_of(const struct terms *terms, double estimate,
                                   const struct pseudo_law *law, double confidence)
{
    struct sample sample = sample_of(terms);
    struct estimate result = open_estimate(estimate, &sample);
    if (!result.has_interval)
        return result;
    struct bounds bounds;
    if (law->is_share && estimate > 0.5) {
        struct sample mirrored = {sample.count, 1 - sample.mean, sample.sd, -sample.skewness};
        struct pseudo_law from_zero = {.skew = law->skew, .origin_sd = law->origin_sd};
        struct bounds rest = skewed_bounds(&mirrored, &from_zero, confidence);
        bounds = (struct bounds){1 - rest.high, 1 - rest.low};
    } else {
        bounds = skewed_bounds(&sample, law, confidence);
    }
    result.low = fmin(fmax(bounds.low, law->lowest), estimate);
    result.high = fmax(fmin(bounds.high, law->highest), estimate);
    return result;
}

struct estimate pseudo_interval(const double *pseudo, size_t count, double estimate,
                                const struct pseudo_law *law, double confidence)
{
    struct terms terms = {.count = count, .stored = pseudo};
    return interval_of(&terms, estimate, law, confidence);
}

struct estimate pseudo_estimate_ratio(struct pseudo_ratio ratio, size_t count,
                                      const struct pseudo_law *law, double confidence)
{
    struct terms terms = {.count = count, .ratio = ratio, .sums = sum_ratio(ratio, ratio, count)};
    return interval_of(&terms, ratio_of(&terms.sums), law, confidence);
}

struct estimate pseudo_estimate_sd(const double *sds, struct pseudo_ratio mean, size_t count,
                                   const struct pseudo_law *law, double confidence)
{
    struct terms terms = {
        .count = count, .sds = sds, .ratio = mean, .sums_sd = sum_sd(sds, mean, count)};
    double sd = terms.sums_sd.used > 0 ? sd_of_moments(terms.sums_sd.all) : NAN;
    return interval_of(&terms, sd, law, confidence);
}

/* The bound of no event is a floor for few clusters: one lost request claims no less than none. */
static void raise_to_floor(struct estimate *rate, double log_bound)
{
    const double few_clusters = 20;
    bool is_low = rate->estimate <= 0.5;
    double share = is_low ? rate->estimate : 1 - rate->estimate;
    double clusters = share / rate->standard_error;
    if (!(clusters * clusters < few_clusters))
        return;
    if (is_low)
        rate->high = fmax(rate->high, -expm1(log_bound));
    else
        rate->low = fmin(rate->low, exp(log_bound));
}

struct estimate pseudo_estimate_rate(struct pseudo_ratio ratio, size_t count, double design_effect,
                                     double confidence)
{
    assert(design_effect >= 1);
    const struct pseudo_law share = {PSEUDO_SKEW_SHARE, 0, 0, 0, 1, true};
    struct ratio_sums sums = sum_ratio(ratio, ratio, count);
    struct estimate rate = pseudo_estimate_ratio(ratio, count, &share, confidence);
    if (!rate.has_interval)
        return rate;
    double log_bound = log((1 - confidence) / 2) * design_effect / sums.below;
    if (sums.largest <= 0) {
        rate.high = -expm1(log_bound);
        rate.is_upper_bound = true;
    } else if (sums.smallest >= 1) {
        rate.low = exp(log_bound);
    } else {
        raise_to_floor(&rate, log_bound);
    }
    return rate;
}

/* ---- pairs ---------------------------------------------------------------------------------- */

/* The skewness of the pairs' differences that comes from one of their sides: so many times its own,
 * since the slower side grows faster than in proportion to the other. */
static const double MORE_SKEWED = 20.0 / 6;

static double skewness_of_side(const struct terms *pairs, const struct sample *differences,
                               const struct terms *side, enum pseudo_skew skew)
{
    struct sample sample = sample_of(side);
    struct neumaier products = {0, 0};
    double mean = fmax(sample.mean, sample.sd / sqrt((double)sample.count));
    if (!(sample.sd > 0) || !(differences->sd > 0) || !(mean > 0))
        return 0;
    for (size_t i = 0; i < pairs->count; i++) {
        double x = term_at(side, i) - sample.mean, y = term_at(pairs, i) - differences->mean;
        if (!isnan(x) && !isnan(y))
            neumaier_add(&products, x * y);
    }
    double correlation =
        neumaier_total(&products) / ((double)(sample.count - 1) * sample.sd * differences->sd);
    return MORE_SKEWED * (double)skew * sample.sd / mean * correlation;
}

struct estimate pseudo_paired(struct pseudo_ratio from, struct pseudo_ratio to, size_t count,
                              double margin, enum pseudo_skew skew, double confidence,
                              double *variance_ratio)
{
    struct terms before = {.count = count, .ratio = from, .sums = sum_ratio(from, to, count)};
    struct terms after = {.count = count, .ratio = to, .sums = sum_ratio(to, from, count)};
    struct terms pairs = after;
    pairs.from = from;
    pairs.sums_from = before.sums;
    pairs.factor = 1 + margin;
    struct sample sample = sample_of(&pairs);
    struct estimate result =
        open_estimate(ratio_of(&after.sums) - (1 + margin) * ratio_of(&before.sums), &sample);
    if (variance_ratio != NULL) {
        double a = (1 + margin) * sample_of(&before).sd, b = sample_of(&after).sd;
        *variance_ratio = sample.sd * sample.sd / (a * a + b * b);
    }
    if (!result.has_interval)
        return result;
    double t = estimate_t(confidence, sample.count - 1);
    double excess = skewness_beyond_noise(fabs(sample.skewness), sample.count);
    double of_to = skewness_of_side(&pairs, &sample, &after, skew);
    double of_from = skewness_of_side(&pairs, &sample, &before, skew);
    double known =
        (fabs(of_to) > fabs(of_from) ? of_to : of_from) * more_of_few(skew, sample.count);
    double left = lengthened_t(t, fmax(excess, -known), sample.count);
    double right = lengthened_t(t, fmax(excess, known), sample.count);
    result.low = fmin(sample.mean - left * result.standard_error, result.estimate);
    result.high = fmax(sample.mean + right * result.standard_error, result.estimate);
    return result;
}
