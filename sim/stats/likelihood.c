/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/likelihood.h"
#include "sim/random/distribution_cdf.h"
#include "sim/random/tails.h"
#include <assert.h>
#include <math.h>

static const double LOG_ROOT_2_PI = 0.91893853320467274178;
/* Of what is impossible in double precision: keeps sums finite, and lower than anything that can
 * happen. */
static const double MIN_CHANCE = 1e-300, MIN_RECORDED = 1e-9;

struct likelihood likelihood_of(const struct fit_data *data, enum distribution_kind kind,
                                struct arena *arena)
{
    double *log_low = arena_array(arena, data->count, sizeof *log_low);
    for (size_t i = 0; i < data->count; i++)
        log_low[i] = log(data->values[i].low);
    return (struct likelihood){data, kind, log_low};
}

size_t likelihood_parameters(enum distribution_kind kind)
{
    switch (kind) {
    case DISTRIBUTION_CONSTANT:
        return 0;
    case DISTRIBUTION_EXPONENTIAL:
        return 1;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return 3;
    default:
        return 2;
    }
}

struct distribution likelihood_law(enum distribution_kind kind, const double *theta)
{
    struct distribution law = {.kind = kind, .highest = INFINITY};
    switch (kind) {
    case DISTRIBUTION_LOGNORMAL:
        law.a = theta[0];
        law.b = exp(theta[1]);
        break;
    case DISTRIBUTION_GAMMA:
        law.a = exp(theta[1]);
        law.b = exp(theta[0] - theta[1]);
        break;
    case DISTRIBUTION_WEIBULL:
        law.a = exp(theta[1]);
        law.b = exp(theta[0]);
        break;
    case DISTRIBUTION_PARETO:
        law.a = 1 + exp(theta[1]);
        law.b = exp(theta[0]);
        break;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        law.a = 1 / (1 + exp(-theta[2]));
        law.b = exp(theta[0]);
        law.c = exp(theta[1]);
        break;
    default:
        law.a = exp(theta[0]);
    }
    return law;
}

/* ---- density and tails ---------------------------------------------------------------------- */

/* A law with what its density needs at every value. */
struct density {
    struct distribution law;
    double constant, log_b;
};

static struct density prepare(enum distribution_kind kind, const double *theta)
{
    int sign;
    struct density d = {.law = likelihood_law(kind, theta)};
    const struct distribution *law = &d.law;
    d.log_b = log(law->b);
    switch (kind) {
    case DISTRIBUTION_LOGNORMAL:
        d.constant = -d.log_b - LOG_ROOT_2_PI;
        break;
    case DISTRIBUTION_GAMMA:
        d.constant = -law->a * d.log_b - lgamma_r(law->a, &sign);
        break;
    case DISTRIBUTION_WEIBULL:
    case DISTRIBUTION_PARETO:
        d.constant = log(law->a) - d.log_b;
        break;
    default:
        d.constant = -log(law->a);
    }
    return d;
}

static double log_two_phases(const struct distribution *law, double x)
{
    double first = log(law->a) - log(law->b) - x / law->b;
    double second = log1p(-law->a) - log(law->c) - x / law->c;
    double greater = fmax(first, second), lesser = fmin(first, second);
    return greater + log1p(exp(lesser - greater));
}

static double log_density(const struct density *d, double x, double log_x)
{
    const struct distribution *law = &d->law;
    double z;
    switch (law->kind) {
    case DISTRIBUTION_LOGNORMAL:
        z = (log_x - law->a) / law->b;
        return d->constant - log_x - 0.5 * z * z;
    case DISTRIBUTION_GAMMA:
        return d->constant + (law->a - 1) * log_x - x / law->b;
    case DISTRIBUTION_WEIBULL:
        z = law->a * (log_x - d->log_b);
        return d->constant + z - (log_x - d->log_b) - exp(z);
    case DISTRIBUTION_PARETO:
        return d->constant - (law->a + 1) * log1p(x / law->b);
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return log_two_phases(law, x);
    default:
        return d->constant - x / law->a;
    }
}

/* ---- likelihood ----------------------------------------------------------------------------- */

/* Spreads beyond these mean a constant, or nothing that was ever recorded. */
static bool is_sensible(enum distribution_kind kind, const double *theta)
{
    const double MAX_THETA = 60;
    size_t k = likelihood_parameters(kind);
    for (size_t i = 0; i < k; i++)
        if (!(fabs(theta[i]) < MAX_THETA))
            return false;
    switch (kind) {
    case DISTRIBUTION_LOGNORMAL:
        return theta[1] > -14 && theta[1] < 3;
    case DISTRIBUTION_GAMMA:
        return theta[1] > -7 && theta[1] < 18;
    case DISTRIBUTION_WEIBULL:
        return theta[1] > -4 && theta[1] < 14;
    case DISTRIBUTION_PARETO:
        return theta[1] > -5 && theta[1] < 10;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        return fabs(theta[2]) < 14 && fabs(theta[0] - theta[1]) < 20;
    default:
        return true;
    }
}

