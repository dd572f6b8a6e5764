/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/distribution_fit.h"
#include "sim/stats/fit_empirical.h"
#include "sim/stats/fit_law.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

/* Bounds on what is simulated are so many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

static struct arena *arena;
static gsl_rng *rng;

static int open_all(void **state)
{
    arena = arena_open();
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    return 0;
}

static int close_all(void **state)
{
    gsl_rng_free(rng);
    arena_close(arena);
    return 0;
}

struct true_law {
    const char *name;
    enum distribution_kind kind;
    double a, b, c;
};

static const struct true_law LAWS[] = {
    {"exponential", DISTRIBUTION_EXPONENTIAL, 0.0237, 0, 0},
    {"gamma", DISTRIBUTION_GAMMA, 2.385, 0.0131, 0},
    {"lognormal", DISTRIBUTION_LOGNORMAL, -3.91, 0.83, 0},
    {"weibull", DISTRIBUTION_WEIBULL, 0.72, 0.0417, 0},
    {"hyperexponential", DISTRIBUTION_HYPEREXPONENTIAL, 0.83, 0.0061, 0.0973},
};
enum { LAW_COUNT = sizeof LAWS / sizeof *LAWS };

static double draw(const struct true_law *law)
{
    switch (law->kind) {
    case DISTRIBUTION_EXPONENTIAL:
        return gsl_ran_exponential(rng, law->a);
    case DISTRIBUTION_GAMMA:
        return gsl_ran_gamma(rng, law->a, law->b);
    case DISTRIBUTION_LOGNORMAL:
        return gsl_ran_lognormal(rng, law->a, law->b);
    case DISTRIBUTION_WEIBULL:
        return gsl_ran_weibull(rng, law->b, law->a);
    default:
        return gsl_ran_exponential(rng, gsl_rng_uniform_pos(rng) < law->a ? law->b : law->c);
    }
}

static double truth(const struct true_law *law, size_t i)
{
    return i == 0 ? law->a : i == 1 ? law->b : law->c;
}

/* How a source shows its values. */
enum form { EXACT, ROUNDED, BUCKETS, CENSORED, TRUNCATED, THINNED, FORMS };
static const char *const FORM_NAMES[] = {"exact",    "rounded",   "buckets",
                                         "censored", "truncated", "thinned"};

static const double STEP = 0.001, LIMIT = 0.08, THRESHOLD = 0.004, ALL_FROM = 0.03, SHARE = 0.2;

/* Into the buckets 1, 2.5, 5, 10 ... ms, as exporters have them. */
static void add_bucket(struct fit_data *data, double x)
{
    static const double STEPS[] = {1, 2.5, 5};
    double low = 0;
    for (int i = 0; i < 12; i++) {
        double high = 0.001 * STEPS[i % 3] * pow(10, i / 3);
        if (x <= high) {
            fit_data_add_between(data, low, high, 1, 0);
            return;
        }
        low = high;
    }
    fit_data_add_between(data, low, INFINITY, 1, 0);
}

static void add(struct fit_data *data, enum form form, double x, uint32_t selection)
{
    switch (form) {
    case ROUNDED:
        fit_data_add_rounded(data, STEP * nearbyint(x / STEP), STEP, 0);
        break;
    case BUCKETS:
        add_bucket(data, x);
        break;
    case CENSORED:
        if (x > LIMIT)
            fit_data_add_between(data, LIMIT, INFINITY, 1, 0);
        else
            fit_data_add(data, x, 1, 0);
        break;
    case TRUNCATED:
        if (x >= THRESHOLD)
            fit_data_add(data, x, 1, selection);
        break;
    case THINNED:
        if (x >= ALL_FROM || gsl_rng_uniform(rng) < SHARE)
            fit_data_add(data, x, 1, selection);
        break;
    default:
        fit_data_add(data, x, 1, 0);
    }
}

