/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples of every law against GSL's distribution functions, whole and truncated. */
#include "sim/random/distribution.h"
#include "tests/support/goodness.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

enum { SAMPLE = 1000000, TRUNCATED_SAMPLE = 30000 };

static const struct stream_key KEY = {.seed = 0x5d0c71e9a3b2f684, .replication = 11};

static double sample[SAMPLE];

static void take_sample(const struct distribution *law, size_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct stream draw = stream_at(KEY, 2385, i, 0);
        sample[i] = distribution_sample(law, &draw);
    }
}

/* ---- the laws under test --------------------------------------------------------------------- */

static const double VALUES[] = {0.0183, 0.0251, 0.0251, 0.0492, 0.1173};
static const struct distribution EXPONENTIAL = {.kind = DISTRIBUTION_EXPONENTIAL, .a = 0.0731};
static const struct distribution LOGNORMAL = {
    .kind = DISTRIBUTION_LOGNORMAL, .a = -2.937, .b = 0.4326};
static const struct distribution CONSTANT = {.kind = DISTRIBUTION_CONSTANT, .a = 0.0417};
static const struct distribution SHORTENED = {.kind = DISTRIBUTION_EXPONENTIAL,
                                              .a = 0.0731,
                                              .lowest = 0.0113,
                                              .highest = 0.0931,
                                              .is_truncated = true};
static const struct distribution *const PARTS[] = {&EXPONENTIAL, &LOGNORMAL, &CONSTANT, &SHORTENED};
static const double SHARES[] = {0.313, 0.287, 0.127, 0.273};
static const struct distribution *const THRICE[] = {&EXPONENTIAL, &EXPONENTIAL, &EXPONENTIAL};

static const struct law_case {
    const char *name;
    struct distribution law;
    /* A mean of 10^6 values is normal out to 5 standard errors, and of their squares: otherwise one
     * value in 10^4 samples or less moves it further, and only the distribution is looked at. */
    bool has_tame_tail;
} CASES[] = {
    {"uniform", {.kind = DISTRIBUTION_UNIFORM, .a = 0.0123, .b = 0.0731}, true},
    {"uniform from 0", {.kind = DISTRIBUTION_UNIFORM, .b = 17.31}, true},
    {"exponential", {.kind = DISTRIBUTION_EXPONENTIAL, .a = 0.0731}, true},
    {"long exponential", {.kind = DISTRIBUTION_EXPONENTIAL, .a = 2385.7}, true},
    {"erlang 1", {.kind = DISTRIBUTION_ERLANG, .a = 1, .b = 0.0251}, true},
    {"erlang 3", {.kind = DISTRIBUTION_ERLANG, .a = 3, .b = 0.0251}, true},
    {"erlang 1000", {.kind = DISTRIBUTION_ERLANG, .a = 1000, .b = 0.0251}, true},
    {"gamma 0.07", {.kind = DISTRIBUTION_GAMMA, .a = 0.07, .b = 1.251}, true},
    {"gamma 0.47", {.kind = DISTRIBUTION_GAMMA, .a = 0.47, .b = 0.1251}, true},
    {"gamma 1.07", {.kind = DISTRIBUTION_GAMMA, .a = 1.07, .b = 0.1251}, true},
    {"gamma 2.385", {.kind = DISTRIBUTION_GAMMA, .a = 2.385, .b = 0.0251}, true},
    {"gamma 83.1", {.kind = DISTRIBUTION_GAMMA, .a = 83.1, .b = 0.0021}, true},
    {"lognormal 0.0731", {.kind = DISTRIBUTION_LOGNORMAL, .a = -1.137, .b = 0.0731}, true},
    {"lognormal 0.4326", {.kind = DISTRIBUTION_LOGNORMAL, .a = -2.937, .b = 0.4326}, true},
    {"lognormal 1.7326", {.kind = DISTRIBUTION_LOGNORMAL, .a = 1.937, .b = 1.7326}, false},
    {"weibull 0.71", {.kind = DISTRIBUTION_WEIBULL, .a = 0.71, .b = 0.0731}, true},
    {"weibull 1.37", {.kind = DISTRIBUTION_WEIBULL, .a = 1.37, .b = 0.0731}, true},
    {"weibull 9.37", {.kind = DISTRIBUTION_WEIBULL, .a = 9.37, .b = 3.731}, true},
    {"pareto 2.71", {.kind = DISTRIBUTION_PARETO, .a = 2.71, .b = 0.1251}, false},
    {"pareto 13.71", {.kind = DISTRIBUTION_PARETO, .a = 13.71, .b = 0.7251}, true},
    {"hyperexponential",
     {.kind = DISTRIBUTION_HYPEREXPONENTIAL, .a = 0.887, .b = 0.0413, .c = 0.324},
     true},
    {"empirical", {.kind = DISTRIBUTION_EMPIRICAL, .count = 5, .values = VALUES}, true},
    {"mixture", {.kind = DISTRIBUTION_MIXTURE, .count = 4, .parts = PARTS, .shares = SHARES}, true},
    {"sum", {.kind = DISTRIBUTION_SUM, .count = 3, .parts = THRICE}, true},
};
enum { CASE_COUNT = sizeof CASES / sizeof CASES[0] };

