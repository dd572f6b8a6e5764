/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/mmpp_fit.h"
#include <math.h>

struct curve {
    double excess, k; /* D, 1/s */
};

/* 1 - (1 - exp(-u)) / u */
static double rise(double u)
{
    return u < 1e-4 ? u / 2 - u * u / 6 : 1 + expm1(-u) / u;
}

/* The best D for this k, and the sum of squares that it leaves. */
static double fit_excess(const struct dispersion *found, size_t block, double k, double *excess)
{
    double gg = 0, gy = 0, yy = 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct dispersion_scale *scale = &found->scale[i];
        double w = 1 / (scale->error * scale->error), g = rise(k * scale->scale_s);
        double y = dispersion_index_without(scale, block) - 1;
        gg += w * g * g;
        gy += w * g * y;
        yy += w * y * y;
    }
    *excess = gg > 0 ? fmax(gy / gg, 0) : 0;
    return yy - 2 * *excess * gy + *excess * *excess * gg;
}

static struct curve fit_curve_of(const struct dispersion *found, size_t block)
{
    enum { POINTS = 240, STEPS = 60 };
    const double GOLDEN = 0.6180339887498949;
    double low = log(0.01 / found->scale[found->count - 1].scale_s);
    double high = log(100 / found->scale[0].scale_s), best = low, least = INFINITY, excess;
    for (int i = 0; i <= POINTS; i++) {
        double at = low + (high - low) * i / POINTS;
        double left = fit_excess(found, block, exp(at), &excess);
        if (left < least) {
            least = left;
            best = at;
        }
    }
    double a = best - (high - low) / POINTS, b = best + (high - low) / POINTS;
    for (int i = 0; i < STEPS; i++) {
        double c = b - GOLDEN * (b - a), d = a + GOLDEN * (b - a), ignored;
        if (fit_excess(found, block, exp(c), &ignored) < fit_excess(found, block, exp(d), &ignored))
            b = d;
        else
            a = c;
    }
    struct curve curve = {.k = exp(0.5 * (a + b))};
    fit_excess(found, block, curve.k, &curve.excess);
    return curve;
}

/* int_0^t (t - u) u exp(-k u) du */
static double third_weight(double k, double t)
{
    double u = k * t, e = exp(-u);
    if (u < 0.01) /* the next term is below u^2 / 40 of it */
        return t * t * t * (1. / 6 - u / 12 + u * u / 40);
    double first = (1 - e * (1 + u)) / (k * k);
    double second = (2 - e * (u * u + 2 * u + 2)) / (k * k * k);
    return t * first - second;
}

static const struct dispersion_scale *scale_next_to(const struct dispersion *found, double s)
{
    size_t best = 0;
    for (size_t i = 1; i < found->count; i++)
        if (fabs(log(found->scale[i].scale_s / s)) < fabs(log(found->scale[best].scale_s / s)))
            best = i;
    return &found->scale[best];
}

/* The states by the curve and the third moment, from all but a block. */
static void fill_states(const struct dispersion *found, size_t block, struct mmpp_fit *fit)
{
    const double MIN_SHARE = 1e-5;
    struct curve curve = fit_curve_of(found, block);
    const struct dispersion_scale *scale = scale_next_to(found, 1 / curve.k);
    double rate = dispersion_mean_without(scale, block) / scale->scale_s;
    double variance = 0.5 * curve.excess * curve.k * rate;
    double third =
        dispersion_third_without(scale, block) / (6 * third_weight(curve.k, scale->scale_s));
    double skewness = variance > 0 ? third / (variance * sqrt(variance)) : 0;
    double share = 0.5 * (1 - skewness / sqrt(4 + skewness * skewness));
    double most = rate * rate / (variance + rate * rate);
    fit->is_silent_low = share >= most;
    share = fmax(fmin(share, most), MIN_SHARE);
    double apart = sqrt(variance / (share * (1 - share)));
    fit->rate_per_s[0] = rate + apart * (1 - share);
    fit->rate_per_s[1] = fit->is_silent_low ? 0 : fmax(rate - apart * share, 0);
    fit->sojourn_s[0] = 1 / ((1 - share) * curve.k);
    fit->sojourn_s[1] = 1 / (share * curve.k);
    fit->dispersion = 1 + curve.excess;
    fit->correlation_s = 1 / curve.k;
}

/* Sojourns and the correlation time are far from normal; their logarithms less so. */
static void fill_errors(const struct dispersion *found, struct mmpp_fit *fit)
{
    double rate[2][DISPERSION_BLOCKS], sojourn[2][DISPERSION_BLOCKS];
    double excess[DISPERSION_BLOCKS], correlation[DISPERSION_BLOCKS];
    for (size_t b = 0; b < DISPERSION_BLOCKS; b++) {
        struct mmpp_fit left;
        fill_states(found, b, &left);
        for (int s = 0; s < 2; s++) {
            rate[s][b] = left.rate_per_s[s];
            sojourn[s][b] = log(left.sojourn_s[s]);
        }
        excess[b] = left.dispersion;
        correlation[b] = log(left.correlation_s);
    }
    for (int s = 0; s < 2; s++) {
        fit->rate_error[s] = dispersion_jackknife(rate[s]);
        fit->sojourn_error[s] = fit->sojourn_s[s] * dispersion_jackknife(sojourn[s]);
    }
    fit->dispersion_error = dispersion_jackknife(excess);
    fit->correlation_error = fit->correlation_s * dispersion_jackknife(correlation);
}

double mmpp_fit_index(const struct mmpp_fit *fit, double scale_s)
{
    return 1 + (fit->dispersion - 1) * rise(scale_s / fit->correlation_s);
}

struct mmpp_fit mmpp_fit(const struct dispersion *found)
{
    enum { MIN_SCALES = 3 };
    struct mmpp_fit fit = {.is_fitted = false};
    if (found->count < MIN_SCALES)
        return fit;
    fill_states(found, DISPERSION_BLOCKS, &fit);
    fit.is_fitted = fit.dispersion > 1;
    if (!fit.is_fitted)
        return fit;
    fill_errors(found, &fit);
    fit.cycles = found->length_s / (fit.sojourn_s[0] + fit.sojourn_s[1]);
    for (size_t i = 0; i < found->count; i++) {
        const struct dispersion_scale *scale = &found->scale[i];
        double z = (scale->index - mmpp_fit_index(&fit, scale->scale_s)) / scale->error;
        fit.misfit += z * z / (double)found->count;
    }
    return fit;
}