static struct fit_data *make(const struct true_law *law, enum form form, size_t values)
{
    struct fit_data *data = fit_data_create(arena);
    uint32_t selection = 0;
    if (form == TRUNCATED)
        selection = fit_data_add_selection(data, (struct fit_selection){THRESHOLD, 1, THRESHOLD});
    if (form == THINNED)
        selection = fit_data_add_selection(data, (struct fit_selection){0, SHARE, ALL_FROM});
    for (size_t i = 0; i < values; i++)
        add(data, form, draw(law), selection);
    fit_data_group(data, 100000);
    return data;
}

/* 5 laws x 6 forms x up to 3 parameters and 2 quantiles: some 130 figures, of which one in 370 is
 * beyond three standard errors; two of them 5.6 % of the time, so the bound on one alone is 4.9. */
static void every_law_is_recovered_from_every_form(void **state)
{
    int beyond_three = 0;
    for (size_t l = 0; l < LAW_COUNT; l++) {
        for (int form = 0; form < FORMS; form++) {
            gsl_rng_set(rng, 100 + l * FORMS + (size_t)form);
            struct fit_data *data = make(&LAWS[l], (enum form)form, 8000);
            struct fit_law fit = fit_law(data, LAWS[l].kind, arena);
            assert_true(fit.is_fitted && fit.has_errors);
            for (size_t i = 0; i < fit.parameters; i++) {
                double error, value = fit_law_parameter(&fit, i, &error);
                double z = (value - truth(&LAWS[l], i)) / error;
                if (fabs(z) > 3)
                    print_message("%s %s parameter %zu: %g not %g, z %.2f\n", LAWS[l].name,
                                  FORM_NAMES[form], i, value, truth(&LAWS[l], i), z);
                beyond_three += fabs(z) > 3;
                assert_within(z, 0, ONE_IN_A_MILLION);
            }
            assert_true(fit.greatest_gap < 2.7 / sqrt(data->total));
            arena_reset(arena);
        }
    }
    /* P(more than 5 of 66) < 1e-8 if each is beyond with 0.0027. */
    assert_true(beyond_three <= 5);
}

static void the_law_that_made_the_data_is_chosen(void **state)
{
    for (size_t l = 0; l < LAW_COUNT; l++) {
        gsl_rng_set(rng, 900 + l);
        struct fit_choice choice = fit_law_choose(make(&LAWS[l], ROUNDED, 20000), arena);
        if (choice.fits[0].kind != LAWS[l].kind)
            print_message("%s: %s\n", LAWS[l].name, choice.reason);
        assert_int_equal(choice.fits[0].kind, LAWS[l].kind);
        assert_false(choice.is_contradicted);
        assert_true(strstr(choice.reason, "BIC") != NULL);
        arena_reset(arena);
    }
}

/* Nominal 95 %: over 500 data sets the share that covers is within 4.9 binomial standard errors of
 * 0.95, and what maximum likelihood is short of for so few values (below 1 %). */
static void intervals_cover_the_truth(void **state)
{
    size_t sets = repetitions(500, 60);
    /* Its parameters go together, so that covariances matter. */
    static const struct true_law LAW = {"weibull", DISTRIBUTION_WEIBULL, 1.385, 0.0317, 0};
    for (int form = ROUNDED; form <= TRUNCATED; form += TRUNCATED - ROUNDED) {
        size_t covered[3] = {0};
        gsl_rng_set(rng, 4711);
        for (size_t set = 0; set < sets; set++) {
            struct fit_law fit = fit_law(make(&LAW, (enum form)form, 400), LAW.kind, arena);
            struct distribution law = {
                .kind = LAW.kind, .a = LAW.a, .b = LAW.b, .highest = INFINITY};
            double error, p95 = fit_law_quantile(&fit, 0.95, &error);
            double mean = distribution_mean(&law), cv = sqrt(distribution_variance(&law)) / mean;
            covered[0] += fabs(fit.mean - mean) < 1.96 * fit.mean_error;
            covered[1] += fabs(p95 - distribution_quantile(&law, 0.95)) < 1.96 * error;
            covered[2] += fabs(fit.cv - cv) < 1.96 * fit.cv_error;
            arena_reset(arena);
        }
        for (int i = 0; i < 3; i++)
            assert_within((double)covered[i] / (double)sets, 0.95,
                          ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / (double)sets) + 0.01);
    }
}

