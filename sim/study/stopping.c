/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/stopping.h"
#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

/* The random walk's standardised value Z is symmetric: its density is kept at POINTS equidistant
 * points of [0, c] only, and integrated by Simpson's rule. Against a grid 8 times finer the false
 * alarm of doubling looks is off by 1e-6 of itself at 95 %, 2e-4 of itself at 99.99 %. */
enum { INTERVALS = 32, POINTS = INTERVALS + 1 };

struct stopping_walk {
    double boundary; /* c: |Z| beyond it is an alarm */
    double weights[POINTS];
    double density[POINTS];        /* of Z at the latest look, where no look gave an alarm yet */
    double kernel[POINTS][POINTS]; /* density of the next Z, weighted; from column to row      */
    double kernel_growth;          /* the growth that kernel is for                            */
};

static double normal_density(double x)
{
    return 0.39894228040143267794 * exp(-0.5 * x * x);
}

static double walk_point(const struct stopping_walk *walk, int i)
{
    return walk->boundary * i / INTERVALS;
}

static void walk_begin(struct stopping_walk *walk, double boundary)
{
    walk->boundary = boundary;
    walk->kernel_growth = 0;
    for (int i = 0; i < POINTS; i++) {
        bool is_end = i == 0 || i == INTERVALS;
        walk->weights[i] = boundary / INTERVALS / 3 * (is_end ? 1 : i % 2 == 1 ? 4 : 2);
        walk->density[i] = normal_density(walk_point(walk, i));
    }
}

/* Growth = n_next / n. Z_next = (sqrt(n) Z + sqrt(n_next - n) N) / sqrt(n_next), N standard normal.
 * Looks that double share one kernel. */
static void walk_make_kernel(struct stopping_walk *walk, double growth)
{
    if (walk->kernel_growth == growth)
        return;
    walk->kernel_growth = growth;
    double kept = sqrt(1 / growth), fresh = sqrt(1 - 1 / growth);
    for (int to = 0; to < POINTS; to++)
        for (int from = 0; from < POINTS; from++) {
            double z = walk_point(walk, to), mean = kept * walk_point(walk, from);
            double both = normal_density((z - mean) / fresh) + normal_density((z + mean) / fresh);
            walk->kernel[to][from] = walk->weights[from] * both / fresh;
        }
}

static void walk_step(struct stopping_walk *walk, double growth)
{
    double next[POINTS];
    walk_make_kernel(walk, growth);
    for (int to = 0; to < POINTS; to++) {
        next[to] = 0;
        for (int from = 0; from < POINTS; from++)
            next[to] += walk->kernel[to][from] * walk->density[from];
    }
    for (int i = 0; i < POINTS; i++)
        walk->density[i] = next[i];
}

/* The chance of no alarm up to and including one more look. In closed form, so that a last look
 * soon after the one before needs no finer grid. */
static double walk_end(const struct stopping_walk *walk, double growth)
{
    double kept = sqrt(1 / growth), fresh = sqrt(1 - 1 / growth), quiet = 0;
    for (int i = 0; i < POINTS; i++) {
        double mean = kept * walk_point(walk, i);
        double inside = gsl_cdf_ugaussian_P((walk->boundary - mean) / fresh) -
                        gsl_cdf_ugaussian_P((-walk->boundary - mean) / fresh);
        quiet += 2 * walk->weights[i] * walk->density[i] * inside;
    }
    return quiet;
}

static double false_alarm(const size_t *replications, size_t looks, double boundary)
{
    if (looks == 1)
        return 2 * gsl_cdf_ugaussian_Q(boundary);
    struct stopping_walk walk;
    walk_begin(&walk, boundary);
    for (size_t k = 1; k + 1 < looks; k++)
        walk_step(&walk, (double)replications[k] / (double)replications[k - 1]);
    return 1 - walk_end(&walk, (double)replications[looks - 1] / (double)replications[looks - 2]);
}

double stopping_false_alarm(const size_t *replications, size_t looks, double nominal_confidence)
{
    assert(looks >= 1);
    return false_alarm(replications, looks, gsl_cdf_ugaussian_Qinv((1 - nominal_confidence) / 2));
}

/* Below this the false alarm drowns in the rounding errors of 1 - (something close to 1). */
static const double MIN_SOLVABLE_ALARM = 1e-9;

/* The boundary c whose false alarm is alpha: between that of a single look and Bonferroni's, by the
 * Illinois form of false position on log(false alarm), which is nearly straight in c. */
static double solve_boundary(const size_t *replications, size_t looks, double alpha)
{
    double low = gsl_cdf_ugaussian_Qinv(alpha / 2);
    double high = gsl_cdf_ugaussian_Qinv(alpha / 2 / (double)looks);
    if (alpha < MIN_SOLVABLE_ALARM)
        return high;
    double at_low = log(false_alarm(replications, looks, low) / alpha);
    double at_high = log(false_alarm(replications, looks, high) / alpha);
    int kept_side = 0;
    while (high - low > 1e-9) {
        double middle = (low * at_high - high * at_low) / (at_high - at_low);
        double at_middle = log(false_alarm(replications, looks, middle) / alpha);
        if (fabs(at_middle) < 1e-8)
            return middle;
        if (at_middle > 0) {
            low = middle;
            at_low = at_middle;
            at_high *= kept_side == 1 ? 0.5 : 1;
            kept_side = 1;
        } else {
            high = middle;
            at_high = at_middle;
            at_low *= kept_side == -1 ? 0.5 : 1;
            kept_side = -1;
        }
    }
    return high;
}

struct stopping_plan stopping_plan_of(const size_t *replications, size_t looks, double confidence)
{
    assert(looks >= 1 && looks <= STOPPING_MAX_LOOKS && confidence > 0 && confidence < 1);
    struct stopping_plan plan = {.looks = looks, .confidence = confidence};
    for (size_t i = 0; i < looks; i++)
        plan.replications[i] = replications[i];
    /* One replication gives no interval, so a look at it cannot be wrong. */
    size_t first = plan.replications[0] < 2 ? 1 : 0;
    if (plan.looks > first + 1) {
        double boundary =
            solve_boundary(plan.replications + first, plan.looks - first, 1 - confidence);
        plan.confidence = 1 - 2 * gsl_cdf_ugaussian_Q(boundary);
    }
    return plan;
}

struct stopping_plan stopping_plan_make(size_t min, size_t max, double confidence)
{
    assert(min >= 1 && max >= min);
    size_t replications[STOPPING_MAX_LOOKS], looks = 0;
    for (size_t n = min; n < max && looks + 1 < STOPPING_MAX_LOOKS; n *= 2)
        replications[looks++] = n;
    replications[looks++] = max;
    return stopping_plan_of(replications, looks, confidence);
}
