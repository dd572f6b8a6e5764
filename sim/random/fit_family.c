/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/fit_family.h"
#include "sim/random/distribution_cdf.h"
#include "sim/random/tails.h"
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

static const struct {
    const char *name;
    double level; /* of a quantile */
} KNOWN[KNOWN_COUNT] = {{"mean", 0},   {"cv", 0},     {"p50", 0.5},
                        {"p90", 0.90}, {"p95", 0.95}, {"p99", 0.99}};

const char *distribution_known_name(enum distribution_known what)
{
    return KNOWN[what].name;
}

static double level_normal(enum distribution_known what)
{
    return tails_invert_normal((struct tails){KNOWN[what].level, 1 - KNOWN[what].level});
}

/* Lognormal: spread is the standard deviation of the logarithm, scale the median. */
static double lognormal_log_fact(enum distribution_known what, double spread)
{
    return what == KNOWN_MEAN ? 0.5 * spread * spread : level_normal(what) * spread;
}

static double lognormal_log_second_moment(double spread)
{
    return spread * spread;
}

static struct distribution lognormal_make(double spread, double value, double log_fact)
{
    return (struct distribution){.kind = DISTRIBUTION_LOGNORMAL,
                                 .a = log(value) - log_fact,
                                 .b = spread,
                                 .highest = INFINITY};
}

/* Gamma: spread is cv = 1 / sqrt(shape), scale the mean. */
static double gamma_log_fact(enum distribution_known what, double spread)
{
    double shape = 1 / (spread * spread);
    struct tails level = {KNOWN[what].level, 1 - KNOWN[what].level};
    return what == KNOWN_MEAN ? 0 : log(tails_invert_gamma(shape, level) / shape);
}

static double gamma_log_second_moment(double spread)
{
    return log1p(spread * spread);
}

static struct distribution gamma_make(double spread, double value, double log_fact)
{
    double variance = spread * spread;
    return (struct distribution){.kind = DISTRIBUTION_GAMMA,
                                 .a = 1 / variance,
                                 .b = value * exp(-log_fact) * variance,
                                 .highest = INFINITY};
}

/* Weibull: spread is 1 / shape, scale the law's. */
static double weibull_log_fact(enum distribution_known what, double spread)
{
    if (what == KNOWN_MEAN)
        return gsl_sf_lngamma(1 + spread);
    return spread * log(-log1p(-KNOWN[what].level));
}

static struct distribution weibull_make(double spread, double value, double log_fact)
{
    return (struct distribution){.kind = DISTRIBUTION_WEIBULL,
                                 .a = 1 / spread,
                                 .b = value * exp(-log_fact),
                                 .highest = INFINITY};
}

/* The limits: gamma's shape stays where tails.h computes it and its median above the least double;
 * the others' logarithms stay in range. */
static const struct fit_family FAMILIES[] = {
    {DISTRIBUTION_LOGNORMAL, "lognormal", 1e-9, 30, lognormal_log_fact, lognormal_log_second_moment,
     lognormal_make},
    {DISTRIBUTION_GAMMA, "gamma", 1e-7, 30, gamma_log_fact, gamma_log_second_moment, gamma_make},
    {DISTRIBUTION_WEIBULL, "weibull", 1e-9, 80, weibull_log_fact,
     distribution_weibull_log_second_moment, weibull_make}};

const struct fit_family *fit_family_of(enum distribution_kind kind)
{
    for (size_t i = 0; i < sizeof FAMILIES / sizeof FAMILIES[0]; i++)
        if (FAMILIES[i].kind == kind)
            return &FAMILIES[i];
    return NULL;
}
