/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/tail_part.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>

static struct distribution lognormal(double cv)
{
    double spread = log1p(cv * cv);
    return (struct distribution){
        .kind = DISTRIBUTION_LOGNORMAL, .a = -0.5 * spread, .b = sqrt(spread)};
}

/* Balanced means, mean 1. */
static struct distribution hyperexponential(double cv)
{
    double p = 0.5 * (1 + sqrt((cv * cv - 1) / (cv * cv + 1)));
    return (struct distribution){
        .kind = DISTRIBUTION_HYPEREXPONENTIAL, .a = p, .b = 1 / (2 * p), .c = 1 / (2 * (1 - p))};
}

static struct distribution lomax(double shape, double scale)
{
    return (struct distribution){.kind = DISTRIBUTION_PARETO, .a = shape, .b = scale};
}

static void what_a_study_has_not_drawn_follows_from_the_law(void **state)
{
    static const struct {
        double cv, draws, u;
    } known[] = {{3, 3e5, 0.0709},
                 {5, 3e5, 0.1857},
                 {5, 1.2e6, 0.1190},
                 {5, 4.8e6, 0.0734},
                 {10, 3e5, 0.4178}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct distribution law = lognormal(known[i].cv);
        double u = tail_part_unseen(&law, 2, known[i].draws);
        assert_within(u, known[i].u, 5.1e-5);
        double z = gsl_cdf_ugaussian_Qinv(1 / known[i].draws);
        assert_within(u, gsl_cdf_ugaussian_P(2 * law.b - z), 1e-8);
    }
    struct distribution phases = hyperexponential(30);
    assert_within(1 - phases.a, 0.000555, 5e-7);
    assert_within(tail_part_unseen(&phases, 2, 3e5), 0.1153, 1.5e-4);
    assert_within(tail_part_unseen(&phases, 2, 1.2e6), 0.0430, 5.1e-5);
    assert_within(tail_part_unseen(&phases, 2, 4.8e6), 0.0150, 5.1e-5);
    struct distribution pareto = lomax(2.25, 12.5);
    assert_within(tail_part_unseen(&pareto, 1, 3e5), 0.0020, 5.1e-5);
}

/* exp: e^-x sum_{j <= k} x^j / j!, x = ln n; Lomax: (x t^-a + b t^(1-a) / (a-1)) / E, t = n^(1/a),
 * x = b (t - 1). */
static void closed_forms_agree(void **state)
{
    struct distribution exponential = {.kind = DISTRIBUTION_EXPONENTIAL, .a = 0.37};
    double n = 5000, x = log(n);
    assert_within(tail_part_unseen(&exponential, 1, n), (1 + x) / n, 1e-9);
    assert_within(tail_part_unseen(&exponential, 2, n), (1 + x + x * x / 2) / n, 1e-9);
    struct distribution pareto = lomax(2.1333, 5.66667);
    double t = pow(n, 1 / pareto.a), far = pareto.b * (t - 1), mean = pareto.b / (pareto.a - 1);
    double expected =
        (far * pow(t, -pareto.a) + pareto.b * pow(t, 1 - pareto.a) / (pareto.a - 1)) / mean;
    assert_within(tail_part_unseen(&pareto, 1, n), expected, 1e-8);
}

static void a_law_that_ends_has_little_unseen(void **state)
{
    struct distribution uniform = {.kind = DISTRIBUTION_UNIFORM, .a = 0, .b = 2};
    assert_within(tail_part_unseen(&uniform, 1, 1000), 1.999e-3, 1e-6);
    struct distribution constant = distribution_constant(3);
    assert_within(tail_part_unseen(&constant, 2, 10), 0, 0);
    const double values[] = {1, 2, 3, 50};
    struct distribution empirical = {.kind = DISTRIBUTION_EMPIRICAL, .count = 4, .values = values};
    assert_within(tail_part_unseen(&empirical, 1, 1000), 0, 0);
    assert_within(tail_part_unseen(&empirical, 1, 1.5), 53. / 56, 1e-12);
    struct distribution cut = lomax(2.0833, 1);
    cut.is_truncated = true;
    cut.highest = 500;
    assert_true(tail_part_unseen(&cut, 2, 1e9) < 1e-4);
    assert_true(tail_part_unseen(&cut, 2, 1e4) > 0.1);
}

