/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/search.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

/* A row of candidates whose true state is known. Cheap answers are undecided within `blur` of where
 * the truth changes. */
struct row {
    size_t count, first_pass, last_pass; /* first > last: nothing passes               */
    size_t first_sure, last_sure;        /* outside of them and near: undecided for good */
    size_t blur;
    bool is_flat;     /* the score tells nothing but its sign */
    bool has_reasons; /* what fails below the passes is not what fails above them  */
    size_t cheap, final, interrupts_after;
    struct search_resolution resolution;
};

static size_t distance_to_change(const struct row *row, size_t candidate)
{
    size_t below =
        candidate > row->first_pass ? candidate - row->first_pass : row->first_pass - candidate;
    size_t above =
        candidate > row->last_pass ? candidate - row->last_pass : row->last_pass - candidate;
    return below < above ? below : above;
}

static struct search_answer answer_of(const struct row *row, size_t candidate, bool for_good)
{
    bool is_pass = candidate >= row->first_pass && candidate <= row->last_pass;
    bool is_sure = !is_pass || (candidate >= row->first_sure && candidate <= row->last_sure);
    double middle = 0.5 * (double)(row->first_pass + row->last_pass);
    double half = fmax(0.5, 0.5 * (double)(row->last_pass - row->first_pass + 1));
    double score = (half - fabs((double)candidate - middle)) / half;
    struct search_answer answer = {.verdict = is_pass ? VERDICT_PASS : VERDICT_FAIL,
                                   .score = row->is_flat ? (is_pass ? 0.5 : -0.5) : score};
    bool is_near = distance_to_change(row, candidate) < row->blur;
    if ((is_near && !for_good) || !is_sure)
        answer.verdict = VERDICT_UNDECIDED;
    answer.is_final = for_good;
    if (row->has_reasons && answer.verdict == VERDICT_FAIL)
        answer.reason = candidate < row->first_pass ? 1 : 2;
    return answer;
}

static bool judge(void *context, const size_t *candidates, size_t count, bool for_good,
                  struct search_answer *answers, struct error *err)
{
    struct row *row = context;
    (void)err;
    for (size_t i = 0; i < count; i++) {
        assert_true(candidates[i] < row->count);
        answers[i] = answer_of(row, candidates[i], for_good);
        *(for_good ? &row->final : &row->cheap) += 1;
    }
    return row->interrupts_after == 0 || row->cheap + row->final < row->interrupts_after;
}

static struct row make_row(size_t count, size_t first, size_t last)
{
    return (struct row){.count = count,
                        .first_pass = first,
                        .last_pass = last,
                        .first_sure = first,
                        .last_sure = last,
                        .blur = 3};
}

static struct search_finding find(struct row *row, size_t guess, enum search_aim aim,
                                  struct arena *arena)
{
    struct search search = {row->count, guess, aim, judge, row, row->resolution};
    struct search_finding finding;
    struct error err = {0};
    assert_true(search_run(&search, arena, &finding, &err));
    return finding;
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

static void the_smallest_that_passes_is_found(void **state)
{
    for (size_t first = 0; first < 60; first++) {
        struct row row = make_row(60, first, 200);
        struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
        assert_true(finding.has_pass);
        assert_int_equal(finding.low.pass, first);
        assert_int_equal(finding.low.fail, first > 0 ? first - 1 : SEARCH_NONE);
        assert_int_equal(finding.low.undecided, 0);
        assert_int_equal(finding.high.pass, 59);
        assert_int_equal(finding.high.fail, SEARCH_NONE);
        assert_true(row.final <= 8);
    }
}

static void the_largest_that_passes_is_found(void **state)
{
    for (size_t last = 0; last < 60; last++) {
        struct row row = make_row(60, 0, last);
        struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_HIGHEST, *state);
        assert_int_equal(finding.high.pass, last);
        assert_int_equal(finding.high.fail, last < 59 ? last + 1 : SEARCH_NONE);
        assert_int_equal(finding.low.pass, 0);
    }
}

/* Of a million values some tens are judged; with a guess fewer, even where the score is flat. */
static void few_are_judged_of_many(void **state)
{
    for (int is_flat = 0; is_flat < 2; is_flat++) {
        struct row row = make_row(1000000, 414213, 999999);
        row.is_flat = is_flat;
        struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
        assert_int_equal(finding.low.pass, 414213);
        assert_int_equal(finding.low.fail, 414212);
        assert_true(row.cheap <= 50 && row.final <= 8);
        row.cheap = row.final = 0;
        find(&row, 414213, SEARCH_LOWEST, *state);
        assert_int_equal(row.cheap, 3);
        assert_true(row.final <= 3);
    }
}

