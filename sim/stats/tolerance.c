/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/tolerance.h"
#include "sim/stats/gumbel_factors.h"
#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>

/* ---- normal --------------------------------------------------------------------------------- */

/* P(noncentral t <= k sqrt(runs)): given the sample's sd, s times the true one, the mean must be
 * within k s of the limit: the normal tail, averaged over the law of s = sqrt(chi^2 / df) by
 * Simpson's rule. */
static double normal_coverage(double k, double runs, double z)
{
    /* Of few runs nearly all that matters is near s = 0. */
    const int steps = runs < TOLERANCE_MIN_RUNS ? 4000 : 400;
    double df = runs - 1, reach = 12 / sqrt(2 * df);
    double from = fmax(0, 1 - reach), to = 1 + reach, step = (to - from) / steps, sum = 0;
    for (int i = 0; i <= steps; i++) {
        double s = from + i * step, weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
        double density = s > 0 ? 2 * df * s * gsl_ran_chisq_pdf(df * s * s, df) : 0;
        if (s == 0 && df == 1)
            density = sqrt(2 / M_PI);
        sum += weight * density * gsl_cdf_ugaussian_P(sqrt(runs) * (k * s - z));
    }
    return sum * step / 3;
}

double tolerance_normal(size_t runs, double share, double confidence)
{
    assert(runs >= 2 && share >= 0.5 && share < 1 && confidence >= 0.5 && confidence < 1);
    double z = gsl_cdf_ugaussian_Pinv(share), low = z, high = z + 1;
    while (normal_coverage(high, (double)runs, z) < confidence)
        high = 2 * high + 1;
    while (high - low > 1e-8 * high) {
        double middle = (low + high) / 2;
        if (normal_coverage(middle, (double)runs, z) < confidence)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* ---- Gumbel --------------------------------------------------------------------------------- */

static double gumbel_quantile(double share)
{
    return -log(-log(share));
}

/* Where x is in ascending at[count]: between i and i + 1, fraction of the way. False outside. */
static bool place_in(const double *at, int count, double x, int *i, double *fraction)
{
    const double slack = 1e-12;
    if (!(x >= at[0] - slack && x <= at[count - 1] + slack))
        return false;
    for (*i = 0; *i + 2 < count && x > at[*i + 1];)
        ++*i;
    *fraction = (x - at[*i]) / (at[*i + 1] - at[*i]);
    return true;
}

/* The factors for all shares of the table, at so many runs and a confidence: logarithms of the
 * table's are nearly straight in 1 / sqrt(runs) and in the normal quantile of confidence. False
 * outside of the table. */
static bool factors_at(size_t runs, double confidence, double factors[GUMBEL_SHARES])
{
    double roots[GUMBEL_RUNS + 1], levels[GUMBEL_LEVELS], along_runs, along_levels;
    int run, level;
    roots[0] = 0;
    for (int i = 0; i < GUMBEL_RUNS; i++)
        roots[i + 1] = 1 / sqrt(gumbel_runs[GUMBEL_RUNS - 1 - i]);
    for (int i = 0; i < GUMBEL_LEVELS; i++)
        levels[i] = gsl_cdf_ugaussian_Pinv(gumbel_levels[i]);
    if (!place_in(roots, GUMBEL_RUNS + 1, 1 / sqrt((double)runs), &run, &along_runs) ||
        !place_in(levels, GUMBEL_LEVELS, gsl_cdf_ugaussian_Pinv(confidence), &level, &along_levels))
        return false;
    for (int p = 0; p < GUMBEL_SHARES; p++) {
        double ends[2];
        for (int end = 0; end < 2; end++) {
            int row = GUMBEL_RUNS - run - end; /* in gumbel_factors; GUMBEL_RUNS: infinitely many */
            double limit = (gumbel_quantile(gumbel_shares[p]) - M_EULER) * sqrt(6) / M_PI;
            const double *k = row == GUMBEL_RUNS ? NULL : gumbel_factors[row][p];
            ends[end] = k == NULL
                            ? log(limit)
                            : (1 - along_levels) * log(k[level]) + along_levels * log(k[level + 1]);
        }
        factors[p] = exp((1 - along_runs) * ends[0] + along_runs * ends[1]);
    }
    return true;
}

double tolerance_gumbel(size_t runs, double share, double confidence)
{
    double factors[GUMBEL_SHARES];
    if (runs < TOLERANCE_MIN_RUNS || !factors_at(runs, confidence, factors) ||
        share < gumbel_shares[0] - 1e-12)
        return INFINITY;
    int p = 0;
    while (p + 2 < GUMBEL_SHARES && share > gumbel_shares[p + 1])
        p++;
    double from = gumbel_quantile(gumbel_shares[p]), to = gumbel_quantile(gumbel_shares[p + 1]);
    double along = (gumbel_quantile(share) - from) / (to - from);
    return factors[p] + along * (factors[p + 1] - factors[p]);
}

double tolerance_factor(size_t runs, double share, double confidence)
{
    const double largest_ratio = 2, largest_share = 0.999;
    if (runs >= TOLERANCE_FEWEST_RUNS && runs < TOLERANCE_MIN_RUNS && share <= largest_share)
        return largest_ratio * tolerance_normal(runs, share, confidence);
    double gumbel = tolerance_gumbel(runs, share, confidence);
    if (isinf(gumbel) ||
        normal_coverage(gumbel, (double)runs, gsl_cdf_ugaussian_Pinv(share)) >= confidence)
        return gumbel;
    return tolerance_normal(runs, share, confidence);
}

double tolerance_beyond(size_t runs, double distance, double confidence)
{
    double factors[GUMBEL_SHARES];
    if (runs < TOLERANCE_MIN_RUNS || !factors_at(runs, confidence, factors) ||
        !(distance >= factors[0]))
        return 1;
    int p = 0;
    while (p + 2 < GUMBEL_SHARES && distance > factors[p + 1])
        p++;
    double from = gumbel_quantile(gumbel_shares[p]), to = gumbel_quantile(gumbel_shares[p + 1]);
    double g = from + (distance - factors[p]) / (factors[p + 1] - factors[p]) * (to - from);
    return -expm1(-exp(-g));
}

/* ---- the worst of some runs ------------------------------------------------------------------ */

static double value_at(const struct tolerance_case *tolerance, size_t i, bool is_log)
{
    double x = tolerance->worst[i * tolerance->stride];
    return is_log ? log(x) : x;
}

/* Number, mean and sd into finding; returns the skewness. */
static double measure(const struct tolerance_case *tolerance, struct tolerance_finding *finding)
{
    double sum = 0, squares = 0, cubes = 0;
    for (size_t i = 0; i < tolerance->count; i++) {
        double x = value_at(tolerance, i, finding->is_log);
        finding->runs += isnan(x) ? 0 : 1;
        sum += isnan(x) ? 0 : x;
    }
    double n = (double)finding->runs;
    finding->mean = sum / n;
    for (size_t i = 0; i < tolerance->count; i++) {
        double d = value_at(tolerance, i, finding->is_log) - finding->mean;
        if (isnan(d))
            continue;
        squares += d * d;
        cubes += d * d * d;
    }
    finding->sd = sqrt(squares / (n - 1));
    return cubes / n / pow(squares / n, 1.5);
}

static bool are_all_the_same(const struct tolerance_case *tolerance)
{
    double smallest = INFINITY, largest = -INFINITY;
    for (size_t i = 0; i < tolerance->count; i++) {
        smallest = fmin(smallest, tolerance->worst[i * tolerance->stride]);
        largest = fmax(largest, tolerance->worst[i * tolerance->stride]);
    }
    return smallest == largest;
}

static bool are_positive(const struct tolerance_case *tolerance)
{
    for (size_t i = 0; i < tolerance->count; i++)
        if (tolerance->worst[i * tolerance->stride] <= 0)
            return false;
    return true;
}

/* From so many runs on their skewness tells. */
enum { MIN_FOR_SKEWNESS = 20 };

struct tolerance_finding tolerance_judge(const struct tolerance_case *tolerance)
{
    struct tolerance_finding finding = {.answer = TOLERANCE_NO_LAW, .mean = NAN, .sd = NAN};
    finding.is_log = tolerance->is_upper && !tolerance->is_light;
    if (finding.is_log ? !(tolerance->limit > 0) || !are_positive(tolerance) : !tolerance->is_light)
        return finding;
    double skewness = measure(tolerance, &finding), n = (double)finding.runs;
    if (finding.runs < TOLERANCE_FEWEST_RUNS)
        return finding;
    if (are_all_the_same(tolerance)) {
        finding.answer = TOLERANCE_NO_SPREAD;
        finding.sd = 0;
        return finding;
    }
    double limit = finding.is_log ? log(tolerance->limit) : tolerance->limit;
    double sign = tolerance->is_upper ? 1 : -1;
    finding.distance = sign * (limit - finding.mean) / finding.sd;
    finding.factor = tolerance_factor(finding.runs, tolerance->probability, tolerance->confidence);
    bool has_law = finding.runs < MIN_FOR_SKEWNESS || sign * skewness < 1.14 + 2 * sqrt(6 / n);
    if (has_law && finding.distance >= finding.factor)
        finding.answer = TOLERANCE_HOLDS;
    else if (has_law && finding.distance < -finding.factor)
        finding.answer = TOLERANCE_BREAKS;
    else if (has_law)
        finding.answer = TOLERANCE_OPEN;
    return finding;
}
