/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/distribution_fit.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

static const enum distribution_kind FAMILIES[] = {DISTRIBUTION_LOGNORMAL, DISTRIBUTION_GAMMA,
                                                  DISTRIBUTION_WEIBULL};

static struct distribution_doubt doubt;

static struct distribution fit(enum distribution_kind kind, enum distribution_known first,
                               double first_value, enum distribution_known second,
                               double second_value)
{
    struct distribution law = {.kind = DISTRIBUTION_SUM};
    struct error err = {0};
    if (!distribution_fit(kind, (struct distribution_fact){first, first_value},
                          (struct distribution_fact){second, second_value}, &law, &doubt, &err))
        fail_msg("%s %g, %s %g: %s", distribution_known_name(first), first_value,
                 distribution_known_name(second), second_value, err.message);
    assert_false(law.is_truncated);
    assert_true(law.lowest == 0 && isinf(law.highest));
    return law;
}

static void assert_refused(enum distribution_kind kind, enum distribution_known first,
                           double first_value, enum distribution_known second, double second_value,
                           const char *message)
{
    struct distribution law;
    struct error err = {0};
    assert_false(distribution_fit(kind, (struct distribution_fact){first, first_value},
                                  (struct distribution_fact){second, second_value}, &law, &doubt,
                                  &err));
    assert_int_equal(err.status, STATUS_INPUT);
    assert_string_equal(err.message, message);
}

static double fact_of(const struct distribution *law, enum distribution_known what)
{
    static const double level[KNOWN_COUNT] = {0, 0, 0.5, 0.9, 0.95, 0.99};
    if (what == KNOWN_MEAN)
        return distribution_mean(law);
    if (what == KNOWN_CV)
        return sqrt(distribution_variance(law)) / distribution_mean(law);
    return distribution_quantile(law, level[what]);
}

/* ---- all families and all pairs -------------------------------------------------------------- */

/* From a law's own facts, any two of them, a law with the same facts is found: that one, or where
 * there are two the narrower. */
static void every_pair_of_facts_is_met(void **state)
{
    static const double cvs[] = {0.0131, 0.2385, 0.731, 1, 1.37, 2.71};
    for (int f = 0; f < 3; f++)
        for (size_t c = 0; c < sizeof cvs / sizeof cvs[0]; c++) {
            struct distribution law = fit(FAMILIES[f], KNOWN_MEAN, 0.0751, KNOWN_CV, cvs[c]);
            for (int first = 0; first < KNOWN_COUNT; first++)
                for (int second = 0; second < KNOWN_COUNT; second++) {
                    if (first == second)
                        continue;
                    enum distribution_known a = (enum distribution_known)first;
                    enum distribution_known b = (enum distribution_known)second;
                    double x = fact_of(&law, a), y = fact_of(&law, b);
                    struct distribution fitted = fit(FAMILIES[f], a, x, b, y);
                    assert_int_equal(fitted.kind, FAMILIES[f]);
                    assert_within(fact_of(&fitted, a), x, 1e-10 * x);
                    assert_within(fact_of(&fitted, b), y, 1e-10 * y);
                    assert_true(fact_of(&fitted, KNOWN_CV) < cvs[c] * (1 + 1e-6));
                    bool is_narrower = fact_of(&fitted, KNOWN_CV) < cvs[c] * (1 - 1e-6);
                    assert_true(!is_narrower || doubt.text[0] != '\0');
                }
        }
}

static void the_scale_is_free(void **state)
{
    for (int f = 0; f < 3; f++)
        for (double scale = 1e-9; scale < 1e9; scale *= 31.7) {
            struct distribution law =
                fit(FAMILIES[f], KNOWN_P50, 0.61 * scale, KNOWN_P99, 3.17 * scale);
            assert_within(distribution_quantile(&law, 0.5), 0.61 * scale, 1e-11 * scale);
            assert_within(distribution_quantile(&law, 0.99), 3.17 * scale, 1e-11 * scale);
        }
}

static void no_spread_is_a_constant(void **state)
{
    for (int f = 0; f < 3; f++) {
        struct distribution law = fit(FAMILIES[f], KNOWN_P95, 0.2385, KNOWN_CV, 0);
        assert_true(law.kind == DISTRIBUTION_CONSTANT && law.a == 0.2385);
        law = fit(FAMILIES[f], KNOWN_CV, 0, KNOWN_MEAN, 0.0751);
        assert_true(law.kind == DISTRIBUTION_CONSTANT && law.a == 0.0751);
    }
}

