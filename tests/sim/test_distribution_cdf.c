/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distribution functions, quantiles, means and variances. */
#include "sim/random/distribution_cdf.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

static const double VALUES[] = {1.1, 2.2, 2.2, 4.4, 7.7};
static const struct distribution EXPONENTIAL = {.kind = DISTRIBUTION_EXPONENTIAL, .a = 0.731};
static const struct distribution GAMMA = {.kind = DISTRIBUTION_GAMMA, .a = 2.385, .b = 0.417};
static const struct distribution LOGNORMAL = {
    .kind = DISTRIBUTION_LOGNORMAL, .a = -0.937, .b = 0.4326};
static const struct distribution WEIBULL = {.kind = DISTRIBUTION_WEIBULL, .a = 1.37, .b = 0.731};
static const struct distribution PARETO = {.kind = DISTRIBUTION_PARETO, .a = 2.71, .b = 1.251};
static const struct distribution HYPEREXPONENTIAL = {
    .kind = DISTRIBUTION_HYPEREXPONENTIAL, .a = 0.887, .b = 0.413, .c = 3.24};
static const struct distribution UNIFORM = {.kind = DISTRIBUTION_UNIFORM, .a = 0.123, .b = 7.31};
static const struct distribution EMPIRICAL = {
    .kind = DISTRIBUTION_EMPIRICAL, .count = 5, .values = VALUES};
static const struct distribution CONSTANT = {.kind = DISTRIBUTION_CONSTANT, .a = 3.3};
static const struct distribution *const PARTS[] = {&GAMMA, &LOGNORMAL, &UNIFORM};
static const double SHARES[] = {0.313, 0.471, 0.216};
static const struct distribution MIXTURE = {
    .kind = DISTRIBUTION_MIXTURE, .count = 3, .parts = PARTS, .shares = SHARES};
static const struct distribution SUM = {.kind = DISTRIBUTION_SUM, .count = 3, .parts = PARTS};
static const struct distribution *const CONTINUOUS[] = {
    &EXPONENTIAL, &GAMMA, &LOGNORMAL, &WEIBULL, &PARETO, &HYPEREXPONENTIAL, &UNIFORM, &MIXTURE};
enum { CONTINUOUS_COUNT = sizeof CONTINUOUS / sizeof CONTINUOUS[0] };

static struct distribution cut(struct distribution law, double lowest, double highest)
{
    law.is_truncated = true;
    law.lowest = lowest;
    law.highest = highest;
    return law;
}

/* ---- functions and quantiles ----------------------------------------------------------------- */

static void quantile_undoes_cdf(void **state)
{
    for (int i = 0; i < CONTINUOUS_COUNT; i++) {
        const struct distribution truncated = cut(*CONTINUOUS[i], 0.237, 5.173);
        for (double x = 0.24; x < 5.1; x += 0.0713) {
            double p = distribution_cdf(CONTINUOUS[i], x), q = distribution_cdf(&truncated, x);
            assert_within(distribution_quantile(CONTINUOUS[i], p), x, 1e-8);
            assert_within(distribution_quantile(&truncated, q), x, 1e-8);
        }
    }
}

static void upper_tail_keeps_its_digits(void **state)
{
    for (int i = 0; i < CONTINUOUS_COUNT; i++)
        for (double above = 0.3; above > 1e-40; above *= 0.0173) {
            double x = distribution_invert(CONTINUOUS[i], (struct tails){1 - above, above});
            double tolerance = CONTINUOUS[i] == &UNIFORM || CONTINUOUS[i] == &MIXTURE ? 1e-14 : 0;
            assert_within(distribution_tails(CONTINUOUS[i], x).above, above,
                          1e-9 * above + tolerance);
        }
}

