/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/fit_law.h"
#include "sim/random/distribution_cdf.h"
#include "sim/random/distribution_fit.h"
#include "sim/stats/fit_distance.h"
#include "sim/stats/likelihood.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *fit_law_name(enum distribution_kind kind)
{
    switch (kind) {
    case DISTRIBUTION_CONSTANT:
        return "constant";
    case DISTRIBUTION_EXPONENTIAL:
        return "exponential";
    case DISTRIBUTION_GAMMA:
        return "gamma";
    case DISTRIBUTION_LOGNORMAL:
        return "lognormal";
    case DISTRIBUTION_WEIBULL:
        return "weibull";
    case DISTRIBUTION_PARETO:
        return "pareto";
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return "hyperexponential";
    default:
        return "other";
    }
}

/* ---- what follows from the parameters ------------------------------------------------------- */

struct wanted {
    enum distribution_kind kind;
    double p;
    size_t parameter;
};

static double log_mean_of(const double *theta, void *data)
{
    const struct wanted *wanted = data;
    struct distribution law = likelihood_law(wanted->kind, theta);
    return log(distribution_mean(&law));
}

static double cv_of_law(const struct distribution *law)
{
    double mean = distribution_mean(law), variance = distribution_variance(law);
    return isfinite(mean) && mean > 0 ? sqrt(fmax(variance, 0)) / mean : INFINITY;
}

static double cv_of(const double *theta, void *data)
{
    const struct wanted *wanted = data;
    struct distribution law = likelihood_law(wanted->kind, theta);
    return cv_of_law(&law);
}

static double log_quantile_of(const double *theta, void *data)
{
    const struct wanted *wanted = data;
    struct distribution law = likelihood_law(wanted->kind, theta);
    return log(distribution_quantile(&law, wanted->p));
}

static double parameter_of_law(const struct distribution *law, size_t i)
{
    return i == 0 ? law->a : i == 1 ? law->b : law->c;
}

static double parameter_of(const double *theta, void *data)
{
    const struct wanted *wanted = data;
    struct distribution law = likelihood_law(wanted->kind, theta);
    return parameter_of_law(&law, wanted->parameter);
}

struct recorded_part {
    enum distribution_kind kind;
    double from;
};

static double recorded_of(const double *theta, void *data)
{
    const struct recorded_part *recording = data;
    struct distribution law = likelihood_law(recording->kind, theta);
    return distribution_whole_tails(&law, recording->from).above;
}

double fit_law_quantile(const struct fit_law *fit, double p, double *error)
{
    struct wanted wanted = {.kind = fit->kind, .p = p};
    double value = distribution_quantile(&fit->law, p);
    *error = fit->has_errors ? value * maximize_error_of(&fit->maximum, fit->parameters,
                                                         log_quantile_of, &wanted)
                             : NAN;
    return value;
}

double fit_law_parameter(const struct fit_law *fit, size_t i, double *error)
{
    struct wanted wanted = {.kind = fit->kind, .parameter = i};
    assert(i < 3);
    *error = fit->has_errors
                 ? maximize_error_of(&fit->maximum, fit->parameters, parameter_of, &wanted)
                 : NAN;
    return parameter_of_law(&fit->law, i);
}

static void fill_moments(const struct fit_data *data, struct fit_law *fit)
{
    struct wanted wanted = {.kind = fit->kind};
    struct recorded_part recording = {fit->kind, INFINITY};
    for (size_t i = 0; i < data->count; i++)
        recording.from = fmin(recording.from, data->selections[data->values[i].selection].from);
    fit->mean = distribution_mean(&fit->law);
    fit->cv = cv_of_law(&fit->law);
    fit->recorded = distribution_whole_tails(&fit->law, recording.from).above;
    fit->mean_error = fit->cv_error = fit->recorded_error = NAN;
    if (!fit->has_errors)
        return;
    const struct maximum *top = &fit->maximum;
    size_t k = fit->parameters;
    if (isfinite(fit->mean))
        fit->mean_error = fit->mean * maximize_error_of(top, k, log_mean_of, &wanted);
    if (isfinite(fit->cv))
        fit->cv_error = maximize_error_of(top, k, cv_of, &wanted);
    fit->recorded_error = maximize_error_of(top, k, recorded_of, &recording);
}

/* ---- one law -------------------------------------------------------------------------------- */

