/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/calibrate.h"
#include "sim/stats/estimate.h"
#include "sim/study/sensitivity.h"
#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

/* One simulation: residuals of the metrics that are fitted, and all it showed. */
struct point {
    double unit[CALIBRATE_INPUTS]; /* inputs in [0, 1] */
    double *mean, *covariance;     /* [metrics], [metrics * metrics] */
    size_t replications;           /* 0: impossible */
};

struct fitting {
    const struct calibrate_task *task;
    struct arena *arena;
    size_t *fitted; /* metrics that are not held out */
    size_t n, k;    /* fitted, inputs */
    size_t simulations;
    gsl_matrix *whitening; /* lower Cholesky factor of the noise of the fitted metrics */
    gsl_matrix *jacobian;  /* n x k, of the whitened means by unit inputs */
};

static double input_of(const struct calibrate_input *input, double unit)
{
    if (input->is_logarithmic)
        return input->low * pow(input->high / input->low, unit);
    return input->low + unit * (input->high - input->low);
}

static struct point simulate(struct fitting *fitting, const double *unit, uint64_t seed)
{
    const struct calibrate_task *task = fitting->task;
    size_t m = task->metrics;
    struct point point = {
        .mean = arena_array(fitting->arena, m, sizeof(double)),
        .covariance = arena_array(fitting->arena, arena_multiply_sizes(m, m), sizeof(double))};
    double inputs[CALIBRATE_INPUTS];
    for (size_t i = 0; i < fitting->k; i++) {
        point.unit[i] = unit[i];
        inputs[i] = input_of(&task->input[i], unit[i]);
    }
    fitting->simulations++;
    point.replications = task->simulate(task->context, inputs, seed, point.mean, point.covariance);
    for (size_t i = 0; i < fitting->n; i++)
        if (!isfinite(point.mean[fitting->fitted[i]]))
            point.replications = 0;
    return point;
}

/* ---- noise ---------------------------------------------------------------------------------- */

/* Shares of the correlations that are kept: n metrics need some n replications. */
static double shrinkage(size_t n, size_t replications)
{
    double share = (double)n / (double)(n + replications);
    return fmin(fmax(share, 0.05), 1);
}

/* Of measured less simulated mean: one run, the mean of R runs, the measurement. A metric that
 * never varied gets a thousandth of a millionth of itself, not 0. */
static double noise_of(const struct fitting *fitting, const struct point *at, size_t metric)
{
    size_t m = fitting->task->metrics;
    double one = fmax(at->covariance[metric * m + metric], 0);
    double error = fitting->task->metric[metric].error, least = 1e-9 * fabs(at->mean[metric]);
    return one * (1 + 1 / (double)at->replications) + error * error + least * least + 1e-300;
}

/* Cholesky's factor of the shrunk covariance of the fitted metrics at a point. By hand, for GSL's
 * calls the error handler for one that is not positive definite; shrunk, it is but for rounding. */
static void whiten_at(struct fitting *fitting, const struct point *at)
{
    size_t n = fitting->n, m = fitting->task->metrics;
    double keep = 1 - shrinkage(n, at->replications);
    gsl_matrix *l = fitting->whitening;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            size_t a = fitting->fitted[i], b = fitting->fitted[j];
            double sum =
                i == j ? noise_of(fitting, at, a)
                       : keep * at->covariance[a * m + b] * (1 + 1 / (double)at->replications);
            for (size_t c = 0; c < j; c++)
                sum -= gsl_matrix_get(l, i, c) * gsl_matrix_get(l, j, c);
            if (i == j)
                gsl_matrix_set(l, i, i, sqrt(fmax(sum, 1e-6 * noise_of(fitting, at, a))));
            else
                gsl_matrix_set(l, i, j, sum / gsl_matrix_get(l, j, j));
        }
    }
}

/* white = L^-1 of what is in it. */
static void whiten(const struct fitting *fitting, double *white)
{
    for (size_t i = 0; i < fitting->n; i++) {
        for (size_t j = 0; j < i; j++)
            white[i] -= gsl_matrix_get(fitting->whitening, i, j) * white[j];
        white[i] /= gsl_matrix_get(fitting->whitening, i, i);
    }
}

static double residuals(const struct fitting *fitting, const struct point *at, double *white)
{
    double sum = 0;
    for (size_t i = 0; i < fitting->n; i++) {
        size_t metric = fitting->fitted[i];
        white[i] = fitting->task->metric[metric].measured - at->mean[metric];
    }
    whiten(fitting, white);
    for (size_t i = 0; i < fitting->n; i++)
        sum += white[i] * white[i];
    return sum;
}