static void cdf_matches_gsl(void **state)
{
    for (double x = 0.0137; x < 9; x *= 1.31) {
        assert_within(distribution_cdf(&EXPONENTIAL, x), gsl_cdf_exponential_P(x, 0.731), 1e-14);
        assert_within(distribution_cdf(&GAMMA, x), gsl_cdf_gamma_P(x, 2.385, 0.417), 1e-13);
        assert_within(distribution_cdf(&LOGNORMAL, x), gsl_cdf_lognormal_P(x, -0.937, 0.4326),
                      1e-14);
        assert_within(distribution_cdf(&WEIBULL, x), gsl_cdf_weibull_P(x, 0.731, 1.37), 1e-14);
        assert_within(distribution_cdf(&PARETO, x), gsl_cdf_pareto_P(x + 1.251, 2.71, 1.251),
                      1e-14);
    }
    assert_true(distribution_cdf(&LOGNORMAL, 0) == 0 && distribution_cdf(&LOGNORMAL, -1.3) == 0);
    assert_true(distribution_cdf(&PARETO, -1.3) == 0 && distribution_cdf(&WEIBULL, -1.3) == 0);
    assert_true(distribution_cdf(&PARETO, INFINITY) == 1);
}

static void steps_belong_to_their_value(void **state)
{
    assert_true(distribution_cdf(&EMPIRICAL, 2.2) == 0.6);
    assert_true(distribution_cdf(&EMPIRICAL, nextafter(2.2, 0)) == 0.2);
    assert_true(distribution_quantile(&EMPIRICAL, 0.6) == 2.2);
    assert_true(distribution_quantile(&EMPIRICAL, 0.6001) == 4.4);
    assert_true(distribution_quantile(&EMPIRICAL, 1e-9) == 1.1);
    assert_true(distribution_quantile(&EMPIRICAL, 0.9999) == 7.7);
    struct distribution inner = cut(EMPIRICAL, 2.2, 4.4);
    assert_within(distribution_kept(&inner), 0.6, 1e-15);
    assert_within(distribution_cdf(&inner, 2.2), 2. / 3, 1e-15);
    assert_true(distribution_quantile(&inner, 0.5) == 2.2);
    assert_true(distribution_quantile(&inner, 0.7) == 4.4);
    const struct distribution *const parts[] = {&CONSTANT, &EXPONENTIAL};
    const double shares[] = {0.4, 0.6};
    const struct distribution mixture = {
        .kind = DISTRIBUTION_MIXTURE, .count = 2, .parts = parts, .shares = shares};
    double before = 0.6 * -expm1(-3.3 / 0.731);
    assert_within(distribution_cdf(&mixture, nextafter(3.3, 0)), before, 1e-15);
    assert_within(distribution_cdf(&mixture, 3.3), before + 0.4, 1e-15);
    assert_true(distribution_quantile(&mixture, before + 0.001) == 3.3);
    assert_true(distribution_quantile(&mixture, before + 0.399) == 3.3);
}

static void kept_is_the_probability_between_the_bounds(void **state)
{
    struct distribution law = cut(EXPONENTIAL, 0.3, 1.7), tail = cut(EXPONENTIAL, 40, INFINITY);
    assert_within(distribution_kept(&law), exp(-0.3 / 0.731) - exp(-1.7 / 0.731), 1e-15);
    assert_within(distribution_kept(&tail), exp(-40 / 0.731), 1e-12 * exp(-40 / 0.731));
    assert_true(distribution_kept(&EXPONENTIAL) == 1);
}

static void a_sum_has_no_curve(void **state)
{
    const struct distribution *const parts[] = {&SUM, &GAMMA};
    const struct distribution mixture = {
        .kind = DISTRIBUTION_MIXTURE, .count = 2, .parts = parts, .shares = SHARES};
    assert_false(distribution_has_curve(&SUM) || distribution_has_curve(&mixture));
    assert_true(distribution_has_curve(&MIXTURE));
    assert_true(isnan(distribution_cdf(&SUM, 1)) && isnan(distribution_quantile(&mixture, 0.3)));
    struct distribution truncated = cut(SUM, 1.7, 9);
    assert_true(isnan(distribution_kept(&truncated)) && isnan(distribution_mean(&truncated)));
}