/* The values that every observation allows; empty (low > high) if there are none. */
static void common_values(const struct fit_data *data, double *low, double *high)
{
    *low = 0;
    *high = INFINITY;
    for (size_t i = 0; i < data->count; i++) {
        *low = fmax(*low, data->values[i].low);
        *high = fmin(*high, data->values[i].high);
    }
}

static struct fit_law fit_constant(const struct fit_data *data)
{
    struct fit_law fit = {.kind = DISTRIBUTION_CONSTANT, .why = ""};
    double low, high;
    common_values(data, &low, &high);
    if (data->count == 0 || low > high || !isfinite(high)) {
        fit.why = "the values differ";
        return fit;
    }
    fit.law = distribution_constant(low == high ? low : 0.5 * (low + high));
    fit.is_fitted = fit.has_errors = true;
    fit.mean = fit.law.a;
    /* All that is known of it is the interval: the standard deviation of a uniform. */
    fit.mean_error = (high - low) / sqrt(12);
    fit.recorded = 1;
    return fit;
}

static struct maximum best_of_starts(struct likelihood *likelihood, size_t k)
{
    enum { STARTS = 3 };
    static const double SCALE[] = {0.3, 0.3, 0.5};
    struct maximum best = {.value = -INFINITY};
    for (int which = 0; which < STARTS; which++) {
        double start[MAXIMIZE_MAX];
        likelihood_start(likelihood, which, start);
        struct maximum found = maximize(likelihood_log, likelihood, start, SCALE, k);
        /* Nearly as good, but with a curvature, is better than a ridge. */
        if (found.value > best.value + 1e-6 ||
            (found.value > best.value - 1e-6 && found.has_covariance && !best.has_covariance))
            best = found;
        bool is_simple = likelihood->kind != DISTRIBUTION_HYPEREXPONENTIAL &&
                         likelihood->data->selection_count == 1;
        if (is_simple && best.has_covariance)
            break;
    }
    return best;
}

/* The first phase is the shorter one. */
static void order_phases(struct maximum *found)
{
    double *theta = found->theta, *c = found->covariance;
    if (theta[0] <= theta[1])
        return;
    double kept = theta[0];
    theta[0] = theta[1];
    theta[1] = kept;
    theta[2] = -theta[2];
    double c00 = c[0], c02 = c[2], c12 = c[5];
    c[0] = c[4];
    c[4] = c00;
    c[2] = c[6] = -c12;
    c[5] = c[7] = -c02;
}

struct fit_law fit_law(const struct fit_data *data, enum distribution_kind kind,
                       struct arena *arena)
{
    if (kind == DISTRIBUTION_CONSTANT)
        return fit_constant(data);
    struct fit_law fit = {.kind = kind, .parameters = likelihood_parameters(kind), .why = ""};
    double low, high;
    common_values(data, &low, &high);
    if (data->count == 0 || low <= high) {
        fit.why = data->count ? "one value explains all" : "there are no values";
        return fit;
    }
    struct likelihood likelihood = likelihood_of(data, kind, arena);
    fit.maximum = best_of_starts(&likelihood, fit.parameters);
    if (!isfinite(fit.maximum.value)) {
        fit.why = "no law of this kind records them";
        return fit;
    }
    if (kind == DISTRIBUTION_HYPEREXPONENTIAL)
        order_phases(&fit.maximum);
    fit.is_fitted = true;
    fit.has_errors = fit.maximum.has_covariance;
    fit.law = likelihood_law(kind, fit.maximum.theta);
    fit.log_likelihood = fit.maximum.value;
    fit.bic = (double)fit.parameters * log(data->total) - 2 * fit.log_likelihood;
    fill_moments(data, &fit);
    struct fit_curve curve = fit_data_curve(data, arena);
    struct fit_distance distance = fit_distance_of(&curve, &fit.law);
    fit.anderson_darling = distance.anderson_darling;
    fit.greatest_gap = distance.greatest_gap;
    return fit;
}

/* ---- moments only --------------------------------------------------------------------------- */

/* By its own fourth moment, taken from the log-linear quantiles: var(s^2) = (mu4 - sigma^4) / n,
 * and cv's error to first order. Sums 2,000 strips, which is enough for an error of an error. */
