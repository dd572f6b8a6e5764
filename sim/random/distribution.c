/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution.c - values of the laws: one by one, and in blocks.
 *
 * Both ways do the same arithmetic on the same words, so a block equals its single draws.
 * Exponential, Weibull, Pareto and hyperexponential are functions of one ziggurat exponential, the
 * lognormal of one ziggurat normal; gamma and Erlang are Marsaglia & Tsang's (2000).
 *
 * ns per value on one core of an EPYC (Zen 5), gcc 12 -O2, by tests/bench/bench_variates; a single
 * draw includes 13 ns for its own Philox, a block 1.6 for 128 bits each; GSL is on its mt19937:
 *               block  single  gsl_ran_*
 * exponential     3.9      19         22
 * hyperexp.       4.9      23         30
 * lognormal       7.7      28         40
 * gamma 2.385     8.7      27         25
 * gamma 0.47       38      55         42
 * weibull          17      43         27
 * pareto           18      43         20 */
#include "sim/random/distribution.h"
#include "sim/base/wide.h"
#include "sim/random/distribution_cdf.h"
#include "sim/random/ziggurat.h"
#include <assert.h>

static const double NS_PER_S = 1e9;

/* Tries before a truncated draw is made by inversion instead. Both give the conditional law, so
 * does any fixed number of tries; a law that keeps half gets here once in 65536 draws. */
enum { REJECTION_TRIES = 16 };
/* Counter blocks after which a truncated sum, which can't be inverted, gives up: half of what a
 * draw has, for the last try may need many. */
enum { REJECTION_BLOCKS = 1 << (STREAM_EXTRA_BITS - 1) };

struct distribution distribution_constant(double value)
{
    return (struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = value, .highest = INFINITY};
}

/* The comparisons are written so that each is one instruction, and NaN is the upper limit. */
static inline int64_t round_to_ns(double seconds)
{
    double ns = seconds * NS_PER_S;
    ns = ns < 0x1p62 ? ns : 0x1p62;
    ns = ns > 0 ? ns : 0;
    return llrint(ns);
}

int64_t distribution_to_ns(double seconds)
{
    return round_to_ns(seconds);
}

/* ---- one law each --------------------------------------------------------------------------- */

/* Each law that distribution_fill makes in blocks has a sampler, and a try: what the sampler makes
 * of the draw's first two words, false if it needs more of them or a closer look. */
typedef bool first_try(const struct distribution *law, const uint64_t bits[2], double *value);

static inline bool try_uniform(const struct distribution *law, const uint64_t bits[2],
                               double *value)
{
    *value = law->a + (law->b - law->a) * stream_uniform_of_bits(bits[0]);
    return true;
}

static inline double sample_uniform(const struct distribution *law, struct stream *draw)
{
    return law->a + (law->b - law->a) * stream_next_uniform(draw);
}

static inline bool try_exponential(const struct distribution *law, const uint64_t bits[2],
                                   double *value)
{
    bool is_done = ziggurat_exponential_try(bits[0], value);
    *value *= law->a;
    return is_done;
}

static inline double sample_exponential(const struct distribution *law, struct stream *draw)
{
    return law->a * ziggurat_exponential(draw);
}

/* Marsaglia & Tsang (2000), section 3, for shapes from 1 on. The squeeze decides 99 in 100 cases
 * without a logarithm. */
static inline double gamma_centre(double shape)
{
    return shape - 1. / 3;
}

static inline bool gamma_is_squeezed(double normal, double uniform)
{
    double square = normal * normal;
    return uniform < 1 - 0.0331 * (square * square);
}

static inline double sample_gamma_from_one(double shape, struct stream *draw)
{
    double d = gamma_centre(shape), c = 1 / sqrt(9 * d);
    for (;;) {
        double x = ziggurat_normal(draw), root = 1 + c * x;
        if (root <= 0)
            continue;
        double v = root * root * root, u = stream_next_uniform(draw);
        if (gamma_is_squeezed(x, u) || log(u) < 0.5 * x * x + d * (1 - v + log(v)))
            return d * v;
    }
}

/* A shape below 1 is one more, times a uniform to the power of 1 / shape (ibid., section 6). */
static double sample_gamma(const struct distribution *law, struct stream *draw)
{
    if (law->a == 1)
        return law->b * ziggurat_exponential(draw);
    if (law->a > 1)
        return law->b * sample_gamma_from_one(law->a, draw);
    double whole = sample_gamma_from_one(law->a + 1, draw);
    return law->b * whole * exp(-ziggurat_exponential(draw) / law->a);
}

