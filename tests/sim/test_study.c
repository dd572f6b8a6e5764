/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/pseudo.h"
#include "tests/support/fake_model.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

static int setup(void **state)
{
    *state = arena_open();
    return 0;
}

static int teardown(void **state)
{
    arena_close(*state);
    return 0;
}

static void a_clear_criterion_stops_at_the_first_look(void **state)
{
    struct fake fake = fake_usual();
    struct study_outcome outcome =
        fake_judge(&fake, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 2.9), 10, 80, *state);
    assert_int_equal(outcome.looks_made, 1);
    assert_int_equal(outcome.results[0].replications, 10);
    assert_int_equal(outcome.results[0].decisions[0].verdict, VERDICT_PASS);
    assert_int_equal(outcome.results[0].verdict, VERDICT_PASS);
    assert_int_equal(outcome.verdict, VERDICT_PASS);
    assert_within(outcome.results[0].decisions[0].margin, 1.2, 0.4);
    outcome = fake_judge(&fake, fake_limit(FAKE_NORMAL, COMPARISON_GREATER, 2.9), 10, 80, *state);
    assert_int_equal(outcome.looks_made, 1);
    assert_int_equal(outcome.verdict, VERDICT_FAIL);
    assert_true(outcome.results[0].decisions[0].margin < 0);
}

static void a_close_criterion_goes_to_the_maximum(void **state)
{
    struct fake fake = fake_usual();
    struct study_outcome outcome =
        fake_judge(&fake, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7), 10, 75, *state);
    assert_int_equal(outcome.looks_made, 4);
    assert_int_equal(outcome.results[0].replications, 75);
    assert_int_equal(outcome.results[0].started, 75);
    assert_int_equal(outcome.verdict, VERDICT_UNDECIDED);
    assert_false(outcome.is_interrupted);
}

/* The relative half width at 10, 20 and 40 is near 16, 10 and 7 %. */
static void enough_precision_stops_an_undecided_criterion(void **state)
{
    struct fake fake = fake_usual();
    struct study_criterion criterion = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7);
    struct study_setting setting = fake_setting(&fake, &criterion, 1);
    struct study_options options = fake_options(10, 640);
    options.precision = 0.08;
    struct study_outcome outcome = fake_run(&setting, 1, &options, *state);
    struct estimate estimate = outcome.results[0].decisions[0].estimate;
    assert_int_equal(outcome.verdict, VERDICT_UNDECIDED);
    assert_int_equal(outcome.results[0].replications, 40);
    assert_true((estimate.high - estimate.low) / 2 < 0.08 * estimate.estimate);
}

static void one_undecided_setting_keeps_all_running(void **state)
{
    struct fake fake = fake_usual();
    struct study_criterion clear = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 2.9);
    struct study_criterion close = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7);
    struct study_setting settings[] = {fake_setting(&fake, &clear, 1),
                                       fake_setting(&fake, &close, 1)};
    struct study_options options = fake_options(10, 40);
    struct study_outcome outcome = fake_run(settings, 2, &options, *state);
    assert_int_equal(outcome.results[0].replications, 40);
    assert_int_equal(outcome.results[0].verdict, VERDICT_PASS);
    assert_int_equal(outcome.results[1].verdict, VERDICT_UNDECIDED);
    assert_int_equal(outcome.verdict, VERDICT_UNDECIDED);
}

static void an_unresolved_quantile_is_not_waited_for(void **state)
{
    struct fake fake = fake_usual();
    fake.waits = 3000;
    struct study_outcome outcome =
        fake_judge(&fake, fake_limit(FAKE_P95, COMPARISON_LESS, 99), 10, 80, *state);
    assert_int_equal(outcome.looks_made, 1);
    assert_true(outcome.results[0].decisions[0].estimate.is_unresolved);
    assert_int_equal(outcome.verdict, VERDICT_UNDECIDED);
}