/* The end that is not wanted is the deepest overload: with a guess it is left alone, unless nothing
 * fails before it. */
static void the_end_beyond_a_fail_is_not_judged(void **state)
{
    const size_t last = 999;
    struct row row = make_row(1000, 414, 2000);
    struct search_finding finding = find(&row, 414, SEARCH_LOWEST, *state);
    assert_int_equal(finding.low.pass, 414);
    assert_true(finding.points[0].candidate > 0);
    assert_int_equal(finding.points[finding.point_count - 1].candidate, last);
    row = make_row(1000, 0, 414);
    finding = find(&row, 415, SEARCH_HIGHEST, *state);
    assert_int_equal(finding.high.pass, 414);
    assert_int_equal(finding.points[0].candidate, 0);
    assert_true(finding.points[finding.point_count - 1].candidate < last);
    row = make_row(1000, 414, last); /* the last is undecided at first, so nothing passes yet */
    finding = find(&row, 414, SEARCH_LOWEST, *state);
    assert_int_equal(finding.low.pass, 414);
    assert_true(finding.points[0].candidate > 0);
    row = make_row(1000, 0, last); /* the guess was wrong: all pass */
    finding = find(&row, 414, SEARCH_LOWEST, *state);
    assert_int_equal(finding.low.pass, 0);
    row = make_row(1000, 1000, 1000); /* none does */
    finding = find(&row, 414, SEARCH_LOWEST, *state);
    assert_false(finding.has_pass);
    assert_int_equal(finding.points[0].candidate, 0);
}

/* Too small is worse and too large is worse. */
static void both_ends_of_a_range_are_found(void **state)
{
    for (size_t first = 1; first < 90; first += 7)
        for (size_t last = first; last < 99; last += 5) {
            struct row row = make_row(100, first, last);
            struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
            assert_true(finding.has_pass);
            assert_int_equal(finding.low.pass, first);
            assert_int_equal(finding.low.fail, first - 1);
            assert_int_equal(finding.high.pass, last);
            assert_int_equal(finding.high.fail, last + 1);
            assert_false(finding.has_gap);
        }
}

static void where_nothing_passes_the_nearest_is_told(void **state)
{
    struct row row = make_row(100, 37, 36);
    struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
    assert_false(finding.has_pass);
    assert_false(finding.has_undecided);
    assert_true(finding.best == 36 || finding.best == 37);
    assert_true(row.cheap <= 20);
}

/* 40..49 pass, but so barely that they stay undecided; 50 is sure. */
static void the_undecided_band_is_found(void **state)
{
    struct row row = make_row(100, 40, 99);
    row.first_sure = 50;
    struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
    assert_int_equal(finding.low.pass, 50);
    assert_int_equal(finding.low.fail, 39);
    assert_int_equal(finding.low.undecided, 10);
    row = make_row(100, 0, 60);
    row.last_sure = 55;
    finding = find(&row, SEARCH_NONE, SEARCH_HIGHEST, *state);
    assert_int_equal(finding.high.pass, 55);
    assert_int_equal(finding.high.fail, 61);
    assert_int_equal(finding.high.undecided, 5);
}

static void a_band_that_reaches_the_lowest_value_has_no_fail_below(void **state)
{
    struct row row = make_row(100, 0, 99);
    row.first_sure = 20;
    struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
    assert_int_equal(finding.low.pass, 20);
    assert_int_equal(finding.low.fail, SEARCH_NONE);
    assert_int_equal(finding.low.undecided, 20);
}

static void what_is_never_sure_is_undecided(void **state)
{
    struct row row = make_row(50, 20, 30);
    row.first_sure = 50;
    struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
    assert_false(finding.has_pass);
    assert_true(finding.has_undecided);
}

static void two_candidates_are_enough(void **state)
{
    for (size_t first = 0; first <= 2; first++) {
        struct row row = make_row(2, first, 5);
        struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
        assert_int_equal(finding.has_pass, first < 2);
        if (first < 2)
            assert_int_equal(finding.low.pass, first);
    }
}

