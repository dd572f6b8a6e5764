/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/analytic.h"
#include "tests/bench/reference.h"
#include <math.h>
#include <stdio.h>

/* Standard error of the mean wait of n requests of an M/M/1 with this load and service rate, from
 * its asymptotic variance (Daley, "The serial correlation coefficients of waiting times in a
 * stationary single server queue", J. Austral. Math. Soc. 8 (1968)). M/M/c with the same total rate
 * varies less: it only waits when all are busy. Above a load of 1 the time-out holds the queue, and
 * what is missing to it behaves like a queue with the inverse load. */
static double standard_error_s(const struct reference_queue *queue, double requests)
{
    double rate = queue->servers / queue->service_time_s, rho = queue->arrival_rate_per_s / rate;
    rho = fmin(rho, 1 / rho);
    double variance = rho * (2 + rho * (5 + rho * (rho - 4))) / pow(1 - rho, 4);
    return sqrt(variance / requests) / rate;
}

static bool is_within(const char *name, const char *what, double value, double expected,
                      double tolerance)
{
    if (fabs(value - expected) <= tolerance)
        return true;
    printf("WRONG: %s: %s is %.7g, must be %.7g +- %.2g\n", name, what, value, expected, tolerance);
    return false;
}

bool reference_is_right(const struct reference_queue *queue, const struct reference_answer *answer,
                        const char *name)
{
    /* Starting empty costs 0.3 % at load 1.1, where the queue takes ten seconds to fill. */
    const double errors = 5, start = 0.005;
    struct analytic_station station = {.arrival_rate_per_s = queue->arrival_rate_per_s,
                                       .service_time_s = queue->service_time_s,
                                       .servers = queue->servers};
    struct analytic_answer exact =
        queue->timeout_ns == 0 ? analytic_solve_mmc(station)
                               : analytic_solve_mmcd(station, 1e-9 * (double)queue->timeout_ns);
    double requests = (double)answer->requests;
    bool is_right =
        is_within(name, "mean wait", answer->wait_mean_s, exact.wait_mean_s,
                  errors * standard_error_s(queue, requests) + start * exact.wait_mean_s);
    /* Arrivals and services vary by 1 / sqrt(n) each. */
    is_right &= is_within(name, "utilization", answer->utilization, exact.utilization,
                          errors * sqrt(2 / requests) + start);
    if (queue->timeout_ns > 0)
        is_right &= is_within(name, "timeout rate", answer->timeout_rate, exact.timeout_rate,
                              errors * sqrt(2 / requests) + start * exact.timeout_rate);
    return is_right;
}

/* The mean, and its variance. */
static double mean_of(const double *values, int count, double *variance)
{
    double mean = 0, squares = 0;
    for (int i = 0; i < count; i++)
        mean += values[i] / count;
    for (int i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    *variance = squares / (count - 1) / count;
    return mean;
}

bool reference_is_same(const char *name, const char *what, const double *capsim,
                       const double *reference, int rounds)
{
    const double errors = 8, start = 0.005;
    double of_capsim, of_reference, expected = mean_of(reference, rounds, &of_reference);
    double value = mean_of(capsim, rounds, &of_capsim);
    return is_within(name, what, value, expected,
                     errors * sqrt(of_capsim + of_reference) + start * expected);
}