/* For starts, which have noise of their own each: only the diagonal, and its logarithm, so that a
 * noisy corner does not win. */
static double rough_cost(const struct fitting *fitting, const struct point *at)
{
    double sum = 0;
    if (at->replications == 0)
        return INFINITY;
    for (size_t i = 0; i < fitting->n; i++) {
        size_t metric = fitting->fitted[i];
        double off = fitting->task->metric[metric].measured - at->mean[metric];
        double noise = noise_of(fitting, at, metric);
        sum += off * off / noise + log(noise);
    }
    return sum;
}

/* ---- derivatives ---------------------------------------------------------------------------- */

/* Differences over `width` of the range on each side, one-sided at a bound or beside what cannot be
 * simulated. False where neither side can. */
static bool differentiate(struct fitting *fitting, const struct point *at, const double *width)
{
    double *white = arena_array(fitting->arena, fitting->n, sizeof *white);
    for (size_t k = 0; k < fitting->k; k++) {
        double unit[CALIBRATE_INPUTS];
        memcpy(unit, at->unit, sizeof unit);
        unit[k] = fmin(at->unit[k] + width[k], 1);
        struct point right = simulate(fitting, unit, fitting->task->seed);
        unit[k] = fmax(at->unit[k] - width[k], 0);
        struct point left = simulate(fitting, unit, fitting->task->seed);
        const struct point *high = right.replications ? &right : at;
        const struct point *low = left.replications ? &left : at;
        double apart = high->unit[k] - low->unit[k];
        if (!(apart > 0))
            return false;
        for (size_t i = 0; i < fitting->n; i++)
            white[i] = (high->mean[fitting->fitted[i]] - low->mean[fitting->fitted[i]]) / apart;
        whiten(fitting, white);
        for (size_t i = 0; i < fitting->n; i++)
            gsl_matrix_set(fitting->jacobian, i, k, white[i]);
    }
    return true;
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* to = from + the damped step, kept in the range. (J'J + damping (diag J'J + 1)) step = J' white:
 * the 1, in noise over the range, holds directions that the data do not know. */
static void step_from(const struct fitting *fitting, const struct point *from, const double *white,
                      double damping, double *to)
{
    size_t k = fitting->k;
    gsl_matrix *a = arena_library_memory(gsl_matrix_alloc(k, k));
    gsl_vector *b = arena_library_memory(gsl_vector_alloc(k));
    gsl_vector *step = arena_library_memory(gsl_vector_alloc(k));
    for (size_t i = 0; i < k; i++) {
        double right = 0;
        for (size_t r = 0; r < fitting->n; r++)
            right += gsl_matrix_get(fitting->jacobian, r, i) * white[r];
        gsl_vector_set(b, i, right);
        for (size_t j = 0; j < k; j++) {
            double sum = 0;
            for (size_t r = 0; r < fitting->n; r++)
                sum += gsl_matrix_get(fitting->jacobian, r, i) *
                       gsl_matrix_get(fitting->jacobian, r, j);
            gsl_matrix_set(a, i, j, i == j ? sum * (1 + damping) + damping + 1e-9 : sum);
        }
    }
    gsl_linalg_HH_solve(a, b, step);
    for (size_t i = 0; i < k; i++) {
        double by = gsl_vector_get(step, i);
        to[i] = fmin(fmax(from->unit[i] + (isfinite(by) ? by : 0), 0), 1);
    }
    gsl_vector_free(step);
    gsl_vector_free(b);
    gsl_matrix_free(a);
}

static struct point find_start(struct fitting *fitting)
{
    size_t k = fitting->k, draws = 2 * k + 3;
    double *u = arena_array(fitting->arena, arena_multiply_sizes(draws, k), sizeof *u),
           middle[CALIBRATE_INPUTS];
    sensitivity_design(fitting->task->seed, draws, k, u, fitting->arena);
    for (size_t i = 0; i < k; i++)
        middle[i] = 0.5;
    struct point best = simulate(fitting, middle, fitting->task->seed);
    double least = rough_cost(fitting, &best);
    for (size_t d = 0; d < draws; d++) {
        struct point at = simulate(fitting, u + d * k, fitting->task->seed);
        double cost = rough_cost(fitting, &at);
        if (cost < least) {
            least = cost;
            best = at;
        }
    }
    return best;
}

/* Width of a difference: half of what the data know the input to, from 1/2 % to 5 % of its range.
 */