static double log_recorded(const struct fit_selection *selection, const struct distribution *law)
{
    if (selection->from == 0 && selection->share == 1)
        return 0;
    double chance = selection->share * distribution_whole_tails(law, selection->from).above;
    if (selection->share < 1 && isfinite(selection->all_from))
        chance += (1 - selection->share) * distribution_whole_tails(law, selection->all_from).above;
    return chance > MIN_RECORDED ? log(chance) : -INFINITY;
}

/* A thinned interval lies on one side of all_from as a rule; across it the parts are weighed. */
static double log_interval(const struct fit_selection *selection, const struct distribution *law,
                           const struct fit_value *value, struct tails low, struct tails high)
{
    double chance = tails_between(low, high);
    if (selection->share < 1 && value->low < selection->all_from) {
        double below = chance;
        if (value->high > selection->all_from)
            below = tails_between(low, distribution_whole_tails(law, selection->all_from));
        chance = selection->share * below + (chance - below);
    }
    return log(fmax(chance, MIN_CHANCE));
}

double likelihood_log(const double *theta, void *context)
{
    const struct likelihood *l = context;
    const struct fit_data *data = l->data;
    if (!is_sensible(l->kind, theta))
        return -INFINITY;
    struct density d = prepare(l->kind, theta);
    double sum = 0, scale = 0, edge = -1;
    uint32_t selection = UINT32_MAX;
    struct tails at_edge = {0, 1};
    for (size_t i = 0; i < data->count; i++) {
        const struct fit_value *value = &data->values[i];
        const struct fit_selection *by = &data->selections[value->selection];
        if (value->selection != selection) {
            scale = log_recorded(by, &d.law);
            selection = value->selection;
            if (!isfinite(scale))
                return -INFINITY;
        }
        double term = -scale;
        if (value->low == value->high) {
            term += log_density(&d, value->low, l->log_low[i]);
            if (by->share < 1 && value->low < by->all_from)
                term += log(by->share);
        } else {
            /* Neighbouring buckets share an edge. */
            struct tails low =
                value->low == edge ? at_edge : distribution_whole_tails(&d.law, value->low);
            edge = value->high;
            at_edge = distribution_whole_tails(&d.law, value->high);
            term += log_interval(by, &d.law, value, low, at_edge);
        }
        sum += value->weight * term;
    }
    return sum;
}

/* ---- starts --------------------------------------------------------------------------------- */

struct rough {
    double mean, variance, log_mean, log_sd;
};

static struct rough look(const struct likelihood *l)
{
    double n = 0, sum = 0, square = 0, logs = 0, log_square = 0;
    for (size_t i = 0; i < l->data->count; i++) {
        const struct fit_value *v = &l->data->values[i];
        double x = v->low == 0 ? v->high / 2 : sqrt(v->low * v->high);
        if (!isfinite(x))
            x = v->low == 0 ? 1 : 1.5 * v->low;
        double y = log(x);
        n += v->weight;
        sum += v->weight * x;
        square += v->weight * x * x;
        logs += v->weight * y;
        log_square += v->weight * y * y;
    }
    struct rough rough = {.mean = sum / n, .log_mean = logs / n};
    rough.variance = fmax(square / n - rough.mean * rough.mean, 1e-8 * rough.mean * rough.mean);
    rough.log_sd = sqrt(fmax(log_square / n - rough.log_mean * rough.log_mean, 1e-8));
    return rough;
}

void likelihood_start(const struct likelihood *l, int which, double *theta)
{
    /* What is seen above a threshold is narrower and longer than all there is. */
    static const double WIDER[] = {1, 2, 0.5}, SHORTER[] = {1, 0.5, 0.8};
    struct rough rough = look(l);
    double cv2 = rough.variance / (rough.mean * rough.mean), wider = WIDER[which];
    double log_mean = log(rough.mean * SHORTER[which]);
    double log_sd = fmin(fmax(rough.log_sd * wider, 1e-5), 10);
    switch (l->kind) {
    case DISTRIBUTION_LOGNORMAL:
        theta[0] = rough.log_mean + log(SHORTER[which]);
        theta[1] = log(log_sd);
        break;
    case DISTRIBUTION_GAMMA:
        theta[0] = log_mean;
        theta[1] = fmin(fmax(-log(cv2) - 2 * log(wider), -6), 17);
        break;
    case DISTRIBUTION_WEIBULL: /* log X has standard deviation pi / sqrt(6) / shape */
        theta[1] = fmin(fmax(log(1.2825 / log_sd), -3), 13);
        theta[0] = rough.log_mean + 0.5772 / exp(theta[1]) + log(SHORTER[which]);
        break;
    case DISTRIBUTION_PARETO:
        theta[1] = wider > 1 ? 0 : 1.5;
        theta[0] = log_mean + theta[1];
        break;
    case DISTRIBUTION_HYPEREXPONENTIAL: {
        /* Balanced means, or a rare and long second phase. */
        double square = fmax(cv2 * wider, 1.3);
        double share = 0.5 * (1 + sqrt((square - 1) / (square + 1)));
        if (which == 2)
            share = 0.95;
        theta[0] = log_mean - log(2 * share);
        theta[1] = log_mean - log(2 * (1 - share));
        theta[2] = log(share / (1 - share));
        break;
    }
    default:
        theta[0] = log_mean;
    }
}
