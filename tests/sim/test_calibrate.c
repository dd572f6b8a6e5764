/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include "sim/study/calibrate.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <string.h>

/* Bounds on what is simulated are so many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* A queue by formula with the noise of a run: inputs are the mean service [s] and its cv, at 19
 * arrivals a second. Metrics: utilization, mean wait (Pollaczek & Khinchine), mean response, p95 of
 * an exponential wait of that mean, throughput. Their noises go together, as those of a run do. */
enum { METRICS = 5, R = 20 };
static const double RATE = 19;

static void expected(const double *inputs, double *mean)
{
    double s = inputs[0], cv = inputs[1], rho = RATE * s;
    double wait = rho * s * (1 + cv * cv) / (2 * (1 - rho));
    mean[0] = rho;
    mean[1] = wait;
    mean[2] = wait + s;
    mean[3] = wait / rho * fmax(log(rho / 0.05), 0);
    mean[4] = RATE;
}

static double normal(struct stream *stream)
{
    return gsl_cdf_ugaussian_Pinv(stream_next_uniform(stream));
}

/* Run r: one shared deviation moves all but the throughput together. */
static void one_run(const double *inputs, uint64_t seed, uint32_t r, double *value)
{
    static const double SHARED[METRICS] = {0.02, 0.10, 0.07, 0.11, 0.01};
    static const double OWN[METRICS] = {0.005, 0.02, 0.02, 0.04, 0.005};
    struct stream stream = stream_at((struct stream_key){seed, r}, 1, 0, 0);
    double shared = normal(&stream);
    expected(inputs, value);
    for (int j = 0; j < METRICS; j++)
        value[j] *= 1 + SHARED[j] * shared + OWN[j] * normal(&stream);
}

static size_t simulate(void *context, const double *inputs, uint64_t seed, double *mean,
                       double *covariance)
{
    double value[R][METRICS];
    if (RATE * inputs[0] >= 0.999)
        return 0;
    for (uint32_t r = 0; r < R; r++)
        one_run(inputs, seed, r, value[r]);
    for (int i = 0; i < METRICS; i++) {
        mean[i] = gsl_stats_mean(&value[0][i], METRICS, R);
        for (int j = 0; j < METRICS; j++)
            covariance[i * METRICS + j] =
                gsl_stats_covariance(&value[0][i], METRICS, &value[0][j], METRICS, R);
    }
    return R;
}

static const struct calibrate_input INPUTS[] = {{0.02, 0.06, false}, {0.3, 3, true}};

static struct calibrate_task task_of(struct calibrate_metric *metric, const double *truth,
                                     uint64_t seed)
{
    double value[METRICS];
    one_run(truth, 1000000 + seed, 0, value);
    for (int j = 0; j < METRICS; j++)
        metric[j] = (struct calibrate_metric){value[j], 0, false};
    return (struct calibrate_task){.input = INPUTS,
                                   .inputs = 2,
                                   .metric = metric,
                                   .metrics = METRICS,
                                   .simulate = simulate,
                                   .seed = seed,
                                   .confidence = 0.95};
}

/* 200 fits: the intervals cover in 95 %, but for the binomial bound and 3 % for a covariance known
 * from 20 runs; the residual of what is held out, too; and right models are seldom refused. */
static void known_inputs_are_recovered(void **state)
{
    static const double TRUTH[] = {0.0385, 1.3};
    size_t fits = repetitions(200, 60), covered[2] = {0}, held = 0, refused = 0;
    for (size_t f = 0; f < fits; f++) {
        struct calibrate_metric metric[METRICS];
        struct calibrate_task task = task_of(metric, TRUTH, 7 + 2 * f);
        metric[3].is_held_out = true;
        struct calibration found = calibrate(&task, arena);
        assert_true(found.is_fitted && found.unresolved == 0);
        for (int k = 0; k < 2; k++) {
            assert_true(found.value[k].is_identified);
            covered[k] += found.value[k].low <= TRUTH[k] && TRUTH[k] <= found.value[k].high;
        }
        held += found.residual[3].is_inside;
        refused += found.p < 0.01;
        assert_true(found.simulations <= CALIBRATE_STEPS * 7 + 15);
        arena_reset(arena);
    }
    double bound = ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / (double)fits);
    for (int k = 0; k < 2; k++)
        assert_true((double)covered[k] / (double)fits > 0.95 - bound - 0.03);
    assert_true((double)held / (double)fits > 0.95 - bound - 0.03);
    assert_true((double)refused / (double)fits <
                0.01 + ONE_IN_A_MILLION * sqrt(0.01 / (double)fits));
}

/* Only the product of the two matters. */
static size_t simulate_product(void *context, const double *inputs, uint64_t seed, double *mean,
                               double *covariance)
{
    double both[2] = {inputs[0] * inputs[1], 1};
    return simulate(context, both, seed, mean, covariance);
}

static void inputs_that_cannot_be_told_apart_are_named(void **state)
{
    static const struct calibrate_input RANGES[] = {{0.1, 0.3, true}, {0.1, 0.3, true}};
    static const double TRUTH[] = {0.0385, 1};
    struct calibrate_metric metric[METRICS];
    struct calibrate_task task = task_of(metric, TRUTH, 11);
    task.input = RANGES;
    task.simulate = simulate_product;
    struct calibration found = calibrate(&task, arena);
    assert_true(found.is_fitted);
    assert_int_equal(found.unresolved, 1);
    assert_true(found.condition > 1000);
    assert_within(fabs(found.direction[0] - found.direction[1]), sqrt(2), 1e-3);
    assert_true(found.correlation[1] < -0.99);
    assert_false(found.value[0].is_identified || found.value[1].is_identified);
    /* Yet what they make together is known. */
    assert_within(found.value[0].value * found.value[1].value, TRUTH[0], 0.06 * TRUTH[0]);
}

