/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution_fit.c - two facts of the same unit leave one equation in the spread (fit_family.h),
 * from which the scale follows. */
#include "sim/random/distribution_fit.h"
#include "sim/base/arena.h"
#include "sim/random/fit_family.h"
#include <assert.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdio.h>

static const double MIN_CV = 1e-6, GREATEST_CV = 1e6;

/* ---- equations ------------------------------------------------------------------------------ */

/* log(second / first) as a function of the spread, less target; for KNOWN_CV as second,
 * log(1 + cv^2) less target. */
struct equation {
    const struct fit_family *family;
    enum distribution_known first, second;
    double target;
};

static double equation_value(double spread, void *data)
{
    const struct equation *e = data;
    if (e->second == KNOWN_CV)
        return e->family->log_second_moment(spread) - e->target;
    return e->family->log_fact(e->second, spread) - e->family->log_fact(e->first, spread) -
           e->target;
}

static double equation_negative(double spread, void *data)
{
    return -equation_value(spread, data);
}

/* The root in [low, high], at whose ends the signs differ (a zero has either). */
static double equation_solve(struct equation *e, double low, double high)
{
    enum { MAX_STEPS = 200 };
    double at_low = equation_value(low, e), at_high = equation_value(high, e);
    if (at_low == 0)
        return low;
    if (at_high == 0)
        return high;
    assert((at_low < 0) != (at_high < 0));
    gsl_function function = {.function = equation_value, .params = e};
    gsl_root_fsolver *solver = arena_library_memory(gsl_root_fsolver_alloc(gsl_root_fsolver_brent));
    gsl_root_fsolver_set(solver, &function, low, high);
    double root = low;
    for (int step = 0; step < MAX_STEPS; step++) {
        gsl_root_fsolver_iterate(solver);
        root = gsl_root_fsolver_root(solver);
        if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                   gsl_root_fsolver_x_upper(solver), 0, 1e-15) == GSL_SUCCESS)
            break;
    }
    gsl_root_fsolver_free(solver);
    return root;
}

/* The maximum within (low, high), near start. */
static double equation_climb(struct equation *e, double low, double start, double high)
{
    enum { MAX_STEPS = 200 };
    double top = equation_value(start, e);
    if (!(top > equation_value(low, e) && top > equation_value(high, e)))
        return start;
    gsl_function function = {.function = equation_negative, .params = e};
    gsl_min_fminimizer *climber =
        arena_library_memory(gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent));
    gsl_min_fminimizer_set(climber, &function, start, low, high);
    for (int step = 0; step < MAX_STEPS; step++) {
        gsl_min_fminimizer_iterate(climber);
        if (gsl_min_test_interval(gsl_min_fminimizer_x_lower(climber),
                                  gsl_min_fminimizer_x_upper(climber), 0, 1e-9) == GSL_SUCCESS)
            break;
    }
    double spread = gsl_min_fminimizer_x_minimum(climber);
    gsl_min_fminimizer_free(climber);
    return spread;
}

/* The spread at which second / first is greatest; the least spread if it only falls. It has at most
 * one maximum in all three families, and starts from 1. */
static double equation_find_top(struct equation *e)
{
    enum { POINTS = 160 };
    const struct fit_family *family = e->family;
    double step = pow(family->greatest_spread / family->least_spread, 1. / POINTS);
    double best = family->least_spread, top = equation_value(best, e);
    for (int i = 1; i < POINTS; i++) {
        double spread = family->least_spread * pow(step, i), value = equation_value(spread, e);
        if (value > top) {
            top = value;
            best = spread;
        }
    }
    /* At the least spreads the ratio differs from 1 by rounding alone. */
    if (best / step < family->least_spread || top + e->target < 1e-9)
        return family->least_spread;
    return equation_climb(e, best / step, best, best * step);
}

/* ---- two facts of a family ------------------------------------------------------------------ */

static bool fail_ratio(struct error *err, const struct equation *e, const char *bound,
                       double log_limit)
{
    return error_set(err, STATUS_INPUT, "%s / %s must be %s %.6g for a %s, got %.6g",
                     distribution_known_name(e->second), distribution_known_name(e->first), bound,
                     exp(log_limit), e->family->name, exp(e->target));
}

/* The ratio of two quantiles grows with the spread. */
static bool solve_quantiles(struct equation *e, double *spread, struct error *err)
{
    double low = e->family->least_spread, high = e->family->greatest_spread;
    if (e->target <= 0)
        return fail_ratio(err, e, "above", 0);
    if (equation_value(low, e) > 0)
        return fail_ratio(err, e, "at least", equation_value(low, e) + e->target);
    if (equation_value(high, e) < 0)
        return fail_ratio(err, e, "at most", equation_value(high, e) + e->target);
    *spread = equation_solve(e, low, high);
    return true;
}

/* How far apart roots must be to be two: nearer ones are the maximum, found to the square root of
 * the precision. */
