/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/number_text.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

static void the_shortest_form_reads_back_exactly(void **state)
{
    static const double values[] = {0.1,
                                    2.385,
                                    1.0 / 3.0,
                                    1e23,
                                    5e-324,
                                    DBL_MAX,
                                    -0.0002385,
                                    9007199254740993.0,
                                    0.30000000000000004};
    char text[NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        number_text_shortest(values[i], text);
        assert_true(strtod(text, NULL) == values[i]);
    }
    number_text_shortest(0.1, text);
    assert_string_equal(text, "0.1");
    number_text_shortest(0.1 + 0.2, text);
    assert_string_equal(text, "0.30000000000000004");
    number_text_shortest(-0.0, text);
    assert_string_equal(text, "0");
}

static void quantities_take_the_unit_that_suits_them(void **state)
{
    static const struct {
        double value;
        const char *unit, *text;
    } cases[] = {{12.5, "s", "12.5 s"},
                 {0.01238, "s", "12.4 ms"},
                 {0.0000238512, "s", "23.9 \u00b5s"},
                 {2.3852e-8, "s", "23.9 ns"},
                 {0.0, "s", "0 s"},
                 {119.0, "s", "119 s"},
                 {3600.0, "s", "60 min"},
                 {29753.0, "s", "8.26 h"},
                 {864000.0, "s", "10 days"},
                 {0.187512, "1", "18.8 %"},
                 {0.9996, "1", "99.96 %"},
                 {0.9999936, "1", "99.99936 %"},
                 {1.0, "1", "100 %"},
                 {500.138, "1/s", "500 /s"},
                 {62138500.0, "B", "62.1 MB"},
                 {2385.2, "B", "2.39 KB"},
                 {37.5115, "", "37.5"},
                 {1234.0, "", "1234"},
                 {-0.0023862, "s", "-2.39 ms"},
                 {1e15, "", "1e+15"},
                 {2.385e-12, "", "2.385e-12"}};
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(number_text_quantity(cases[i].value, cases[i].unit, arena),
                            cases[i].text);
    assert_string_equal(number_text_quantity(NAN, "s", arena), "-");
    assert_string_equal(number_text_quantity(INFINITY, "s", arena), "-");
    arena_close(arena);
}

static void plain_numbers_have_six_digits_and_no_exponent_below_a_billion(void **state)
{
    struct arena *arena = arena_open();
    assert_string_equal(number_text_plain(37.51154, arena), "37.5115");
    assert_string_equal(number_text_plain(1800497.0, arena), "1800497");
    assert_string_equal(number_text_plain(0.2, arena), "0.2");
    assert_string_equal(number_text_plain(0.0, arena), "0");
    assert_string_equal(number_text_plain(NAN, arena), "-");
    arena_close(arena);
}

/* But no estimate has more than five digits: then half a width is rounded upwards. */
static void estimates_are_rounded_to_two_digits_of_the_half_width(void **state)
{
    static const struct {
        double value, half_width;
        const char *unit, *text;
    } cases[] = {{0.75023, 0.00112, "1", "75.02 ± 0.11 %"},
                 {0.00031385, 0.00002, "s", "314 ± 20 µs"},
                 {500.138, 123.4, "1/s", "500 ± 123 /s"},
                 {0.238512, 0.0996, "s", "239 ± 100 ms"},
                 {0.238512, 0.00996, "s", "239 ± 10 ms"},
                 {37.5115, 5.3e-5, "", "37.511 ± 0.001"},
                 {0.980046942, 8.7e-6, "1", "98.005 ± 0.001 %"},
                 {9.999999997, 5.3e-8, "s", "10 s"},
                 {0.0, 0.00012, "s", "0 ± 120 µs"}};
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct estimate estimate = result_fixture_estimate(cases[i].value, cases[i].half_width);
        assert_string_equal(number_text_estimate(&estimate, cases[i].unit, true, arena),
                            cases[i].text);
    }
    arena_close(arena);
}

/* A bound in words only where it may matter. */
static void a_share_that_is_surely_0_has_no_bound(void **state)
{
    struct arena *arena = arena_open();
    struct estimate none = {
        .high = 2e-117, .has_interval = true, .is_upper_bound = true, .replications = 20};
    assert_string_equal(number_text_estimate(&none, "1", true, arena), "0 %");
    none.high = 4e-7;
    assert_string_equal(number_text_estimate(&none, "1", true, arena), "0 % (at most 0.00004 %)");
    arena_close(arena);
}

static void a_lopsided_interval_shows_its_ends(void **state)
{
    struct arena *arena = arena_open();
    struct estimate estimate = result_fixture_estimate(0.000238, 0.000238);
    estimate.low = 0.0;
    estimate.high = 0.000552;
    assert_string_equal(number_text_estimate(&estimate, "s", true, arena), "238 [0, 552] µs");
    arena_close(arena);
}