static void a_gamma_or_weibull_of_cv_1_is_the_exponential(void **state)
{
    struct distribution law = fit(DISTRIBUTION_GAMMA, KNOWN_MEAN, 0.0751, KNOWN_CV, 1);
    assert_true(law.a == 1 && law.b == 0.0751);
    law = fit(DISTRIBUTION_WEIBULL, KNOWN_MEAN, 0.0751, KNOWN_CV, 1);
    assert_within(law.a, 1, 1e-14);
    assert_within(law.b, 0.0751, 1e-15);
}

static void extreme_spreads_are_met_or_refused(void **state)
{
    static const double cvs[] = {1e-6, 1e-4, 29, 1000, 1e6};
    for (int f = 0; f < 3; f++)
        for (size_t c = 0; c < sizeof cvs / sizeof cvs[0]; c++) {
            struct distribution law = fit(FAMILIES[f], KNOWN_MEAN, 3.17, KNOWN_CV, cvs[c]);
            assert_within(distribution_mean(&law), 3.17, 1e-9);
            assert_within(fact_of(&law, KNOWN_CV), cvs[c], 1e-9 * cvs[c]);
        }
    assert_refused(DISTRIBUTION_GAMMA, KNOWN_P50, 1, KNOWN_CV, 31,
                   "cv must be at most 30 for a gamma with a p50, got 31");
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_P50, 1, KNOWN_P95, 1e300,
                   "p95 / p50 must be at most 2.69479e+21 for a lognormal, got 1e+300");
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_P50, 1e-200,
                   "p50 / mean must be at least 3.69388e-196 for a lognormal, got 1e-200");
}

/* ---- lognormal: closed forms ----------------------------------------------------------------- */

/* tests/exact/exact.json, ln-mean-cv1.0 and ln-mean-cv2.0: mean 0.075, cv 1 and 2. */
static void lognormal_from_mean_and_cv_is_exact(void **state)
{
    struct distribution law = fit(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 0.075, KNOWN_CV, 1);
    assert_within(law.a, -2.9368407557257994, 1e-15);
    assert_within(law.b, 0.8325546111576978, 1e-15);
    assert_within(distribution_quantile(&law, 0.5), 0.053033008588991064, 1e-16);
    assert_within(distribution_quantile(&law, 0.95), 0.2085846585530783, 1e-15);
    assert_within(distribution_quantile(&law, 0.99), 0.3678687338149392, 1e-15);
    law = fit(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 0.075, KNOWN_CV, 2);
    assert_within(law.a, -3.394986121662877, 1e-15);
    assert_within(law.b, 1.2686362411795196, 1e-15);
    assert_within(distribution_quantile(&law, 0.5), 0.03354101966249685, 1e-16);
    assert_within(distribution_quantile(&law, 0.95), 0.27028854671887587, 1e-15);
    assert_within(distribution_quantile(&law, 0.99), 0.641659879065701, 1e-14);
}

/* tests/exact/exact.json, ln-p50-p95: p50 0.06, p95 0.3. */
static void lognormal_from_two_quantiles_is_exact(void **state)
{
    struct distribution law = fit(DISTRIBUTION_LOGNORMAL, KNOWN_P50, 0.06, KNOWN_P95, 0.3);
    assert_within(law.b, 0.9784687744021267, 1e-14);
    assert_within(distribution_mean(&law), 0.09683854754571722, 1e-15);
    assert_string_equal(doubt.text, "");
}

/* tests/exact/exact.json, ln-mean-p95: mean 0.075, p95 0.2 have two roots, 0.782 and 2.507; a
 * lognormal with the greater has cv sqrt(exp(2.507^2) - 1) = 23.16. */
static void of_two_lognormals_the_narrower_is_taken_and_both_are_named(void **state)
{
    struct distribution law = fit(DISTRIBUTION_LOGNORMAL, KNOWN_P95, 0.2, KNOWN_MEAN, 0.075);
    assert_within(law.b, 0.7823659759836677, 1e-14);
    assert_within(distribution_mean(&law), 0.075, 1e-15);
    double greater = 2.5073412779192776;
    assert_within(sqrt(expm1(greater * greater)), 23.1605, 5e-5);
    assert_string_equal(doubt.text,
                        "two lognormal laws have this mean and p95: taken is the narrower, "
                        "of cv 0.919; the other has cv 23.2");
    assert_true(doubt.is_choice);
}