/* A part that was hardly drawn has not shown anything. */
static void a_rare_part_is_unseen_as_a_whole(void **state)
{
    struct distribution often = distribution_constant(1), seldom = lognormal(5);
    const struct distribution *const parts[] = {&often, &seldom};
    const double shares[] = {0.999, 0.001};
    struct distribution mixture = {
        .kind = DISTRIBUTION_MIXTURE, .count = 2, .parts = parts, .shares = shares};
    double share = 0.001 * 26 / (0.999 + 0.001 * 26);
    assert_within(tail_part_unseen(&mixture, 2, 900), share, 1e-9);
    assert_within(tail_part_unseen(&mixture, 2, 3e8), share * tail_part_unseen(&seldom, 2, 3e5),
                  1e-9);
}

/* S^2 of the sum of a constant and a heavy part: E[x^2; far] + 2 E[x; far] c. */
static void of_a_sum_the_heavy_part_counts(void **state)
{
    struct distribution constant = distribution_constant(2), heavy = lognormal(3);
    const struct distribution *const parts[] = {&constant, &heavy};
    struct distribution sum = {.kind = DISTRIBUTION_SUM, .count = 2, .parts = parts};
    double n = 1e5, first = tail_part_unseen(&heavy, 1, n), second = tail_part_unseen(&heavy, 2, n);
    assert_within(tail_part_unseen(&sum, 1, n), first / 3, 1e-12);
    assert_within(tail_part_unseen(&sum, 2, n), (10 * second + 4 * first) / (9 + 9), 1e-9);
    struct distribution phases = hyperexponential(30);
    assert_true(tail_part_unseen(&phases, 2, 1) == 1);
}

static void the_draws_that_would_do_are_found(void **state)
{
    struct distribution law = lognormal(5);
    double n = tail_part_draws_needed(&law, 2, 0.05);
    assert_within(tail_part_unseen(&law, 2, n), 0.05, 1e-4);
    assert_true(n > 4.8e6);
    struct distribution infinite = lomax(1.9, 1);
    assert_true(isinf(tail_part_draws_needed(&infinite, 2, 0.05)));
    assert_true(tail_part_unseen(&infinite, 2, 1e12) == 1);
}

static void means_without_a_variance_are_told_from_the_law(void **state)
{
    struct distribution pareto = lomax(2.0833, 1), other = lognormal(5);
    assert_within(tail_part_index(&pareto), 2.0833, 0);
    assert_true(isinf(tail_part_index(&other)));
    assert_within(tail_part_cluster_index(2.0833, 2, 1), 1.04, 0.005);
    assert_within(tail_part_cluster_index(2.0833, 2, 0.3), 1.04, 0.005);
    assert_within(tail_part_cluster_index(2.25, 1, 1), 2.25, 0);
    assert_within(tail_part_cluster_index(2.25, 2, 3.7), (3 * 1.25 + 1) / 2, 1e-12);
    const struct distribution *const parts[] = {&other, &pareto};
    const double shares[] = {0.5, 0.5};
    struct distribution mixture = {
        .kind = DISTRIBUTION_MIXTURE, .count = 2, .parts = parts, .shares = shares};
    assert_within(tail_part_index(&mixture), 2.0833, 0);
    pareto.is_truncated = true;
    pareto.highest = 5;
    assert_true(isinf(tail_part_index(&mixture)));
}