static void an_event_that_was_never_seen_has_an_upper_bound(void **state)
{
    struct arena *arena = arena_open();
    struct estimate estimate = result_fixture_estimate(0.0, 0.0);
    estimate.high = 0.0000123;
    estimate.is_upper_bound = true;
    assert_string_equal(number_text_estimate(&estimate, "1", true, arena),
                        "0 % (at most 0.00123 %)");
    assert_string_equal(number_text_estimate(&estimate, "1", false, arena), "0 %");
    struct estimate always = {.estimate = 1, .low = 0.999848, .high = 1, .has_interval = true};
    assert_string_equal(number_text_estimate(&always, "1", true, arena),
                        "100 % (at least 99.985 %)");
    arena_close(arena);
}

static void no_interval_no_half_width(void **state)
{
    struct arena *arena = arena_open();
    struct estimate estimate = {
        .estimate = 0.238512, .low = -INFINITY, .high = INFINITY, .replications = 1};
    assert_string_equal(number_text_estimate(&estimate, "s", true, arena), "239 ms");
    estimate = result_fixture_estimate(0.238512, 0.0);
    assert_string_equal(number_text_estimate(&estimate, "s", true, arena), "239 ms");
    estimate = result_fixture_estimate(0.238512, 0.02);
    assert_string_equal(number_text_estimate(&estimate, "s", false, arena), "239 ms");
    estimate.estimate = NAN;
    assert_string_equal(number_text_estimate(&estimate, "s", true, arena), "-");
    arena_close(arena);
}

static void an_unresolved_quantile_is_marked(void **state)
{
    struct arena *arena = arena_open();
    struct estimate estimate = result_fixture_estimate(0.238512, 0.02);
    estimate.is_unresolved = true;
    assert_string_equal(number_text_estimate(&estimate, "s", true, arena), "239 ± 20 ms *");
    arena_close(arena);
}

static void what_becomes_infinite_in_its_unit_is_not_shown(void **state)
{
    struct arena *arena = arena_open();
    struct estimate wide = {.estimate = 1, .low = -1e308, .high = 1e308, .has_interval = true};
    assert_string_equal(number_text_quantity(1e307, "1", arena), "-");
    assert_string_equal(number_text_quantity(1e300, "1", arena), "1e+302 %");
    assert_string_equal(number_text_estimate(&wide, "1", true, arena), "100 %");
    arena_close(arena);
}

static void differences_carry_a_sign_and_percentage_points(void **state)
{
    struct arena *arena = arena_open();
    struct estimate difference = result_fixture_estimate(-0.5626675, 0.0012);
    assert_string_equal(number_text_paired(&difference, "1", true, arena), "-56.27 ± 0.12 pp");
    difference = result_fixture_estimate(0.00238, 0.00012);
    assert_string_equal(number_text_paired(&difference, "s", true, arena), "+2.38 ± 0.12 ms");
    difference = result_fixture_estimate(0.0, 0.0);
    assert_string_equal(number_text_paired(&difference, "s", true, arena), "0 s");
    assert_string_equal(number_text_difference(0.5124375, "1", arena), "+51.2 pp");
    assert_string_equal(number_text_difference(-7.615, "1/s", arena), "-7.62 /s");
    arena_close(arena);
}

/* The decimal sign of German is a comma; without that locale installed the C locale is tested. */
static void the_locale_changes_nothing(void **state)
{
    struct arena *arena = arena_open();
    struct estimate estimate = result_fixture_estimate(0.75023, 0.00112);
    char text[NUMBER_TEXT_SIZE];
    setlocale(LC_ALL, "de_DE.UTF-8");
    number_text_shortest(2.385, text);
    const char *shown = number_text_estimate(&estimate, "1", true, arena);
    setlocale(LC_ALL, "C");
    assert_string_equal(text, "2.385");
    assert_string_equal(shown, "75.02 ± 0.11 %");
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shortest_form_reads_back_exactly),
        cmocka_unit_test(quantities_take_the_unit_that_suits_them),
        cmocka_unit_test(plain_numbers_have_six_digits_and_no_exponent_below_a_billion),
        cmocka_unit_test(estimates_are_rounded_to_two_digits_of_the_half_width),
        cmocka_unit_test(a_share_that_is_surely_0_has_no_bound),
        cmocka_unit_test(a_lopsided_interval_shows_its_ends),
        cmocka_unit_test(an_event_that_was_never_seen_has_an_upper_bound),
        cmocka_unit_test(no_interval_no_half_width),
        cmocka_unit_test(an_unresolved_quantile_is_marked),
        cmocka_unit_test(what_becomes_infinite_in_its_unit_is_not_shown),
        cmocka_unit_test(differences_carry_a_sign_and_percentage_points),
        cmocka_unit_test(the_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
