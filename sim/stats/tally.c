/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/tally.h"
#include <math.h>
#include <string.h>

double tally_mean(const struct tally *tally)
{
    return tally->count > 0 ? (double)tally->sum / (double)tally->count : NAN;
}

/* Deviations are taken from the mean rounded down to an integer, in integers modulo 2^128: nothing
 * cancels, however small the spread is beside the mean. */
double tally_sd(const struct tally *tally)
{
    if (tally->count < 2)
        return NAN;
    wide_uint count = tally->count, sum = (wide_uint)tally->sum;
    wide_uint centre = sum / count;
    wide_uint squares = tally->sum_squares - 2 * centre * sum + centre * centre * count;
    double rest = (double)(sum - centre * count), n = (double)tally->count;
    return sqrt(((double)squares - rest * rest / n) / (n - 1));
}

void tally_reset(struct tally *tally)
{
    uint32_t *buckets = tally->buckets;
    *tally = (struct tally){.buckets = buckets};
    memset(buckets, 0, HISTOGRAM_BUCKETS * sizeof *buckets);
}
