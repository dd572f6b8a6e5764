/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/quantity.h"
#include "sim/random/stream.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t ns_of(const char *text)
{
    struct error err = {0};
    int64_t ns = -1;
    if (!quantity_parse_duration(text, &ns, NULL, &err))
        fail_msg("%s: %s", text, err.message);
    return ns;
}

static double seconds_of(const char *text)
{
    struct error err = {0};
    double seconds = -1;
    if (!quantity_parse_duration(text, NULL, &seconds, &err))
        fail_msg("%s: %s", text, err.message);
    return seconds;
}

static void durations_take_seven_units(void **state)
{
    assert_int_equal(ns_of("7ns"), 7);
    assert_int_equal(ns_of("7us"), 7000);
    assert_int_equal(ns_of("75ms"), 75000000);
    assert_int_equal(ns_of("2s"), 2000000000);
    assert_int_equal(ns_of("10min"), 600000000000);
    assert_int_equal(ns_of("3h"), 10800000000000);
    assert_int_equal(ns_of("2d"), 172800000000000);
}

/* 0.1 s is no binary fraction, 2^53 + 1 ns no double: through a double both would be off. */
static void durations_are_exact_to_the_nanosecond(void **state)
{
    assert_int_equal(ns_of("0.1s"), 100000000);
    assert_int_equal(ns_of("9007199.254740993s"), 9007199254740993);
    assert_int_equal(ns_of("4611686018427387904ns"), QUANTITY_MAX_NS);
    assert_int_equal(ns_of("1e3us"), 1000000);
    assert_int_equal(ns_of("12.5E-3s"), 12500000);
    assert_int_equal(ns_of("0.000000000000000000000001e24s"), 1000000000);
}

static void durations_round_to_nearest(void **state)
{
    assert_int_equal(ns_of("1.4999ns"), 1);
    assert_int_equal(ns_of("1.5ns"), 2);
    assert_int_equal(ns_of("2.385us"), 2385);
    assert_int_equal(ns_of("2.3854us"), 2385);
    assert_int_equal(ns_of("0.0000000014999999999999999999999s"), 1);
}

static void seconds_are_the_nearest_double(void **state)
{
    assert_true(seconds_of("75ms") == 0.075);
    assert_true(seconds_of("0.1s") == 0.1);
    assert_true(seconds_of("10min") == 600.0);
    assert_within(seconds_of("1.5ns"), 1.5e-9, 1e-24);
}

static void zero_is_a_duration(void **state)
{
    assert_int_equal(ns_of("0s"), 0);
    assert_int_equal(ns_of("0.000ms"), 0);
    assert_int_equal(ns_of("0e9h"), 0);
}

static void assert_duration_refused(const char *text, const char *message)
{
    struct error err = {0};
    int64_t ns;
    if (quantity_parse_duration(text, &ns, NULL, &err))
        fail_msg("%s was accepted", text);
    assert_string_equal(err.message, message);
    assert_int_equal(err.status, STATUS_INPUT);
}

#define DURATION                                                                                   \
    "must be a duration with its unit, such as \"75ms\" (ns, us, ms, s, min, h, d); got "

static void a_refused_duration_says_what_was_meant(void **state)
{
    assert_duration_refused("75", DURATION "\"75\"");
    assert_duration_refused("", DURATION "\"\"");
    assert_duration_refused("ms", DURATION "\"ms\"");
    assert_duration_refused("inf", DURATION "\"inf\"");
    assert_duration_refused("1.s", DURATION "\"1.s\"");
    assert_duration_refused("+5s", DURATION "\"+5s\"");
    assert_duration_refused("0x10s", DURATION "\"0x10s\"");
    assert_duration_refused("75ms ", DURATION "\"75ms \"");
    assert_duration_refused(
        "75m", "no unit \"m\" of a duration in \"75m\"; did you mean \"75ms\" or \"75min\"?");
    assert_duration_refused("75 ms",
                            "no space in a duration, got \"75 ms\"; did you mean \"75ms\"?");
    assert_duration_refused("75 msec",
                            "no space in a duration, got \"75 msec\"; did you mean \"75ms\"?");
    assert_duration_refused("7\u00b5s",
                            "no such unit of a duration, got \"7\u00b5s\"; did you mean \"7us\"?");
    assert_duration_refused("1H", "no such unit of a duration, got \"1H\"; did you mean \"1h\"?");
}

