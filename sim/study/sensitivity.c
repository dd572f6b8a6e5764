/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/sensitivity.h"
#include "sim/random/stream.h"
#include "sim/stats/estimate.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

/* ---- design ---------------------------------------------------------------------------------- */

/* A random order of 0..count-1 (Fisher and Yates). */
static void shuffle(struct stream *stream, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i-- > 1;) {
        size_t j = (size_t)(stream_next_uniform(stream) * (double)(i + 1));
        size_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

void sensitivity_design(uint64_t seed, size_t draws, size_t inputs, double *u, struct arena *arena)
{
    size_t *order = arena_array(arena, draws, sizeof *order);
    for (size_t k = 0; k < inputs; k++) {
        struct stream stream = stream_at((struct stream_key){seed, 0},
                                         stream_id("sensitivity.design"), (uint32_t)k, 0);
        shuffle(&stream, order, draws);
        for (size_t d = 0; d < draws; d++)
            u[d * inputs + k] = ((double)order[d] + stream_next_uniform(&stream)) / (double)draws;
    }
}

/* ---- analysis of variance -------------------------------------------------------------------- */

/* The draws whose replications all observed something, one after the other. */
static size_t keep_whole(const double *y, size_t draws, size_t replications, double *kept)
{
    size_t count = 0;
    for (size_t d = 0; d < draws; d++) {
        size_t r = 0;
        while (r < replications && isfinite(y[d * replications + r]))
            r++;
        if (r < replications)
            continue;
        for (r = 0; r < replications; r++)
            kept[count * replications + r] = y[d * replications + r];
        count++;
    }
    return count;
}

static double mean_of(const double *values, size_t count, size_t stride)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i * stride];
    return sum / (double)count;
}

/* Mean squares of draws, of replications, and of the rest. */
struct squares {
    double draws, replications, rest;
};

static struct squares mean_squares(const double *y, size_t draws, size_t replications, double mean,
                                   struct arena *arena)
{
    struct squares squares = {0, 0, 0};
    double *of_draw = arena_array(arena, draws, sizeof *of_draw);
    double *of_replication = arena_array(arena, replications, sizeof *of_replication);
    for (size_t d = 0; d < draws; d++) {
        of_draw[d] = mean_of(y + d * replications, replications, 1);
        squares.draws += pow(of_draw[d] - mean, 2);
    }
    for (size_t r = 0; r < replications; r++) {
        of_replication[r] = mean_of(y + r, draws, replications);
        squares.replications += pow(of_replication[r] - mean, 2);
    }
    for (size_t d = 0; d < draws; d++)
        for (size_t r = 0; r < replications; r++)
            squares.rest += pow(y[d * replications + r] - of_draw[d] - of_replication[r] + mean, 2);
    double free_draws = (double)(draws - 1), free_replications = (double)(replications - 1);
    squares.draws *= (double)replications / free_draws;
    squares.replications *= (double)draws / free_replications;
    squares.rest /= free_draws * free_replications;
    return squares;
}

/* The share of the inputs when the mean square of draws is `ratio` times that of the rest. */
static double share_at(double ratio, const struct squares *squares, double simulation_variance,
                       double replications)
{
    double variance = fmax(0, (ratio - 1) * squares->rest / replications);
    return variance / (variance + simulation_variance);
}

struct sensitivity_split sensitivity_split(const double *y, size_t draws, size_t replications,
                                           double confidence, struct arena *arena)
{
    struct sensitivity_split split = {NAN, NAN, NAN, NAN, NAN, NAN, 0};
    double *kept = arena_array(arena, arena_multiply_sizes(draws, replications), sizeof *kept);
    split.draws = keep_whole(y, draws, replications, kept);
    if (split.draws < 2 || replications < 2)
        return split;
    split.mean = mean_of(kept, split.draws * replications, 1);
    struct squares squares = mean_squares(kept, split.draws, replications, split.mean, arena);
    double n = (double)replications, d = (double)split.draws;
    double common = fmax(0, (squares.replications - squares.rest) / d);
    split.input_variance = fmax(0, (squares.draws - squares.rest) / n);
    split.simulation_variance = (common + squares.rest) / n;
    double whole = split.input_variance + split.simulation_variance;
    if (!(whole > 0))
        return split;
    split.share = split.input_variance / whole;
    split.low = split.high = split.share;
    if (!(squares.rest > 0))
        return split;
    double alpha = (1 - confidence) / 2, ratio = squares.draws / squares.rest;
    double freedom = (d - 1) * (n - 1);
    split.low = share_at(ratio / gsl_cdf_fdist_Qinv(alpha, d - 1, freedom), &squares,
                         split.simulation_variance, n);
    split.high = share_at(ratio / gsl_cdf_fdist_Pinv(alpha, d - 1, freedom), &squares,
                          split.simulation_variance, n);
    return split;
}