/* Closed forms: the exponential's mean, the lognormal's mu and sigma (divided by n), and their
 * standard errors. */
static void exact_values_give_the_closed_forms(void **state)
{
    static const double X[] = {0.31, 1.77, 0.92, 2.385, 0.11, 0.58, 4.2, 0.77};
    enum { N = sizeof X / sizeof *X };
    struct fit_data *data = fit_data_create(arena);
    double sum = 0, logs = 0, squares = 0;
    for (int i = 0; i < N; i++) {
        fit_data_add(data, X[i], 1, 0);
        sum += X[i];
        logs += log(X[i]);
        squares += log(X[i]) * log(X[i]);
    }
    struct fit_law fit = fit_law(data, DISTRIBUTION_EXPONENTIAL, arena);
    assert_within(fit.mean, sum / N, 1e-6);
    assert_within(fit.mean_error, sum / N / sqrt(N), 1e-2 * sum / N);
    assert_within(fit.log_likelihood, -N * (log(sum / N) + 1), 1e-9);
    fit = fit_law(data, DISTRIBUTION_LOGNORMAL, arena);
    double mu = logs / N, sigma = sqrt(squares / N - mu * mu), error;
    assert_within(fit_law_parameter(&fit, 0, &error), mu, 1e-5);
    assert_within(error, sigma / sqrt(N), 1e-2 * sigma);
    assert_within(fit_law_parameter(&fit, 1, &error), sigma, 1e-5);
    assert_within(error, sigma / sqrt(2 * N), 2e-2 * sigma);
    double expected = 0;
    for (int i = 0; i < N; i++)
        expected += log(gsl_ran_lognormal_pdf(X[i], mu, sigma));
    assert_within(fit.log_likelihood, expected, 1e-8);
}

/* Of values below 2 only one in five was kept, also of those in the interval across it. */
static void the_likelihood_of_thinned_intervals_is_gsls(void **state)
{
    struct fit_data *data = fit_data_create(arena);
    uint32_t thinned = fit_data_add_selection(data, (struct fit_selection){0.5, 0.2, 2});
    fit_data_add(data, 0.7, 3, thinned);
    fit_data_add_between(data, 1.5, 3, 5, thinned);
    fit_data_add_between(data, 3, INFINITY, 4, thinned);
    struct fit_law fit = fit_law(data, DISTRIBUTION_WEIBULL, arena);
    double k = fit.law.a, s = fit.law.b;
    double kept = 0.2 * (gsl_cdf_weibull_Q(0.5, s, k) - gsl_cdf_weibull_Q(2, s, k)) +
                  gsl_cdf_weibull_Q(2, s, k);
    double across = 0.2 * (gsl_cdf_weibull_Q(1.5, s, k) - gsl_cdf_weibull_Q(2, s, k)) +
                    gsl_cdf_weibull_Q(2, s, k) - gsl_cdf_weibull_Q(3, s, k);
    assert_within(fit.log_likelihood,
                  3 * log(0.2 * gsl_ran_weibull_pdf(0.7, s, k)) + 5 * log(across) +
                      4 * log(gsl_cdf_weibull_Q(3, s, k)) - 12 * log(kept),
                  1e-8);
}

