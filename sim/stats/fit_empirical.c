/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/fit_empirical.h"
#include "sim/random/distribution_cdf.h"
#include <assert.h>
#include <math.h>

/* The last point of the curve that has so many values beyond it; count if there is none. */
static size_t last_with_beyond(const struct fit_curve *curve, double values)
{
    size_t found = curve->count;
    for (size_t i = 0; i < curve->count; i++)
        if ((1 - curve->below[i]) * curve->total >= values)
            found = i;
    return found;
}

/* ---- body ----------------------------------------------------------------------------------- */

/* Where in (low, high] the share u of what is there lies. */
static double place_inside(const struct fit_law *inside, double low, double high, double u)
{
    double straight = low + u * (high - low);
    if (!inside || !inside->is_fitted || inside->kind == DISTRIBUTION_CONSTANT)
        return straight;
    struct tails at_low = distribution_whole_tails(&inside->law, low);
    struct tails at_high = distribution_whole_tails(&inside->law, high);
    double chance = tails_between(at_low, at_high);
    if (!(chance > 1e-12))
        return straight;
    struct tails level = {at_low.below + u * chance, at_high.above + (1 - u) * chance};
    return fmin(fmax(distribution_whole_invert(&inside->law, level), low), high);
}

/* Means of slices of equal probability of the inverse of the curve, up to its point `last`. */
static void fill_body(const struct fit_curve *curve, size_t last, const struct fit_law *inside,
                      double *body, size_t count)
{
    double share = curve->below[last] / (double)count;
    size_t i = 0;
    for (size_t j = 0; j < count; j++) {
        double from = share * (double)j, to = j + 1 < count ? from + share : curve->below[last];
        double sum = 0;
        for (; i <= last; i++) {
            double start = i > 0 ? curve->below[i - 1] : 0, step = curve->below[i] - start;
            double low = fmax(from, start), high = fmin(to, curve->below[i]);
            double x = curve->x[i];
            if (high > low && !curve->is_exact[i])
                x = place_inside(inside, curve->low[i], x, (0.5 * (low + high) - start) / step);
            sum += high > low ? (high - low) * x : 0;
            if (curve->below[i] > to)
                break;
        }
        body[j] = sum / (to - from);
        /* Intervals of different widths may overlap. */
        if (j > 0)
            body[j] = fmax(body[j], body[j - 1]);
    }
}

/* ---- tail ----------------------------------------------------------------------------------- */

static struct fit_data *beyond(const struct fit_data *data, double from, struct arena *arena)
{
    struct fit_data *tail = fit_data_create(arena);
    for (size_t i = 0; i < data->count; i++) {
        const struct fit_value *value = &data->values[i];
        if (value->low < from || value->high == from)
            continue;
        struct fit_selection by = data->selections[value->selection];
        by.from = fmax(by.from, from);
        by.all_from = fmax(by.all_from, by.from);
        uint32_t selection = fit_data_add_selection(tail, by);
        if (value->low == value->high)
            fit_data_add(tail, value->low, value->weight, selection);
        else
            fit_data_add_between(tail, value->low, value->high, value->weight, selection);
    }
    return tail;
}

static struct fit_law fit_tail(const struct fit_data *data, double from, struct arena *arena)
{
    static const enum distribution_kind KINDS[] = {DISTRIBUTION_EXPONENTIAL, DISTRIBUTION_LOGNORMAL,
                                                   DISTRIBUTION_WEIBULL, DISTRIBUTION_PARETO};
    struct fit_data *tail = beyond(data, from, arena);
    struct fit_law best = {.why = "no law fits what lies beyond"};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        struct fit_law fit = fit_law(tail, KINDS[i], arena);
        if (fit.is_fitted && (!best.is_fitted || fit.bic < best.bic))
            best = fit;
    }
    return best;
}

/* ---- both ----------------------------------------------------------------------------------- */

static const char *why_not(const struct fit_data *data, const struct fit_curve *curve)
{
    if (data->total < 2 * FIT_EMPIRICAL_BEYOND)
        return "there are fewer than 200 values";
    if (curve->from > 0)
        return "nothing below a threshold was recorded";
    if (curve->count < 2)
        return "all values are alike";
    if (curve->beyond > 0.5)
        return "most values are only known to be longer";
    return NULL;
}

static void compose(struct fit_empirical *made, struct arena *arena)
{
    struct distribution *parts = arena_array(arena, 2, sizeof *parts);
    const struct distribution **list = arena_array(arena, 2, sizeof(struct distribution *));
    double *shares = arena_array(arena, 2, sizeof *shares);
    parts[0] = (struct distribution){.kind = DISTRIBUTION_EMPIRICAL,
                                     .highest = INFINITY,
                                     .count = made->count,
                                     .values = made->body};
    parts[1] = made->tail.law;
    parts[1].lowest = made->threshold;
    parts[1].is_truncated = true;
    for (int i = 0; i < 2; i++)
        list[i] = &parts[i];
    shares[0] = made->body_share;
    shares[1] = 1 - made->body_share;
    made->law = (struct distribution){.kind = DISTRIBUTION_MIXTURE,
                                      .highest = INFINITY,
                                      .count = 2,
                                      .parts = list,
                                      .shares = shares};
}

struct fit_empirical fit_empirical_make(const struct fit_data *data, const struct fit_law *inside,
                                        size_t points, struct arena *arena)
{
    assert(points >= 2);
    struct fit_curve curve = fit_data_curve(data, arena);
    struct fit_empirical made = {.why = why_not(data, &curve)};
    if (made.why)
        return made;
    size_t last = last_with_beyond(&curve, FIT_EMPIRICAL_BEYOND);
    size_t tail = last_with_beyond(&curve, fmax(FIT_EMPIRICAL_BEYOND, curve.total / 10));
    made.why = "fewer than 100 values lie beyond any that was seen";
    if (last == curve.count || tail == curve.count)
        return made;
    made.threshold = curve.x[last];
    made.tail_from = curve.x[tail];
    made.body_share = curve.below[last];
    made.beyond = (1 - made.body_share) * curve.total;
    made.tail = fit_tail(data, made.tail_from, arena);
    made.why = made.tail.why;
    if (!made.tail.is_fitted)
        return made;
    double in_body = floor(made.body_share * curve.total);
    made.count = in_body < (double)points ? (size_t)fmax(in_body, 1) : points;
    double *body = arena_array(arena, made.count, sizeof *body);
    fill_body(&curve, last, inside, body, made.count);
    made.body = body;
    compose(&made, arena);
    made.is_available = true;
    made.why = "";
    return made;
}