static void light_laws_are_told_from_heavy_ones(void **state)
{
    struct distribution exponential = {.kind = DISTRIBUTION_EXPONENTIAL, .a = 1};
    struct distribution heavy = lognormal(2), pareto = lomax(3, 1), phases = hyperexponential(30);
    assert_true(tail_part_is_light(&exponential) && tail_part_is_light(&phases));
    assert_false(tail_part_is_light(&heavy));
    assert_false(tail_part_is_light(&pareto));
    const struct distribution *const parts[] = {&exponential, &pareto};
    struct distribution sum = {.kind = DISTRIBUTION_SUM, .count = 2, .parts = parts};
    assert_false(tail_part_is_light(&sum));
    pareto.is_truncated = true;
    pareto.highest = 9;
    assert_true(tail_part_is_light(&sum));
}

/* ---- warm-up -------------------------------------------------------------------------------- */

static void long_delays_need_a_warm_up_from_their_law(void **state)
{
    struct distribution pareto = lomax(2.25, 12.5);
    assert_within(tail_part_missing(&pareto, 30), pow(1 + 30 / 12.5, -1.25), 1e-9);
    assert_within(tail_part_warmup(&pareto, 0.005), 12.5 * (pow(200, 0.8) - 1), 1e-3);
    assert_within(tail_part_warmup(&pareto, 0.005), 853.93, 0.005);
    struct distribution exponential = {.kind = DISTRIBUTION_EXPONENTIAL, .a = 90};
    assert_within(tail_part_warmup(&exponential, 0.005), 90 * log(200), 1e-4);
    struct distribution law = lognormal(4);
    double w = 20, z = (log(w) - law.a) / law.b;
    assert_within(tail_part_missing(&law, w),
                  gsl_cdf_ugaussian_Q(z - law.b) - w * gsl_cdf_ugaussian_Q(z), 1e-9);
    struct distribution phases = hyperexponential(8);
    double expected =
        phases.a * phases.b * exp(-w / phases.b) + (1 - phases.a) * phases.c * exp(-w / phases.c);
    assert_within(tail_part_missing(&phases, w), expected, 1e-9);
}

static void short_and_endless_delays_are_exceptions(void **state)
{
    struct distribution constant = distribution_constant(3), infinite = lomax(1.0, 1);
    assert_within(tail_part_missing(&constant, 2.7), 0.1, 1e-12);
    assert_within(tail_part_warmup(&constant, 0.005), 2.985, 1e-6);
    assert_true(isinf(tail_part_warmup(&infinite, 0.005)));
    struct distribution exponential = {.kind = DISTRIBUTION_EXPONENTIAL, .a = 1};
    const struct distribution *const parts[] = {&exponential, &exponential};
    struct distribution sum = {.kind = DISTRIBUTION_SUM, .count = 2, .parts = parts};
    assert_within(tail_part_missing(&sum, 6), exp(-3), 1e-9);
    double exact = exp(-6) * (6 + 2) / 2; /* Erlang: E[(S - w)+] / 2 */
    assert_true(tail_part_missing(&sum, 6) > exact);
    const double values[] = {1, 2, 9};
    struct distribution empirical = {.kind = DISTRIBUTION_EMPIRICAL, .count = 3, .values = values};
    assert_within(tail_part_missing(&empirical, 2), 7. / 12, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_study_has_not_drawn_follows_from_the_law),
        cmocka_unit_test(closed_forms_agree),
        cmocka_unit_test(a_law_that_ends_has_little_unseen),
        cmocka_unit_test(a_rare_part_is_unseen_as_a_whole),
        cmocka_unit_test(of_a_sum_the_heavy_part_counts),
        cmocka_unit_test(the_draws_that_would_do_are_found),
        cmocka_unit_test(means_without_a_variance_are_told_from_the_law),
        cmocka_unit_test(light_laws_are_told_from_heavy_ones),
        cmocka_unit_test(long_delays_need_a_warm_up_from_their_law),
        cmocka_unit_test(short_and_endless_delays_are_exceptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
