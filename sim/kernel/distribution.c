/* distribution.c - values of the laws: one by one, and in blocks.
 *
 * Both ways run the same inlined samplers on the same words, so a block equals its single draws.
 * Exponential, Weibull, Pareto and hyperexponential are functions of one ziggurat exponential, the
 * lognormal of one ziggurat normal; gamma and Erlang are Marsaglia & Tsang's (2000). */
#include "sim/kernel/distribution.h"
#include "sim/kernel/distribution_curve.h"
#include "sim/kernel/wide.h"
#include "sim/kernel/ziggurat.h"

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

/* Halves go up. Not llrint: that rounds as the floating-point environment says, and without it this
 * needs no call. */
static inline int64_t round_to_ns(double seconds)
{
    double ns = seconds * NS_PER_S;
    if (!(ns < 0x1p62))
        return INT64_C(1) << 62;
    int64_t whole = (int64_t)ns;
    whole += ns - (double)whole >= 0.5;
    return whole < 0 ? 0 : whole;
}

int64_t distribution_to_ns(double seconds)
{
    return round_to_ns(seconds);
}

/* ---- one law each: the parameters are the law's a, b, c ------------------------------------ */

static inline double sample_constant(const struct distribution *law, struct stream *draw)
{
    (void)draw;
    return law->a;
}

static inline double sample_uniform(const struct distribution *law, struct stream *draw)
{
    return law->a + (law->b - law->a) * stream_next_uniform(draw);
}

static inline double sample_exponential(const struct distribution *law, struct stream *draw)
{
    return law->a * ziggurat_exponential(draw);
}

/* Shape >= 1/3 + something: Marsaglia & Tsang (2000), section 3, with their squeeze. */
static inline double sample_gamma_above_one(double shape, struct stream *draw)
{
    double d = shape - 1. / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = ziggurat_normal(draw), root = 1 + c * x;
        if (root <= 0)
            continue;
        double v = root * root * root, u = stream_next_uniform(draw), xx = x * x;
        if (u < 1 - 0.0331 * xx * xx || log(u) < 0.5 * xx + d * (1 - v + log(v)))
            return d * v;
    }
}

/* A shape below 1 is one more, times a uniform to the power of 1 / shape (ibid., section 6). */
static inline double sample_gamma(const struct distribution *law, struct stream *draw)
{
    if (law->a == 1)
        return law->b * ziggurat_exponential(draw);
    if (law->a > 1)
        return law->b * sample_gamma_above_one(law->a, draw);
    double whole = sample_gamma_above_one(law->a + 1, draw);
    return law->b * whole * exp(-ziggurat_exponential(draw) / law->a);
}

static inline double sample_lognormal(const struct distribution *law, struct stream *draw)
{
    return exp(law->a + law->b * ziggurat_normal(draw));
}

static inline double sample_weibull(const struct distribution *law, struct stream *draw)
{
    return law->b * pow(ziggurat_exponential(draw), 1 / law->a);
}

static inline double sample_pareto(const struct distribution *law, struct stream *draw)
{
    return law->b * expm1(ziggurat_exponential(draw) / law->a);
}

static inline double sample_hyperexponential(const struct distribution *law, struct stream *draw)
{
    double mean = stream_next_uniform(draw) < law->a ? law->b : law->c;
    return mean * ziggurat_exponential(draw);
}

static inline double sample_empirical(const struct distribution *law, struct stream *draw)
{
    return law->values[(uint64_t)((wide_uint)stream_next_bits(draw) * law->count >> 64)];
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
        return sample_constant(law, draw);
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

/* ---- blocks -------------------------------------------------------------------------------- */

typedef double sampler(const struct distribution *law, struct stream *draw);

/* Inlined into each case of distribution_fill, and sample into it: the switch on kind is taken once
 * for a block, and a draw whose first words do makes no call. */
__attribute__((always_inline)) static inline void
fill_with(sampler *sample, const struct distribution *law, struct stream_key key, uint32_t id,
          uint32_t first_index, int64_t ns[STREAM_BLOCK])
{
    uint32_t words[4][STREAM_BLOCK];
    stream_fill(key, id, first_index, words);
    for (uint32_t i = 0; i < STREAM_BLOCK; i++) {
        struct stream draw = {.key = key,
                              .id = id,
                              .index = first_index + i,
                              .word = {words[0][i], words[1][i], words[2][i], words[3][i]}};
        ns[i] = round_to_ns(sample(law, &draw));
    }
}

void distribution_fill(const struct distribution *law, struct stream_key key, uint32_t id,
                       uint32_t first_index, int64_t ns[STREAM_BLOCK])
{
    switch (law->is_truncated ? DISTRIBUTION_SUM : law->kind) {
    case DISTRIBUTION_CONSTANT:
        for (uint32_t i = 0; i < STREAM_BLOCK; i++)
            ns[i] = round_to_ns(law->a);
        return;
    case DISTRIBUTION_UNIFORM:
        fill_with(sample_uniform, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_EXPONENTIAL:
        fill_with(sample_exponential, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
        fill_with(sample_gamma, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_LOGNORMAL:
        fill_with(sample_lognormal, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_WEIBULL:
        fill_with(sample_weibull, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_PARETO:
        fill_with(sample_pareto, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        fill_with(sample_hyperexponential, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_EMPIRICAL:
        fill_with(sample_empirical, law, key, id, first_index, ns);
        return;
    case DISTRIBUTION_MIXTURE:
    case DISTRIBUTION_SUM:
        break;
    }
    fill_with(distribution_sample, law, key, id, first_index, ns);
}
