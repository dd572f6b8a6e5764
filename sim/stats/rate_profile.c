/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/rate_profile.h"
#include "sim/random/tails.h"
#include <math.h>

/* Twice the logarithm of likelihood that a change must gain, over log(windows): its rate and its
 * place, and what makes false alarms rare. */
static const double RATE_PROFILE_COST = 3;

static double neighbours_dispersion(const struct counts *counts)
{
    double sum = 0, pairs = 0;
    for (size_t i = 0; i + 1 < counts->windows; i++) {
        double a = counts->count[i], b = counts->count[i + 1];
        if (a + b > 0) {
            sum += (a - b) * (a - b) / (a + b);
            pairs++;
        }
    }
    return pairs > 0 ? sum / pairs : 1;
}

/* -2 log likelihood of n events in w windows at their own rate, but for what all pieces share. */
static double piece_cost(double n, double w)
{
    return n > 0 ? -2 * n * log(n / w) : 0;
}

/* last[i]: where the last piece of the best division of the first i windows begins. */
static void divide(const double *sum, size_t windows, double change, size_t *last, double *cost)
{
    cost[0] = -change;
    for (size_t end = 1; end <= windows; end++) {
        cost[end] = INFINITY;
        for (size_t start = 0; start < end; start++) {
            double with =
                cost[start] + change + piece_cost(sum[end] - sum[start], (double)(end - start));
            if (with < cost[end]) {
                cost[end] = with;
                last[end] = start;
            }
        }
    }
}

static void judge_rest(struct rate_profile *profile, const struct counts *counts)
{
    double sum = 0, used = 0;
    size_t at = 0;
    for (size_t i = 0; i < counts->windows; i++) {
        double middle = ((double)i + 0.5) * counts->window_s;
        while (at + 1 < profile->count && middle > profile->piece[at].to_s)
            at++;
        double expected = profile->piece[at].rate_per_s * counts->window_s;
        double off = counts->count[i] - expected;
        sum += expected > 0 ? off * off / expected : 0;
        used += expected > 0;
    }
    double df = fmax(used - (double)profile->count, 1);
    profile->rest_index = sum / df;
    profile->rest_p = tails_of_gamma(df / 2, sum / 2).above;
}

struct rate_profile rate_profile_fit(const struct counts *all, struct arena *arena)
{
    size_t factor = (all->windows + RATE_PROFILE_WINDOWS - 1) / RATE_PROFILE_WINDOWS;
    struct counts counts = counts_merge(all, factor ? factor : 1, arena);
    size_t n = counts.windows;
    struct rate_profile profile = {
        .dispersion = neighbours_dispersion(&counts), .window_s = counts.window_s, .rest_p = 1};
    if (n == 0)
        return profile;
    double *sum = arena_array(arena, n + 1, sizeof *sum);
    double *cost = arena_array(arena, n + 1, sizeof *cost);
    size_t *last = arena_array(arena, n + 1, sizeof *last);
    for (size_t i = 0; i < n; i++)
        sum[i + 1] = sum[i] + counts.count[i];
    double spread = fmax(profile.dispersion, 1);
    divide(sum, n, RATE_PROFILE_COST * log((double)n) * spread, last, cost);
    for (size_t end = n; end > 0; end = last[end])
        profile.count++;
    struct rate_piece *piece = arena_array(arena, profile.count, sizeof *piece);
    size_t place = profile.count;
    for (size_t end = n; end > 0; end = last[end]) {
        double length = (double)(end - last[end]) * counts.window_s;
        double events = sum[end] - sum[last[end]];
        piece[--place] =
            (struct rate_piece){(double)last[end] * counts.window_s, (double)end * counts.window_s,
                                events / length, sqrt(fmax(events, 1) * spread) / length};
    }
    profile.piece = piece;
    judge_rest(&profile, &counts);
    return profile;
}
