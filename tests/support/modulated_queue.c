/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/modulated_queue.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

enum { M = MODULATED_STATES };

struct square {
    double at[M][M];
};

/* a b, of n rows and columns. */
static struct square multiply(const struct square *a, const struct square *b, int n)
{
    struct square c = {{{0}}};
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int k = 0; k < n; k++)
                c.at[i][j] += a->at[i][k] * b->at[k][j];
    return c;
}

/* The inverse of a matrix with a dominant diagonal, by Gauss and Jordan. */
static struct square invert(struct square a, int n)
{
    struct square b = {{{0}}};
    for (int i = 0; i < n; i++)
        b.at[i][i] = 1;
    for (int i = 0; i < n; i++) {
        double pivot = a.at[i][i];
        for (int j = 0; j < n; j++) {
            a.at[i][j] /= pivot;
            b.at[i][j] /= pivot;
        }
        for (int k = 0; k < n; k++) {
            double factor = a.at[k][i];
            for (int j = 0; j < n && k != i; j++) {
                a.at[k][j] -= factor * a.at[i][j];
                b.at[k][j] -= factor * b.at[i][j];
            }
        }
    }
    return b;
}

static double departures(const struct modulated_queue *queue, int level)
{
    return fmin(level, queue->servers) / queue->service_s;
}

/* L_n: transitions within a level, with what leaves it on the diagonal. */
static struct square local_of(const struct modulated_queue *queue, int level)
{
    struct square local = {{{0}}};
    for (int i = 0; i < queue->states; i++) {
        double change = queue->states > 1 ? 1 / queue->sojourns[i] : 0;
        double arrivals = level < queue->levels ? queue->rates[i] : 0;
        local.at[i][(i + 1) % queue->states] += change;
        local.at[i][i] -= change + arrivals + departures(queue, level);
    }
    return local;
}

/* -(L_n + R_{n+1} D_{n+1}) */
static struct square censored(const struct modulated_queue *queue, const struct square *above,
                              int level)
{
    struct square local = local_of(queue, level);
    for (int i = 0; i < queue->states; i++)
        for (int j = 0; j < queue->states; j++) {
            double back =
                level < queue->levels ? above->at[i][j] * departures(queue, level + 1) : 0;
            local.at[i][j] = -(local.at[i][j] + back);
        }
    return local;
}

/* The row vector with x a = 0, up to a factor: of a singular matrix, by the other columns. */
static void find_null(const struct square *a, int n, double *x)
{
    struct square system = {{{0}}};
    x[0] = 1;
    if (n == 1)
        return;
    for (int i = 1; i < n; i++)
        for (int j = 1; j < n; j++)
            system.at[j - 1][i - 1] = a->at[i][j];
    struct square inverse = invert(system, n - 1);
    for (int i = 1; i < n; i++) {
        x[i] = 0;
        for (int j = 1; j < n; j++)
            x[i] -= inverse.at[i - 1][j - 1] * a->at[0][j];
    }
}

static void add_level(const struct modulated_queue *queue, int level, const double *x,
                      struct modulated_answer *answer, double *found, double *total)
{
    for (int i = 0; i < queue->states; i++) {
        *total += x[i];
        answer->arrival_rate += x[i] * queue->rates[i];
        answer->utilization += x[i] * fmin(level, queue->servers) / queue->servers;
        answer->queue += x[i] * fmax(level - queue->servers, 0);
        answer->in_system += x[i] * level;
        if (level == queue->levels)
            answer->refused_rate += x[i] * queue->rates[i];
        else
            found[level] += x[i] * queue->rates[i];
    }
}

static void normalise(const struct modulated_queue *queue, double total, double *found,
                      struct modulated_answer *answer)
{
    double served = (answer->arrival_rate - answer->refused_rate) / total;
    answer->refused_rate /= answer->arrival_rate;
    answer->arrival_rate /= total;
    answer->utilization /= total;
    answer->queue /= total;
    answer->in_system /= total;
    answer->wait_mean_s = answer->queue / served;
    for (int n = 0; n < queue->levels; n++) {
        found[n] /= served * total;
        answer->wait_probability += n >= queue->servers ? found[n] : 0;
    }
    answer->found = found;
}

struct modulated_answer modulated_queue_solve(const struct modulated_queue *queue,
                                              struct arena *arena)
{
    struct square *ratio = arena_array(arena, (size_t)queue->levels + 2, sizeof *ratio);
    double *found = arena_array(arena, (size_t)queue->levels + 1, sizeof *found);
    double x[M], total = 0;
    int n = queue->states;
    for (int level = queue->levels; level > 0; level--) {
        struct square rest = invert(censored(queue, &ratio[level + 1], level), n);
        struct square up = {{{0}}};
        for (int i = 0; i < n; i++)
            up.at[i][i] = queue->rates[i];
        ratio[level] = multiply(&up, &rest, n);
    }
    struct square lowest = censored(queue, &ratio[1], 0);
    struct modulated_answer answer = {0};
    find_null(&lowest, n, x);
    for (int level = 0;; level++) {
        double next[M] = {0};
        add_level(queue, level, x, &answer, found, &total);
        if (level == queue->levels)
            break;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                next[j] += x[i] * ratio[level + 1].at[i][j];
        memcpy(x, next, sizeof x);
    }
    normalise(queue, total, found, &answer);
    return answer;
}

/* Who finds n there waits for n - c + 1 departures of all busy servers. */
double modulated_queue_wait_beyond(const struct modulated_queue *queue,
                                   const struct modulated_answer *answer, double t)
{
    double beyond = 0, each_s = queue->service_s / queue->servers;
    for (int n = queue->servers; n < queue->levels; n++)
        if (answer->found[n] > 1e-18)
            beyond += answer->found[n] * gsl_cdf_gamma_Q(t, n - queue->servers + 1, each_s);
    return beyond;
}

double modulated_queue_wait_quantile(const struct modulated_queue *queue,
                                     const struct modulated_answer *answer, double p)
{
    double low = 0, high = queue->service_s;
    if (answer->wait_probability <= 1 - p)
        return 0;
    while (modulated_queue_wait_beyond(queue, answer, high) > 1 - p)
        high *= 2;
    while (high - low > 1e-7 * high) {
        double middle = (low + high) / 2;
        if (modulated_queue_wait_beyond(queue, answer, middle) > 1 - p)
            low = middle;
        else
            high = middle;
    }
    return high;
}
