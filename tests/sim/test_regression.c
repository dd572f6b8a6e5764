/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/model.h"
#include "sim/study/regression.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

enum { R = 10 };

static const double then_values[R] = {2.31, 2.47, 2.29, 2.52, 2.40, 2.38, 2.44, 2.35, 2.49, 2.41};

static struct regression_sample sample_of(const double *values)
{
    return (struct regression_sample){estimate_mean(values, R, 1, 0.95), values, R, 1};
}

/* Each value then, times 1 + share, and a little of its own. */
static struct regression judge_change(double share, double noise, double tolerance, bool is_paired)
{
    double now_values[R];
    for (size_t r = 0; r < R; r++)
        now_values[r] = then_values[r] * (1 + share) + noise * ((double)(r * 7 % R) - 4.5);
    struct regression_sample then = sample_of(then_values), now = sample_of(now_values);
    struct regression_rule rule = {
        .confidence = 0.999, .comparisons = 12, .tolerance = tolerance, .is_paired = is_paired};
    return regression_judge(&then, &now, &rule);
}

static void identical_values_are_the_same_even_without_a_tolerance(void **state)
{
    struct regression found = judge_change(0, 0, 0, true);
    assert_int_equal(found.outcome, REGRESSION_SAME);
    assert_true(found.is_identical && found.is_paired);
    assert_true(found.difference.low == 0 && found.difference.high == 0);
}

static void pairs_show_a_change_that_independent_runs_cannot(void **state)
{
    assert_int_equal(judge_change(0.02, 1e-4, 0.01, true).outcome, REGRESSION_WORSE);
    assert_int_equal(judge_change(0.02, 1e-4, 0.01, false).outcome, REGRESSION_UNSURE);
}

static void a_change_within_the_tolerance_is_the_same(void **state)
{
    assert_int_equal(judge_change(0.02, 1e-4, 0.03, true).outcome, REGRESSION_SAME);
    assert_int_equal(judge_change(-0.02, 1e-4, 0.01, true).outcome, REGRESSION_BETTER);
    assert_int_equal(judge_change(0.01, 2e-2, 0.01, true).outcome, REGRESSION_UNSURE);
}

static void less_is_worse_where_more_is_better(void **state)
{
    double now_values[R];
    for (size_t r = 0; r < R; r++)
        now_values[r] = then_values[r] * 0.9;
    struct regression_sample then = sample_of(then_values), now = sample_of(now_values);
    struct regression_rule rule = {.confidence = 0.999,
                                   .comparisons = 12,
                                   .tolerance = 0.01,
                                   .larger_is_better = true,
                                   .is_paired = true};
    assert_int_equal(regression_judge(&then, &now, &rule).outcome, REGRESSION_WORSE);
    assert_int_equal(regression_judge(&now, &then, &rule).outcome, REGRESSION_BETTER);
}

/* Welch for n = 10 and 10 by hand: the interval of independent samples of equal variance s^2 is
 * +- t(18) s sqrt(2 / 10). */
static void independent_runs_get_welchs_interval(void **state)
{
    struct regression found = judge_change(0, 0, 0.01, false);
    struct estimate one = estimate_mean(then_values, R, 1, 0.95);
    double expected = estimate_t(1 - 0.001 / 12, 18) * one.standard_error * sqrt(2);
    assert_false(found.is_paired);
    assert_within(found.difference.high, expected, 1e-12);
    assert_within(found.difference.low, -expected, 1e-12);
}

static void what_decides_nothing_is_unsure_at_most(void **state)
{
    double now_values[R];
    for (size_t r = 0; r < R; r++)
        now_values[r] = then_values[r] * 2;
    struct regression_sample then = sample_of(then_values), now = sample_of(now_values);
    struct regression_rule rule = {
        .confidence = 0.999, .comparisons = 12, .tolerance = 0.01, .is_paired = true};
    now.estimate.is_unresolved = true;
    assert_int_equal(regression_judge(&then, &now, &rule).outcome, REGRESSION_UNSURE);
    now.estimate = (struct estimate){.estimate = NAN};
    assert_int_equal(regression_judge(&then, &now, &rule).outcome, REGRESSION_UNSURE);
    then.estimate.estimate = NAN;
    assert_int_equal(regression_judge(&then, &now, &rule).outcome, REGRESSION_SAME);
}

