/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/verdict.h"
#include "tests/support/support.h"
#include <math.h>

static struct estimate interval(double low, double high)
{
    return (struct estimate){.estimate = (low + high) / 2,
                             .low = low,
                             .high = high,
                             .replications = 20,
                             .has_interval = true};
}

static void assert_verdict(double low, double high, enum comparison op, double limit,
                           enum verdict expected)
{
    struct estimate estimate = interval(low, high);
    assert_int_equal(verdict_of(&estimate, op, limit), expected);
}

static void an_interval_on_one_side_of_the_limit_decides(void **state)
{
    assert_verdict(2.3, 2.4, COMPARISON_LESS, 2.41, VERDICT_PASS);
    assert_verdict(2.3, 2.4, COMPARISON_LESS, 2.385, VERDICT_UNDECIDED);
    assert_verdict(2.3, 2.4, COMPARISON_LESS, 2.29, VERDICT_FAIL);
    assert_verdict(2.3, 2.4, COMPARISON_GREATER, 2.41, VERDICT_FAIL);
    assert_verdict(2.3, 2.4, COMPARISON_GREATER, 2.385, VERDICT_UNDECIDED);
    assert_verdict(2.3, 2.4, COMPARISON_GREATER, 2.29, VERDICT_PASS);
}

static void an_end_on_the_limit_counts_as_the_comparison_says(void **state)
{
    assert_verdict(2.3, 2.4, COMPARISON_LESS, 2.4, VERDICT_UNDECIDED);
    assert_verdict(2.3, 2.4, COMPARISON_LESS_EQUAL, 2.4, VERDICT_PASS);
    assert_verdict(2.3, 2.4, COMPARISON_LESS, 2.3, VERDICT_FAIL);
    assert_verdict(2.3, 2.4, COMPARISON_LESS_EQUAL, 2.3, VERDICT_UNDECIDED);
    assert_verdict(2.3, 2.4, COMPARISON_GREATER, 2.3, VERDICT_UNDECIDED);
    assert_verdict(2.3, 2.4, COMPARISON_GREATER_EQUAL, 2.3, VERDICT_PASS);
    assert_verdict(2.3, 2.4, COMPARISON_GREATER, 2.4, VERDICT_FAIL);
    assert_verdict(2.3, 2.4, COMPARISON_GREATER_EQUAL, 2.4, VERDICT_UNDECIDED);
}

static void an_interval_without_width_decides_on_the_limit_itself(void **state)
{
    assert_verdict(0.7, 0.7, COMPARISON_LESS, 0.7, VERDICT_FAIL);
    assert_verdict(0.7, 0.7, COMPARISON_LESS_EQUAL, 0.7, VERDICT_PASS);
    assert_verdict(0.7, 0.7, COMPARISON_GREATER, 0.7, VERDICT_FAIL);
    assert_verdict(0.7, 0.7, COMPARISON_GREATER_EQUAL, 0.7, VERDICT_PASS);
}

static void what_is_not_known_decides_nothing(void **state)
{
    struct estimate unresolved = interval(1, 2), single = interval(1, 1), nothing = interval(1, 2);
    unresolved.is_unresolved = true;
    single.has_interval = false;
    nothing.estimate = nothing.low = nothing.high = NAN;
    assert_int_equal(verdict_of(&unresolved, COMPARISON_LESS, 99), VERDICT_UNDECIDED);
    assert_int_equal(verdict_of(&single, COMPARISON_LESS, 99), VERDICT_UNDECIDED);
    assert_int_equal(verdict_of(&nothing, COMPARISON_LESS, 99), VERDICT_UNDECIDED);
    assert_int_equal(verdict_of(&nothing, COMPARISON_GREATER, 99), VERDICT_UNDECIDED);
}

static void both_of_two_must_hold(void **state)
{
    const enum verdict P = VERDICT_PASS, F = VERDICT_FAIL, U = VERDICT_UNDECIDED, N = VERDICT_NONE;
    /* In the order of enum verdict. */
    const enum verdict expected[4][4] = {{P, F, U, P}, {F, F, F, F}, {U, F, U, U}, {P, F, U, N}};
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 4; b++)
            assert_int_equal(verdict_and((enum verdict)a, (enum verdict)b), expected[a][b]);
}

static void names_are_those_of_the_report(void **state)
{
    assert_string_equal(verdict_name(VERDICT_PASS), "pass");
    assert_string_equal(verdict_name(VERDICT_FAIL), "fail");
    assert_string_equal(verdict_name(VERDICT_UNDECIDED), "undecided");
    assert_null(verdict_name(VERDICT_NONE));
    assert_string_equal(comparison_text(COMPARISON_LESS), "<");
    assert_string_equal(comparison_text(COMPARISON_LESS_EQUAL), "<=");
    assert_string_equal(comparison_text(COMPARISON_GREATER), ">");
    assert_string_equal(comparison_text(COMPARISON_GREATER_EQUAL), ">=");
}

static void the_margin_is_positive_on_the_good_side(void **state)
{
    assert_within(verdict_margin(0.1875, COMPARISON_LESS, 0.7), 0.5125, 1e-15);
    assert_within(verdict_margin(0.1875, COMPARISON_LESS_EQUAL, 0.1), -0.0875, 1e-15);
    assert_within(verdict_margin(0.1875, COMPARISON_GREATER, 0.1), 0.0875, 1e-15);
    assert_within(verdict_margin(0.1875, COMPARISON_GREATER_EQUAL, 0.7), -0.5125, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interval_on_one_side_of_the_limit_decides),
        cmocka_unit_test(an_end_on_the_limit_counts_as_the_comparison_says),
        cmocka_unit_test(an_interval_without_width_decides_on_the_limit_itself),
        cmocka_unit_test(what_is_not_known_decides_nothing),
        cmocka_unit_test(both_of_two_must_hold),
        cmocka_unit_test(names_are_those_of_the_report),
        cmocka_unit_test(the_margin_is_positive_on_the_good_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