/* ---- moments --------------------------------------------------------------------------------- */

static void assert_moments(const struct distribution *law, double mean, double variance)
{
    assert_within(distribution_mean(law), mean, 1e-9 * mean);
    assert_within(distribution_variance(law), variance, 1e-9 * variance);
}

/* Textbook formulas (Law, table 6.3), evaluated by mpmath 1.3. */
static void moments_of_whole_laws(void **state)
{
    assert_moments(&EXPONENTIAL, 0.731, 0.534361);
    assert_moments(&GAMMA, 0.994545, 0.414725265);
    assert_moments(&LOGNORMAL, 0.430232886669236, 0.0380935405958493);
    assert_moments(&WEIBULL, 0.668609061435857, 0.24381233595397);
    assert_moments(&PARETO, 0.731578947368421, 2.04283523857828);
    assert_moments(&HYPEREXPONENTIAL, 0.732451, 2.138562538599);
    assert_moments(&UNIFORM, 3.7165, 4.30441408333333);
    assert_moments(&EMPIRICAL, 3.52, 5.5176);
    assert_moments(&CONSTANT, 3.3, 0);
    struct distribution no_variance = {.kind = DISTRIBUTION_PARETO, .a = 1.9, .b = 0.7};
    assert_within(distribution_mean(&no_variance), 0.7 / 0.9, 1e-15);
    assert_true(isinf(distribution_variance(&no_variance)));
}

/* Kept probability, mean and variance by mpmath's quadrature of the density, 40 digits. The last
 * ones of each law are those in which closed forms cancel. */
