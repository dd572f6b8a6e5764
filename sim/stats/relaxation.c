/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/relaxation.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

/* ---- from the model ------------------------------------------------------------------------- */

double relaxation_of_station(const struct relaxation_station *station, double *queue_s)
{
    double idle = 1 - station->load;
    double memory = station->service_s * (1 + station->service_scv), scv = station->service_scv;
    if (station->is_shared) {
        memory = idle > 0 ? memory / idle : INFINITY;
        scv = 1;
    }
    double queue = idle > 0 ? 2 * station->load * station->service_s *
                                  (station->arrival_scv + scv) / (station->units * idle * idle)
                            : INFINITY;
    queue = fmin(queue, station->limit_s);
    if (queue_s)
        *queue_s = station->is_shared ? memory + queue : queue;
    return fmin(memory, fmax(station->limit_s, station->service_s * (1 + station->service_scv))) +
           queue;
}

double relaxation_dispersion(const double *rates, const double *sojourns, size_t states)
{
    double cycle = 0, arrivals = 0;
    for (size_t i = 0; i < states; i++) {
        cycle += sojourns[i];
        arrivals += rates[i] * sojourns[i];
    }
    /* (d[i + 1] - d[i]) / sojourn[i] = -(rate[i] - mean), and d begins anywhere: sum p (rate -
     * mean) is 0, so a shift of d does not matter. */
    double mean = arrivals / cycle, d = 0, product = 0;
    for (size_t i = 0; i < states; i++) {
        double p = sojourns[i] / cycle;
        product += p * (rates[i] - mean) * d;
        d -= sojourns[i] * (rates[i] - mean);
    }
    return mean > 0 ? 1 + 2 / mean * product : 1;
}

/* ---- as seen -------------------------------------------------------------------------------- */

struct relaxation_batches relaxation_batches_of(const double *bins)
{
    struct relaxation_batches batches = {.sum = {0}};
    for (int length = 0; length < RELAXATION_LENGTHS; length++) {
        int size = 1 << length, count = RELAXATION_BINS / size;
        double before = 0;
        for (int k = 0; k < count; k++) {
            double mean = 0;
            for (int i = 0; i < size; i++)
                mean += bins[k * size + i] / size;
            batches.sum[length] += mean;
            batches.squares[length] += mean * mean;
            if (k > 0)
                batches.products[length] += before * mean;
            else
                batches.first[length] = mean;
            before = mean;
        }
        batches.last[length] = before;
    }
    return batches;
}

/* Correlation of neighbouring batch means, all replications about their grand mean; 0 when nothing
 * varies. */
static double neighbour_correlation(const struct relaxation_batches *batches, size_t replications,
                                    int length)
{
    double count = RELAXATION_BINS >> length, runs = (double)replications, sum = 0;
    for (size_t r = 0; r < replications; r++)
        sum += batches[r].sum[length];
    double mean = sum / (runs * count), near = 0, all = 0, scale = 0;
    for (size_t r = 0; r < replications; r++) {
        const struct relaxation_batches *b = &batches[r];
        all += b->squares[length] - mean * (2 * b->sum[length] - count * mean);
        scale += b->squares[length];
        near += b->products[length] - mean * (2 * b->sum[length] - b->first[length] -
                                              b->last[length] - (count - 1) * mean);
    }
    if (!(all > 1e-12 * scale)) /* what is left of equal values is rounding */
        return 0;
    return near / (runs * (count - 1)) / (all / (runs * count));
}

/* (1 - e^-x)^2 / (2 (x - 1 + e^-x)) falls from 1 to 0. */
static double correlation_of_batches(double x)
{
    double decay = -expm1(-x);
    return decay * decay / (2 * (x - decay));
}

static double solve_batch(double correlation)
{
    double low = 1e-3, high = 1;
    while (correlation_of_batches(high) > correlation)
        high *= 2;
    while (high - low > 1e-12 * high) {
        double middle = (low + high) / 2;
        if (correlation_of_batches(middle) > correlation)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double relaxation_seen(const struct relaxation_batches *batches, size_t replications, double bin_s)
{
    const double near_enough = 0.4, nothing = 1e-3;
    for (int length = 0; length < RELAXATION_LENGTHS; length++) {
        double correlation = neighbour_correlation(batches, replications, length);
        if (correlation <= nothing)
            return 0;
        if (correlation <= near_enough)
            return bin_s * (1 << length) / solve_batch(correlation);
    }
    return INFINITY;
}

/* ---- warm-up -------------------------------------------------------------------------------- */

double relaxation_warmup(double share)
{
    return share > 0 ? 2 + 0.5 * log(1 / share) : 3;
}

double relaxation_mean_missing(double relaxations)
{
    double u = 2 * relaxations, root = sqrt(u);
    return 2 * ((1 + u) * gsl_cdf_ugaussian_Q(root) - root * gsl_ran_ugaussian_pdf(root));
}

double relaxation_tail_reached(double relaxations, double share)
{
    double u = 2 * relaxations, root = sqrt(u), x = -log(share) / 2;
    double tail = gsl_cdf_ugaussian_Q((x + u) / root) + share * gsl_cdf_ugaussian_Q((x - u) / root);
    return tail / share;
}

static double missing_at(double relaxations, double share)
{
    return share > 0 ? 1 - relaxation_tail_reached(relaxations, share)
                     : relaxation_mean_missing(relaxations);
}

/* By the trapezoidal rule; after 16 relaxation times nothing that matters is missing. */
double relaxation_missing(double from, double length, double share)
{
    enum { STEPS = 128 };
    double span = fmin(length, 16), step = span / STEPS, start = fmax(from, 1e-3), sum = 0;
    for (int i = 0; i <= STEPS; i++)
        sum += missing_at(start + i * step, share) * (i == 0 || i == STEPS ? 0.5 : 1);
    return length > 0 ? sum * step / length : missing_at(start, share);
}

double relaxation_backlog_warmup(double sojourn_s, double load, double rest)
{
    return 2 * (sojourn_s + (load - 1) * sojourn_s / (1 - rest));
}
