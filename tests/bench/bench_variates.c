/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_variates - what a random value costs, in ns on one core: in blocks (distribution_fill, with
 * the making of the words; one value in 64 is looked at), one by one (stream_at and
 * distribution_sample), and GSL's sampler of the same law on its default generator (mt19937). Each
 * figure is the least of ROUNDS, each of which takes VALUES values. */
#include "sim/random/distribution.h"
#include "tests/bench/bench_time.h"
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>

enum { ROUNDS = 7, BLOCKS = 16384, VALUES = BLOCKS * STREAM_BLOCK };

static const struct stream_key KEY = {.seed = 20240229, .replication = 3};

/* Results go here, so that no loop is left out. */
static volatile double sink;

/* One way to make VALUES values; their sum is returned. */
typedef double maker(const struct distribution *law, gsl_rng *rng);

static double make_in_blocks(const struct distribution *law, gsl_rng *rng)
{
    (void)rng;
    int64_t ns[STREAM_BLOCK], sum = 0;
    for (uint32_t block = 0; block < BLOCKS; block++) {
        distribution_fill(law, KEY, 17, block * STREAM_BLOCK, ns);
        sum ^= ns[block % STREAM_BLOCK];
    }
    return (double)sum;
}

static double make_one_by_one(const struct distribution *law, gsl_rng *rng)
{
    (void)rng;
    double sum = 0;
    for (uint32_t index = 0; index < VALUES; index++) {
        struct stream draw = stream_at(KEY, 17, index, 0);
        sum += distribution_sample(law, &draw);
    }
    return sum;
}

static double gsl_value(const struct distribution *law, gsl_rng *rng)
{
    switch (law->kind) {
    case DISTRIBUTION_UNIFORM:
        return gsl_ran_flat(rng, law->a, law->b);
    case DISTRIBUTION_EXPONENTIAL:
        return gsl_ran_exponential(rng, law->a);
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return gsl_ran_gamma(rng, law->a, law->b);
    case DISTRIBUTION_LOGNORMAL:
        return gsl_ran_lognormal(rng, law->a, law->b);
    case DISTRIBUTION_WEIBULL:
        return gsl_ran_weibull(rng, law->b, law->a);
    case DISTRIBUTION_PARETO:
        return gsl_ran_pareto(rng, law->a, law->b) - law->b;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return gsl_ran_exponential(rng, gsl_rng_uniform(rng) < law->a ? law->b : law->c);
    default:
        return NAN;
    }
}

static double make_by_gsl(const struct distribution *law, gsl_rng *rng)
{
    double sum = 0;
    for (int i = 0; i < VALUES; i++)
        sum += gsl_value(law, rng);
    return sum;
}

static double make_words_in_blocks(const struct distribution *law, gsl_rng *rng)
{
    (void)law;
    (void)rng;
    uint32_t words[4][STREAM_BLOCK], sum = 0;
    for (uint32_t block = 0; block < BLOCKS; block++) {
        stream_fill(KEY, 17, block * STREAM_BLOCK, words);
        sum ^= words[block % 4][block % STREAM_BLOCK];
    }
    return sum;
}

static double make_words_one_by_one(const struct distribution *law, gsl_rng *rng)
{
    (void)law;
    (void)rng;
    uint32_t sum = 0;
    for (uint32_t index = 0; index < VALUES; index++)
        sum ^= stream_at(KEY, 17, index, 0).word[2];
    return sum;
}

static double measure_ns(maker *make, const struct distribution *law, gsl_rng *rng)
{
    double least = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double start_s = bench_now_s();
        sink = make(law, rng);
        least = fmin(least, bench_now_s() - start_s);
    }
    return 1e9 * least / VALUES;
}

static void print_law(const char *name, const struct distribution *law, gsl_rng *rng)
{
    printf("%-26s %8.1f %10.1f", name, measure_ns(make_in_blocks, law, rng),
           measure_ns(make_one_by_one, law, rng));
    if (isnan(gsl_value(law, rng)) || law->is_truncated)
        printf("        -\n");
    else
        printf(" %8.1f\n", measure_ns(make_by_gsl, law, rng));
}

int main(void)
{
    static const double values[] = {0.0183, 0.0251, 0.0337, 0.0492, 0.1173};
    static const struct distribution exponential = {.kind = DISTRIBUTION_EXPONENTIAL, .a = 0.0731};
    static const struct distribution lognormal = {
        .kind = DISTRIBUTION_LOGNORMAL, .a = -2.937, .b = 0.8326};
    static const struct distribution *const parts[] = {&exponential, &lognormal};
    static const double shares[] = {0.813, 0.187};
    static const struct {
        const char *name;
        struct distribution law;
    } laws[] = {
        {"constant", {.kind = DISTRIBUTION_CONSTANT, .a = 0.0731}},
        {"uniform", {.kind = DISTRIBUTION_UNIFORM, .a = 0.0123, .b = 0.0731}},
        {"exponential", {.kind = DISTRIBUTION_EXPONENTIAL, .a = 0.0731}},
        {"erlang, 3 stages", {.kind = DISTRIBUTION_ERLANG, .a = 3, .b = 0.0251}},
        {"gamma, shape 2.385", {.kind = DISTRIBUTION_GAMMA, .a = 2.385, .b = 0.0251}},
        {"gamma, shape 0.47", {.kind = DISTRIBUTION_GAMMA, .a = 0.47, .b = 0.1251}},
        {"lognormal", {.kind = DISTRIBUTION_LOGNORMAL, .a = -2.937, .b = 0.8326}},
        {"weibull", {.kind = DISTRIBUTION_WEIBULL, .a = 1.37, .b = 0.0731}},
        {"pareto", {.kind = DISTRIBUTION_PARETO, .a = 2.71, .b = 0.1251}},
        {"hyperexponential",
         {.kind = DISTRIBUTION_HYPEREXPONENTIAL, .a = 0.887, .b = 0.0413, .c = 0.324}},
        {"empirical, 5 values", {.kind = DISTRIBUTION_EMPIRICAL, .count = 5, .values = values}},
        {"mixture", {.kind = DISTRIBUTION_MIXTURE, .count = 2, .parts = parts, .shares = shares}},
        {"sum", {.kind = DISTRIBUTION_SUM, .count = 2, .parts = parts}},
        {"exponential, 95 % kept",
         {.kind = DISTRIBUTION_EXPONENTIAL, .a = 0.0731, .highest = 0.219, .is_truncated = true}},
        {"lognormal, 2.5 % kept",
         {.kind = DISTRIBUTION_LOGNORMAL,
          .a = -2.937,
          .b = 0.8326,
          .lowest = 0.271,
          .highest = 10,
          .is_truncated = true}},
        {"gamma, 1 % kept",
         {.kind = DISTRIBUTION_GAMMA,
          .a = 2.385,
          .b = 0.0251,
          .lowest = 0.19,
          .highest = 10,
          .is_truncated = true}},
    };
    bench_pin();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    printf("ns per value                  block one by one      gsl\n");
    printf("%-26s %8.1f %10.1f        -\n", "128 bits", measure_ns(make_words_in_blocks, NULL, rng),
           measure_ns(make_words_one_by_one, NULL, rng));
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++)
        print_law(laws[i].name, &laws[i].law, rng);
    gsl_rng_free(rng);
    return 0;
}
