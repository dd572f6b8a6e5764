/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of a time that is found running, against P(left <= x) = int_0^x (1 - F) / E[Z]. */
#include "sim/random/distribution_residual.h"
#include "tests/support/goodness.h"
#include <math.h>
#include <string.h>

enum { SAMPLE = 10000 };

static const struct stream_key KEY = {.seed = 0x2b91c7e05a3df846, .replication = 3};
static const double VALUES[] = {0.0183, 0.0251, 0.0251, 0.0492, 0.1173};
static const struct distribution SHORT = {
    .kind = DISTRIBUTION_EXPONENTIAL, .a = 0.0731, .highest = INFINITY};
static const struct distribution LONG = {
    .kind = DISTRIBUTION_LOGNORMAL, .a = 0.263, .b = 0.4326, .highest = INFINITY};
static const struct distribution BOUNDED = {.kind = DISTRIBUTION_EXPONENTIAL,
                                            .a = 0.731,
                                            .lowest = 0.213,
                                            .highest = 0.931,
                                            .is_truncated = true};
static const struct distribution *const PARTS[] = {&SHORT, &LONG, &BOUNDED};
static const double SHARES[] = {0.613, 0.127, 0.26};
static const struct distribution *const THRICE[] = {&SHORT, &SHORT, &SHORT};
static const struct distribution OF_SUM = {
    .kind = DISTRIBUTION_SUM, .count = 3, .parts = THRICE, .highest = INFINITY};
static const struct distribution *const WITH_SUM[] = {&OF_SUM, &LONG};
static const double HALVES[] = {0.713, 0.287};

static const struct law_case {
    const char *name;
    struct distribution law;
} CASES[] = {
    {"constant", {.kind = DISTRIBUTION_CONSTANT, .a = 300}},
    {"uniform", {.kind = DISTRIBUTION_UNIFORM, .b = 1200}},
    {"uniform, bounded",
     {.kind = DISTRIBUTION_UNIFORM,
      .a = 3,
      .b = 12,
      .lowest = 5,
      .highest = 11,
      .is_truncated = true}},
    {"exponential", {.kind = DISTRIBUTION_EXPONENTIAL, .a = 2.385}},
    {"exponential, bounded",
     {.kind = DISTRIBUTION_EXPONENTIAL,
      .a = 0.0731,
      .lowest = 0.0113,
      .highest = 0.0931,
      .is_truncated = true}},
    {"erlang", {.kind = DISTRIBUTION_ERLANG, .a = 8, .b = 38.75}},
    {"gamma 0.47", {.kind = DISTRIBUTION_GAMMA, .a = 0.47, .b = 0.1251}},
    {"lognormal", {.kind = DISTRIBUTION_LOGNORMAL, .a = -2.937, .b = 1.4326}},
    {"lognormal, bounded",
     {.kind = DISTRIBUTION_LOGNORMAL,
      .a = -2.937,
      .b = 1.4326,
      .lowest = 0.02,
      .highest = 0.3,
      .is_truncated = true}},
    {"weibull", {.kind = DISTRIBUTION_WEIBULL, .a = 0.61, .b = 7.31}},
    {"weibull, bounded",
     {.kind = DISTRIBUTION_WEIBULL,
      .a = 0.61,
      .b = 7.31,
      .lowest = 1.3,
      .highest = 9.7,
      .is_truncated = true}},
    {"pareto", {.kind = DISTRIBUTION_PARETO, .a = 2.25, .b = 12.5}},
    {"pareto without variance", {.kind = DISTRIBUTION_PARETO, .a = 1.6, .b = 12.5}},
    {"pareto from a bound on",
     {.kind = DISTRIBUTION_PARETO,
      .a = 2.25,
      .b = 12.5,
      .lowest = 4.1,
      .highest = INFINITY,
      .is_truncated = true}},
    {"pareto, cut short",
     {.kind = DISTRIBUTION_PARETO,
      .a = 2.25,
      .b = 12.5,
      .lowest = 0.2,
      .highest = 1.7,
      .is_truncated = true}},
    {"hyperexponential", {.kind = DISTRIBUTION_HYPEREXPONENTIAL, .a = 0.94, .b = 0.53, .c = 8.3}},
    {"hyperexponential, bounded",
     {.kind = DISTRIBUTION_HYPEREXPONENTIAL,
      .a = 0.94,
      .b = 0.53,
      .c = 8.3,
      .lowest = 0.2,
      .highest = 9,
      .is_truncated = true}},
    {"empirical", {.kind = DISTRIBUTION_EMPIRICAL, .count = 5, .values = VALUES}},
    {"empirical, bounded",
     {.kind = DISTRIBUTION_EMPIRICAL,
      .count = 5,
      .values = VALUES,
      .lowest = 0.02,
      .highest = 0.06,
      .is_truncated = true}},
    {"mixture", {.kind = DISTRIBUTION_MIXTURE, .count = 3, .parts = PARTS, .shares = SHARES}},
    {"mixture, bounded",
     {.kind = DISTRIBUTION_MIXTURE,
      .count = 3,
      .parts = PARTS,
      .shares = SHARES,
      .lowest = 0.05,
      .highest = 1.4,
      .is_truncated = true}},
};

