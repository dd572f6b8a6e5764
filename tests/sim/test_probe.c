/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/probe.h"
#include "tests/support/fake_model.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

enum { MAX_COUNT = 2000 };

/* A field of probes on fake models: short replications are four times as noisy as whole ones. */
struct field {
    struct arena *arena;
    struct fake *whole, *brief;
    struct study_criterion *criteria;
    struct probe *probes;
    struct probe_group group;
    struct probe_set set;
    size_t *chosen;
};

static struct field make_field(struct arena *arena, size_t count, struct study_criterion criterion,
                               size_t min, size_t max)
{
    struct field field = {.arena = arena};
    field.whole = arena_array(arena, count, sizeof *field.whole);
    field.brief = arena_array(arena, count, sizeof *field.brief);
    field.probes = arena_array(arena, count, sizeof *field.probes);
    field.chosen = arena_array(arena, count, sizeof *field.chosen);
    field.criteria = arena_alloc(arena, sizeof *field.criteria);
    *field.criteria = criterion;
    enum probe_extreme *extremes = arena_alloc(arena, sizeof *extremes);
    for (size_t i = 0; i < count; i++) {
        field.whole[i] = field.brief[i] = fake_usual();
        field.whole[i].waits = field.brief[i].waits = 0;
        field.brief[i].sd *= 4;
        field.probes[i] =
            (struct probe){.settings = {fake_setting(&field.brief[i], field.criteria, 1),
                                        fake_setting(&field.whole[i], field.criteria, 1)},
                           .extremes = extremes,
                           .blocks = 16,
                           .short_cost = 1.0 / 16};
        field.chosen[i] = i;
    }
    field.set = (struct probe_set){.probes = field.probes,
                                   .count = count,
                                   .options = fake_options(min, max),
                                   .group_count = 1};
    return field;
}

static void run_field(struct field *field, enum probe_stage most)
{
    struct error err = {0};
    field->set.groups = &field->group;
    probe_set_open(&field->set, field->arena);
    assert_true(probe_set_run(&field->set, field->chosen, field->set.count, most, &err));
    probe_set_close(&field->set);
}

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

static void short_replications_decide_what_is_obvious(void **state)
{
    struct field field =
        make_field(*state, 3, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 4.9), 10, 80);
    field.whole[1].mean = field.brief[1].mean = 19.7;
    field.whole[2].mean = field.brief[2].mean = 4.7;
    run_field(&field, PROBE_WHOLE);
    assert_int_equal(field.probes[0].verdict, VERDICT_PASS);
    assert_int_equal(field.probes[1].verdict, VERDICT_FAIL);
    for (int i = 0; i < 2; i++) {
        size_t runs = i == 0 ? PROBE_RARE_REPLICATIONS : PROBE_FAR_REPLICATIONS;
        assert_int_equal(field.probes[i].stage, PROBE_SHORT);
        assert_int_equal(field.probes[i].replications[PROBE_SHORT], runs);
        assert_int_equal(field.probes[i].replications[PROBE_WHOLE], 0);
        assert_within(probe_effort(&field.probes[i]), (double)runs / 16, 1e-12);
    }
    assert_int_equal(field.probes[2].replications[PROBE_SHORT], PROBE_SHORT_REPLICATIONS);
    assert_int_equal(field.probes[2].stage, PROBE_WHOLE);
    assert_true(field.probes[2].replications[PROBE_WHOLE] >= 10);
    assert_true(field.probes[2].is_finished);
}

static void a_probe_on_its_limit_goes_to_the_maximum(void **state)
{
    struct field field =
        make_field(*state, 1, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7), 10, 75);
    run_field(&field, PROBE_SHORT);
    assert_false(field.probes[0].is_finished);
    assert_int_equal(field.probes[0].verdict, VERDICT_UNDECIDED);
    assert_int_equal(field.probes[0].replications[PROBE_WHOLE], 0);
    field = make_field(*state, 1, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7), 10, 75);
    run_field(&field, PROBE_WHOLE);
    assert_true(field.probes[0].is_finished);
    assert_int_equal(field.probes[0].verdict, VERDICT_UNDECIDED);
    assert_int_equal(field.probes[0].replications[PROBE_WHOLE], 75);
}