static void without_criteria_the_minimum_is_run(void **state)
{
    struct fake fake = fake_usual();
    struct study_setting setting = fake_setting(&fake, NULL, 0);
    struct study_options options = fake_options(10, 80);
    struct study_outcome outcome = fake_run(&setting, 1, &options, *state);
    assert_int_equal(outcome.looks_made, 1);
    assert_int_equal(outcome.results[0].replications, 10);
    assert_int_equal(outcome.verdict, VERDICT_NONE);
    assert_true(outcome.results[0].estimates[FAKE_NORMAL].has_interval);
}

/* Field by field: padding may differ. */
static void assert_same_estimate(const struct estimate *a, const struct estimate *b)
{
    assert_memory_equal(&a->estimate, &b->estimate, sizeof a->estimate);
    assert_memory_equal(&a->low, &b->low, sizeof a->low);
    assert_memory_equal(&a->high, &b->high, sizeof a->high);
    assert_int_equal(a->replications, b->replications);
    assert_int_equal(a->has_interval, b->has_interval);
    assert_int_equal(a->is_unresolved, b->is_unresolved);
    assert_int_equal(a->is_upper_bound, b->is_upper_bound);
}

/* Columns are estimated by their kind, from rows in the order of the replications. */
static void estimates_are_those_of_the_rows(void **state)
{
    struct fake fake = fake_usual();
    fake.loss_rate = 0.013;
    struct study_setting setting = fake_setting(&fake, NULL, 0);
    struct study_options options = fake_options(12, 12);
    struct study_outcome outcome = fake_run(&setting, 1, &options, *state);
    const struct study_result *result = &outcome.results[0];
    const double *values = result->values, *weights = result->weights;
    struct estimate mean = estimate_mean(values + FAKE_NORMAL, 12, FAKE_COLUMNS, 0.95);
    struct estimate rate = pseudo_estimate_rate(
        (struct pseudo_ratio){values + FAKE_LOSS, weights + FAKE_LOSS, FAKE_COLUMNS}, 12, 1, 0.95);
    double pooled = histogram_merged_quantile(&result->merged[0], 0.95) / 1e9;
    struct estimate p95 = estimate_quantile(pooled, 0.95, values + FAKE_P95, weights + FAKE_P95, 12,
                                            FAKE_COLUMNS, 0.95);
    assert_int_equal(result->merged[0].total, 12 * 5000);
    assert_same_estimate(&result->estimates[FAKE_NORMAL], &mean);
    assert_same_estimate(&result->estimates[FAKE_LOSS], &rate);
    assert_same_estimate(&result->estimates[FAKE_P95], &p95);
    assert_within(pooled, 0.0613 * log(20), 0.01);
}

static void assert_same_result(const struct study_result *a, const struct study_result *b)
{
    size_t cells = a->started * FAKE_COLUMNS;
    assert_int_equal(a->started, b->started);
    assert_memory_equal(a->values, b->values, cells * sizeof *a->values);
    assert_memory_equal(a->weights, b->weights, cells * sizeof *a->weights);
    for (size_t c = 0; c < FAKE_COLUMNS; c++)
        assert_same_estimate(&a->estimates[c], &b->estimates[c]);
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
        assert_int_equal(histogram_count(&a->merged[0], bucket),
                         histogram_count(&b->merged[0], bucket));
    assert_same_estimate(&a->decisions[0].estimate, &b->decisions[0].estimate);
    assert_int_equal(a->verdict, b->verdict);
}

static void the_outcome_is_the_same_on_any_number_of_threads(void **state)
{
    struct fake fakes[3] = {fake_usual(), fake_usual(), fake_usual()};
    fakes[1].scale_s *= 1.1;
    fakes[2].seed = 7;
    struct study_criterion criterion = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7);
    struct study_setting settings[3];
    for (int s = 0; s < 3; s++)
        settings[s] = fake_setting(&fakes[s], &criterion, 1);
    struct study_options options = fake_options(5, 37);
    struct study_outcome one = fake_run(settings, 3, &options, *state);
    for (unsigned threads = 2; threads <= 8; threads *= 2) {
        options.workers.threads = threads;
        struct study_outcome many = fake_run(settings, 3, &options, *state);
        assert_int_equal(many.looks_made, one.looks_made);
        for (int s = 0; s < 3; s++)
            assert_same_result(&many.results[s], &one.results[s]);
    }
}

