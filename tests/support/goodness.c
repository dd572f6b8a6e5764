/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/goodness.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void assert_follows(double *value, size_t count, goodness_cdf *cdf, const void *law,
                    const char *name)
{
    qsort(value, count, sizeof *value, compare);
    double distance = 0, n = (double)count, bound = 2.7 / sqrt(n);
    for (size_t i = 0; i<count; i += count> 10000 ? 100 : 1) {
        /* Of equal values the first and the last are where the steps are. */
        size_t first = i, last = i;
        while (first > 0 && value[first - 1] == value[i])
            first--;
        while (last + 1 < count && value[last + 1] == value[i])
            last++;
        double below = cdf(law, nextafter(value[i], -INFINITY)), at = cdf(law, value[i]);
        distance = fmax(distance, fabs(below - (double)first / n));
        distance = fmax(distance, fabs(at - (double)(last + 1) / n));
        i = last;
    }
    if (!(distance < bound))
        fail_msg("%s: Kolmogorov-Smirnov distance %.6f of %zu values, at most %.6f", name, distance,
                 count, bound);
}

void assert_even(const uint64_t *count, size_t bins, const char *name)
{
    double total = 0, sum = 0;
    for (size_t i = 0; i < bins; i++)
        total += (double)count[i];
    double expected = total / (double)bins;
    for (size_t i = 0; i < bins; i++)
        sum += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
    double freedom = (double)bins - 1;
    double least = gsl_cdf_chisq_Pinv(5e-7, freedom), most = gsl_cdf_chisq_Qinv(5e-7, freedom);
    if (!(sum > least && sum < most))
        fail_msg("%s: chi-square %.1f with %.0f degrees of freedom, within %.1f to %.1f", name, sum,
                 freedom, least, most);
}

void assert_share(uint64_t count, uint64_t draws, double chance, const char *name)
{
    double expected = (double)draws * chance, deviation = sqrt(expected * (1 - chance));
    if (!(fabs((double)count - expected) <= 5 * deviation))
        fail_msg("%s: %.0f of %.0f, expected %.1f with deviation %.1f", name, (double)count,
                 (double)draws, expected, deviation);
}

void assert_mean(const double *value, size_t count, double mean, double variance, const char *name)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += value[i] - mean;
    double miss = sum / (double)count, error = sqrt(variance / (double)count);
    if (!(fabs(miss) <= 5 * error))
        fail_msg("%s: mean %.9g, expected %.9g with error %.3g", name, mean + miss, mean, error);
}

void assert_variance(const double *value, size_t count, double mean, double variance,
                     const char *name)
{
    double second = 0, fourth = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        double square = (value[i] - mean) * (value[i] - mean);
        second += square;
        fourth += square * square;
    }
    second /= n;
    double error = sqrt((fourth / n - second * second) / n);
    if (!(fabs(second - variance) <= 5 * error))
        fail_msg("%s: variance %.9g, expected %.9g with error %.3g", name, second, variance, error);
}