/* Without short replications a probe is a study of its own, with all of the confidence. */
static void whole_replications_alone_are_a_study(void **state)
{
    struct study_criterion criterion = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.9);
    struct field field = make_field(*state, 1, criterion, 10, 75);
    field.probes[0].settings[PROBE_SHORT] = (struct study_setting){0};
    run_field(&field, PROBE_WHOLE);
    struct study_outcome outcome = fake_judge(&field.whole[0], criterion, 10, 75, *state);
    const struct study_decision *own = &field.probes[0].decisions[0],
                                *other = &outcome.results[0].decisions[0];
    assert_int_equal(own->verdict, other->verdict);
    assert_true(own->estimate.low == other->estimate.low);
    assert_true(own->estimate.high == other->estimate.high);
    assert_int_equal(field.probes[0].replications[PROBE_WHOLE], outcome.results[0].replications);
}

/* The setting that is compared with is run once, and every probe is paired with it. */
static void references_are_run_once_and_paired(void **state)
{
    enum { PROBES = 5, RUNS = 40 };
    struct study_criterion criterion = fake_no_worse(FAKE_NORMAL, 0);
    struct field field = make_field(*state, PROBES, criterion, 10, RUNS);
    struct fake reference = fake_usual(), before = reference;
    reference.waits = before.waits = 0;
    before.sd *= 4;
    struct study_setting settings[PROBE_STAGES] = {fake_setting(&before, NULL, 0),
                                                   fake_setting(&reference, NULL, 0)};
    field.group = (struct probe_group){{&settings[PROBE_SHORT], &settings[PROBE_WHOLE]}, 1};
    for (int i = 0; i < PROBES; i++)
        field.whole[i].mean = field.brief[i].mean = 1.7 + 1e-6 * (i - 2);
    run_field(&field, PROBE_WHOLE);
    for (int i = 0; i < PROBES; i++) {
        const struct study_decision *decision = &field.probes[i].decisions[0];
        assert_within(decision->difference.estimate, 1e-6 * (i - 2), 1e-12);
        assert_int_equal(field.probes[i].verdict, i <= 2 ? VERDICT_PASS : VERDICT_FAIL);
        assert_int_equal(field.probes[i].stage, PROBE_SHORT);
    }
}

/* What was decided against a reference at a look is not run again for it: that would fail here. The
 * other criterion is within the guard of short replications. */
static void a_reference_is_run_only_while_it_decides(void **state)
{
    struct study_criterion criteria[] = {fake_no_worse(FAKE_NORMAL, 1),
                                         fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.73)};
    struct field field = make_field(*state, 1, criteria[0], 10, 80);
    struct fake whole = fake_usual(), brief = whole;
    enum probe_extreme extremes[] = {PROBE_STEADY, PROBE_STEADY};
    whole.waits = brief.waits = 0;
    whole.fails_at = 0;
    struct study_setting settings[PROBE_STAGES] = {fake_setting(&brief, NULL, 0),
                                                   fake_setting(&whole, NULL, 0)};
    field.group = (struct probe_group){{&settings[PROBE_SHORT], &settings[PROBE_WHOLE]}, 1};
    field.brief[0].sd = brief.sd = field.whole[0].sd = whole.sd = 0.05;
    for (int stage = 0; stage < PROBE_STAGES; stage++) {
        field.probes[0].settings[stage].criteria = criteria;
        field.probes[0].settings[stage].criterion_count = 2;
    }
    field.probes[0].extremes = extremes;
    run_field(&field, PROBE_WHOLE);
    assert_int_equal(field.probes[0].stage, PROBE_WHOLE);
    assert_int_equal(field.probes[0].verdict, VERDICT_PASS);
    assert_int_equal(field.probes[0].decisions[0].estimate.replications, PROBE_FAR_REPLICATIONS);
    assert_true(field.probes[0].decisions[1].estimate.replications != PROBE_FAR_REPLICATIONS);
}

/* Half of the short runs go beyond the limit, and so does every whole one that begins with them;
 * the mean, which is on it, says nothing. Of a lowest value, which a longer run may yet lower, the
 * short ones say nothing either. */