static void a_duration_out_of_range_is_refused(void **state)
{
    assert_duration_refused("-5ms", "must not be negative; got \"-5ms\"");
    assert_duration_refused("-0s", "must not be negative; got \"-0s\"");
    assert_duration_refused("0.999ns", "must be 0s or at least 1ns, the resolution of the clock; "
                                       "got \"0.999ns\"");
    assert_duration_refused("1e-400s", "must be 0s or at least 1ns, the resolution of the clock; "
                                       "got \"1e-400s\"");
    assert_duration_refused("4611686018427387905ns",
                            "must be at most 146 years (2^62 ns); got \"4611686018427387905ns\"");
    assert_duration_refused("1e400s", "must be at most 146 years (2^62 ns); got \"1e400s\"");
    assert_duration_refused("1e99999999999999999999s",
                            "must be at most 146 years (2^62 ns); got \"1e99999999999999999999s\"");
}

static void rates_are_per_second(void **state)
{
    static const struct {
        const char *text;
        double per_s;
    } cases[] = {{"500/s", 500},   {"30/min", 0.5}, {"7/ms", 7000},      {"1800/h", 0.5},
                 {"43200/d", 0.5}, {"0.1/s", 0.1},  {"2.385e3/s", 2385}, {"1000000000/s", 1e9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        double per_s = -1;
        assert_true(quantity_parse_rate(cases[i].text, &per_s, &err));
        assert_within(per_s, cases[i].per_s, 1e-15 * cases[i].per_s);
    }
}

static void rates_are_above_zero_and_fit_the_clock(void **state)
{
    static const char *const refused[] = {"0/s",        "-3/s",   "1e-999/s", "1e-300/s", "1e300/s",
                                          "1000001/ms", "500",    "500ms",    "/s",       "500/sec",
                                          "500 /s",     "500/ s", "nan/s",    "500//s",   "2e6/ms"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error err = {0};
        double per_s = -1;
        if (quantity_parse_rate(refused[i], &per_s, &err))
            fail_msg("%s was accepted", refused[i]);
        assert_true(per_s == -1);
    }
}

static void sizes_count_by_1000_or_by_1024(void **state)
{
    static const struct {
        const char *text;
        double bytes;
    } cases[] = {{"50MB", 50e6},
                 {"0.2MB", 200000},
                 {"3KB", 3000},
                 {"2GB", 2e9},
                 {"1TB", 1e12},
                 {"64KiB", 65536},
                 {"8MiB", 8388608},
                 {"1GiB", 1073741824},
                 {"17B", 17},
                 {"0B", 0},
                 {"2TiB", 2199023255552.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        double bytes = -1;
        assert_true(quantity_parse_size(cases[i].text, &bytes, &err));
        assert_true(bytes == cases[i].bytes);
    }
}

static void shares_are_percentages(void **state)
{
    struct error err = {0};
    double share;
    assert_true(quantity_parse_share("70%", &share, &err) && share == 0.7);
    assert_true(quantity_parse_share("0.1%", &share, &err) && share == 0.001);
    assert_true(quantity_parse_share("0%", &share, &err) && share == 0);
    assert_true(quantity_parse_share("100%", &share, &err) && share == 1);
    assert_false(quantity_parse_share("100.1%", &share, &err));
    assert_string_equal(err.message, "must be from 0% to 100%; got \"100.1%\"");
}

static void limits_know_their_unit(void **state)
{
    static const struct {
        const char *text, *unit;
        double value;
    } cases[] = {{"10ms", "s", 0.01}, {"500/s", "1/s", 500}, {"70%", "1", 0.7},
                 {"150%", "1", 1.5},  {"50MB", "B", 50e6},   {"12.5", "", 12.5},
                 {"0", "", 0},        {"0s", "s", 0},        {"30/min", "1/s", 0.5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        double value = -1;
        const char *unit = NULL;
        assert_true(quantity_parse_limit(cases[i].text, &value, &unit, &err));
        assert_string_equal(unit, cases[i].unit);
        assert_true(value == cases[i].value);
    }
}

static void numbers_are_bare_and_finite(void **state)
{
    static const char *const refused[] = {"",   "1.5abc", "0x1p4", "inf", "nan", "1,5",
                                          "1e", "1e400",  " 1",    "1 ",  "--1", "."};
    double value;
    assert_true(quantity_parse_number("-1.5e3", &value) && value == -1500);
    assert_true(quantity_parse_number("007", &value) && value == 7);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (quantity_parse_number(refused[i], &value))
            fail_msg("\"%s\" was accepted", refused[i]);
}

/* Of all lengths, with points and exponents; strtod rounds correctly. */
static void numbers_are_what_strtod_makes_of_them(void **state)
{
    struct stream stream = stream_at((struct stream_key){2385, 1}, 7, 0, 0);
    for (uint32_t i = 0; i < 100000; i++) {
        char text[64];
        double value;
        if (i % 64 == 0)
            stream = stream_at((struct stream_key){2385, 1}, 7, i, 0);
        uint64_t bits = stream_next_bits(&stream), digits = bits >> bits % 60;
        int size = snprintf(text, sizeof text, "%llu", (unsigned long long)digits);
        if (bits >> 8 & 1)
            size += snprintf(text + size, sizeof text - (size_t)size, ".%llu",
                             (unsigned long long)(stream_next_bits(&stream) >> (bits >> 9) % 60));
        if ((bits >> 16 & 3) == 0)
            snprintf(text + size, sizeof text - (size_t)size, "e%d", (int)(bits >> 18 & 63) - 32);
        assert_true(quantity_parse_number(text, &value));
        if (value != strtod(text, NULL))
            fail_msg("%s: %.17g is not %.17g", text, value, strtod(text, NULL));
    }
}

static void a_long_number_is_refused_or_exact(void **state)
{
    char text[1000] = "1", message_digits[600];
    struct error err = {0};
    double value;
    memset(message_digits, '0', 450);
    message_digits[450] = '\0';
    snprintf(text, sizeof text, "1%s", message_digits);
    assert_false(quantity_parse_number(text, &value));
    snprintf(text, sizeof text, "0.%sms", message_digits);
    assert_false(quantity_parse_duration(text, NULL, &value, &err));
}

static void units_of_one_kind_are_whole_numbers_of_each_other(void **state)
{
    static const struct {
        const char *small, *large;
        int64_t ratio; /* 0: none */
    } cases[] = {
        {"ms", "s", 1000},  {"s", "ms", 0},          {"min", "d", 1440},      {"/min", "/s", 60},
        {"/s", "/min", 0},  {"/d", "/ms", 86400000}, {"KiB", "GiB", 1048576}, {"KB", "MiB", 0},
        {"B", "KiB", 1024}, {"%", "%", 1},           {"s", "/s", 0},          {"", "", 0},
        {"x", "x", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ratio;
        bool is_whole = quantity_find_ratio(cases[i].small, cases[i].large, &ratio);
        assert_int_equal(is_whole ? ratio : 0, cases[i].ratio);
    }
}

static void durations_are_shown_in_the_unit_that_suits_them(void **state)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "0s"},           {0.01875, "18.75ms"}, {2.385, "2.385s"}, {3600, "1h"},
                 {90, "1.5min"},      {2.5e-6, "2.5us"},    {3e-9, "3ns"},     {1.5e-9, "1.5ns"},
                 {0.0749999, "75ms"}, {180000, "50h"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[QUANTITY_TEXT];
        quantity_format_duration(cases[i].seconds, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_take_seven_units),
        cmocka_unit_test(durations_are_exact_to_the_nanosecond),
        cmocka_unit_test(durations_round_to_nearest),
        cmocka_unit_test(seconds_are_the_nearest_double),
        cmocka_unit_test(zero_is_a_duration),
        cmocka_unit_test(a_refused_duration_says_what_was_meant),
        cmocka_unit_test(a_duration_out_of_range_is_refused),
        cmocka_unit_test(rates_are_per_second),
        cmocka_unit_test(rates_are_above_zero_and_fit_the_clock),
        cmocka_unit_test(sizes_count_by_1000_or_by_1024),
        cmocka_unit_test(shares_are_percentages),
        cmocka_unit_test(limits_know_their_unit),
        cmocka_unit_test(numbers_are_bare_and_finite),
        cmocka_unit_test(numbers_are_what_strtod_makes_of_them),
        cmocka_unit_test(a_long_number_is_refused_or_exact),
        cmocka_unit_test(units_of_one_kind_are_whole_numbers_of_each_other),
        cmocka_unit_test(durations_are_shown_in_the_unit_that_suits_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
