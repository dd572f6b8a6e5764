/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rate that drifts, as a profile: in steps, or in straight lines where these describe the
 * arrivals better. */
#include "inputs/telemetry/draft.h"

#include <math.h>

/* Steps: each piece has its rate at its beginning and at its end. */
static struct draft_knot *steps_of(const struct rate_profile *profile, double length_s,
                                   struct arena *arena)
{
    struct draft_knot *knots = arena_array(arena, 2 * profile->count, sizeof *knots);
    for (size_t i = 0; i < 2 * profile->count; i++) {
        const struct rate_piece *piece = &profile->piece[i / 2];
        knots[i] = (struct draft_knot){i % 2 == 0 ? piece->from_s : piece->to_s, piece->rate_per_s};
    }
    knots[2 * profile->count - 1].at_s = fmax(knots[2 * profile->count - 1].at_s, length_s);
    return knots;
}

/* Lines through the pieces' boundaries, where the rate is between those of its neighbours (weighted
 * by their lengths: a line through their middles); the first and the last go on as they began. */
static struct draft_knot *lines_of(const struct rate_profile *profile, double length_s,
                                   struct arena *arena)
{
    size_t count = profile->count;
    const struct rate_piece *piece = profile->piece;
    struct draft_knot *knots = arena_array(arena, count + 1, sizeof *knots);
    for (size_t i = 1; i < count; i++) {
        double before = piece[i - 1].to_s - piece[i - 1].from_s,
               after = piece[i].to_s - piece[i].from_s;
        double share = before / (before + after);
        knots[i] = (struct draft_knot){piece[i].from_s, piece[i - 1].rate_per_s * (1 - share) +
                                                            piece[i].rate_per_s * share};
    }
    knots[0] = (struct draft_knot){piece[0].from_s,
                                   fmax(2 * piece[0].rate_per_s - knots[1].rate_per_s, 0)};
    knots[count] =
        (struct draft_knot){fmax(piece[count - 1].to_s, length_s),
                            fmax(2 * piece[count - 1].rate_per_s - knots[count - 1].rate_per_s, 0)};
    return knots;
}

static double area_of(const struct draft_knot *knots, size_t count)
{
    double area = 0;
    for (size_t i = 1; i < count; i++)
        area += (knots[i].rate_per_s + knots[i - 1].rate_per_s) / 2 *
                (knots[i].at_s - knots[i - 1].at_s);
    return area;
}

/* The log-likelihood of arrivals[count], ascending, under the profile's shape. */
static double likelihood(const struct draft_knot *knots, size_t knot_count, const double *arrivals,
                         size_t count)
{
    double sum = -(double)count * log(area_of(knots, knot_count));
    size_t k = 1;
    for (size_t i = 0; i < count; i++) {
        while (k + 1 < knot_count && arrivals[i] >= knots[k].at_s)
            k++;
        double length = knots[k].at_s - knots[k - 1].at_s;
        double share = length > 0 ? (arrivals[i] - knots[k - 1].at_s) / length : 0;
        double rate = knots[k - 1].rate_per_s +
                      fmin(fmax(share, 0), 1) * (knots[k].rate_per_s - knots[k - 1].rate_per_s);
        sum += log(fmax(rate, 1e-9));
    }
    return sum;
}

void draft_set_profile(struct draft *draft, const double *arrivals, size_t count)
{
    const struct rate_profile *profile = &draft->fit.profile;
    struct draft_knot *steps = steps_of(profile, draft->length_s, draft->arena);
    draft->knots = steps;
    draft->knot_count = 2 * profile->count;
    if (profile->count < 2)
        return;
    struct draft_knot *lines = lines_of(profile, draft->length_s, draft->arena);
    /* By the Bayesian information criterion: n steps have n rates and n - 1 places of their own,
     * the lines n + 1 rates at places that are as good as any. */
    double more = (double)profile->count - 2;
    if (likelihood(lines, profile->count + 1, arrivals, count) <=
        likelihood(steps, draft->knot_count, arrivals, count) - more * log((double)count) / 2)
        return;
    draft->knots = lines;
    draft->knot_count = profile->count + 1;
}
