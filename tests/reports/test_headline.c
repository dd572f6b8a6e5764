/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer in words: what it names, and that it never says more than the verdict. */
#include "reports/document/criterion_words.h"
#include "reports/document/headline.h"
#include "reports/result/undecided.h"
#include "reports/text/limit_share.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

enum { MOST_CRITERIA = 8 };

/* A result with the settings of the plain fixture, the last of them judged by these. */
struct judged {
    struct result result;
    struct result_setting settings[2];
    struct result_criterion criteria[MOST_CRITERIA];
};

static struct result_criterion criterion(const char *name, double value, double half, double limit,
                                         enum verdict verdict)
{
    return (struct result_criterion){.name = name,
                                     .expect = "db_pool.utilization < 70%",
                                     .metric = "db_pool.utilization",
                                     .unit = "1",
                                     .estimate = result_fixture_estimate(value, half),
                                     .verdict = verdict,
                                     .has_limit = true,
                                     .limit = limit};
}

static void judge(struct judged *judged, size_t count, enum verdict verdict)
{
    const struct result *plain = result_fixture_plain();
    judged->result = *plain;
    judged->settings[0] = plain->settings[0];
    judged->settings[1] = plain->settings[1];
    judged->settings[1].criteria = judged->criteria;
    judged->settings[1].criterion_count = count;
    judged->settings[1].verdict = verdict;
    judged->result.settings = judged->settings;
    judged->result.verdict = verdict;
}

static void assert_headline(const struct judged *judged, const char *clause, const char *sentences)
{
    struct arena *arena = arena_open();
    const struct headline headline = headline_of_result(&judged->result, NULL, arena);
    assert_string_equal(headline.clause, clause);
    assert_string_equal(headline.sentences, sentences);
    arena_close(arena);
}

static void a_pass_names_the_nearest_limit_and_what_fails_today(void **state)
{
    struct judged judged = {.criteria = {criterion("use", 0.19, 0.01, 0.7, VERDICT_PASS),
                                         criterion("peak", 0.6, 0.01, 0.7, VERDICT_PASS)}};
    judged.criteria[1].span = SPAN_IN_EVERY;
    judge(&judged, 2, VERDICT_PASS);
    assert_headline(&judged, "Proposed holds its load",
                    "All 2 criteria hold; the nearest limit is peak, at 86 % of 70\u00a0%. The "
                    "setting baseline does not: use is 75\u00a0% there.");
}

static void a_failure_names_what_is_exceeded(void **state)
{
    struct judged judged = {.criteria = {criterion("use", 0.69, 0.001, 0.7, VERDICT_PASS),
                                         criterion("peak", 0.9, 0.01, 0.7, VERDICT_FAIL),
                                         criterion("mean", 0.8, 0.01, 0.7, VERDICT_FAIL)}};
    judge(&judged, 3, VERDICT_FAIL);
    assert_headline(&judged, "Proposed does not hold its load",
                    "Peak is 90\u00a0%; less than 70\u00a0% is allowed. 1 more fails. 1 of 3 "
                    "criteria holds.");
}

static void a_doubt_names_the_interval_and_what_would_decide(void **state)
{
    struct judged judged = {.criteria = {criterion("use", 0.69, 0.02, 0.7, VERDICT_UNDECIDED),
                                         criterion("mean", 0.5, 0.01, 0.7, VERDICT_PASS)}};
    judge(&judged, 2, VERDICT_UNDECIDED);
    struct arena *arena = arena_open();
    assert_headline(&judged, "Proposed is too close to a limit to tell",
                    arena_printf(arena,
                                 "Use is 69.0 \u00b1 2.0 %%; the limit, 70 %%, lies inside that "
                                 "interval: %s. 1 of 2 criteria holds.",
                                 undecided_advice(&judged.criteria[0], arena)));
    arena_close(arena);
}

/* What is withheld is not near: more of the same would not decide it. */
static void what_is_withheld_is_not_said_to_be_near(void **state)
{
    struct judged judged = {.criteria = {criterion("use", 0.5, 0.02, 0.7, VERDICT_UNDECIDED)}};
    judged.criteria[0].withheld = WITHHELD_GROWING;
    judge(&judged, 1, VERDICT_UNDECIDED);
    struct arena *arena = arena_open();
    const struct headline headline = headline_of_result(&judged.result, NULL, arena);
    assert_string_equal(headline.clause, "Proposed: too little is known to judge");
    assert_non_null(strstr(headline.sentences, "shows no steady state"));
    arena_close(arena);
}

static void without_criteria_nothing_is_claimed(void **state)
{
    struct judged judged = {.result = {0}};
    judge(&judged, 0, VERDICT_NONE);
    struct arena *arena = arena_open();
    const struct headline headline = headline_of_result(&judged.result, NULL, arena);
    assert_string_equal(headline.clause, "Nothing is judged: no criterion applies");
    assert_int_equal(headline.verdict, VERDICT_NONE);
    arena_close(arena);
}

static void of_several_settings_it_counts_those_that_pass(void **state)
{
    struct judged judged = {.criteria = {criterion("use", 0.9, 0.001, 0.7, VERDICT_FAIL)}};
    judge(&judged, 1, VERDICT_FAIL);
    judged.settings[0].verdict = VERDICT_PASS;
    assert_headline(&judged, "1 of 2 settings passes: baseline",
                    "proposed: use is 90\u00a0%; less than 70\u00a0% is allowed.");
}