static double cv_error_of(const struct distribution *law, double n)
{
    enum { STRIPS = 2000 };
    double mean = distribution_mean(law), sd = sqrt(distribution_variance(law));
    double third = 0, fourth = 0;
    for (int i = 0; i < STRIPS; i++) {
        double z = (distribution_quantile(law, (i + 0.5) / STRIPS) - mean) / sd;
        third += z * z * z / STRIPS;
        fourth += z * z * z * z / STRIPS;
    }
    double cv = sd / mean;
    double relative = (fourth - 1) / 4 - cv * third + cv * cv;
    return cv * sqrt(fmax(relative, 0) / n);
}

struct fit_declared fit_law_of_moments(enum distribution_kind kind, struct fit_moments moments)
{
    struct distribution_doubt doubt;
    struct error err = {0};
    struct fit_declared declared = {.mean = moments.mean, .is_cv_known = isfinite(moments.sd)};
    assert(moments.mean > 0 && isfinite(moments.mean));
    declared.cv = declared.is_cv_known ? fmax(moments.sd, 0) / moments.mean : 1;
    if (declared.cv < 1e-6)
        declared.cv = 0;
    declared.cv = fmin(declared.cv, 1e6);
    bool is_possible = distribution_fit(kind, (struct distribution_fact){KNOWN_MEAN, moments.mean},
                                        (struct distribution_fact){KNOWN_CV, declared.cv},
                                        &declared.law, &doubt, &err);
    assert(is_possible);
    (void)is_possible;
    declared.mean_error =
        declared.is_cv_known ? moments.mean * declared.cv / sqrt(fmax(moments.count, 1)) : NAN;
    declared.cv_error = NAN;
    declared.cv_low = 0.5;
    declared.cv_high = 2;
    if (declared.is_cv_known) {
        declared.cv_error =
            declared.cv > 0 ? cv_error_of(&declared.law, fmax(moments.count, 1)) : 0;
        declared.cv_low = fmax(declared.cv - 2 * declared.cv_error, 0);
        declared.cv_high = declared.cv + 2 * declared.cv_error;
    }
    return declared;
}

/* ---- choice --------------------------------------------------------------------------------- */

static int by_criterion(const void *left, const void *right)
{
    const struct fit_law *a = left, *b = right;
    return a->bic < b->bic ? -1 : a->bic > b->bic;
}

static void give_reason(struct fit_choice *choice)
{
    const struct fit_law *best = &choice->fits[0];
    int used = 0;
    if (choice->count == 0) {
        snprintf(choice->reason, sizeof choice->reason, "no law could be fitted");
        return;
    }
    if (choice->count > 1)
        used = snprintf(choice->reason, sizeof choice->reason, "%s: BIC %.1f below %s; ",
                        fit_law_name(best->kind), choice->fits[1].bic - best->bic,
                        fit_law_name(choice->fits[1].kind));
    if (best->kind == DISTRIBUTION_CONSTANT)
        snprintf(choice->reason, sizeof choice->reason, "one value explains all");
    else
        snprintf(choice->reason + used, sizeof choice->reason - (size_t)used,
                 "greatest gap %.3g, %.3g allowed%s", best->greatest_gap, choice->gap_allowed,
                 choice->is_contradicted ? ": the data contradict every law tried" : "");
}

struct fit_choice fit_law_choose(const struct fit_data *data, struct arena *arena)
{
    static const enum distribution_kind KINDS[FIT_LAW_KINDS] = {
        DISTRIBUTION_CONSTANT,  DISTRIBUTION_EXPONENTIAL, DISTRIBUTION_GAMMA,
        DISTRIBUTION_LOGNORMAL, DISTRIBUTION_WEIBULL,     DISTRIBUTION_HYPEREXPONENTIAL};
    const double KOLMOGOROV_1_PERCENT = 1.63;
    struct fit_choice choice = {.count = 0};
    for (size_t i = 0; i < FIT_LAW_KINDS; i++) {
        struct fit_law fit = fit_law(data, KINDS[i], arena);
        if (fit.is_fitted)
            choice.fits[choice.count++] = fit;
        if (fit.is_fitted && fit.kind == DISTRIBUTION_CONSTANT)
            break;
    }
    qsort(choice.fits, choice.count, sizeof *choice.fits, by_criterion);
    choice.gap_allowed = data->total > 0 ? KOLMOGOROV_1_PERCENT / sqrt(data->total) : INFINITY;
    choice.is_close = choice.count > 1 && choice.fits[1].bic - choice.fits[0].bic < 2;
    choice.is_contradicted = choice.count > 0 && choice.fits[0].greatest_gap > choice.gap_allowed;
    give_reason(&choice);
    return choice;
}