/* tests/exact/exact.json, ln-mean-p95 and ln-mean-p99: the greatest p / mean is exp(z^2 / 2). */
static void lognormal_ratio_has_the_known_limit(void **state)
{
    const double limit_95 = 3.8681320923537865, limit_99 = 14.968488362247705;
    fit(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_P95, limit_95 * (1 - 1e-9));
    fit(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_P99, limit_99 * (1 - 1e-9));
    struct distribution law = fit(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_P95, limit_95);
    assert_within(law.b, 1.6448536269514722, 1e-5); /* z: a maximum is flat */
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_P95, limit_95 * (1 + 1e-9),
                   "p95 / mean must be at most 3.86813 for a lognormal, got 3.86813");
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 0.075, KNOWN_P95, 0.3,
                   "p95 / mean must be at most 3.86813 for a lognormal, got 4");
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_P99, 15,
                   "p99 / mean must be at most 14.9685 for a lognormal, got 15");
}

/* ---- where two laws fit, or none ------------------------------------------------------------- */

/* The limits by mpmath: of exp(t log log 20 - loggamma(1 + t)), and of the gamma quantile
 * over the shape, at 0.0877. */
static void gamma_and_weibull_have_a_limit_too(void **state)
{
    assert_refused(DISTRIBUTION_GAMMA, KNOWN_MEAN, 1, KNOWN_P95, 6,
                   "p95 / mean must be at most 5.82701 for a gamma, got 6");
    assert_refused(DISTRIBUTION_WEIBULL, KNOWN_MEAN, 1, KNOWN_P95, 4.7,
                   "p95 / mean must be at most 4.67417 for a weibull, got 4.7");
    struct distribution law = fit(DISTRIBUTION_GAMMA, KNOWN_MEAN, 1, KNOWN_P95, 4);
    assert_non_null(strstr(
        doubt.text, "two gamma laws have this mean and p95: taken is the narrower, of cv 1.5"));
    assert_within(distribution_quantile(&law, 0.95), 4, 1e-11);
    law = fit(DISTRIBUTION_WEIBULL, KNOWN_MEAN, 1, KNOWN_P95, 4);
    assert_non_null(strstr(
        doubt.text, "two weibull laws have this mean and p95: taken is the narrower, of cv 1.63"));
    assert_within(distribution_quantile(&law, 0.95), 4, 1e-11);
}

/* A Weibull leans left from shape 3.44 on: its median may be above its mean, a little. */
static void weibull_median_may_exceed_the_mean(void **state)
{
    struct distribution law = fit(DISTRIBUTION_WEIBULL, KNOWN_MEAN, 1, KNOWN_P50, 1.01);
    assert_within(distribution_quantile(&law, 0.5), 1.01, 1e-12);
    assert_non_null(strstr(doubt.text, "two weibull laws"));
    fit(DISTRIBUTION_WEIBULL, KNOWN_MEAN, 1, KNOWN_P50, 0.99);
    assert_string_equal(doubt.text, "");
    assert_refused(DISTRIBUTION_WEIBULL, KNOWN_MEAN, 1, KNOWN_P50, 1.02,
                   "p50 / mean must be at most 1.01449 for a weibull, got 1.02");
    assert_refused(DISTRIBUTION_GAMMA, KNOWN_MEAN, 1, KNOWN_P50, 1.02,
                   "p50 / mean must be below 1 for a gamma, got 1.02");
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_P50, 1,
                   "p50 / mean must be below 1 for a lognormal, got 1");
}

static void quantiles_out_of_order_are_refused(void **state)
{
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_P50, 0.3, KNOWN_P95, 0.06,
                   "p95 / p50 must be above 1 for a lognormal, got 0.2");
    assert_refused(DISTRIBUTION_GAMMA, KNOWN_P95, 0.06, KNOWN_P50, 0.3,
                   "p95 / p50 must be above 1 for a gamma, got 0.2");
    assert_refused(DISTRIBUTION_WEIBULL, KNOWN_P90, 0.3, KNOWN_P99, 0.3,
                   "p99 / p90 must be above 1 for a weibull, got 1");
}

static void a_high_quantile_below_the_mean_is_taken_with_a_warning(void **state)
{
    for (int f = 0; f < 3; f++) {
        struct distribution law = fit(FAMILIES[f], KNOWN_MEAN, 0.075, KNOWN_P95, 0.07);
        assert_within(distribution_mean(&law), 0.075, 1e-12);
        assert_within(distribution_quantile(&law, 0.95), 0.07, 1e-12);
        assert_false(doubt.is_choice);
        assert_non_null(strstr(doubt.text, "p95 0.07 is not above the mean 0.075: only a "));
    }
}