static void an_interruption_keeps_what_was_judged(void **state)
{
    struct row row = make_row(100000, 31415, 99999);
    row.interrupts_after = 9;
    struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
    assert_true(finding.is_interrupted);
    assert_true(finding.point_count >= 3);
    for (size_t i = 0; i < finding.point_count; i++)
        assert_true(i == 0 || finding.points[i].candidate > finding.points[i - 1].candidate);
}

/* One value of a thousand passes, and no score points at it. */
static void between_two_reasons_to_fail_a_single_pass_is_found(void **state)
{
    for (size_t pass = 1; pass < 999; pass += 37) {
        struct row row = make_row(1000, pass, pass);
        row.blur = 0;
        row.is_flat = row.has_reasons = true;
        struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
        assert_true(finding.has_pass);
        assert_int_equal(finding.low.pass, pass);
        assert_int_equal(finding.high.pass, pass);
        assert_true(row.cheap + row.final < 40);
        arena_reset(*state);
    }
}

/* Values from 1 to a million: the ends are a hundredth apart, and at round values. */
static void a_search_stops_at_its_resolution(void **state)
{
    for (size_t first = 1000; first < 900000; first = first * 3 / 2 + 7) {
        struct row row = make_row(1000000, first, 999999);
        row.resolution = (struct search_resolution){.origin = 1, .relative = 0.01};
        row.is_flat = true;
        struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
        size_t apart = finding.low.pass - finding.low.fail;
        assert_true(finding.low.pass >= first && finding.low.fail < first);
        assert_true(apart <= (finding.low.pass + 1) / 100);
        assert_int_equal(finding.low.skipped, apart - 1);
        assert_int_equal(finding.low.undecided, 0);
        assert_true(row.cheap <= 30);
        arena_reset(*state);
    }
}

static void a_resolution_of_some_values_is_kept(void **state)
{
    struct row row = make_row(10000, 0, 5555);
    row.resolution.absolute = 10;
    struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_HIGHEST, *state);
    assert_true(finding.high.pass <= 5555 && finding.high.fail > 5555);
    assert_true(finding.high.fail - finding.high.pass <= 10);
}

/* The last candidate is the dearest load: it is judged only if nothing else fails. */
static void with_a_guess_the_largest_load_is_not_simulated(void **state)
{
    struct row row = make_row(1000, 0, 500);
    struct search_finding finding = find(&row, 480, SEARCH_HIGHEST, *state);
    assert_int_equal(finding.high.pass, 500);
    assert_int_equal(finding.high.fail, 501);
    row = make_row(1000, 0, 1500);
    finding = find(&row, 480, SEARCH_HIGHEST, *state);
    assert_int_equal(finding.high.pass, 999);
    assert_int_equal(finding.high.fail, SEARCH_NONE);
}

static void an_interruption_leaves_a_bracket(void **state)
{
    struct row row = make_row(100000, 31415, 99999);
    row.blur = 0;
    row.interrupts_after = 9;
    struct search_finding finding = find(&row, SEARCH_NONE, SEARCH_LOWEST, *state);
    assert_true(finding.is_interrupted && finding.has_pass);
    assert_true(finding.low.fail < 31415 && finding.low.pass >= 31415);
    assert_int_equal(finding.low.undecided, 0);
    assert_int_equal(finding.low.skipped, finding.low.pass - finding.low.fail - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_smallest_that_passes_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(between_two_reasons_to_fail_a_single_pass_is_found, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_largest_that_passes_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(few_are_judged_of_many, setup, teardown),
        cmocka_unit_test_setup_teardown(the_end_beyond_a_fail_is_not_judged, setup, teardown),
        cmocka_unit_test_setup_teardown(both_ends_of_a_range_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(where_nothing_passes_the_nearest_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(the_undecided_band_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_band_that_reaches_the_lowest_value_has_no_fail_below,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_never_sure_is_undecided, setup, teardown),
        cmocka_unit_test_setup_teardown(two_candidates_are_enough, setup, teardown),
        cmocka_unit_test_setup_teardown(a_search_stops_at_its_resolution, setup, teardown),
        cmocka_unit_test_setup_teardown(a_resolution_of_some_values_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(with_a_guess_the_largest_load_is_not_simulated, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_interruption_leaves_a_bracket, setup, teardown),
        cmocka_unit_test_setup_teardown(an_interruption_keeps_what_was_judged, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