/* The whole law by GSL. A sum here is of three like exponentials. */
static double whole_cdf(const struct distribution *law, double x);

static double gsl_cdf(const void *data, double x)
{
    const struct distribution *law = data;
    if (!law->is_truncated)
        return whole_cdf(law, x);
    if (x < law->lowest)
        return 0;
    if (x >= law->highest)
        return 1;
    double low = whole_cdf(law, nextafter(law->lowest, -INFINITY));
    return (whole_cdf(law, x) - low) / (whole_cdf(law, law->highest) - low);
}

static double counted_cdf(const struct distribution *law, double x)
{
    double sum = 0;
    for (size_t i = 0; i < law->count; i++)
        sum += law->kind == DISTRIBUTION_EMPIRICAL
                   ? (law->values[i] <= x ? 1 / (double)law->count : 0)
                   : law->shares[i] * gsl_cdf(law->parts[i], x);
    return sum;
}

static double whole_cdf(const struct distribution *law, double x)
{
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        return x >= law->a;
    case DISTRIBUTION_UNIFORM:
        return gsl_cdf_flat_P(x, law->a, law->b);
    case DISTRIBUTION_EXPONENTIAL:
        return gsl_cdf_exponential_P(x, law->a);
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return gsl_cdf_gamma_P(x, law->a, law->b);
    case DISTRIBUTION_LOGNORMAL:
        return x > 0 ? gsl_cdf_lognormal_P(x, law->a, law->b) : 0;
    case DISTRIBUTION_WEIBULL:
        return x > 0 ? gsl_cdf_weibull_P(x, law->b, law->a) : 0;
    case DISTRIBUTION_PARETO: /* GSL's is the classic one, which starts at b */
        return gsl_cdf_pareto_P(x + law->b, law->a, law->b);
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return law->a * gsl_cdf_exponential_P(x, law->b) +
               (1 - law->a) * gsl_cdf_exponential_P(x, law->c);
    case DISTRIBUTION_SUM:
        return gsl_cdf_gamma_P(x, 3, law->parts[0]->a);
    default:
        return counted_cdf(law, x);
    }
}

/* ---- whole laws ------------------------------------------------------------------------------ */

static void samples_follow_gsl_and_have_its_moments(void **state)
{
    for (int i = 0; i < CASE_COUNT; i++) {
        const struct law_case *c = &CASES[i];
        double mean = distribution_mean(&c->law), variance = distribution_variance(&c->law);
        take_sample(&c->law, SAMPLE);
        if (c->has_tame_tail) {
            assert_mean(sample, SAMPLE, mean, variance, c->name);
            assert_variance(sample, SAMPLE, mean, variance, c->name);
        }
        assert_follows(sample, SAMPLE, gsl_cdf, &c->law, c->name);
    }
}

static void empirical_takes_each_value_as_often(void **state)
{
    uint64_t count[7] = {0};
    static const double seven[] = {1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7};
    const struct distribution law = {.kind = DISTRIBUTION_EMPIRICAL, .count = 7, .values = seven};
    take_sample(&law, SAMPLE);
    for (int i = 0; i < SAMPLE; i++)
        count[(int)sample[i] - 1]++;
    assert_even(count, 7, "empirical");
}

static void a_sum_adds_its_parts_in_order_from_one_draw(void **state)
{
    const struct distribution law = {.kind = DISTRIBUTION_SUM, .count = 4, .parts = PARTS};
    for (uint32_t i = 0; i < 1000; i++) {
        struct stream whole = stream_at(KEY, 7, i, 2), parts = whole;
        double sum = 0;
        for (int part = 0; part < 4; part++)
            sum += distribution_sample(PARTS[part], &parts);
        assert_true(distribution_sample(&law, &whole) == sum);
        assert_true(stream_next_bits(&whole) == stream_next_bits(&parts));
    }
}