static void choose_widths(const struct fitting *fitting, double *width)
{
    for (size_t k = 0; k < fitting->k; k++) {
        double square = 0;
        for (size_t i = 0; i < fitting->n; i++)
            square += pow(gsl_matrix_get(fitting->jacobian, i, k), 2);
        width[k] = fmin(fmax(0.5 / sqrt(square + 1e-12), 0.005), 0.05);
    }
}

/* Steps until one gains less than a hundredth of a unit of noise. The Jacobian is that of the best
 * point in the end. */
static bool descend(struct fitting *fitting, struct point *best, bool *has_converged)
{
    enum { TRIES = 3 };
    double *white = arena_array(fitting->arena, fitting->n, sizeof *white);
    double *trial = arena_array(fitting->arena, fitting->n, sizeof *trial);
    double width[CALIBRATE_INPUTS], damping = 0.01;
    for (size_t k = 0; k < fitting->k; k++)
        width[k] = 0.02;
    for (int step = 0; step < CALIBRATE_STEPS; step++) {
        whiten_at(fitting, best);
        if (!differentiate(fitting, best, width))
            return false;
        choose_widths(fitting, width);
        double cost = residuals(fitting, best, white), gain = 0;
        for (int i = 0; i < TRIES && gain <= 0; i++) {
            double to[CALIBRATE_INPUTS];
            step_from(fitting, best, white, damping, to);
            struct point next = simulate(fitting, to, fitting->task->seed);
            double then = next.replications ? residuals(fitting, &next, trial) : INFINITY;
            gain = cost - then;
            damping = fmin(fmax(gain > 0 ? damping / 10 : damping * 10, 1e-6), 1e3);
            if (gain > 0)
                *best = next;
        }
        *has_converged = gain < 0.01;
        if (*has_converged)
            break;
    }
    whiten_at(fitting, best);
    return differentiate(fitting, best, width);
}

/* ---- what is known of the inputs ------------------------------------------------------------ */

/* L^-1 S L^-T: the covariance of the whitened residuals with all correlations that the replications
 * show. The weights are shrunk, what they are worth is not. */
static gsl_matrix *white_spread(const struct fitting *fitting, const struct point *at)
{
    size_t n = fitting->n, m = fitting->task->metrics;
    gsl_matrix *spread = arena_library_memory(gsl_matrix_alloc(n, n));
    double *line = arena_array(fitting->arena, n, sizeof *line);
    for (size_t i = 0; i < n; i++) {
        size_t a = fitting->fitted[i];
        for (size_t j = 0; j < n; j++)
            line[j] =
                at->covariance[a * m + fitting->fitted[j]] * (1 + 1 / (double)at->replications);
        line[i] = noise_of(fitting, at, a);
        whiten(fitting, line);
        for (size_t j = 0; j < n; j++)
            gsl_matrix_set(spread, i, j, line[j]);
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++)
            line[i] = gsl_matrix_get(spread, i, j);
        whiten(fitting, line);
        for (size_t i = 0; i < n; i++)
            gsl_matrix_set(spread, i, j, line[i]);
    }
    return spread;
}

/* a' spread b, of columns of left. */
static double spread_between(const gsl_matrix *left, const gsl_matrix *spread, size_t a, size_t b)
{
    double sum = 0;
    for (size_t i = 0; i < spread->size1; i++)
        for (size_t j = 0; j < spread->size2; j++)
            sum += gsl_matrix_get(left, i, a) * gsl_matrix_get(spread, i, j) *
                   gsl_matrix_get(left, j, b);
    return sum;
}

/* The Jacobian's singular values: J = U diag(s) V'. A direction that is hardly resolved has the
 * variance of one that is a little: several ranges, and not INFINITY. */
struct directions {
    gsl_matrix *u, *v, *spread;
    double inverse[CALIBRATE_INPUTS]; /* 1 / s */
    size_t k;
};

static const double RESOLVED = 2, MIN_SINGULAR = 0.2;