/* The likelihood of a gamma and a Weibull at what was found is GSL's. */
static void likelihoods_are_those_of_gsl(void **state)
{
    static const double X[] = {0.31, 1.77, 0.92, 2.385, 0.11, 0.58, 4.2, 0.77};
    struct fit_data *data = fit_data_create(arena);
    uint32_t cut = fit_data_add_selection(data, (struct fit_selection){0.1, 1, 0.1});
    for (int i = 0; i < 8; i++)
        fit_data_add(data, X[i], 1, cut);
    fit_data_add_between(data, 0.5, 1.3, 3, cut);
    fit_data_add_between(data, 5, INFINITY, 2, cut);
    struct fit_law gamma = fit_law(data, DISTRIBUTION_GAMMA, arena);
    struct fit_law weibull = fit_law(data, DISTRIBUTION_WEIBULL, arena);
    double a = gamma.law.a, b = gamma.law.b, k = weibull.law.a, s = weibull.law.b;
    double of_gamma = 3 * log(gsl_cdf_gamma_P(1.3, a, b) - gsl_cdf_gamma_P(0.5, a, b)) +
                      2 * log(gsl_cdf_gamma_Q(5, a, b)) - 13 * log(gsl_cdf_gamma_Q(0.1, a, b));
    double of_weibull = 3 * log(gsl_cdf_weibull_P(1.3, s, k) - gsl_cdf_weibull_P(0.5, s, k)) +
                        2 * log(gsl_cdf_weibull_Q(5, s, k)) -
                        13 * log(gsl_cdf_weibull_Q(0.1, s, k));
    for (int i = 0; i < 8; i++) {
        of_gamma += log(gsl_ran_gamma_pdf(X[i], a, b));
        of_weibull += log(gsl_ran_weibull_pdf(X[i], s, k));
    }
    assert_within(gamma.log_likelihood, of_gamma, 1e-8);
    assert_within(weibull.log_likelihood, of_weibull, 1e-8);
}

/* Anderson & Darling's sum for exact values. */
static void the_distance_is_anderson_and_darlings(void **state)
{
    static const double X[] = {0.11, 0.31, 0.58, 0.77, 0.92, 1.77, 2.385, 4.2};
    enum { N = sizeof X / sizeof *X };
    struct fit_data *data = fit_data_create(arena);
    for (int i = 0; i < N; i++)
        fit_data_add(data, X[i], 1, 0);
    struct fit_law fit = fit_law(data, DISTRIBUTION_EXPONENTIAL, arena);
    double sum = 0, gap = 0;
    for (int i = 0; i < N; i++) {
        double u = gsl_cdf_exponential_P(X[i], fit.mean);
        double v = gsl_cdf_exponential_P(X[N - 1 - i], fit.mean);
        sum += (2 * i + 1) * (log(u) + log1p(-v));
        gap = fmax(gap, fmax((i + 1.) / N - u, u - (double)i / N));
    }
    assert_within(fit.anderson_darling, -N - sum / N, 1e-9);
    assert_within(fit.greatest_gap, gap, 1e-12);
}

static void one_value_is_a_constant_and_a_censored_one_is_none(void **state)
{
    struct fit_data *data = fit_data_create(arena);
    for (int i = 0; i < 50; i++)
        fit_data_add_rounded(data, 0.005, 0.001, 0);
    struct fit_choice choice = fit_law_choose(data, arena);
    assert_int_equal(choice.count, 1);
    assert_int_equal(choice.fits[0].kind, DISTRIBUTION_CONSTANT);
    assert_within(choice.fits[0].mean, 0.005, 1e-12);
    assert_within(choice.fits[0].mean_error, 0.001 / sqrt(12), 1e-12);
    data = fit_data_create(arena);
    fit_data_add_between(data, 3, INFINITY, 7, 0);
    assert_int_equal(fit_law_choose(data, arena).count, 0);
    assert_int_equal(fit_law_choose(fit_data_create(arena), arena).count, 0);
}