/* ---- truncated laws -------------------------------------------------------------------------- */

static struct distribution cut(struct distribution law, double lowest, double highest)
{
    law.is_truncated = true;
    law.lowest = lowest;
    law.highest = highest;
    return law;
}

/* Cuts between the quantiles of the whole law at these levels; the narrow ones are reached by
 * inversion, for 16 rejections in a row are the rule. */
static const struct {
    double low, high;
} CUTS[] = {{0, 0.95}, {0.31, 1}, {0.2, 0.7}, {0.473, 0.477}, {0.997, 1}, {0, 0.004}};

static void truncated_samples_stay_inside_and_follow_the_conditional_law(void **state)
{
    static const int cases[] = {0, 2, 8, 10, 13, 15, 19, 20, 22};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct law_case *c = &CASES[cases[i]];
        for (size_t k = 0; k < sizeof CUTS / sizeof CUTS[0]; k++) {
            double low = CUTS[k].low > 0 ? distribution_quantile(&c->law, CUTS[k].low) : 0;
            double high =
                CUTS[k].high < 1 ? distribution_quantile(&c->law, CUTS[k].high) : INFINITY;
            if (low == high)
                continue; /* the mixture's constant */
            struct distribution law = cut(c->law, low, high);
            take_sample(&law, TRUNCATED_SAMPLE);
            for (int j = 0; j < TRUNCATED_SAMPLE; j++)
                assert_true(sample[j] >= low && sample[j] <= high);
            assert_mean(sample, TRUNCATED_SAMPLE, distribution_mean(&law),
                        distribution_variance(&law), c->name);
            assert_follows(sample, TRUNCATED_SAMPLE, gsl_cdf, &law, c->name);
        }
    }
}

static void a_bound_itself_is_inside(void **state)
{
    struct distribution empirical = cut(CASES[21].law, 0.0251, 0.0492);
    take_sample(&empirical, TRUNCATED_SAMPLE);
    uint64_t lowest = 0, highest = 0;
    for (int i = 0; i < TRUNCATED_SAMPLE; i++) {
        lowest += sample[i] == 0.0251;
        highest += sample[i] == 0.0492;
    }
    assert_int_equal(lowest + highest, TRUNCATED_SAMPLE);
    assert_share(lowest, TRUNCATED_SAMPLE, 2. / 3, "lowest value");
}

static void a_truncated_sum_is_rejected_until_inside(void **state)
{
    struct distribution law = cut(CASES[23].law, 0.45, 0.6); /* keeps 5 % */
    take_sample(&law, TRUNCATED_SAMPLE);
    for (int i = 0; i < TRUNCATED_SAMPLE; i++)
        assert_true(sample[i] >= 0.45 && sample[i] <= 0.6);
    assert_follows(sample, TRUNCATED_SAMPLE, gsl_cdf, &law, "sum");
}

static void a_sum_that_never_gets_inside_is_moved_to_the_bound(void **state)
{
    struct distribution high = cut(CASES[23].law, 70, INFINITY), low = cut(CASES[23].law, 0, 1e-9);
    struct stream first = stream_at(KEY, 3, 5, 1), second = first;
    assert_true(distribution_sample(&high, &first) == 70);
    assert_true(distribution_sample(&low, &second) == 1e-9);
    /* The draw has kept to its own lap. */
    assert_int_equal(first.lap_extra >> STREAM_EXTRA_BITS, 1);
}

/* ---- blocks and nanoseconds ------------------------------------------------------------------ */

static void assert_block_equals_single_draws(const struct distribution *law, uint32_t first,
                                             const char *name)
{
    int64_t ns[STREAM_BLOCK];
    distribution_fill(law, KEY, 99, first, ns);
    for (uint32_t i = 0; i < STREAM_BLOCK; i++) {
        struct stream draw = stream_at(KEY, 99, first + i, 0);
        int64_t single = distribution_to_ns(distribution_sample(law, &draw));
        if (ns[i] != single)
            fail_msg("%s: draw %u is %lld ns in a block, %lld alone", name, first + i,
                     (long long)ns[i], (long long)single);
    }
}

