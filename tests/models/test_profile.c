/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/profile.h"
#include "tests/support/support.h"

#include <math.h>

static const int64_t SECOND = 1000000000;

/* 1 falling to 0 over 10 s, 0 for 5 s, a jump to 3 that stays or returns. */
static const struct profile_point points[] = {
    {0, 1}, {10000000000, 0}, {15000000000, 0}, {15000000000, 3}, {20000000000, 2.385}};

static struct profile_spec profile(int64_t period_ns)
{
    return (struct profile_spec){points, sizeof points / sizeof *points, period_ns};
}

static void the_area_is_the_integral(void **state)
{
    struct profile_spec held = profile(SPEC_NEVER), again = profile(25 * SECOND);
    assert_within(profile_area(&held, 10e9), 5e9, 1);
    assert_within(profile_area(&held, 5e9), 3.75e9, 1);
    assert_within(profile_area(&held, 15e9), 5e9, 1);
    assert_within(profile_area(&held, 20e9), 5e9 + 5e9 * 2.6925, 1);
    assert_within(profile_area(&held, 30e9), 5e9 + 5e9 * 2.6925 + 23.85e9, 1);
    double round = 5e9 + 5e9 * 2.6925 + 5e9 * 0.5 * (2.385 + 1);
    assert_within(profile_area(&again, 25e9), round, 1);
    assert_within(profile_area(&again, 55e9), 2 * round + 3.75e9, 1);
    assert_within(profile_mean(&again), round / 25e9, 1e-12);
    assert_within(profile_mean(&held), 2.385, 1e-12);
}

/* Whatever the gaps, after a sum u of them the time t has A(t) = u, to the nanosecond. */
static void advancing_inverts_the_area(void **state)
{
    static const int64_t gaps[] = {1, 0, 123456789, 2385, 999999999999, 4000000000, 1, 77777};
    for (int is_periodic = 0; is_periodic < 2; is_periodic++) {
        struct profile_spec spec = profile(is_periodic ? 25 * SECOND : SPEC_NEVER);
        struct profile_cursor cursor = profile_start(&spec, 0);
        int64_t own = 0, time = 0;
        for (int i = 0; i < 400; i++) {
            int64_t gap = gaps[i % 8] / (i % 3 + 1);
            own += gap;
            time += profile_advance(&cursor, gap);
            assert_within(profile_area(&spec, (double)time), (double)own, 3 + 1e-12 * (double)own);
        }
    }
}

/* The same begun `lead` before the profile's time 0: the area from there, where the factor before
 * it is that of the end of the period, or the first one. */
static void a_lead_comes_before_time_0(void **state)
{
    static const int64_t leads[] = {1, 3 * SECOND, 25 * SECOND, 61 * SECOND + 7};
    for (int i = 0; i < 8; i++) {
        struct profile_spec spec = profile(i % 2 ? 25 * SECOND : SPEC_NEVER);
        int64_t lead = leads[i / 2], own = 0, time = 0;
        double ahead = (double)(3 * 25 * SECOND - lead); /* a time >= 0 that looks the same */
        struct profile_cursor cursor = profile_start(&spec, lead);
        for (int n = 1; n < 300; n++) {
            int64_t gap = n * INT64_C(7654321) % (SECOND / 2);
            own += gap;
            time += profile_advance(&cursor, gap);
            double area =
                i % 2 ? profile_area(&spec, ahead + (double)time) - profile_area(&spec, ahead)
                : time < lead ? spec.points[0].factor * (double)time
                              : spec.points[0].factor * (double)lead +
                                    profile_area(&spec, (double)(time - lead));
            assert_within(area, (double)own, 3 + 1e-12 * (double)own);
        }
    }
}

static void where_the_factor_stays_0_nothing_comes(void **state)
{
    static const struct profile_point ending[] = {{0, 2}, {1000000000, 0}};
    struct profile_spec spec = {ending, 2, SPEC_NEVER};
    struct profile_cursor cursor = profile_start(&spec, 0);
    assert_int_equal(profile_advance(&cursor, 750000000), 500000000);
    assert_true(profile_advance(&cursor, 250000001) == PROFILE_NEVER);
    assert_true(profile_advance(&cursor, 1) == PROFILE_NEVER);
}

static void many_rounds_pass_at_once(void **state)
{
    static const struct profile_point rare[] = {{0, 1}, {1000, 0}};
    struct profile_spec spec = {rare, 2, 1000};
    struct profile_cursor cursor = profile_start(&spec, 0);
    /* 500 ns of its own clock in each round of 1000. */
    assert_int_equal(profile_advance(&cursor, 500 * INT64_C(1000000000000)),
                     1000 * INT64_C(1000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_area_is_the_integral),
        cmocka_unit_test(advancing_inverts_the_area),
        cmocka_unit_test(a_lead_comes_before_time_0),
        cmocka_unit_test(where_the_factor_stays_0_nothing_comes),
        cmocka_unit_test(many_rounds_pass_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
