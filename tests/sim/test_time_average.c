/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include "sim/stats/time_average.h"
#include "tests/support/support.h"

/* The obvious way: level times the time it lasted, added up at every change. */
struct twin {
    wide_int integral;
    int64_t level, largest, changed_at;
};

static void twin_change(struct twin *twin, int64_t change, int64_t now)
{
    twin->integral += (wide_int)twin->level * (now - twin->changed_at);
    twin->changed_at = now;
    twin->level += change;
    twin->largest = twin->level > twin->largest ? twin->level : twin->largest;
}

static void change_both(struct time_average *average, struct twin *twin, uint64_t bits, int64_t now)
{
    int64_t change = bits % 3 == 0 ? 1 : bits % 3 == 1 ? -1 : (int64_t)(bits >> 8 & 127) - 61;
    if (twin->level + change < 0)
        change = 1;
    if (change == 1)
        time_average_increase(average, now);
    else if (change == -1)
        time_average_decrease(average, now);
    else
        time_average_change(average, change, now);
    twin_change(twin, change, now);
}

static void the_integral_is_that_of_the_slow_twin(void **state)
{
    struct stream stream = stream_at((struct stream_key){31, 0}, 1, 0, 0);
    struct time_average average = {0};
    struct twin twin = {0};
    int64_t now = 0;
    for (int i = 0; i < 100000; i++) {
        /* Every tenth change happens at the instant of the one before. */
        if (i % 10 != 0)
            now += (int64_t)(stream_next_bits(&stream) >> 24);
        change_both(&average, &twin, stream_next_bits(&stream), now);
        twin_change(&twin, 0, now + 17);
        assert_true(time_average_integral(&average, now + 17) == twin.integral);
        assert_int_equal(average.level, twin.level);
        assert_int_equal(average.largest, twin.largest);
        now += 17;
        if (i % 1000 == 999) {
            time_average_restart(&average, now);
            twin.integral = 0;
            twin.largest = twin.level;
        }
    }
}

static void a_restart_forgets_the_past_but_not_the_level(void **state)
{
    struct time_average average = {0};
    for (int64_t i = 0; i < 5; i++)
        time_average_increase(&average, 1013 * i);
    time_average_decrease(&average, 7001);
    time_average_restart(&average, 8009);
    assert_true(time_average_integral(&average, 8009) == 0);
    assert_int_equal(average.largest, 4);
    assert_true(time_average_integral(&average, 9010) == 4 * 1001);
}

/* 10^6 x 3.1536e16 ns is beyond 64 bits. */
static void a_million_waiting_for_a_year_do_not_overflow(void **state)
{
    const int64_t year_ns = INT64_C(365) * 24 * 3600 * 1000000000;
    struct time_average average = {0};
    for (int i = 0; i < 1000000; i++)
        time_average_increase(&average, year_ns);
    assert_true(time_average_integral(&average, 2 * year_ns) == (wide_int)1000000 * year_ns);
}

/* Three parts rise to 4 one after the other, and stay at 1. */
static void the_largest_of_a_total_is_not_the_sum_of_the_largest(void **state)
{
    struct time_average_total total = {0};
    struct time_average parts[3] = {{.total = &total}, {.total = &total}, {.total = &total}};
    for (int p = 0; p < 3; p++) {
        time_average_change(&parts[p], 3, 10 * p);
        time_average_increase(&parts[p], 10 * p + 1);
        time_average_decrease(&parts[p], 10 * p + 2);
        time_average_change(&parts[p], -2, 10 * p + 3);
        assert_int_equal(parts[p].largest, 4);
    }
    assert_int_equal(total.level, 3);
    assert_int_equal(total.largest, 6); /* 1 + 1 + 4 */
    time_average_begin(&parts[0], 7);
    assert_int_equal(total.level, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_integral_is_that_of_the_slow_twin),
        cmocka_unit_test(a_restart_forgets_the_past_but_not_the_level),
        cmocka_unit_test(the_largest_of_a_total_is_not_the_sum_of_the_largest),
        cmocka_unit_test(a_million_waiting_for_a_year_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