/* Few values, far apart or all but alike, heavily censored, at the ends of what a double holds. */
static void no_data_give_a_nan(void **state)
{
    static const double SETS[][4] = {{1e-9, 1e9, 1, 2},
                                     {1, 1.0000001, 1, 1},
                                     {1e-300, 2e-300, 3e-300, 1e-300},
                                     {1e12, 3e12, 2e12, 1e15},
                                     {0.25, 0.5, 0.25, 0.25}};
    static const enum distribution_kind KINDS[] = {
        DISTRIBUTION_EXPONENTIAL, DISTRIBUTION_GAMMA,  DISTRIBUTION_LOGNORMAL,
        DISTRIBUTION_WEIBULL,     DISTRIBUTION_PARETO, DISTRIBUTION_HYPEREXPONENTIAL};
    for (size_t s = 0; s < sizeof SETS / sizeof *SETS; s++) {
        for (size_t k = 0; k < 6; k++) {
            struct fit_data *data = fit_data_create(arena);
            for (int i = 0; i < 4; i++)
                fit_data_add(data, SETS[s][i], 1, 0);
            fit_data_add_between(data, SETS[s][0], INFINITY, 9, 0);
            fit_data_add_between(data, 0, SETS[s][0], 2, 0);
            struct fit_law fit = fit_law(data, KINDS[k], arena);
            assert_true(fit.is_fitted
                            ? isfinite(fit.log_likelihood) && !isnan(fit.mean) && !isnan(fit.cv) &&
                                  isfinite(fit.greatest_gap) && !isnan(fit.anderson_darling)
                            : fit.why[0] != 0);
            if (fit.has_errors)
                assert_true(isfinite(fit.recorded_error));
            arena_reset(arena);
        }
    }
}

static void moments_alone_declare_a_law(void **state)
{
    struct fit_declared known =
        fit_law_of_moments(DISTRIBUTION_GAMMA, (struct fit_moments){1600, 0.0417, 0.0321});
    assert_within(distribution_mean(&known.law), 0.0417, 1e-10);
    assert_within(sqrt(distribution_variance(&known.law)), 0.0321, 1e-10);
    assert_within(known.mean_error, 0.0321 / 40, 1e-12);
    /* A gamma of shape k: var(cv_hat) by the delta method is cv^2 (1 + cv^2) / (2 n). */
    double cv = 0.0321 / 0.0417;
    assert_within(known.cv_error, cv * sqrt((1 + cv * cv) / 3200), 0.04 * known.cv_error);
    struct fit_declared mean_only =
        fit_law_of_moments(DISTRIBUTION_LOGNORMAL, (struct fit_moments){1600, 0.0417, NAN});
    assert_false(mean_only.is_cv_known);
    assert_true(mean_only.cv_low == 0.5 && mean_only.cv_high == 2 && mean_only.cv == 1);
    assert_true(fit_law_of_moments(DISTRIBUTION_GAMMA, (struct fit_moments){3, 2.5, 0}).law.kind ==
                DISTRIBUTION_CONSTANT);
}

/* A mixture that no law of two parameters has; quantiles of the empirical law against its own. */
static void an_empirical_law_keeps_quantiles_and_mean(void **state)
{
    for (int form = EXACT; form <= BUCKETS; form++) {
        gsl_rng_set(rng, 31 + (size_t)form);
        struct fit_data *data = fit_data_create(arena);
        double sum = 0;
        enum { N = 40000 };
        double *x = arena_array(arena, N, sizeof *x);
        for (int i = 0; i < N; i++) {
            x[i] = gsl_rng_uniform(rng) < 0.7 ? gsl_ran_gamma(rng, 30, 0.0002)
                                              : gsl_ran_lognormal(rng, -3, 0.6);
            sum += x[i];
            add(data, (enum form)form, x[i], 0);
        }
        fit_data_group(data, 100000);
        struct fit_choice choice = fit_law_choose(data, arena);
        assert_true(choice.is_contradicted);
        struct fit_empirical made = fit_empirical_make(data, &choice.fits[0], 1000, arena);
        assert_true(made.is_available && made.beyond >= FIT_EMPIRICAL_BEYOND);
        /* 4.9 binomial standard errors are 0.0024; exact and rounded values are their own sample.
         * In buckets the fitted law, which is wrong here, places what is inside of one. */
        double p99 = distribution_quantile(&made.law, 0.99);
        int above = 0;
        for (int i = 0; i < N; i++)
            above += x[i] > p99;
        assert_within((double)above / N, 0.01, form == BUCKETS ? 0.004 : 0.0005);
        /* Slices keep the mean; the 100 values of the tail, whose own spread is some 0.2, enter it
         * with a standard error of 0.2 sqrt(100) / N = 0.2 %. */
        double mean = sum / N;
        assert_within(distribution_mean(&made.law) / mean, 1, form == BUCKETS ? 0.03 : 0.01);
        arena_reset(arena);
    }
}