static struct directions find_directions(const struct fitting *fitting, const struct point *best,
                                         struct calibration *found)
{
    size_t k = fitting->k;
    struct directions d = {.u = arena_library_memory(gsl_matrix_alloc(fitting->n, k)),
                           .v = arena_library_memory(gsl_matrix_alloc(k, k)),
                           .spread = white_spread(fitting, best),
                           .k = k};
    gsl_vector *s = arena_library_memory(gsl_vector_alloc(k));
    gsl_matrix_memcpy(d.u, fitting->jacobian);
    gsl_linalg_SV_decomp_jacobi(d.u, d.v, s);
    double least = gsl_vector_get(s, k - 1);
    found->condition = least > 0 ? gsl_vector_get(s, 0) / least : INFINITY;
    for (size_t i = 0; i < k; i++) {
        double singular = gsl_vector_get(s, i);
        found->unresolved += singular < RESOLVED;
        d.inverse[i] = 1 / fmax(singular, MIN_SINGULAR);
        found->direction[i] = gsl_matrix_get(d.v, i, k - 1);
    }
    gsl_vector_free(s);
    return d;
}

/* What two directions have in common. One that changes nothing has no column in U: the noise is its
 * unit. */
static double noise_between(const struct directions *d, size_t a, size_t b)
{
    double greatest = 0.999 / MIN_SINGULAR;
    if (d->inverse[a] > greatest || d->inverse[b] > greatest)
        return a == b ? 1 : 0;
    return spread_between(d->u, d->spread, a, b);
}

/* Of the unit inputs: B spread B', B = V diag(1 / s) U' (White's sandwich). */
static void fill_covariance(const struct directions *d, struct calibration *found,
                            double *covariance)
{
    size_t k = d->k;
    memset(covariance, 0, k * k * sizeof *covariance);
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b < k; b++) {
            double noise = noise_between(d, a, b) * d->inverse[a] * d->inverse[b];
            for (size_t i = 0; i < k; i++)
                for (size_t j = 0; j < k; j++)
                    covariance[i * k + j] +=
                        noise * gsl_matrix_get(d->v, i, a) * gsl_matrix_get(d->v, j, b);
        }
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            found->correlation[i * k + j] =
                covariance[i * k + j] / sqrt(covariance[i * k + i] * covariance[j * k + j]);
}

static void fill_values(const struct fitting *fitting, const struct point *best,
                        const double *covariance, struct calibration *found)
{
    const double UNIFORM_SD = 0.2887;
    double t = estimate_t(fitting->task->confidence, best->replications - 1);
    for (size_t k = 0; k < fitting->k; k++) {
        const struct calibrate_input *input = &fitting->task->input[k];
        double unit = best->unit[k], error = sqrt(covariance[k * fitting->k + k]);
        struct calibrate_value *value = &found->value[k];
        value->value = input_of(input, unit);
        double slope = input->is_logarithmic ? value->value * log(input->high / input->low)
                                             : input->high - input->low;
        value->error = slope * error;
        value->low = input_of(input, fmax(unit - t * error, 0));
        value->high = input_of(input, fmin(unit + t * error, 1));
        value->is_identified = error < UNIFORM_SD;
        value->is_at_bound = unit <= 1e-6 || unit >= 1 - 1e-6;
    }
}

/* ---- residuals ------------------------------------------------------------------------------ */

/* The variance of a mean by the fitted inputs' errors, from differences on the seed of what is held
 * out; widths of a third of an error. */
static void add_input_errors(struct fitting *fitting, const struct point *at,
                             const double *covariance, uint64_t seed, double *variance)
{
    size_t m = fitting->task->metrics, k = fitting->k;
    double *slope = arena_array(fitting->arena, arena_multiply_sizes(m, k), sizeof *slope);
    for (size_t i = 0; i < k; i++) {
        double unit[CALIBRATE_INPUTS];
        double width = fmin(fmax(sqrt(covariance[i * k + i]) / 3, 0.005), 0.1);
        memcpy(unit, at->unit, sizeof unit);
        unit[i] = at->unit[i] < 0.5 ? at->unit[i] + width : at->unit[i] - width;
        struct point beside = simulate(fitting, unit, seed);
        for (size_t j = 0; j < m; j++) {
            double rise = (beside.mean[j] - at->mean[j]) / (unit[i] - at->unit[i]);
            slope[j * k + i] = beside.replications && isfinite(rise) ? rise : 0;
        }
    }
    for (size_t j = 0; j < m; j++)
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < k; b++)
                variance[j] += slope[j * k + a] * slope[j * k + b] * covariance[a * k + b];
}