static void a_claim_about_one_run_fails_by_the_short_runs_that_break_it(void **state)
{
    static const enum probe_extreme extremes[] = {PROBE_HIGHEST, PROBE_LOWEST};
    static const size_t looks[] = {5, 10};
    struct run_count_plan counting = run_count_plan_make(looks, 2, 0.95, 0.03, 0.04, *state);
    struct study_criterion criterion = fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7);
    criterion.counting = &counting;
    criterion.probability = 0.95;
    criterion.tolerance_confidence = 0.99;
    struct field field = make_field(*state, 2, criterion, 10, 10);
    for (int i = 0; i < 2; i++)
        field.probes[i].extremes = &extremes[i];
    run_field(&field, PROBE_SHORT);
    assert_int_equal(field.probes[0].verdict, VERDICT_FAIL);
    assert_true(field.probes[0].decisions[0].estimate.low < 1.7);
    assert_true(field.probes[0].decisions[0].failed >= 3);
    assert_int_equal(field.probes[1].verdict, VERDICT_UNDECIDED);
    assert_int_equal(field.probes[1].replications[PROBE_SHORT], PROBE_SHORT_REPLICATIONS);
}

/* The highest of 16 short runs in a row may be sqrt(15) standard deviations above the mean of one.
 */
static void an_extreme_is_not_passed_by_runs_that_are_too_short_to_show_it(void **state)
{
    static const enum probe_extreme highest = PROBE_HIGHEST;
    double sd = 4 * 0.31;
    struct study_criterion criterion =
        fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7 + 0.7 * sqrt(15) * sd);
    struct field field = make_field(*state, 2, criterion, 10, 10);
    field.probes[1].extremes = &highest;
    run_field(&field, PROBE_WHOLE);
    assert_int_equal(field.probes[0].stage, PROBE_SHORT);
    assert_int_equal(field.probes[1].stage, PROBE_WHOLE);
    assert_int_equal(field.probes[1].verdict, VERDICT_PASS);
}

static void what_has_no_steady_state_is_not_passed(void **state)
{
    struct field field = make_field(*state, 2, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 9), 10, 10);
    for (int stage = 0; stage < PROBE_STAGES; stage++)
        field.probes[1].settings[stage].is_transient = true;
    run_field(&field, PROBE_WHOLE);
    assert_int_equal(field.probes[0].verdict, VERDICT_PASS);
    assert_int_equal(field.probes[1].verdict, VERDICT_UNDECIDED);
    assert_int_equal(field.probes[1].stage, PROBE_WHOLE);
}

static void a_metric_that_is_wanted_is_estimated_well(void **state)
{
    static const int wanted[] = {FAKE_NORMAL};
    struct field field = make_field(*state, 2, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 9), 10, 10);
    for (int i = 0; i < 2; i++) {
        field.probes[i].wanted = wanted;
        field.probes[i].wanted_count = 1;
    }
    field.probes[0].wanted_precision = 5; /* any will do */
    field.probes[1].wanted_precision = 0.05;
    run_field(&field, PROBE_WHOLE);
    assert_int_equal(field.probes[0].stage, PROBE_SHORT);
    assert_int_equal(field.probes[1].stage, PROBE_WHOLE);
    assert_int_equal(field.probes[1].verdict, VERDICT_PASS);
}

/* A curve is to be seen: more short replications are run for it, no whole ones, and none for what
 * fails. */
static void what_is_only_shown_is_estimated_by_short_replications(void **state)
{
    static const int wanted[] = {FAKE_NORMAL};
    struct field field =
        make_field(*state, 3, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 99), 10, 10);
    field.whole[2].mean = field.brief[2].mean = 999;
    field.brief[2].sd = 200;
    for (int i = 0; i < 3; i++) {
        field.probes[i].wanted = wanted;
        field.probes[i].wanted_count = i == 0 ? 0 : 1;
        field.probes[i].wanted_precision = 0.05;
        field.probes[i].is_only_shown = true;
    }
    run_field(&field, PROBE_WHOLE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(field.probes[i].replications[PROBE_SHORT],
                         i == 1 ? PROBE_SHORT_REPLICATIONS : PROBE_FAR_REPLICATIONS);
        assert_int_equal(field.probes[i].replications[PROBE_WHOLE], 0);
    }
}

static bool count_call(void *context, size_t probe, struct error *err)
{
    (void)probe;
    (void)err;
    ++*(size_t *)context;
    return true;
}

