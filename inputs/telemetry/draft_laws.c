/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of a draft: from values, from buckets, from means. */
#include "inputs/telemetry/draft.h"

#include "sim/random/distribution_fit.h"
#include <math.h>
#include <stdlib.h>

#define LEAST_S 1e-6      /* a hold of nothing is written as a microsecond */
#define MOST_TAIL_CV 50.0 /* a tail that is wider is no description of anything */

enum { FEW = 400, ENOUGH_FOR_BUCKETS = 30 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Slices of equal probability, each by its mean: the mean stays what it was. */
static void set_slices(struct draft_law *law, const double *sorted, size_t count,
                       struct arena *arena)
{
    size_t points = count < DRAFT_POINTS ? count : DRAFT_POINTS;
    double *values = arena_array(arena, points, sizeof *values);
    for (size_t p = 0; p < points; p++) {
        double from = (double)count * (double)p / (double)points;
        double to = (double)count * (double)(p + 1) / (double)points, sum = 0;
        for (size_t i = (size_t)from; i < count && (double)i < to; i++)
            sum += sorted[i] * (fmin((double)i + 1, to) - fmax((double)i, from));
        values[p] = fmax(sum / (to - from), LEAST_S);
    }
    law->values = values;
    law->count = points;
    law->body_share = 1;
}

static bool is_writable(const struct fit_law *tail)
{
    bool is_named = tail->kind == DISTRIBUTION_LOGNORMAL || tail->kind == DISTRIBUTION_WEIBULL ||
                    tail->kind == DISTRIBUTION_EXPONENTIAL;
    return tail->is_fitted && is_named && tail->mean > 1e-9 && tail->cv > 0 &&
           tail->cv < MOST_TAIL_CV;
}

/* The body and a fitted tail, if together they have the mean of the values. */
static bool set_tail(struct draft_law *law, const double *sorted, size_t count, struct arena *arena)
{
    struct fit_data *data = fit_data_create(arena);
    for (size_t i = 0; i < count; i++)
        fit_data_add(data, sorted[i], 1, 0);
    fit_data_group(data, 4000);
    struct fit_empirical made = fit_empirical_make(data, NULL, DRAFT_POINTS, arena);
    if (!made.is_available || !is_writable(&made.tail))
        return false;
    double mean = distribution_mean(&made.law), allowed = 3 * law->relative_error * law->mean;
    if (!(fabs(mean - law->mean) <= allowed))
        return false;
    law->values = made.body;
    law->count = made.count;
    law->body_share = made.body_share;
    law->kind = made.tail.kind;
    law->kind_mean = made.tail.mean;
    law->kind_cv = made.tail.cv;
    law->threshold = made.threshold;
    return true;
}

/* The standard error of a quantile over it, from the values that are as many ranks away as its
 * rank's own standard deviation (Woodruff, JASA 47 (1952)). */
static double quantile_error(const double *sorted, size_t count, double q)
{
    double rank = q * (double)count, sd = sqrt((double)count * q * (1 - q));
    if (rank - sd < 0 || rank + sd >= (double)count)
        return 0;
    return (sorted[(size_t)(rank + sd)] - sorted[(size_t)(rank - sd)]) / 2 / sorted[(size_t)rank];
}

struct draft_law draft_law_of_values(const int64_t *values_ns, size_t count, struct arena *arena)
{
    struct draft_law law = {.is_empirical = true, .relative_error = NAN};
    double *sorted = arena_array(arena, count, sizeof *sorted), sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = fmax((double)values_ns[i] / 1e9, LEAST_S);
        sum += sorted[i];
    }
    law.mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (sorted[i] - law.mean) * (sorted[i] - law.mean);
    if (count > 1) {
        law.cv = sqrt(squares / ((double)count - 1)) / law.mean;
        law.relative_error = law.cv / sqrt((double)count);
    }
    qsort(sorted, count, sizeof *sorted, compare);
    double mean_error = law.relative_error;
    if (count < FEW || !set_tail(&law, sorted, count, arena))
        set_slices(&law, sorted, count, arena);
    /* One factor stands for what the law may be: it must be as wide as whatever is known least. */
    law.relative_error = fmax(
        mean_error, fmax(quantile_error(sorted, count, 0.5), quantile_error(sorted, count, 0.95)));
    return law;
}

struct draft_law draft_law_of_gaps(const double *times_s, size_t count, double start_s,
                                   double error, struct arena *arena)
{
    double *gaps = arena_array(arena, count, sizeof *gaps), last = start_s;
    struct draft_law law = {.is_empirical = true, .relative_error = error};
    for (size_t i = 0; i < count; i++) {
        gaps[i] = times_s[i] - last;
        last = times_s[i];
    }
    qsort(gaps, count, sizeof *gaps, compare);
    set_slices(&law, gaps, count, arena);
    law.mean = (last - start_s) / (double)count;
    return law;
}