static const struct {
    struct distribution law;
    double kept, mean, variance;
} TRUNCATED[] = {
    {{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1.7, .b = 0, .lowest = 2, .highest = INFINITY},
     0.308365167896581,
     3.7,
     2.89},
    {{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1.7, .b = 0, .lowest = 0.3, .highest = 4.1},
     0.748566495660833,
     1.54486827600337,
     0.953354562624649},
    {{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1.7, .b = 0, .lowest = 20, .highest = 30},
     7.7524782330355e-6,
     21.6720398706905,
     2.60961693807423},
    {{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1.7, .b = 0, .lowest = 0, .highest = 0.001},
     0.00058806231765564,
     0.00049995098039244,
     8.33333318915802e-8},
    {{.kind = DISTRIBUTION_EXPONENTIAL, .a = 1.7, .b = 0, .lowest = 2, .highest = 2.00001},
     1.81390741731767e-6,
     2.0000049999951,
     8.3333333334281e-12},
    {{.kind = DISTRIBUTION_GAMMA, .a = 2.385, .b = 0.417, .lowest = 0.5, .highest = 2.1},
     0.701760333172235,
     1.07069852715859,
     0.165616343148824},
    {{.kind = DISTRIBUTION_GAMMA, .a = 0.41, .b = 3.1, .lowest = 0, .highest = 0.23},
     0.379991543385939,
     0.0654325523272512,
     0.00444375435362448},
    {{.kind = DISTRIBUTION_GAMMA, .a = 0.41, .b = 3.1, .lowest = 60, .highest = INFINITY},
     3.07339555844118e-10,
     63.0161406004771,
     9.11801041421301},
    {{.kind = DISTRIBUTION_GAMMA, .a = 397.1, .b = 0.0103, .lowest = 3.9, .highest = 4.5},
     0.796770134420126,
     4.14027979237698,
     0.0210924068714354},
    {{.kind = DISTRIBUTION_GAMMA, .a = 10007, .b = 0.0103, .lowest = 101, .highest = 104},
     0.794636854539412,
     102.793038588418,
     0.522108531855322},
    {{.kind = DISTRIBUTION_GAMMA, .a = 2.385, .b = 0.417, .lowest = 1.1, .highest = 1.1001},
     5.34202528407807e-5,
     1.10004999905079,
     8.33333332474631e-10},
    {{.kind = DISTRIBUTION_LOGNORMAL, .a = -3.1, .b = 0.83, .lowest = 0.023, .highest = 0.217},
     0.761913685632143,
     0.0672410480905384,
     0.00166727431314722},
    {{.kind = DISTRIBUTION_LOGNORMAL, .a = -3.1, .b = 2.51, .lowest = 0.023, .highest = INFINITY},
     0.605586101697804,
     1.73129319481563,
     991.023754767971},
    {{.kind = DISTRIBUTION_LOGNORMAL, .a = -3.1, .b = 0.83, .lowest = 3.1, .highest = 8.7},
     1.71448712818823e-7,
     3.64892733243737,
     0.370849730260412},
    {{.kind = DISTRIBUTION_LOGNORMAL, .a = -3.1, .b = 0.0113, .lowest = 0, .highest = 0.0457},
     0.897831835462338,
     0.04495027344256,
     1.81979531253686e-7},
    {{.kind = DISTRIBUTION_LOGNORMAL, .a = -3.1, .b = 0.83, .lowest = 0.11, .highest = 0.11001},
     2.45011170235448e-5,
     0.110004999826073,
     8.33333331711476e-12},
    {{.kind = DISTRIBUTION_WEIBULL, .a = 0.71, .b = 0.43, .lowest = 0.13, .highest = 2.7},
     0.6269256595152,
     0.676034253897253,
     0.305763351706007},
    {{.kind = DISTRIBUTION_WEIBULL, .a = 0.31, .b = 2.3, .lowest = 0, .highest = 51},
     0.926717359352427,
     4.53732636928289,
     82.0088057456048},
    {{.kind = DISTRIBUTION_WEIBULL, .a = 3.61, .b = 0.43, .lowest = 0.31, .highest = INFINITY},
     0.73572536456796,
     0.441182373335176,
     0.00735088291762053},
    {{.kind = DISTRIBUTION_WEIBULL, .a = 123, .b = 0.43, .lowest = 0.423, .highest = 0.431},
     0.611338674061735,
     0.42771101013728,
     4.60611067563191e-6},
    {{.kind = DISTRIBUTION_PARETO, .a = 1.37, .b = 0.43, .lowest = 0, .highest = 21},
     0.995275548338744,
     0.793060319716098,
     2.84072110841891},
    {{.kind = DISTRIBUTION_PARETO, .a = 2.51, .b = 0.43, .lowest = 1.3, .highest = INFINITY},
     0.0303745676308336,
     2.44569536423841,
     6.46013891719576},
    {{.kind = DISTRIBUTION_PARETO, .a = 1, .b = 0.43, .lowest = 0.3, .highest = 9.1},
     0.543920424326927,
     1.60106336785303,
     2.8316815957655},
    {{.kind = DISTRIBUTION_PARETO, .a = 2, .b = 0.43, .lowest = 0.3, .highest = 9.1},
     0.344933537645437,
     0.926120857699805,
     0.915303615767053},
    {{.kind = DISTRIBUTION_PARETO, .a = 3.71, .b = 0.43, .lowest = 0.31, .highest = 0.3101},
     6.68840067683303e-5,
     0.310049994696304,
     8.33333318844528e-10},
};

static void moments_of_truncated_laws(void **state)
{
    for (size_t i = 0; i < sizeof TRUNCATED / sizeof TRUNCATED[0]; i++) {
        struct distribution law = TRUNCATED[i].law;
        law.is_truncated = true;
        assert_within(distribution_kept(&law), TRUNCATED[i].kept, 1e-9 * TRUNCATED[i].kept);
        assert_moments(&law, TRUNCATED[i].mean, TRUNCATED[i].variance);
    }
    /* So narrow that the density is flat, and a bound computed from a probability would be off. */
    struct distribution flat = cut(EXPONENTIAL, 2.3, 2.3 + 1e-9);
    double width = flat.highest - flat.lowest;
    assert_within(distribution_variance(&flat), width * width / 12, 1e-12 * width * width);
}