static double sample[SAMPLE];

static void take_sample(const struct distribution *law)
{
    for (uint32_t i = 0; i < SAMPLE; i++) {
        struct stream draw = stream_at(KEY, 2385, i, 0);
        sample[i] = distribution_sample_residual(law, &draw);
    }
}

/* int (1 - F) from 0, carried on from the x before: the values come in order. Midpoints in steps
 * that grow with x; jumps of F are met within a step, 1e-4 of the whole. */
struct integral {
    const struct distribution *law;
    double x, area;
};

static double residual_cdf(const void *pointer, double x)
{
    struct integral *integral = (struct integral *)(uintptr_t)pointer;
    const int steps = integral->x == 0 ? 20000 : 50;
    double begin = integral->x, width = x - begin;
    for (int i = 0; i < steps; i++) {
        double middle = begin + width * (i + 0.5) / steps;
        integral->area += (1 - distribution_cdf(integral->law, middle)) * width / steps;
    }
    integral->x = x;
    return integral->area / distribution_mean(integral->law);
}

static void what_is_left_follows_the_law_of_the_rest(void **state)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct distribution law = CASES[i].law;
        if (!law.is_truncated)
            law.highest = INFINITY;
        struct integral integral = {.law = &law};
        take_sample(&law);
        assert_follows(sample, SAMPLE, residual_cdf, &integral, CASES[i].name);
    }
}

/* Three exponentials are an Erlang of three stages. */
static void a_sum_leaves_what_its_parts_leave(void **state)
{
    struct distribution erlang = {
        .kind = DISTRIBUTION_ERLANG, .a = 3, .b = 0.0731, .highest = INFINITY};
    struct integral integral = {.law = &erlang};
    take_sample(&OF_SUM);
    assert_follows(sample, SAMPLE, residual_cdf, &integral, "sum");
    struct distribution bounded = OF_SUM;
    bounded.lowest = erlang.lowest = 0.11, bounded.highest = erlang.highest = 0.3;
    bounded.is_truncated = erlang.is_truncated = true;
    integral = (struct integral){.law = &erlang};
    take_sample(&bounded);
    assert_follows(sample, SAMPLE, residual_cdf, &integral, "sum, bounded");
}

/* A truncated mixture around a sum, against the same with the Erlang in its place. */
static void a_mixture_around_a_sum_is_no_other(void **state)
{
    struct distribution erlang = {
        .kind = DISTRIBUTION_ERLANG, .a = 3, .b = 0.0731, .highest = INFINITY};
    const struct distribution *const parts[] = {&erlang, &LONG};
    struct distribution mixture = {.kind = DISTRIBUTION_MIXTURE,
                                   .count = 2,
                                   .parts = WITH_SUM,
                                   .shares = HALVES,
                                   .lowest = 0.11,
                                   .highest = 1.2,
                                   .is_truncated = true};
    struct distribution known = mixture;
    known.parts = parts;
    struct integral integral = {.law = &known};
    take_sample(&mixture);
    assert_follows(sample, SAMPLE, residual_cdf, &integral, "mixture around a sum");
}

/* Uniform(0, 1200 s): mean E[Z^2] / (2 E[Z]) = 400 s, P(left <= 300 s) = 0.4375. */
static void of_a_uniform_think_time_a_third_of_its_end_is_left(void **state)
{
    struct distribution law = {.kind = DISTRIBUTION_UNIFORM, .b = 1200, .highest = INFINITY};
    uint64_t below = 0;
    take_sample(&law);
    for (int i = 0; i < SAMPLE; i++)
        below += sample[i] <= 300;
    assert_share(below, SAMPLE, 0.4375, "P(left <= 300 s)");
    /* E[Z^3] / (3 E[Z]) - 400^2 */
    assert_mean(sample, SAMPLE, 400, 432e6 / 1800 - 160000, "mean");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_follows_the_law_of_the_rest),
        cmocka_unit_test(a_sum_leaves_what_its_parts_leave),
        cmocka_unit_test(a_mixture_around_a_sum_is_no_other),
        cmocka_unit_test(of_a_uniform_think_time_a_third_of_its_end_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