struct draft_law draft_law_of_mean(double mean_s, double error_s, double cv, bool is_cv_assumed)
{
    return (struct draft_law){.kind = DISTRIBUTION_GAMMA,
                              .kind_mean = mean_s,
                              .kind_cv = cv,
                              .mean = mean_s,
                              .cv = cv,
                              .relative_error = error_s / mean_s,
                              .is_cv_assumed = is_cv_assumed};
}

struct draft_law draft_law_of_constant(double mean_s, double error_s)
{
    return (struct draft_law){.is_constant = true,
                              .kind_mean = mean_s,
                              .mean = mean_s,
                              .relative_error = error_s / mean_s};
}

struct draft_law draft_law_of_buckets(const struct observed_figure *figure, struct arena *arena)
{
    struct fit_data *data = fit_data_create(arena);
    double below = 0, mean = figure->mean;
    for (size_t i = 0; i < figure->bucket_count; i++) {
        if (figure->bucket_counts[i] > 0)
            fit_data_add_between(data, below, figure->bucket_tops[i],
                                 (double)figure->bucket_counts[i], 0);
        below = figure->bucket_tops[i];
    }
    struct fit_law gamma = {.is_fitted = false};
    if (figure->count >= ENOUGH_FOR_BUCKETS)
        gamma = fit_law(data, DISTRIBUTION_GAMMA, arena);
    bool is_known = gamma.is_fitted && gamma.cv > 0.01 && gamma.cv < 10;
    if (isnan(mean))
        mean = gamma.mean;
    double cv = is_known ? gamma.cv : 1;
    return draft_law_of_mean(mean, mean * cv / sqrt((double)figure->count), cv, !is_known);
}

struct draft_law draft_law_of_histogram(const struct observed_figure *figure, struct arena *arena)
{
    size_t points = figure->count < DRAFT_POINTS ? (size_t)figure->count : DRAFT_POINTS;
    double *values = arena_array(arena, points, sizeof *values), sum = 0;
    for (size_t p = 0; p < points; p++) {
        values[p] = fmax(observed_quantile(figure, ((double)p + 0.5) / (double)points), LEAST_S);
        sum += values[p];
    }
    /* Middles of slices lose a little of the tail: the mean is put right. */
    double factor = figure->mean > 0 ? figure->mean / (sum / (double)points) : 1;
    for (size_t p = 0; p < points; p++)
        values[p] = fmax(values[p] * factor, LEAST_S);
    return (struct draft_law){.is_empirical = true,
                              .values = values,
                              .count = points,
                              .body_share = 1,
                              .mean = figure->mean,
                              .cv = figure->sd / figure->mean,
                              .relative_error = figure->standard_error / figure->mean};
}

struct draft_law draft_law_scale(const struct draft_law *law, double factor, struct arena *arena)
{
    struct draft_law scaled = *law;
    scaled.mean *= factor;
    scaled.kind_mean *= factor;
    scaled.threshold *= factor;
    if (!law->is_empirical)
        return scaled;
    double *values = arena_array(arena, law->count, sizeof *values);
    for (size_t i = 0; i < law->count; i++)
        values[i] = fmax(law->values[i] * factor, LEAST_S);
    scaled.values = values;
    return scaled;
}

/* ---- quantiles ------------------------------------------------------------------------------- */

const double draft_probabilities[DRAFT_SEEN] = {
    0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999};

/* Of the tail above its threshold, or of a whole law that is no list of values. */
static double quantile_of_kind(const struct draft_law *law, double p)
{
    struct distribution made = {0};
    struct distribution_doubt doubt;
    struct error err = {0};
    if (!distribution_fit(law->kind, (struct distribution_fact){KNOWN_MEAN, law->kind_mean},
                          (struct distribution_fact){KNOWN_CV, law->kind_cv}, &made, &doubt, &err))
        return NAN;
    made.highest = INFINITY;
    made.lowest = law->is_empirical ? law->threshold : 0;
    made.is_truncated = law->is_empirical;
    return distribution_quantile(&made, p);
}

double draft_law_quantile(const struct draft_law *law, double p)
{
    if (law->is_constant)
        return law->mean;
    if (!law->is_empirical)
        return quantile_of_kind(law, p);
    if (p < law->body_share || law->body_share >= 1)
        return law->values[(size_t)fmin(p / law->body_share * (double)law->count,
                                        (double)law->count - 1)];
    return quantile_of_kind(law, (p - law->body_share) / (1 - law->body_share));
}

static int compare_ns(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void draft_keep_seen(struct draft_class *class, int64_t *holds, size_t count)
{
    class->has_seen = count > 1;
    if (count > 1)
        qsort(holds, count, sizeof *holds, compare_ns);
    for (size_t i = 0; i < DRAFT_SEEN && count > 1; i++)
        class->seen_s[i] = (double)holds[(size_t)(draft_probabilities[i] * (double)count)] / 1e9;
}