static void moments_of_a_mixture_weigh_its_parts(void **state)
{
    double mean = 0, second = 0;
    for (int i = 0; i < 3; i++) {
        double part = distribution_mean(PARTS[i]);
        mean += SHARES[i] * part;
        second += SHARES[i] * (part * part + distribution_variance(PARTS[i]));
    }
    assert_moments(&MIXTURE, mean, second - mean * mean);
    /* Two truncations inside each other are one. */
    const struct distribution inner = cut(EXPONENTIAL, 0.2, 3.7);
    const struct distribution *const parts[] = {&inner};
    const double whole[] = {1};
    const struct distribution outer = cut(
        (struct distribution){
            .kind = DISTRIBUTION_MIXTURE, .count = 1, .parts = parts, .shares = whole},
        0.5, 9);
    const struct distribution both = cut(EXPONENTIAL, 0.5, 3.7);
    assert_moments(&outer, distribution_mean(&both), distribution_variance(&both));
    assert_within(distribution_cdf(&outer, 1.3), distribution_cdf(&both, 1.3), 1e-14);
}

static void moments_of_a_sum_add_up(void **state)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < 3; i++) {
        mean += distribution_mean(PARTS[i]);
        variance += distribution_variance(PARTS[i]);
    }
    assert_moments(&SUM, mean, variance);
}

static void constants_are_recognised(void **state)
{
    const struct distribution *const constants[] = {&CONSTANT, &CONSTANT};
    const struct distribution *const mixed[] = {&CONSTANT, &GAMMA};
    struct distribution law = {.kind = DISTRIBUTION_SUM, .count = 2, .parts = constants};
    assert_true(distribution_is_constant(&law));
    law.parts = mixed;
    assert_false(distribution_is_constant(&law));
    law = (struct distribution){
        .kind = DISTRIBUTION_MIXTURE, .count = 2, .parts = constants, .shares = SHARES};
    assert_true(distribution_is_constant(&law));
    const struct distribution other = distribution_constant(3.4);
    const struct distribution *const unlike[] = {&CONSTANT, &other};
    law.parts = unlike;
    assert_false(distribution_is_constant(&law));
    law.kind = DISTRIBUTION_SUM;
    assert_true(distribution_is_constant(&law));
    law = (struct distribution){.kind = DISTRIBUTION_UNIFORM, .a = 2.3, .b = 2.3};
    assert_true(distribution_is_constant(&law) && !distribution_is_constant(&UNIFORM));
    assert_moments(&law, 2.3, 0);
    law = (struct distribution){.kind = DISTRIBUTION_LOGNORMAL, .a = 0.7};
    assert_true(distribution_is_constant(&law) && !distribution_is_constant(&LOGNORMAL));
    assert_true(distribution_cdf(&law, exp(0.7)) == 1);
    assert_false(distribution_is_constant(&EMPIRICAL) || distribution_is_constant(&EXPONENTIAL));
    law = cut(UNIFORM, 1.7, 1.7);
    assert_true(distribution_is_constant(&law));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantile_undoes_cdf),
        cmocka_unit_test(upper_tail_keeps_its_digits),
        cmocka_unit_test(cdf_matches_gsl),
        cmocka_unit_test(steps_belong_to_their_value),
        cmocka_unit_test(kept_is_the_probability_between_the_bounds),
        cmocka_unit_test(a_sum_has_no_curve),
        cmocka_unit_test(moments_of_whole_laws),
        cmocka_unit_test(moments_of_truncated_laws),
        cmocka_unit_test(moments_of_a_mixture_weigh_its_parts),
        cmocka_unit_test(moments_of_a_sum_add_up),
        cmocka_unit_test(constants_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