static inline bool try_gamma(const struct distribution *law, const uint64_t bits[2], double *value)
{
    if (law->a <= 1)
        return false;
    double d = gamma_centre(law->a), c = 1 / sqrt(9 * d), x;
    bool is_inside = ziggurat_normal_try(bits[0], &x);
    double root = 1 + c * x;
    *value = law->b * (d * (root * root * root));
    return is_inside & (root > 0) & gamma_is_squeezed(x, stream_uniform_of_bits(bits[1]));
}

static inline bool try_lognormal(const struct distribution *law, const uint64_t bits[2],
                                 double *value)
{
    double normal;
    bool is_done = ziggurat_normal_try(bits[0], &normal);
    *value = exp(law->a + law->b * normal);
    return is_done;
}

static inline double sample_lognormal(const struct distribution *law, struct stream *draw)
{
    return exp(law->a + law->b * ziggurat_normal(draw));
}

static inline bool try_weibull(const struct distribution *law, const uint64_t bits[2],
                               double *value)
{
    double exponential;
    bool is_done = ziggurat_exponential_try(bits[0], &exponential);
    *value = law->b * pow(exponential, 1 / law->a);
    return is_done;
}

static inline double sample_weibull(const struct distribution *law, struct stream *draw)
{
    return law->b * pow(ziggurat_exponential(draw), 1 / law->a);
}

static inline bool try_pareto(const struct distribution *law, const uint64_t bits[2], double *value)
{
    double exponential;
    bool is_done = ziggurat_exponential_try(bits[0], &exponential);
    *value = law->b * expm1(exponential / law->a);
    return is_done;
}

static inline double sample_pareto(const struct distribution *law, struct stream *draw)
{
    return law->b * expm1(ziggurat_exponential(draw) / law->a);
}

static inline bool try_hyperexponential(const struct distribution *law, const uint64_t bits[2],
                                        double *value)
{
    double mean = stream_uniform_of_bits(bits[0]) < law->a ? law->b : law->c;
    bool is_done = ziggurat_exponential_try(bits[1], value);
    *value *= mean;
    return is_done;
}

static inline double sample_hyperexponential(const struct distribution *law, struct stream *draw)
{
    double mean = stream_next_uniform(draw) < law->a ? law->b : law->c;
    return mean * ziggurat_exponential(draw);
}

static inline bool try_empirical(const struct distribution *law, const uint64_t bits[2],
                                 double *value)
{
    *value = law->values[(uint64_t)((wide_uint)bits[0] * law->count >> 64)];
    return true;
}

static inline double sample_empirical(const struct distribution *law, struct stream *draw)
{
    double value;
    try_empirical(law, (uint64_t[2]){stream_next_bits(draw)}, &value);
    return value;
}

static double sample_mixture(const struct distribution *law, struct stream *draw)
{
    double left = stream_next_uniform(draw);
    size_t part = 0;
    while (part + 1 < law->count && left >= law->shares[part])
        left -= law->shares[part++];
    return distribution_sample(law->parts[part], draw);
}

static double sample_sum(const struct distribution *law, struct stream *draw)
{
    double sum = 0;
    for (size_t i = 0; i < law->count; i++)
        sum += distribution_sample(law->parts[i], draw);
    return sum;
}

/* A value of the law without its truncation. */
static double sample_whole(const struct distribution *law, struct stream *draw)
{
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        return law->a;
    case DISTRIBUTION_UNIFORM:
        return sample_uniform(law, draw);
    case DISTRIBUTION_EXPONENTIAL:
        return sample_exponential(law, draw);
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        return sample_gamma(law, draw);
    case DISTRIBUTION_LOGNORMAL:
        return sample_lognormal(law, draw);
    case DISTRIBUTION_WEIBULL:
        return sample_weibull(law, draw);
    case DISTRIBUTION_PARETO:
        return sample_pareto(law, draw);
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return sample_hyperexponential(law, draw);
    case DISTRIBUTION_EMPIRICAL:
        return sample_empirical(law, draw);
    case DISTRIBUTION_MIXTURE:
        return sample_mixture(law, draw);
    case DISTRIBUTION_SUM:
        return sample_sum(law, draw);
    case DISTRIBUTION_OF_REQUEST:
        break;
    }
    __builtin_unreachable();
}