static const double SAME_ROOT = 1e-6;
/* What the logarithm of a ratio may be off by. */
static const double ROUNDING = 1e-12;

/* A quantile over the mean rises from 1 to its top, then falls: two roots above 1, one below. Sets
 * *other to the greater root, or to 0 where there is one. */
static bool solve_mean_and_quantile(struct equation *e, double *spread, double *other,
                                    struct error *err)
{
    double low = e->family->least_spread, high = e->family->greatest_spread;
    double top = equation_find_top(e), over_top = -equation_value(top, e);
    *other = 0;
    if (top == low && e->target >= -ROUNDING)
        return fail_ratio(err, e, "below", 0);
    if (over_top > ROUNDING)
        return fail_ratio(err, e, "at most", e->target - over_top);
    if (equation_value(high, e) > 0)
        return fail_ratio(err, e, "at least", equation_value(high, e) + e->target);
    *spread = over_top >= 0 ? top : equation_solve(e, top, high);
    if (over_top >= 0 || top == low || e->target <= 0)
        return true;
    if (equation_value(low, e) > 0)
        return fail_ratio(err, e, "at least", equation_value(low, e) + e->target);
    double lesser = equation_solve(e, low, top);
    if (*spread - lesser > SAME_ROOT * lesser)
        *other = *spread;
    *spread = lesser;
    return true;
}

static struct distribution make_law(const struct fit_family *family, double spread,
                                    struct distribution_fact scaled)
{
    return family->make(spread, scaled.value, family->log_fact(scaled.what, spread));
}

static double cv_of(const struct fit_family *family, double spread)
{
    return sqrt(expm1(family->log_second_moment(spread)));
}

static void tell_of_two(const struct fit_family *family, struct distribution_fact first,
                        struct distribution_fact second, const double spread[2],
                        struct distribution_doubt *doubt)
{
    doubt->is_choice = true;
    snprintf(doubt->text, sizeof doubt->text,
             "two %s laws have this %s and %s: taken is the narrower, of cv %.3g; the other has cv "
             "%.3g",
             family->name, distribution_known_name(first.what),
             distribution_known_name(second.what), cv_of(family, spread[0]),
             cv_of(family, spread[1]));
}

static double spread_of_cv(const struct fit_family *family, double cv)
{
    if (family->kind == DISTRIBUTION_GAMMA)
        return cv;
    if (family->kind == DISTRIBUTION_LOGNORMAL)
        return sqrt(log1p(cv * cv));
    struct equation e = {.family = family, .second = KNOWN_CV, .target = log1p(cv * cv)};
    return equation_solve(&e, family->least_spread, family->greatest_spread);
}

static bool fit_cv(const struct fit_family *family, double cv, struct distribution_fact scaled,
                   struct distribution *law, struct error *err)
{
    double spread = spread_of_cv(family, cv);
    if (scaled.what != KNOWN_MEAN && spread > family->greatest_spread)
        return error_set(err, STATUS_INPUT, "cv must be at most %.6g for a %s with a %s, got %.6g",
                         cv_of(family, family->greatest_spread), family->name,
                         distribution_known_name(scaled.what), cv);
    *law = make_law(family, spread, scaled);
    return true;
}

/* first.what < second.what */
static bool fit_by_family(const struct fit_family *family, struct distribution_fact first,
                          struct distribution_fact second, struct distribution *law,
                          struct distribution_doubt *doubt, struct error *err)
{
    if (first.what == KNOWN_CV)
        return fit_cv(family, first.value, second, law, err);
    if (second.what == KNOWN_CV)
        return fit_cv(family, second.value, first, law, err);
    struct equation e = {family, first.what, second.what, log(second.value / first.value)};
    double spread[2] = {0, 0};
    if (first.what != KNOWN_MEAN) {
        if (!solve_quantiles(&e, &spread[0], err))
            return false;
    } else if (!solve_mean_and_quantile(&e, &spread[0], &spread[1], err)) {
        return false;
    }
    *law = make_law(family, spread[0], first);
    if (spread[1] > 0)
        tell_of_two(family, first, second, spread, doubt);
    else if (first.what == KNOWN_MEAN && second.what != KNOWN_P50 && e.target <= 0)
        snprintf(doubt->text, sizeof doubt->text,
                 "%s %.6g is not above the mean %.6g: only a %s with cv %.6g has both",
                 distribution_known_name(second.what), second.value, first.value, family->name,
                 cv_of(family, spread[0]));
    return true;
}

/* ---- mean and cv ---------------------------------------------------------------------------- */

static bool fit_uniform(double mean, double cv, struct distribution *law, struct error *err)
{
    const double greatest = 1 / sqrt(3); /* lowest value 0 */
    if (cv > greatest)
        return error_set(err, STATUS_INPUT, "cv must be at most %.6g for a uniform, got %.6g",
                         greatest, cv);
    double half_width = mean * cv * sqrt(3);
    *law = (struct distribution){.kind = DISTRIBUTION_UNIFORM,
                                 .a = fmax(mean - half_width, 0),
                                 .b = mean + half_width,
                                 .highest = INFINITY};
    return true;
}