/* Measured with arrivals that the model does not have: no inputs give such throughput. */
static void a_wrong_model_is_refused(void **state)
{
    static const double TRUTH[] = {0.0385, 1.3};
    struct calibrate_metric metric[METRICS];
    struct calibrate_task task = task_of(metric, TRUTH, 23);
    metric[4].measured *= 1.15;
    struct calibration found = calibrate(&task, arena);
    assert_true(found.is_fitted && found.p < 1e-3);
    assert_true(fabs(found.residual[4].z) > 5 && !found.residual[4].is_inside);
    assert_int_equal(found.degrees, 3);
}

static void a_value_beyond_its_range_ends_at_the_bound(void **state)
{
    static const double TRUTH[] = {0.0385, 1.3};
    static const struct calibrate_input RANGES[] = {{0.02, 0.03, false}, {0.3, 3, true}};
    struct calibrate_metric metric[METRICS];
    struct calibrate_task task = task_of(metric, TRUTH, 31);
    task.input = RANGES;
    struct calibration found = calibrate(&task, arena);
    assert_true(found.is_fitted && found.value[0].is_at_bound);
    assert_within(found.value[0].value, 0.03, 1e-9);
    assert_true(found.p < 1e-3);
}

/* The hold alone is free, its cv is 1. */
static size_t simulate_hold(void *context, const double *inputs, uint64_t seed, double *mean,
                            double *covariance)
{
    double both[2] = {inputs[0], 1};
    return simulate(context, both, seed, mean, covariance);
}

/* De-queueing: only responses are known, the hold is free; 200 times, as above. */
static void a_response_alone_gives_the_hold(void **state)
{
    static const double TRUTH[] = {0.0385, 1};
    static const struct calibrate_input HOLD = {0.005, 0.0525, false};
    size_t fits = repetitions(200, 60), covered = 0, inside = 0;
    double squares = 0, by_input = 0, noise = 0.0206 * RATE * TRUTH[0];
    for (size_t f = 0; f < fits; f++) {
        struct calibrate_metric metric[METRICS];
        struct calibrate_task task = task_of(metric, TRUTH, 41 + 2 * f);
        for (int j = 0; j < METRICS; j++)
            metric[j].is_held_out = j != 2;
        task.input = &HOLD;
        task.inputs = 1;
        task.simulate = simulate_hold;
        struct calibration found = calibrate(&task, arena);
        assert_true(found.is_fitted && found.degrees == 0 && isnan(found.p));
        assert_true(found.value[0].is_identified);
        covered += found.value[0].low < TRUTH[0] && TRUTH[0] < found.value[0].high;
        inside += found.residual[0].is_inside;
        squares += pow(found.residual[0].sd, 2) / (double)fits;
        by_input += pow(RATE * found.value[0].error, 2) / (double)fits;
        arena_reset(arena);
    }
    double bound = ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / (double)fits) + 0.03;
    assert_true((double)covered / (double)fits > 0.95 - bound);
    /* Utilization, held out: its error by the fitted hold and its own noise in this run go
     * together, and the interval, which takes them to be independent, has rather more inside. */
    assert_true((double)inside / (double)fits > 0.95 - bound);
    /* Its variance: one run's 2.06 % and that of the mean of 20, known to sqrt(2 / 19 / fits), and
     * the error of the hold by the slope, which is the rate. */
    assert_within((squares - by_input) / (noise * noise * (1 + 1. / R)), 1,
                  ONE_IN_A_MILLION * sqrt(2. / 19 / (double)fits) + 0.05);
}

static void too_few_metrics_or_nothing_to_simulate_is_said(void **state)
{
    static const double TRUTH[] = {0.0385, 1.3};
    static const struct calibrate_input HOPELESS[] = {{0.06, 0.08, false}, {0.3, 3, true}};
    struct calibrate_metric metric[METRICS];
    struct calibrate_task task = task_of(metric, TRUTH, 51);
    for (int j = 0; j < METRICS; j++)
        metric[j].is_held_out = j > 0;
    struct calibration found = calibrate(&task, arena);
    assert_true(!found.is_fitted && strstr(found.why, "more free inputs"));
    task = task_of(metric, TRUTH, 51);
    task.input = HOPELESS;
    found = calibrate(&task, arena);
    assert_true(!found.is_fitted && strstr(found.why, "could be simulated"));
}

static void the_same_task_gives_the_same_bytes(void **state)
{
    static const double TRUTH[] = {0.0385, 1.3};
    struct calibrate_metric metric[METRICS];
    struct calibrate_task task = task_of(metric, TRUTH, 61);
    struct calibration first = calibrate(&task, arena), second = calibrate(&task, arena);
    assert_memory_equal(first.value, second.value, sizeof first.value);
    assert_true(first.distance == second.distance && first.has_converged);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_inputs_are_recovered),
        cmocka_unit_test(inputs_that_cannot_be_told_apart_are_named),
        cmocka_unit_test(a_wrong_model_is_refused),
        cmocka_unit_test(a_value_beyond_its_range_ends_at_the_bound),
        cmocka_unit_test(a_response_alone_gives_the_hold),
        cmocka_unit_test(too_few_metrics_or_nothing_to_simulate_is_said),
        cmocka_unit_test(the_same_task_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