static void an_interruption_keeps_the_probes_that_were_finished(void **state)
{
    atomic_bool is_interrupted = false;
    struct field field = make_field(*state, 9, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 9), 10, 10);
    size_t calls = 0;
    field.brief[4].interrupts_at = 2;
    field.brief[4].is_interrupted = &is_interrupted;
    field.set.options.workers.is_interrupted = &is_interrupted;
    field.set.finished = count_call;
    field.set.finished_context = &calls;
    run_field(&field, PROBE_WHOLE);
    assert_true(field.set.is_interrupted);
    for (int i = 0; i < 9; i++)
        assert_int_equal(field.probes[i].is_finished, i < 4);
    assert_int_equal(calls, 4);
}

static void an_error_is_that_of_the_first_job_that_failed(void **state)
{
    struct field field = make_field(*state, 4, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 9), 10, 10);
    struct error err = {0};
    field.brief[2].fails_at = 3;
    field.set.groups = &field.group;
    probe_set_open(&field.set, *state);
    assert_false(probe_set_run(&field.set, field.chosen, 4, PROBE_WHOLE, &err));
    probe_set_close(&field.set);
    assert_string_equal(err.message, "replication 3 failed");
}

static void the_outcome_is_the_same_on_any_number_of_threads(void **state)
{
    enum { PROBES = 24 };
    double low[3][PROBES];
    for (unsigned threads = 1, k = 0; threads <= 4; threads *= 2, k++) {
        struct field field =
            make_field(*state, PROBES, fake_limit(FAKE_P95, COMPARISON_LESS, 0.2), 10, 80);
        field.set.options.workers.threads = threads;
        for (size_t i = 0; i < PROBES; i++) {
            field.whole[i].waits = field.brief[i].waits = 4100;
            field.whole[i].scale_s = field.brief[i].scale_s = 0.0613 + 0.0005 * (double)i;
        }
        run_field(&field, PROBE_WHOLE);
        for (size_t i = 0; i < PROBES; i++)
            low[k][i] = field.probes[i].decisions[0].estimate.low;
    }
    assert_memory_equal(low[0], low[1], sizeof low[0]);
    assert_memory_equal(low[0], low[2], sizeof low[0]);
}

/* A true value that fails by so little that it hardly shows is passed in at most 2.5 % of all
 * studies; 2000 of them have more than 86 wrong verdicts once in a million times. Bias of the short
 * ones, which PROBE_GUARD is for, is not in it. */
static void wrong_verdicts_stay_under_the_stated_chance(void **state)
{
    enum { MAX_WRONG = 86 };
    struct field field =
        make_field(*state, MAX_COUNT, fake_limit(FAKE_NORMAL, COMPARISON_LESS, 1.7), 10, 80);
    size_t wrong = 0, decided = 0;
    for (size_t i = 0; i < MAX_COUNT; i++) {
        field.whole[i].mean = field.brief[i].mean = 1.7 * (1 + 1e-9);
        field.whole[i].seed = 2 * i + 1;
        field.brief[i].seed = 2 * i;
    }
    run_field(&field, PROBE_WHOLE);
    for (size_t i = 0; i < MAX_COUNT; i++) {
        wrong += field.probes[i].verdict == VERDICT_PASS;
        decided += field.probes[i].verdict != VERDICT_UNDECIDED;
    }
    print_message("%zu of %d decided, %zu of them wrong\n", decided, MAX_COUNT, wrong);
    assert_true(wrong <= MAX_WRONG);
    assert_true(wrong > 0); /* or the limit is not what it is to be */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(short_replications_decide_what_is_obvious, setup, teardown),
        cmocka_unit_test_setup_teardown(a_probe_on_its_limit_goes_to_the_maximum, setup, teardown),
        cmocka_unit_test_setup_teardown(whole_replications_alone_are_a_study, setup, teardown),
        cmocka_unit_test_setup_teardown(references_are_run_once_and_paired, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reference_is_run_only_while_it_decides, setup, teardown),
        cmocka_unit_test_setup_teardown(a_claim_about_one_run_fails_by_the_short_runs_that_break_it,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            an_extreme_is_not_passed_by_runs_that_are_too_short_to_show_it, setup, teardown),
        cmocka_unit_test_setup_teardown(what_has_no_steady_state_is_not_passed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_metric_that_is_wanted_is_estimated_well, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_only_shown_is_estimated_by_short_replications,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(an_interruption_keeps_the_probes_that_were_finished, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_error_is_that_of_the_first_job_that_failed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_outcome_is_the_same_on_any_number_of_threads, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(wrong_verdicts_stay_under_the_stated_chance, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
