/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/fit_distance.h"
#include "sim/random/distribution_cdf.h"
#include <math.h>

/* A point of the law, given that it is above `from`, by both ends. */
static struct tails above_from(const struct distribution *law, struct tails from, double x)
{
    struct tails at = distribution_whole_tails(law, x);
    if (!(from.above > 0))
        return (struct tails){1, 0};
    double above = fmin(at.above / from.above, 1);
    double below = fmin(fmax(tails_between(from, at) / from.above, 0), 1);
    return (struct tails){below, above};
}

/* Of (c - u)^2 / (u (1 - u)): -u + c^2 log u - (1 - c)^2 log (1 - u). At u = 0 only c = 0 comes, at
 * 1 only c = 1; elsewhere a chance of 0 is one too small for a double. */
static double step_integral(double c, struct tails u)
{
    const double MIN_TAIL = 1e-300;
    double first = c > 0 ? c * c * log(fmax(u.below, MIN_TAIL)) : 0;
    double second = c < 1 ? (1 - c) * (1 - c) * log(fmax(u.above, MIN_TAIL)) : 0;
    return -u.below + first - second;
}

/* The gap goes from one end's to the other's. Gauss's rule of four points. */
static double sloped_integral(double u_0, double gap_0, double u_1, double gap_1)
{
    static const double AT[] = {0.06943184420297371, 0.33000947820757187, 0.66999052179242813,
                                0.93056815579702629};
    static const double WEIGHT[] = {0.17392742256872693, 0.32607257743127307, 0.32607257743127307,
                                    0.17392742256872693};
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        double u = u_0 + AT[i] * (u_1 - u_0), gap = gap_0 + AT[i] * (gap_1 - gap_0);
        if (u > 0 && u < 1)
            sum += WEIGHT[i] * gap * gap / (u * (1 - u));
    }
    return sum * (u_1 - u_0);
}

struct fit_distance fit_distance_of(const struct fit_curve *curve, const struct distribution *law)
{
    struct fit_distance distance = {0, 0};
    struct tails from = distribution_whole_tails(law, curve->from), u = {0, 1};
    double c = 0;
    for (size_t i = 0; i < curve->count; i++) {
        struct tails next = above_from(law, from, curve->x[i]);
        double after = curve->below[i];
        distance.greatest_gap = fmax(distance.greatest_gap, fabs(after - next.below));
        if (curve->is_exact[i]) {
            distance.greatest_gap = fmax(distance.greatest_gap, fabs(c - next.below));
            distance.anderson_darling += step_integral(c, next) - step_integral(c, u);
        } else {
            distance.anderson_darling +=
                sloped_integral(u.below, c - u.below, next.below, after - next.below);
        }
        c = after;
        u = next;
    }
    if (curve->count > 0 && curve->beyond == 0)
        distance.anderson_darling += step_integral(1, (struct tails){1, 0}) - step_integral(1, u);
    distance.anderson_darling = fmax(distance.anderson_darling * curve->total, 0);
    return distance;
}