/* Fails, then undecided, then what passes; each by the share of its limit. */
static void criteria_stand_in_the_order_of_what_matters(void **state)
{
    struct judged judged = {.criteria = {criterion("a", 0.1, 0.01, 0.7, VERDICT_PASS),
                                         criterion("b", 0.6, 0.01, 0.7, VERDICT_PASS),
                                         criterion("c", 0.7, 0.01, 0.7, VERDICT_UNDECIDED),
                                         criterion("d", 0.8, 0.01, 0.7, VERDICT_FAIL),
                                         criterion("e", 0.9, 0.01, 0.7, VERDICT_FAIL)}};
    static const size_t expected[] = {4, 3, 2, 1, 0};
    size_t order[5];
    judge(&judged, 5, VERDICT_FAIL);
    criterion_words_order(&judged.settings[1], order);
    assert_memory_equal(order, expected, sizeof order);
}

static void a_tile_says_how_far_the_limit_is(void **state)
{
    static const struct {
        double value, half, limit;
        enum verdict verdict;
        const char *words;
    } cases[] = {
        {0.19, 0.0002, 0.7, VERDICT_PASS, "\u00b1\u00a00.02\u00a0pp; 51\u00a0pp below its limit"},
        {0.94, 0.001, 0.7, VERDICT_FAIL, "\u00b1\u00a00.1\u00a0pp; 24\u00a0pp above its limit"},
        {0.253, 0.05, 0.001, VERDICT_FAIL, "\u00b1\u00a05\u00a0pp; 253 times its limit"},
        {0.5, 0.0, 0.7, VERDICT_PASS, "the same in every replication; 20\u00a0pp below its limit"},
        {0.69, 0.02, 0.7, VERDICT_UNDECIDED,
         "\u00b1\u00a02\u00a0pp; the interval contains the limit"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_open();
        const struct result_criterion one =
            criterion("use", cases[i].value, cases[i].half, cases[i].limit, cases[i].verdict);
        assert_string_equal(criterion_words_distance(&one, arena), cases[i].words);
        arena_close(arena);
    }
}

/* What is set uses no share of a limit, so it is never the nearest; its tile says what is asked. */
static void what_is_set_is_no_limit_that_is_near(void **state)
{
    struct judged judged = {.criteria = {criterion("pool max", 0.7, 0, 0.7, VERDICT_PASS),
                                         criterion("use", 0.19, 0.01, 0.7, VERDICT_PASS)}};
    judged.criteria[0].is_configured = true;
    judged.criteria[0].op = COMPARISON_EQUAL;
    judged.criteria[0].limit_text = "70%";
    judge(&judged, 2, VERDICT_PASS);
    struct arena *arena = arena_open();
    assert_true(isnan(criterion_words_share(&judged.criteria[0])));
    assert_string_equal(criterion_words_distance(&judged.criteria[0], arena),
                        "as it is set; exactly 70% is asked");
    assert_non_null(strstr(headline_of_result(&judged.result, NULL, arena).sentences,
                           "the nearest limit is use, at 27 %"));
    judged.criteria[0].estimate = result_fixture_estimate(0.4, 0);
    assert_string_equal(criterion_words_failure(&judged.criteria[0], arena),
                        "pool max is 40\u00a0%; exactly 70\u00a0% is asked");
    arena_close(arena);
}

/* 100 % of what must be above 99 % uses nothing; 1 % of what must be above 5 % five times what
 * there is. */
static void a_lower_limit_counts_what_is_missing(void **state)
{
    assert_within(limit_share_of(1.0, true, 0.99, "1"), 0.0, 1e-12);
    assert_within(limit_share_of(0.98, true, 0.99, "1"), 2.0, 1e-9);
    assert_within(limit_share_of(0.01, true, 0.05, "1"), 5.0, 1e-12);
    assert_within(limit_share_of(0.35, false, 0.7, "1"), 0.5, 1e-12);
    assert_within(limit_share_of(0.0, false, 0.0, "1"), 0.0, 1e-12);
    assert_true(isinf(limit_share_of(1.0, false, 0.0, "1")));
    assert_true(isnan(limit_share_of(NAN, false, 0.7, "1")));
    assert_true(isnan(limit_share_of(0.5, false, NAN, "1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pass_names_the_nearest_limit_and_what_fails_today),
        cmocka_unit_test(a_failure_names_what_is_exceeded),
        cmocka_unit_test(a_doubt_names_the_interval_and_what_would_decide),
        cmocka_unit_test(what_is_withheld_is_not_said_to_be_near),
        cmocka_unit_test(without_criteria_nothing_is_claimed),
        cmocka_unit_test(of_several_settings_it_counts_those_that_pass),
        cmocka_unit_test(criteria_stand_in_the_order_of_what_matters),
        cmocka_unit_test(a_tile_says_how_far_the_limit_is),
        cmocka_unit_test(what_is_set_is_no_limit_that_is_near),
        cmocka_unit_test(a_lower_limit_counts_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