static void fill_residuals(struct fitting *fitting, const struct point *best,
                           const double *covariance, struct calibration *found)
{
    const struct calibrate_task *task = fitting->task;
    struct calibrate_residual *residual =
        arena_array(fitting->arena, task->metrics, sizeof *residual);
    double *variance = arena_array(fitting->arena, task->metrics, sizeof *variance);
    struct point fresh = simulate(fitting, best->unit, task->seed + 1);
    if (fresh.replications > 0 && task->metrics > fitting->n)
        add_input_errors(fitting, &fresh, covariance, task->seed + 1, variance);
    double t = estimate_t(task->confidence, best->replications - 1);
    for (size_t j = 0; j < task->metrics; j++) {
        bool is_held = task->metric[j].is_held_out;
        const struct point *at = is_held && fresh.replications > 0 ? &fresh : best;
        residual[j].simulated = at->mean[j];
        residual[j].sd = sqrt(noise_of(fitting, at, j) + (is_held ? variance[j] : 0));
        residual[j].low = at->mean[j] - t * residual[j].sd;
        residual[j].high = at->mean[j] + t * residual[j].sd;
        residual[j].z = (task->metric[j].measured - at->mean[j]) / residual[j].sd;
        residual[j].is_inside = fabs(residual[j].z) <= t;
    }
    found->residual = residual;
}

/* Replaces the spread by that of what the fit leaves: P spread P, P = 1 - U U' over the directions
 * that are resolved. Its trace and that of its square. */
static void traces_left(struct directions *d, size_t resolved, double *trace, double *square)
{
    size_t n = d->spread->size1;
    gsl_matrix *p = arena_library_memory(gsl_matrix_alloc(n, n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double left = i == j;
            for (size_t c = 0; c < resolved; c++)
                left -= gsl_matrix_get(d->u, i, c) * gsl_matrix_get(d->u, j, c);
            gsl_matrix_set(p, i, j, left);
        }
    *trace = *square = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double at = spread_between(p, d->spread, i, j);
            *trace += i == j ? at : 0;
            *square += at * at;
        }
    gsl_matrix_free(p);
}

/* The distance is a sum of squares of unequal variances, as by Satterthwaite (1946): its mean and
 * variance are those of a multiple of chi square. The spread is itself an estimate from R runs:
 * F. */
static void judge_fit(const struct fitting *fitting, const struct point *best, struct directions *d,
                      struct calibration *found)
{
    double *white = arena_array(fitting->arena, fitting->n, sizeof *white), trace, square;
    found->distance = residuals(fitting, best, white);
    size_t resolved = fitting->k - found->unresolved;
    found->degrees = fitting->n - resolved;
    found->p = NAN;
    if (found->degrees == 0)
        return;
    traces_left(d, resolved, &trace, &square);
    if (trace > 0)
        found->p = gsl_cdf_fdist_Q(found->distance / trace, trace * trace / square,
                                   (double)best->replications - 1);
}

static void close_directions(struct directions *d)
{
    gsl_matrix_free(d->spread);
    gsl_matrix_free(d->v);
    gsl_matrix_free(d->u);
}

static void close_fitting(struct fitting *fitting)
{
    gsl_matrix_free(fitting->jacobian);
    gsl_matrix_free(fitting->whitening);
}

struct calibration calibrate(const struct calibrate_task *task, struct arena *arena)
{
    struct calibration found = {.why = "", .p = NAN};
    struct fitting fitting = {.task = task, .arena = arena, .k = task->inputs};
    assert(task->inputs >= 1 && task->inputs <= CALIBRATE_INPUTS);
    fitting.fitted = arena_array(arena, task->metrics, sizeof *fitting.fitted);
    for (size_t j = 0; j < task->metrics; j++)
        if (!task->metric[j].is_held_out)
            fitting.fitted[fitting.n++] = j;
    if (fitting.n < fitting.k) {
        found.why = "more free inputs than metrics to fit them to";
        return found;
    }
    fitting.whitening = arena_library_memory(gsl_matrix_calloc(fitting.n, fitting.n));
    fitting.jacobian = arena_library_memory(gsl_matrix_calloc(fitting.n, fitting.k));
    struct point best = find_start(&fitting);
    found.is_fitted = best.replications >= 2 && descend(&fitting, &best, &found.has_converged);
    if (found.is_fitted) {
        double covariance[CALIBRATE_INPUTS * CALIBRATE_INPUTS];
        struct directions directions = find_directions(&fitting, &best, &found);
        fill_covariance(&directions, &found, covariance);
        fill_values(&fitting, &best, covariance, &found);
        judge_fit(&fitting, &best, &directions, &found);
        close_directions(&directions);
        fill_residuals(&fitting, &best, covariance, &found);
    } else {
        found.why = "no values in the ranges could be simulated";
    }
    found.simulations = fitting.simulations;
    close_fitting(&fitting);
    return found;
}
