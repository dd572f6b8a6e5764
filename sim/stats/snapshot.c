/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/snapshot.h"
#include <assert.h>
#include <math.h>

/* Half a unit of the last of so many significant digits. */
static double half_digit(double value, int digits)
{
    return value != 0 ? 0.5 * pow(10, floor(log10(fabs(value))) + 1 - digits) : 0;
}

static struct snapshot_difference since_reset(struct running_moments second)
{
    return (struct snapshot_difference){second.count,
                                        second.count > 0 ? second.mean : NAN,
                                        second.count > 0 ? second.sd : NAN,
                                        second.count > 0 ? second.sd / sqrt(second.count) : NAN,
                                        0,
                                        true,
                                        false};
}

struct snapshot_difference snapshot_between(struct running_moments first,
                                            struct running_moments second, int digits)
{
    assert(first.count >= 0 && second.count >= 0 && digits >= 1);
    if (second.count < first.count)
        return since_reset(second);
    struct snapshot_difference between = {
        second.count - first.count, NAN, NAN, NAN, 0, false, false};
    double n = between.count, n_1 = first.count, n_2 = second.count;
    if (n == 0)
        return between;
    double mean_1 = n_1 > 0 ? first.mean : 0;
    between.mean = second.mean + (second.mean - mean_1) * n_1 / n;
    between.rounding =
        (n_2 * half_digit(second.mean, digits) + n_1 * half_digit(mean_1, digits)) / n;
    double m_1 = n_1 > 0 ? n_1 * first.sd * first.sd : 0, m_2 = n_2 * second.sd * second.sd;
    double apart = between.mean - mean_1;
    double rest = m_2 - m_1 - apart * apart * n_1 * n / n_2;
    /* The first order of what rounding does to each term. */
    double slack = 2 * (n_2 * second.sd * half_digit(second.sd, digits) +
                        (n_1 > 0 ? n_1 * first.sd * half_digit(first.sd, digits) : 0) +
                        fabs(apart) * between.rounding * n_1 * n / n_2) +
                   1e-12 * m_2;
    between.is_lost = rest < -slack;
    if (!between.is_lost) {
        between.sd = sqrt(fmax(rest, 0) / n);
        between.mean_error = between.sd / sqrt(n);
    }
    return between;
}

struct running_moments snapshot_merge(const struct running_moments *part, size_t count)
{
    struct running_moments all = {0, 0, 0};
    double m = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(part[i].count > 0))
            continue;
        double n = all.count + part[i].count, apart = part[i].mean - all.mean;
        m +=
            part[i].count * part[i].sd * part[i].sd + apart * apart * all.count * part[i].count / n;
        all.mean += apart * part[i].count / n;
        all.count = n;
    }
    all.sd = all.count > 0 ? sqrt(m / all.count) : NAN;
    return all;
}

struct running_moments snapshot_sequence(const struct running_moments *part, const double *times,
                                         size_t count)
{
    struct running_moments sum = {INFINITY, 0, 0};
    double variance = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(times[i] > 0))
            continue;
        sum.count = fmin(sum.count, part[i].count / times[i]);
        sum.mean += times[i] * part[i].mean;
        variance += times[i] * part[i].sd * part[i].sd;
    }
    if (!isfinite(sum.count))
        sum.count = 0;
    sum.sd = sqrt(variance);
    return sum;
}
