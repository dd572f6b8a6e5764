/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/rank_test.h"
#include "sim/stats/prediction.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

const double rank_test_refuses_at = 0.035;

/* One column of all objects, and what of it the others of one object are. */
struct others {
    double mean, sd;
    struct prediction interval;
};

static struct others others_of(const double *values, size_t count, size_t columns, size_t object,
                               double confidence, double *scratch, struct arena *arena)
{
    struct others others = {0, 0, {0}};
    size_t used = 0, n = 0;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == object)
            continue;
        double x = values[i * columns];
        scratch[n++] = x;
        if (isnan(x))
            continue;
        double distance = x - others.mean;
        others.mean += distance / (double)++used;
        squares += distance * (x - others.mean);
    }
    others.sd = used > 1 ? sqrt(squares / (double)(used - 1)) : 0;
    others.interval = prediction_of_next(scratch, n, 1, confidence, arena);
    return others;
}

static void add_column(const double *values, size_t count, size_t columns, double half_digit,
                       double confidence, size_t *outside, double *distance, struct arena *arena)
{
    const double most = 25; /* one value that is far off does not outweigh all the others */
    double *scratch = arena_array(arena, count, sizeof *scratch);
    for (size_t i = 0; i < count; i++) {
        double x = values[i * columns];
        if (isnan(x))
            continue;
        struct others others = others_of(values, count, columns, i, confidence, scratch, arena);
        outside[i] +=
            x < others.interval.low - half_digit || x > others.interval.high + half_digit ? 1 : 0;
        if (others.sd > 0) {
            double d = fmax(0, fabs(x - others.mean) - half_digit) / others.sd;
            distance[i] += fmin(d * d, most);
        }
    }
}

double rank_test_p(const size_t *outside, const double *distance, size_t count)
{
    size_t as_far = 0;
    for (size_t i = 0; i < count; i++)
        as_far +=
            outside[i] > outside[0] || (outside[i] == outside[0] && distance[i] >= distance[0]) ? 1
                                                                                                : 0;
    return (double)as_far / (double)count;
}

/* The most values outside that more than 5 % of the simulated runs have. */
static size_t usual_outside(const size_t *outside, size_t count, size_t columns)
{
    for (size_t k = columns; k > 0; k--) {
        size_t as_many = 0;
        for (size_t i = 1; i < count; i++)
            as_many += outside[i] >= k ? 1 : 0;
        if (20 * as_many > count - 1)
            return k;
    }
    return 0;
}

struct rank_test_finding rank_test_judge(const double *values, size_t runs, size_t columns,
                                         const double *half_digits, double confidence,
                                         struct arena *arena)
{
    size_t count = runs + 1;
    size_t *outside = arena_array(arena, count, sizeof *outside);
    double *distance = arena_array(arena, count, sizeof *distance);
    for (size_t c = 0; c < columns; c++)
        add_column(values + c, count, columns, half_digits == NULL ? 0 : half_digits[c], confidence,
                   outside, distance, arena);
    struct rank_test_finding finding = {.outside = outside[0],
                                        .usual = usual_outside(outside, count, columns),
                                        .runs = runs,
                                        .p = rank_test_p(outside, distance, count)};
    finding.is_refused = finding.p <= rank_test_refuses_at;
    return finding;
}

/* ---- what would explain it ------------------------------------------------------------------ */

/* The columns that vary and are complete: their numbers to used[], returned how many. mean[c]: of
 * the simulated runs. */
static size_t usable_columns(const double *values, size_t runs, size_t columns,
                             const double *slopes, size_t *used, double *mean)
{
    size_t count = 0;
    for (size_t c = 0; c < columns; c++) {
        double sum = 0, smallest = INFINITY, largest = -INFINITY;
        for (size_t r = 1; r <= runs; r++) {
            double x = values[r * columns + c];
            sum += x;
            smallest = fmin(smallest, x);
            largest = fmax(largest, x);
        }
        mean[c] = sum / (double)runs;
        if (smallest < largest && isfinite(sum) && isfinite(values[c]) && isfinite(slopes[c]))
            used[count++] = c;
    }
    return count;
}

static double covariance(const double *values, size_t runs, size_t columns, const double *mean,
                         size_t a, size_t b)
{
    double sum = 0;
    for (size_t r = 1; r <= runs; r++)
        sum += (values[r * columns + a] - mean[a]) * (values[r * columns + b] - mean[b]);
    return sum / (double)(runs - 1);
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Whitens a vector by the lower Cholesky factor: L^-1 x, in place. */
static void whiten(const gsl_matrix *factor, double *x)
{
    gsl_vector_view view = gsl_vector_view_array(x, factor->size1);
    gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, factor, &view.vector);
}

struct rank_test_explanation rank_test_explain(const double *values, size_t runs, size_t columns,
                                               const double *slopes, struct arena *arena)
{
    const double shrinkage = 0.3;
    struct rank_test_explanation explanation = {NAN, NAN, NAN};
    size_t *used = arena_array(arena, columns, sizeof *used);
    double *mean = arena_array(arena, columns, sizeof *mean);
    size_t m = runs < 2 ? 0 : usable_columns(values, runs, columns, slopes, used, mean);
    if (m == 0)
        return explanation;
    double *matrix = arena_array(arena, m * m, sizeof *matrix);
    double *z = arena_array(arena, m, sizeof *z), *g = arena_array(arena, m, sizeof *g);
    for (size_t i = 0; i < m; i++) {
        z[i] = values[used[i]] - mean[used[i]];
        g[i] = slopes[used[i]];
        for (size_t j = 0; j < m; j++)
            matrix[i * m + j] = (i == j ? 1 : 1 - shrinkage) *
                                covariance(values, runs, columns, mean, used[i], used[j]);
    }
    gsl_matrix_view view = gsl_matrix_view_array(matrix, m, m);
    gsl_linalg_cholesky_decomp1(&view.matrix);
    whiten(&view.matrix, z);
    whiten(&view.matrix, g);
    double along = dot(g, z, m), own = dot(g, g, m), distance = dot(z, z, m);
    if (!(own > 0) || !(distance > 0))
        return explanation;
    explanation.explains = along * along / (own * distance);
    explanation.change = along / own;
    explanation.change_error = 1 / sqrt(own);
    return explanation;
}