static double sample_truncated(const struct distribution *law, struct stream *draw)
{
    double x = 0;
    for (int tries = 0; tries < REJECTION_TRIES; tries++) {
        x = sample_whole(law, draw);
        if (x >= law->lowest && x <= law->highest)
            return x;
    }
    if (distribution_has_curve(law))
        return distribution_quantile(law, stream_next_uniform(draw));
    while (draw->lap_extra % (1 << STREAM_EXTRA_BITS) < REJECTION_BLOCKS) {
        x = sample_whole(law, draw);
        if (x >= law->lowest && x <= law->highest)
            return x;
    }
    return fmin(fmax(x, law->lowest), law->highest);
}

double distribution_sample(const struct distribution *law, struct stream *draw)
{
    return law->is_truncated ? sample_truncated(law, draw) : sample_whole(law, draw);
}

/* ---- blocks --------------------------------------------------------------------------------- */

static_assert(STREAM_BLOCK <= 64, "one bit of a word for each draw of a block");

/* The draws that may be outside the truncation: rounding keeps order, so one whose nanoseconds are
 * strictly between those of the bounds is inside. */
static uint64_t mark_not_inside(const struct distribution *law, const int64_t ns[STREAM_BLOCK])
{
    int64_t lowest_ns = round_to_ns(law->lowest), highest_ns = round_to_ns(law->highest);
    uint64_t marks = 0;
    for (uint32_t i = 0; i < STREAM_BLOCK; i++)
        marks |= (uint64_t)(ns[i] <= lowest_ns || ns[i] >= highest_ns) << i;
    return marks;
}

/* Inlined into each case of distribution_fill, and try into it: the switch on kind is taken once
 * for a block. The draws for which the first two words don't do are marked and made afterwards, so
 * that the loop over all has neither a call nor a branch to mispredict: 3.7 ns per exponential
 * against 4.1, and 12 where every draw has a cursor. The copy of the law is the compiler's leave to
 * take what depends on it alone, such as gamma's square root, out of the loop. */
__attribute__((always_inline)) static inline void
fill_with(first_try *try, const struct distribution *law, struct stream_key key, uint32_t id,
          uint32_t first_index, int64_t ns[STREAM_BLOCK])
{
    const struct distribution copy = *law;
    uint32_t words[4][STREAM_BLOCK];
    stream_fill(key, id, first_index, words);
    uint64_t left = 0;
    for (uint32_t i = 0; i < STREAM_BLOCK; i++) {
        uint64_t bits[2] = {(uint64_t)words[1][i] << 32 | words[0][i],
                            (uint64_t)words[3][i] << 32 | words[2][i]};
        double value = 0;
        bool is_done = try(&copy, bits, &value);
        left |= (uint64_t)!is_done << i;
        ns[i] = round_to_ns(value);
    }
    if (law->is_truncated)
        left |= mark_not_inside(law, ns);
    for (; left; left &= left - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(left);
        struct stream draw = {.key = key,
                              .id = id,
                              .index = first_index + i,
                              .word = {words[0][i], words[1][i], words[2][i], words[3][i]}};
        ns[i] = round_to_ns(distribution_sample(law, &draw));
    }
}

static inline bool try_nothing(const struct distribution *law, const uint64_t bits[2],
                               double *value)
{
    (void)law;
    (void)bits;
    *value = 0;
    return false;
}

void distribution_fill(const struct distribution *law, struct stream_key key, uint32_t id,
                       uint32_t first_index, int64_t ns[STREAM_BLOCK])
{
    switch (law->kind) {
    case DISTRIBUTION_CONSTANT:
        for (uint32_t i = 0; i < STREAM_BLOCK; i++)
            ns[i] = round_to_ns(law->a);
        return;
    case DISTRIBUTION_UNIFORM:
        fill_with(try_uniform, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_EXPONENTIAL:
        fill_with(try_exponential, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        fill_with(try_gamma, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_LOGNORMAL:
        fill_with(try_lognormal, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_WEIBULL:
        fill_with(try_weibull, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_PARETO:
        fill_with(try_pareto, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        fill_with(try_hyperexponential, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_EMPIRICAL:
        fill_with(try_empirical, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_MIXTURE:
    case DISTRIBUTION_SUM:
        fill_with(try_nothing, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_OF_REQUEST:
        break;
    }
    __builtin_unreachable();
}
