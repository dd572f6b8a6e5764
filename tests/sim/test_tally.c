/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/arena.h"
#include "sim/random/stream.h"
#include "sim/stats/tally.h"
#include "tests/support/support.h"
#include <math.h>

enum { VALUES = 30011 };

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

static struct tally new_tally(struct arena *arena)
{
    return tally_make(arena);
}

/* Mean and spread in two passes over the distances from the first value, which long double holds
 * exactly. */
static void assert_tally_is_of(const struct tally *tally, const int64_t *values, int count)
{
    long double sum = 0, squares = 0;
    int64_t largest = 0;
    for (int i = 0; i < count; i++) {
        sum += (long double)(values[i] - values[0]);
        largest = values[i] > largest ? values[i] : largest;
    }
    long double mean = sum / count;
    for (int i = 0; i < count; i++) {
        long double distance = (long double)(values[i] - values[0]) - mean;
        squares += distance * distance;
    }
    double sd = (double)sqrtl(squares / (count - 1)), expected = (double)(mean + values[0]);
    assert_int_equal(tally->count, count);
    assert_int_equal(tally->largest, largest);
    assert_within(tally_mean(tally), expected, 1e-15 * expected);
    assert_within(tally_sd(tally), sd, 1e-12 * sd);
}

/* The last has a spread of a millisecond on a wait of 100 years: a sum of squares in double
 * precision would not have a digit right. */
static void mean_and_sd_are_those_of_two_passes(void **state)
{
    static const struct {
        double base, spread;
    } cases[] = {{0, 2.385e6}, {4.75e9, 313}, {0, 9e16}, {3.1536e18, 1e6}};
    int64_t *values = arena_array(*state, VALUES, sizeof *values);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct stream stream = stream_at((struct stream_key){11, 0}, (uint32_t)c, 0, 0);
        struct tally tally = new_tally(*state);
        for (int i = 0; i < VALUES; i++) {
            values[i] =
                (int64_t)cases[c].base + (int64_t)(cases[c].spread * stream_next_uniform(&stream));
            tally_add(&tally, values[i]);
        }
        assert_tally_is_of(&tally, values, VALUES);
    }
}

static void equal_values_have_no_spread(void **state)
{
    struct tally tally = new_tally(*state);
    for (int i = 0; i < 1000003; i++)
        tally_add(&tally, 4750000001);
    assert_true(tally_mean(&tally) == 4750000001.0);
    assert_true(tally_sd(&tally) == 0);
}

static void zeros_count_as_any_other_value(void **state)
{
    struct tally quick = new_tally(*state), slow = new_tally(*state);
    for (int i = 0; i < 1000; i++) {
        if (i % 3 == 0) {
            tally_add_zero(&quick);
            tally_add(&slow, 0);
        } else {
            tally_add(&quick, 1013 * i);
            tally_add(&slow, 1013 * i);
        }
    }
    assert_int_equal(quick.count, slow.count);
    assert_true(tally_mean(&quick) == tally_mean(&slow));
    assert_true(tally_sd(&quick) == tally_sd(&slow));
    assert_memory_equal(quick.buckets, slow.buckets, HISTOGRAM_BUCKETS * sizeof(uint32_t));
}

static void the_buckets_are_a_histogram_of_the_values(void **state)
{
    struct tally tally = new_tally(*state);
    for (int i = 1; i <= 1000; i++)
        tally_add(&tally, INT64_C(1000003) * i);
    assert_within(histogram_quantile(tally.buckets, tally.count, 0.95), 950.00285e6, 1.9e6);
}

static void too_few_values_give_nan(void **state)
{
    struct tally tally = new_tally(*state);
    assert_true(isnan(tally_mean(&tally)));
    tally_add(&tally, 613);
    assert_true(tally_mean(&tally) == 613);
    assert_true(isnan(tally_sd(&tally)));
    tally_add(&tally, 617);
    assert_within(tally_sd(&tally), sqrt(8), 1e-15);
}

static void a_reset_tally_is_a_new_one(void **state)
{
    struct tally tally = new_tally(*state), fresh = new_tally(*state);
    for (int i = 0; i < 100; i++)
        tally_add(&tally, INT64_C(1) << (i % 60));
    tally_reset(&tally);
    assert_int_equal(tally.count, 0);
    assert_int_equal(tally.largest, 0);
    assert_true(tally.sum == 0 && tally.sum_squares == 0);
    assert_memory_equal(tally.buckets, fresh.buckets, HISTOGRAM_BUCKETS * sizeof(uint32_t));
}

static const int64_t limits[] = {75000000, 74999999, 0};

static struct tally limited_tally(struct arena *arena)
{
    struct tally tally = new_tally(arena);
    tally_set_limits(&tally, limits, arena_array(arena, 3, sizeof(uint32_t)), 3);
    return tally;
}

/* 75 ms, 75 ms and a nanosecond, and nothing: one bucket holds the first two. */
static void limits_are_counted_to_the_nanosecond(void **state)
{
    struct tally tally = limited_tally(*state);
    tally_add(&tally, 75000000);
    tally_add(&tally, 75000001);
    tally_add_zero(&tally);
    assert_int_equal(tally_beyond(&tally, 75000000), 1);
    assert_int_equal(tally_beyond(&tally, 74999999), 2);
    assert_int_equal(tally_beyond(&tally, 0), 2);
    assert_int_equal(tally_beyond(&tally, -1), 3);
    tally_reset(&tally);
    assert_int_equal(tally_beyond(&tally, 0), 0);
    tally_add(&tally, 80000000);
    assert_int_equal(tally_beyond(&tally, 75000000), 1);
}

static void counts_beyond_add_up(void **state)
{
    struct tally sum = limited_tally(*state), part = limited_tally(*state);
    static const int64_t fewer[] = {0, 75000000};
    tally_set_limits(&sum, fewer, sum.beyond, 2);
    tally_add(&part, 1);
    tally_add(&part, 90000000);
    tally_add_beyond(&sum, &part);
    tally_add_beyond(&sum, &part);
    assert_int_equal(tally_beyond(&sum, 0), 4);
    assert_int_equal(tally_beyond(&sum, 75000000), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_counted_to_the_nanosecond),
        cmocka_unit_test(counts_beyond_add_up),
        cmocka_unit_test(mean_and_sd_are_those_of_two_passes),
        cmocka_unit_test(equal_values_have_no_spread),
        cmocka_unit_test(zeros_count_as_any_other_value),
        cmocka_unit_test(the_buckets_are_a_histogram_of_the_values),
        cmocka_unit_test(too_few_values_give_nan),
        cmocka_unit_test(a_reset_tally_is_a_new_one),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