static void more_looks_keep_the_replications_of_the_first(void **state)
{
    struct fake fake = fake_usual();
    struct study_result *few =
        fake_judge(&fake, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 99), 10, 40, *state).results;
    struct study_result *many =
        fake_judge(&fake, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7), 10, 40, *state).results;
    assert_int_equal(few->started, 10);
    assert_int_equal(many->started, 40);
    assert_memory_equal(few->values, many->values, 10 * FAKE_COLUMNS * sizeof(double));
}

static void the_error_of_the_lowest_replication_is_returned(void **state)
{
    struct fake fakes[2] = {fake_usual(), fake_usual()};
    fakes[0].fails_at = 7;
    fakes[1].fails_at = 3;
    struct study_setting settings[] = {fake_setting(&fakes[0], NULL, 0),
                                       fake_setting(&fakes[1], NULL, 0)};
    struct study_options options = fake_options(20, 20);
    options.workers.threads = 4;
    struct study_outcome outcome;
    struct error err = {0};
    assert_false(study_run(settings, 2, &options, *state, &outcome, &err));
    assert_string_equal(err.message, "replication 3 failed");
}

/* What was finished is kept: the estimate is that of the finished rows, the others are NaN. */
static void an_interrupted_study_keeps_what_is_finished(void **state)
{
    for (unsigned threads = 1; threads <= 4; threads++) {
        atomic_bool is_interrupted = false;
        struct fake fake = fake_usual();
        fake.interrupts_at = 24;
        fake.is_interrupted = &is_interrupted;
        struct study_criterion criterion = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7);
        struct study_setting setting = fake_setting(&fake, &criterion, 1);
        struct study_options options = fake_options(20, 2000);
        options.workers.threads = threads;
        options.workers.is_interrupted = &is_interrupted;
        struct study_outcome outcome = fake_run(&setting, 1, &options, *state);
        const struct study_result *result = &outcome.results[0];
        assert_true(outcome.is_interrupted);
        assert_int_equal(outcome.looks_made, 2);
        assert_int_equal(result->started, 40);
        assert_in_range(result->replications, 25, 40);
        assert_int_equal(result->estimates[FAKE_NORMAL].replications, result->replications);
        assert_int_equal(result->merged[0].total, 5000 * result->replications);
        for (size_t r = 0; r < result->started; r++)
            assert_int_equal(isnan(result->values[r * FAKE_COLUMNS + FAKE_NORMAL]),
                             !result->done[r]);
    }
}

static void a_study_interrupted_at_once_has_nothing(void **state)
{
    atomic_bool is_interrupted = true;
    struct fake fake = fake_usual();
    struct study_criterion criterion = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 99);
    struct study_setting setting = fake_setting(&fake, &criterion, 1);
    struct study_options options = fake_options(10, 80);
    options.workers.is_interrupted = &is_interrupted;
    struct study_outcome outcome = fake_run(&setting, 1, &options, *state);
    assert_true(outcome.is_interrupted);
    assert_int_equal(outcome.results[0].replications, 0);
    assert_int_equal(outcome.verdict, VERDICT_UNDECIDED);
    assert_true(isnan(outcome.results[0].estimates[FAKE_P95].estimate));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clear_criterion_stops_at_the_first_look),
        cmocka_unit_test(a_close_criterion_goes_to_the_maximum),
        cmocka_unit_test(enough_precision_stops_an_undecided_criterion),
        cmocka_unit_test(one_undecided_setting_keeps_all_running),
        cmocka_unit_test(an_unresolved_quantile_is_not_waited_for),
        cmocka_unit_test(without_criteria_the_minimum_is_run),
        cmocka_unit_test(estimates_are_those_of_the_rows),
        cmocka_unit_test(the_outcome_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(more_looks_keep_the_replications_of_the_first),
        cmocka_unit_test(the_error_of_the_lowest_replication_is_returned),
        cmocka_unit_test(an_interrupted_study_keeps_what_is_finished),
        cmocka_unit_test(a_study_interrupted_at_once_has_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
