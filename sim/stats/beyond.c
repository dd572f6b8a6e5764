/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/beyond.h"
#include "sim/base/wide.h"
#include "sim/stats/neumaier.h"
#include <assert.h>
#include <math.h>

struct beyond_claim beyond_claim_of(double q, bool is_upper, bool is_strict, int64_t limit)
{
    assert(q > 0 && q < 1);
    /* <= and >: values at the limit are not beyond it. */
    bool is_limit_within = is_upper != is_strict;
    return (struct beyond_claim){is_limit_within ? limit : limit - 1,
                                 BEYOND_WHOLE - llround(q * BEYOND_WHOLE), is_upper};
}

/* Whether at most the allowed share is beyond, in whole numbers. */
static bool is_within(const struct beyond_claim *claim, const double *ratios, const double *weights,
                      size_t count, size_t stride)
{
    wide_int beyond = 0, all = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(ratios[i * stride]) || !(weights[i * stride] > 0))
            continue;
        beyond += (wide_int)llround(ratios[i * stride] * weights[i * stride]);
        all += (wide_int)llround(weights[i * stride]);
    }
    return beyond * BEYOND_WHOLE <= all * claim->allowed;
}

enum beyond_answer beyond_judge(const struct beyond_claim *claim, const struct estimate *share,
                                const double *ratios, const double *weights, size_t count,
                                size_t stride)
{
    if (!share->has_interval || share->is_unresolved)
        return BEYOND_OPEN;
    double allowed = (double)claim->allowed / BEYOND_WHOLE;
    bool low_within = share->low <= allowed, high_within = share->high <= allowed;
    if (share->low == share->high)
        low_within = high_within = is_within(claim, ratios, weights, count, stride);
    if (low_within != high_within)
        return BEYOND_OPEN;
    return low_within == claim->is_upper ? BEYOND_HOLDS : BEYOND_BREAKS;
}

double beyond_effective(const double *counts, const double *weights, size_t count, size_t stride)
{
    struct neumaier beyond = {0, 0}, all = {0, 0}, squares = {0, 0};
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(counts[i * stride]) || !(weights[i * stride] > 0))
            continue;
        neumaier_add(&beyond, counts[i * stride]);
        neumaier_add(&all, weights[i * stride]);
        used++;
    }
    if (used < 2)
        return NAN;
    double p = neumaier_total(&beyond) / neumaier_total(&all), runs = (double)used;
    if (!(p > 0 && p < 1))
        return neumaier_total(&beyond);
    for (size_t i = 0; i < count; i++) {
        double distance = counts[i * stride] - p * weights[i * stride];
        if (!isnan(distance) && weights[i * stride] > 0)
            neumaier_add(&squares, distance * distance);
    }
    double seen = neumaier_total(&squares) / (runs - 1);
    double independent = p * (1 - p) * neumaier_total(&all) / runs;
    return neumaier_total(&beyond) / fmax(1, seen / independent);
}

uint64_t beyond_allowed(uint64_t n, double q)
{
    wide_uint parts = (wide_uint)n * (wide_uint)llround(q * BEYOND_WHOLE);
    return n - (uint64_t)((parts + BEYOND_WHOLE - 1) / BEYOND_WHOLE);
}