/* 25,600 draws: some 500 of them leave the quick path of their law. */
static void a_block_equals_its_single_draws(void **state)
{
    const struct distribution constant = distribution_constant(0.0731);
    assert_block_equals_single_draws(&constant, 77, "constant");
    for (int i = 0; i < CASE_COUNT; i++) {
        struct distribution law = CASES[i].law;
        for (uint32_t block = 0; block < 400; block++)
            assert_block_equals_single_draws(&law, block * STREAM_BLOCK + 2385, CASES[i].name);
        assert_block_equals_single_draws(&law, UINT32_MAX - 20, CASES[i].name);
        double mean = distribution_mean(&law);
        law = cut(law, 0.3 * mean, 1.9 * mean);
        for (uint32_t block = 0; block < 20; block++)
            assert_block_equals_single_draws(&law, block * STREAM_BLOCK + 2385, CASES[i].name);
    }
}

static void a_block_of_few_nanoseconds_equals_its_single_draws(void **state)
{
    /* Rounding does not tell inside from outside. */
    struct distribution law = {.kind = DISTRIBUTION_UNIFORM, .a = 0, .b = 17.3e-9};
    for (uint32_t block = 0; block < 100; block++) {
        struct distribution inner = cut(law, 2.1e-9 + 1e-11 * block, 11.3e-9 + 1e-11 * block);
        assert_block_equals_single_draws(&inner, block * STREAM_BLOCK, "nanoseconds");
    }
}

static void nanoseconds_are_rounded_and_clamped(void **state)
{
    static const struct {
        double seconds;
        int64_t ns;
    } known[] = {
        {0, 0},
        {0.4e-9, 0},
        {0.6e-9, 1},
        {2.385e-6, 2385},
        {1.4999999994, 1499999999},
        {1.4999999996, 1500000000},
        {4e9, INT64_C(4000000000000000000)},
        {4.7e9, INT64_C(1) << 62},
        {1e300, INT64_C(1) << 62},
        {INFINITY, INT64_C(1) << 62},
        {-3.7, 0},
        {-INFINITY, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_true(distribution_to_ns(known[i].seconds) == known[i].ns);
}

static void a_value_depends_on_its_draw_alone(void **state)
{
    struct stream draw = stream_at(KEY, 4, 8, 3), again = draw, other = stream_at(KEY, 4, 8, 4);
    double value = distribution_sample(&EXPONENTIAL, &draw);
    distribution_sample(&LOGNORMAL, &draw);
    assert_true(distribution_sample(&EXPONENTIAL, &again) == value);
    assert_true(distribution_sample(&EXPONENTIAL, &other) != value);
}

/* The distribution function of k X at k x is that of X at x; sums have none, and are known by their
 * moments. */
static void a_scaled_law_is_the_law_of_the_scaled_value(void **state)
{
    static const double FACTOR = 2.385, PLACES[] = {0.3, 0.7, 1, 1.9, 4};
    struct arena *arena = arena_open();
    for (size_t c = 0; c < sizeof CASES / sizeof CASES[0]; c++) {
        const struct distribution *law = &CASES[c].law;
        struct distribution *scaled = distribution_scale(law, FACTOR, arena);
        double mean = distribution_mean(law), variance = distribution_variance(law);
        if (!isnan(mean))
            assert_within(distribution_mean(scaled), FACTOR * mean, 1e-9 * FACTOR * mean);
        if (isfinite(variance))
            assert_within(distribution_variance(scaled), FACTOR * FACTOR * variance,
                          1e-7 * FACTOR * FACTOR * (variance + mean * mean));
        for (size_t p = 0; p < sizeof PLACES / sizeof PLACES[0] && !isnan(mean); p++) {
            double at = PLACES[p] * mean, expected = distribution_cdf(law, at);
            double found = distribution_cdf(scaled, FACTOR * at * (1 + 1e-12));
            if (!isnan(expected))
                assert_within(found, expected, 1e-9);
        }
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_follow_gsl_and_have_its_moments),
        cmocka_unit_test(empirical_takes_each_value_as_often),
        cmocka_unit_test(a_sum_adds_its_parts_in_order_from_one_draw),
        cmocka_unit_test(truncated_samples_stay_inside_and_follow_the_conditional_law),
        cmocka_unit_test(a_bound_itself_is_inside),
        cmocka_unit_test(a_truncated_sum_is_rejected_until_inside),
        cmocka_unit_test(a_sum_that_never_gets_inside_is_moved_to_the_bound),
        cmocka_unit_test(a_block_equals_its_single_draws),
        cmocka_unit_test(a_block_of_few_nanoseconds_equals_its_single_draws),
        cmocka_unit_test(nanoseconds_are_rounded_and_clamped),
        cmocka_unit_test(a_value_depends_on_its_draw_alone),
        cmocka_unit_test(a_scaled_law_is_the_law_of_the_scaled_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