/* ---- an unchanged model on fresh seeds ---------------------------------------------------- */

struct study {
    struct model *model;
    const struct column *columns;
    size_t count;
    struct study_outcome outcome;
};

static struct study run_queue(uint64_t seed, struct arena *arena)
{
    struct error err = {0};
    struct study study = {0};
    struct scenario *queue =
        build_queue(arena, law_exponential(arena, 0.0127), law_lognormal(arena, 0.0309, 1.3),
                    build_pool("pool", POOL_THREADS, 3));
    queue->run.seed = seed;
    queue->run.duration_ns = (int64_t)10e9;
    study.model = model_compile(queue, arena, &err);
    assert_non_null(study.model);
    model_set_warmup(study.model, (int64_t)1e9);
    study.columns = model_columns(study.model, &study.count);
    struct study_setting setting = {.model = study.model,
                                    .replicate = model_replicate,
                                    .columns = study.columns,
                                    .column_count = study.count,
                                    .histogram_count = model_histogram_count(study.model)};
    struct study_options options = {R, R, 0.01, 0.95, {.threads = 1}};
    assert_true(study_run(&setting, 1, &options, arena, &study.outcome, &err));
    return study;
}

static struct regression_sample column_of(const struct study *study, size_t m)
{
    const struct study_result *result = &study->outcome.results[0];
    return (struct regression_sample){result->estimates[m], result->values + m, result->started,
                                      study->count};
}

/* Of 1,000 checks at most 1 in 1,000 may fail on average; more than 8 do with a chance of one in a
 * million (Poisson with mean 1). No tolerance: any significant change counts. */
static void an_unchanged_model_on_fresh_seeds_hardly_ever_fails(void **state)
{
    enum { CHECKS = 1000, MAX_COUNT = 8 };
    struct arena *kept = arena_open(), *arena = arena_open();
    struct study then = run_queue(1, kept);
    size_t metrics = model_metric_count(then.model), failed = 0, compared = 0;
    for (uint64_t seed = 2; seed < 2 + CHECKS; seed++) {
        struct study now = run_queue(seed, arena);
        bool has_failed = false;
        for (size_t m = 0; m < metrics; m++) {
            struct regression_sample before = column_of(&then, m), after = column_of(&now, m);
            struct regression_rule rule = {.confidence = 0.999,
                                           .comparisons = metrics,
                                           .larger_is_better = then.columns[m].larger_is_better};
            struct regression found = regression_judge(&before, &after, &rule);
            has_failed |= found.outcome == REGRESSION_WORSE;
            compared += isfinite(found.difference.low) ? 1 : 0;
        }
        failed += has_failed;
        if (seed % 100 == 1) {
            then = run_queue(seed + CHECKS, kept);
        }
        arena_reset(arena);
    }
    assert_true(compared > CHECKS * metrics / 2);
    if (failed > MAX_COUNT)
        fail_msg("%zu of %d checks of an unchanged model failed", failed, CHECKS);
    arena_close(arena);
    arena_close(kept);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identical_values_are_the_same_even_without_a_tolerance),
        cmocka_unit_test(pairs_show_a_change_that_independent_runs_cannot),
        cmocka_unit_test(a_change_within_the_tolerance_is_the_same),
        cmocka_unit_test(less_is_worse_where_more_is_better),
        cmocka_unit_test(independent_runs_get_welchs_interval),
        cmocka_unit_test(what_decides_nothing_is_unsure_at_most),
        cmocka_unit_test(an_unchanged_model_on_fresh_seeds_hardly_ever_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