static bool fit_exponential(double mean, double cv, struct distribution *law, struct error *err)
{
    if (cv != 1)
        return error_set(err, STATUS_INPUT, "cv must be 1 for an exponential, got %.6g", cv);
    *law = (struct distribution){.kind = DISTRIBUTION_EXPONENTIAL, .a = mean, .highest = INFINITY};
    return true;
}

/* cv^2 = shape / (shape - 2), mean = scale / (shape - 1). */
static bool fit_pareto(double mean, double cv, struct distribution *law, struct error *err)
{
    double square = cv * cv;
    if (!(square > 1))
        return error_set(err, STATUS_INPUT, "cv must be above 1 for a pareto, got %.6g", cv);
    double shape = 2 * square / (square - 1);
    *law = (struct distribution){
        .kind = DISTRIBUTION_PARETO, .a = shape, .b = mean * (shape - 1), .highest = INFINITY};
    return true;
}

/* Balanced means: both phases carry half of the mean (Tijms, A First Course in Stochastic Models,
 * app. B). The means are those of the share as rounded: of a share next to 1 little is left. */
static bool fit_hyperexponential(double mean, double cv, struct distribution *law,
                                 struct error *err)
{
    if (!(cv >= 1))
        return error_set(err, STATUS_INPUT,
                         "cv must be at least 1 for a hyperexponential, got %.6g", cv);
    double square = cv * cv, share = 0.5 * (1 + sqrt((square - 1) / (square + 1)));
    *law = (struct distribution){.kind = DISTRIBUTION_HYPEREXPONENTIAL,
                                 .a = share,
                                 .b = mean / (2 * share),
                                 .c = mean / (2 * (1 - share)),
                                 .highest = INFINITY};
    return true;
}

static bool fit_mean_and_cv(enum distribution_kind kind, double mean, double cv,
                            struct distribution *law, struct error *err)
{
    switch (kind) {
    case DISTRIBUTION_UNIFORM:
        return fit_uniform(mean, cv, law, err);
    case DISTRIBUTION_EXPONENTIAL:
        return fit_exponential(mean, cv, law, err);
    case DISTRIBUTION_PARETO:
        return fit_pareto(mean, cv, law, err);
    default:
        assert(kind == DISTRIBUTION_HYPEREXPONENTIAL);
        return fit_hyperexponential(mean, cv, law, err);
    }
}

/* ---- any ------------------------------------------------------------------------------------ */

static bool check_fact(struct distribution_fact fact, struct error *err)
{
    const char *name = distribution_known_name(fact.what);
    if (fact.what == KNOWN_CV) {
        bool is_valid = fact.value == 0 || (fact.value >= MIN_CV && fact.value <= GREATEST_CV);
        return is_valid || error_set(err, STATUS_INPUT, "cv must be 0, or %g to %g, got %.6g",
                                     MIN_CV, GREATEST_CV, fact.value);
    }
    return (fact.value > 0 && isfinite(fact.value)) ||
           error_set(err, STATUS_INPUT, "%s must be a finite number above 0, got %.6g", name,
                     fact.value);
}

bool distribution_fit(enum distribution_kind kind, struct distribution_fact first,
                      struct distribution_fact second, struct distribution *law,
                      struct distribution_doubt *doubt, struct error *err)
{
    *doubt = (struct distribution_doubt){0};
    if (!check_fact(first, err) || !check_fact(second, err))
        return false;
    if (kind == DISTRIBUTION_EXPONENTIAL && first.what == KNOWN_MEAN && second.what == KNOWN_MEAN)
        return fit_exponential(first.value, 1, law, err);
    assert(first.what != second.what);
    if (first.what > second.what) {
        struct distribution_fact kept = first;
        first = second;
        second = kept;
    }
    const struct fit_family *family = fit_family_of(kind);
    bool is_mean_and_cv = first.what == KNOWN_MEAN && second.what == KNOWN_CV;
    if (!family && !is_mean_and_cv)
        return error_set(err, STATUS_INPUT, "must be given by mean and cv, got %s and %s",
                         distribution_known_name(first.what), distribution_known_name(second.what));
    bool is_point = (first.what == KNOWN_CV && first.value == 0) ||
                    (second.what == KNOWN_CV && second.value == 0);
    if (is_point && (family || kind == DISTRIBUTION_UNIFORM)) {
        *law = distribution_constant(first.what == KNOWN_CV ? second.value : first.value);
        return true;
    }
    if (family)
        return fit_by_family(family, first, second, law, doubt, err);
    return fit_mean_and_cv(kind, first.value, second.value, law, err);
}