static void values_out_of_range_are_refused(void **state)
{
    assert_refused(DISTRIBUTION_GAMMA, KNOWN_MEAN, 0, KNOWN_CV, 1,
                   "mean must be a finite number above 0, got 0");
    assert_refused(DISTRIBUTION_GAMMA, KNOWN_MEAN, 1, KNOWN_P99, INFINITY,
                   "p99 must be a finite number above 0, got inf");
    assert_refused(DISTRIBUTION_WEIBULL, KNOWN_P50, NAN, KNOWN_P99, 1,
                   "p50 must be a finite number above 0, got nan");
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_CV, -0.3,
                   "cv must be 0, or 1e-06 to 1e+06, got -0.3");
    assert_refused(DISTRIBUTION_LOGNORMAL, KNOWN_MEAN, 1, KNOWN_CV, 3e6,
                   "cv must be 0, or 1e-06 to 1e+06, got 3e+06");
}

/* ---- the others ------------------------------------------------------------------------------ */

static void mean_and_cv_give_the_other_laws(void **state)
{
    static const struct {
        enum distribution_kind kind;
        double cv;
    } known[] = {
        {DISTRIBUTION_UNIFORM, 0.2385},        {DISTRIBUTION_UNIFORM, 0.577},
        {DISTRIBUTION_EXPONENTIAL, 1},         {DISTRIBUTION_PARETO, 1.07},
        {DISTRIBUTION_PARETO, 13.1},           {DISTRIBUTION_HYPEREXPONENTIAL, 1},
        {DISTRIBUTION_HYPEREXPONENTIAL, 1.37}, {DISTRIBUTION_HYPEREXPONENTIAL, 23.85},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct distribution law = fit(known[i].kind, KNOWN_CV, known[i].cv, KNOWN_MEAN, 0.0751);
        assert_int_equal(law.kind, known[i].kind);
        assert_within(distribution_mean(&law), 0.0751, 1e-12);
        assert_within(fact_of(&law, KNOWN_CV), known[i].cv, 1e-10 * known[i].cv);
    }
    struct distribution law = fit(DISTRIBUTION_HYPEREXPONENTIAL, KNOWN_MEAN, 3, KNOWN_CV, 1.37);
    assert_within(law.a * law.b, 1.5, 1e-14);
    assert_within((1 - law.a) * law.c, 1.5, 1e-14);
    law = fit(DISTRIBUTION_EXPONENTIAL, KNOWN_MEAN, 3.17, KNOWN_MEAN, 3.17);
    assert_true(law.kind == DISTRIBUTION_EXPONENTIAL && law.a == 3.17);
    law = fit(DISTRIBUTION_UNIFORM, KNOWN_MEAN, 3.17, KNOWN_CV, 0);
    assert_true(law.kind == DISTRIBUTION_CONSTANT && law.a == 3.17);
}

static void a_cv_that_the_law_cannot_have_is_refused(void **state)
{
    assert_refused(DISTRIBUTION_UNIFORM, KNOWN_MEAN, 1, KNOWN_CV, 0.58,
                   "cv must be at most 0.57735 for a uniform, got 0.58");
    assert_refused(DISTRIBUTION_EXPONENTIAL, KNOWN_MEAN, 1, KNOWN_CV, 0.5,
                   "cv must be 1 for an exponential, got 0.5");
    assert_refused(DISTRIBUTION_PARETO, KNOWN_MEAN, 1, KNOWN_CV, 1,
                   "cv must be above 1 for a pareto, got 1");
    assert_refused(DISTRIBUTION_HYPEREXPONENTIAL, KNOWN_MEAN, 1, KNOWN_CV, 0.99,
                   "cv must be at least 1 for a hyperexponential, got 0.99");
    assert_refused(DISTRIBUTION_PARETO, KNOWN_MEAN, 1, KNOWN_P95, 3,
                   "must be given by mean and cv, got mean and p95");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_facts_is_met),
        cmocka_unit_test(the_scale_is_free),
        cmocka_unit_test(no_spread_is_a_constant),
        cmocka_unit_test(a_gamma_or_weibull_of_cv_1_is_the_exponential),
        cmocka_unit_test(extreme_spreads_are_met_or_refused),
        cmocka_unit_test(lognormal_from_mean_and_cv_is_exact),
        cmocka_unit_test(lognormal_from_two_quantiles_is_exact),
        cmocka_unit_test(of_two_lognormals_the_narrower_is_taken_and_both_are_named),
        cmocka_unit_test(lognormal_ratio_has_the_known_limit),
        cmocka_unit_test(gamma_and_weibull_have_a_limit_too),
        cmocka_unit_test(weibull_median_may_exceed_the_mean),
        cmocka_unit_test(quantiles_out_of_order_are_refused),
        cmocka_unit_test(a_high_quantile_below_the_mean_is_taken_with_a_warning),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(mean_and_cv_give_the_other_laws),
        cmocka_unit_test(a_cv_that_the_law_cannot_have_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
