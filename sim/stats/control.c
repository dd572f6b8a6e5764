/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/control.h"
#include <assert.h>
#include <math.h>

/* Sums of squares and products about the means of the complete rows. */
struct products {
    size_t rows, controls;
    double mean_y, mean_c[CONTROL_MAX];
    double yy, cy[CONTROL_MAX], cc[CONTROL_MAX][CONTROL_MAX];
};

static bool is_complete(double value, const double *row, size_t control_count)
{
    for (size_t k = 0; k < control_count; k++)
        if (isnan(row[k]))
            return false;
    return !isnan(value);
}

static struct products products_of(const double *values, size_t count, size_t stride,
                                   const double *controls, size_t control_count)
{
    struct products p = {.controls = control_count};
    for (size_t i = 0; i < count; i++) {
        const double *row = controls + i * control_count;
        if (!is_complete(values[i * stride], row, control_count))
            continue;
        double n = (double)++p.rows, to_y = values[i * stride] - p.mean_y, to_c[CONTROL_MAX];
        p.mean_y += to_y / n;
        for (size_t k = 0; k < control_count; k++) {
            to_c[k] = row[k] - p.mean_c[k];
            p.mean_c[k] += to_c[k] / n;
        }
        p.yy += to_y * to_y * (n - 1) / n;
        for (size_t k = 0; k < control_count; k++) {
            p.cy[k] += to_c[k] * to_y * (n - 1) / n;
            for (size_t j = 0; j < control_count; j++)
                p.cc[k][j] += to_c[k] * to_c[j] * (n - 1) / n;
        }
    }
    return p;
}

/* Cholesky's factor of cc, in place below the diagonal; false when it is singular. */
static bool factorize(struct products *p)
{
    for (size_t k = 0; k < p->controls; k++) {
        double whole = p->cc[k][k];
        for (size_t j = 0; j < k; j++)
            p->cc[k][k] -= p->cc[k][j] * p->cc[k][j];
        if (!(p->cc[k][k] > 1e-12 * whole))
            return false;
        p->cc[k][k] = sqrt(p->cc[k][k]);
        for (size_t i = k + 1; i < p->controls; i++) {
            for (size_t j = 0; j < k; j++)
                p->cc[i][k] -= p->cc[i][j] * p->cc[k][j];
            p->cc[i][k] /= p->cc[k][k];
        }
    }
    return true;
}

/* L^-1 x, in place. */
static void solve_lower(const struct products *p, double *x)
{
    for (size_t i = 0; i < p->controls; i++) {
        for (size_t j = 0; j < i; j++)
            x[i] -= p->cc[i][j] * x[j];
        x[i] /= p->cc[i][i];
    }
}

struct control_estimate control_estimate(const double *values, size_t count, size_t stride,
                                         const double *controls, size_t control_count,
                                         const double *means, double confidence)
{
    assert(control_count >= 1 && control_count <= CONTROL_MAX);
    struct products p = products_of(values, count, stride, controls, control_count);
    struct control_estimate result = {{.estimate = p.rows > 0 ? p.mean_y : NAN,
                                       .low = -INFINITY,
                                       .high = INFINITY,
                                       .standard_error = NAN,
                                       .replications = p.rows},
                                      NAN};
    if (p.rows < control_count + 2 || !factorize(&p))
        return result;
    /* With L L' = Scc, a = L^-1 ScY and d = L^-1 (mean C - mu): beta'(mean C - mu) = a'd. */
    double d[CONTROL_MAX], fitted = 0, correction = 0, distance = 0;
    for (size_t k = 0; k < control_count; k++)
        d[k] = p.mean_c[k] - means[k];
    solve_lower(&p, p.cy);
    solve_lower(&p, d);
    for (size_t k = 0; k < control_count; k++) {
        fitted += p.cy[k] * p.cy[k];
        correction += p.cy[k] * d[k];
        distance += d[k] * d[k];
    }
    size_t df = p.rows - control_count - 1;
    double variance = fmax(p.yy - fitted, 0) / (double)df;
    struct estimate *estimate = &result.estimate;
    estimate->estimate = p.mean_y - correction;
    estimate->standard_error = sqrt(variance * (1 / (double)p.rows + distance));
    double half_width = estimate_t(confidence, df) * estimate->standard_error;
    estimate->low = estimate->estimate - half_width;
    estimate->high = estimate->estimate + half_width;
    estimate->has_interval = true;
    result.explained = p.yy > 0 ? fitted / p.yy : 0;
    return result;
}

size_t control_allowed(size_t replications)
{
    size_t allowed = replications < 4 ? 0 : (replications - 4) / 3;
    return allowed < CONTROL_MAX ? allowed : CONTROL_MAX;
}