static void few_or_hidden_values_have_no_empirical_law(void **state)
{
    gsl_rng_set(rng, 5);
    assert_false(fit_empirical_make(make(&LAWS[1], EXACT, 150), NULL, 100, arena).is_available);
    assert_false(
        fit_empirical_make(make(&LAWS[1], TRUNCATED, 5000), NULL, 100, arena).is_available);
}

/* A tail of shape 2.385: 30 of the values are beyond the p99.9, whose own logarithm has a standard
 * error of 1 / 2.385 / sqrt(30) = 0.077; 4.9 of them are 0.375. */
static void a_heavy_tail_is_found_heavy(void **state)
{
    gsl_rng_set(rng, 77);
    struct fit_data *data = fit_data_create(arena);
    for (int i = 0; i < 30000; i++)
        fit_data_add(data, 0.02 * (pow(gsl_rng_uniform_pos(rng), -1 / 2.385) - 1), 1, 0);
    struct fit_empirical made = fit_empirical_make(data, NULL, 500, arena);
    assert_true(made.is_available);
    double p999 = 0.02 * (pow(1e-3, -1 / 2.385) - 1);
    assert_within(log(distribution_quantile(&made.law, 0.999) / p999), 0, 0.375);
    assert_true(distribution_quantile(&made.law, 0.999) > made.threshold);
}

static void steps_of_a_source_are_found(void **state)
{
    double x[40];
    for (int i = 0; i < 40; i++)
        x[i] = 0.001 * (7 * i + 3);
    assert_within(fit_data_find_step(x, 40), 0.001, 0);
    for (int i = 0; i < 40; i++)
        x[i] = 1.7e9 + 3 * i;
    assert_within(fit_data_find_step(x, 40), 1, 0);
    for (int i = 0; i < 40; i++)
        x[i] = M_PI * (i + 1);
    assert_within(fit_data_find_step(x, 40), 0, 0);
}

static void grouping_changes_next_to_nothing(void **state)
{
    gsl_rng_set(rng, 12);
    struct fit_data *data = make(&LAWS[2], EXACT, 20000);
    struct fit_law one_by_one = fit_law(data, DISTRIBUTION_LOGNORMAL, arena);
    fit_data_group(data, 1000);
    assert_true(data->count < 6000);
    struct fit_law grouped = fit_law(data, DISTRIBUTION_LOGNORMAL, arena);
    assert_within(grouped.mean, one_by_one.mean, 0.01 * one_by_one.mean_error);
    assert_within(grouped.mean_error, one_by_one.mean_error, 0.01 * one_by_one.mean_error);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_law_is_recovered_from_every_form),
        cmocka_unit_test(the_law_that_made_the_data_is_chosen),
        cmocka_unit_test(intervals_cover_the_truth),
        cmocka_unit_test(exact_values_give_the_closed_forms),
        cmocka_unit_test(likelihoods_are_those_of_gsl),
        cmocka_unit_test(the_likelihood_of_thinned_intervals_is_gsls),
        cmocka_unit_test(the_distance_is_anderson_and_darlings),
        cmocka_unit_test(one_value_is_a_constant_and_a_censored_one_is_none),
        cmocka_unit_test(no_data_give_a_nan),
        cmocka_unit_test(moments_alone_declare_a_law),
        cmocka_unit_test(an_empirical_law_keeps_quantiles_and_mean),
        cmocka_unit_test(few_or_hidden_values_have_no_empirical_law),
        cmocka_unit_test(a_heavy_tail_is_found_heavy),
        cmocka_unit_test(steps_of_a_source_are_found),
        cmocka_unit_test(grouping_changes_next_to_nothing),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