/* ---- regression ------------------------------------------------------------------------------ */

static double sd_of(const double *values, size_t count, size_t stride)
{
    double mean = mean_of(values, count, stride), sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += pow(values[i * stride] - mean, 2);
    return sqrt(sum / (double)(count - 1));
}

/* The rows with a result: y in *results, and in *matrix a one, then each input in units of its
 * standard deviation about its mean. Returns how many. */
static size_t fill_rows(const double *y, const double *x, size_t draws, size_t inputs,
                        gsl_matrix *matrix, gsl_vector *results)
{
    size_t rows = 0;
    for (size_t d = 0; d < draws; d++) {
        if (!isfinite(y[d]))
            continue;
        gsl_vector_set(results, rows, y[d]);
        gsl_matrix_set(matrix, rows, 0, 1);
        for (size_t k = 0; k < inputs; k++) {
            double mean = mean_of(x + k, draws, inputs), sd = sd_of(x + k, draws, inputs);
            gsl_matrix_set(matrix, rows, k + 1, (x[d * inputs + k] - mean) / sd);
        }
        rows++;
    }
    return rows;
}

/* The share of an effect's square in the whole variance, less what noise alone would give it. */
static void set_effect(struct sensitivity_effect *effect, double slope, double error, double t,
                       double variance)
{
    double low = slope - t * error, high = slope + t * error;
    double least = low > 0 ? low : high < 0 ? -high : 0;
    *effect = (struct sensitivity_effect){
        .effect = slope,
        .low = low,
        .high = high,
        .share = fmin(1, fmax(0, slope * slope - error * error) / variance),
        .share_low = fmin(1, least * least / variance),
        .share_high = fmin(1, fmax(low * low, high * high) / variance)};
}

double sensitivity_regress(const double *y, const double *x, size_t draws, size_t inputs,
                           double confidence, struct sensitivity_effect *effects,
                           struct arena *arena)
{
    size_t used = 0, columns = inputs + 1;
    double *results = arena_array(arena, draws, sizeof *results);
    double *cells = arena_array(arena, arena_multiply_sizes(draws, columns), sizeof *cells);
    for (size_t d = 0; d < draws; d++)
        used += isfinite(y[d]) ? 1 : 0;
    for (size_t k = 0; k < inputs; k++)
        effects[k] = (struct sensitivity_effect){NAN, NAN, NAN, NAN, NAN, NAN};
    if (used < columns + 2)
        return NAN;
    gsl_matrix_view matrix = gsl_matrix_view_array(cells, used, columns);
    gsl_vector_view right = gsl_vector_view_array(results, used);
    fill_rows(y, x, draws, inputs, &matrix.matrix, &right.vector);
    double variance = pow(sd_of(results, used, 1), 2), left;
    if (!(variance > 0))
        return NAN;
    gsl_vector *slopes = gsl_vector_alloc(columns);
    gsl_matrix *covariance = gsl_matrix_alloc(columns, columns);
    gsl_multifit_linear_workspace *space = gsl_multifit_linear_alloc(used, columns);
    gsl_multifit_linear(&matrix.matrix, &right.vector, slopes, covariance, &left, space);
    double freedom = (double)(used - columns), t = estimate_t(confidence, used - columns);
    /* Over what the inputs may be they are independent, in one sample of draws not quite: so not
     * the variance of the results, but that of the lines and what they leave. */
    double whole = left / freedom;
    for (size_t k = 0; k < inputs; k++)
        whole += pow(gsl_vector_get(slopes, k + 1), 2);
    for (size_t k = 0; k < inputs; k++)
        set_effect(&effects[k], gsl_vector_get(slopes, k + 1),
                   sqrt(gsl_matrix_get(covariance, k + 1, k + 1)), t, whole);
    gsl_multifit_linear_free(space);
    gsl_matrix_free(covariance);
    gsl_vector_free(slopes);
    return 1 - left / freedom / variance;
}
