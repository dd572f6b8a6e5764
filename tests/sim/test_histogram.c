/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/arena.h"
#include "sim/random/stream.h"
#include "sim/stats/histogram.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 20011 };

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

static void zero_has_a_bucket_of_its_own(void **state)
{
    assert_int_equal(histogram_bucket(0), 0);
    assert_int_equal(histogram_bucket(1), 1);
    assert_true(histogram_value(0) == 0);
}

static void assert_value_is_near(int64_t value)
{
    uint32_t bucket = histogram_bucket(value);
    assert_true(bucket < HISTOGRAM_BUCKETS);
    assert_within(histogram_value(bucket), (double)value, 0.002 * (double)value);
}

static void extreme_values_are_within_0_2_percent(void **state)
{
    static const int64_t values[] = {
        0, 1, 2, 255, 256, 257, 511, 512, 513, 1023, INT64_C(1) << 62, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_value_is_near(values[i]);
    assert_int_equal(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static void values_below_1024_are_exact(void **state)
{
    for (int64_t value = 0; value < 1024; value++)
        assert_true(histogram_value(histogram_bucket(value)) == (double)value);
}

static void random_values_of_every_size_are_within_0_2_percent(void **state)
{
    struct stream stream = stream_at((struct stream_key){2385, 0}, 1, 0, 0);
    for (int i = 0; i < 1000000; i++) {
        uint64_t bits = stream_next_bits(&stream);
        assert_value_is_near((int64_t)(bits >> (1 + i % 63)));
    }
}

/* Each bucket's middle lies in it, and in the next bucket values go on where this one ends. */
static void buckets_are_in_order_and_hold_their_middle(void **state)
{
    for (uint32_t bucket = 0; bucket + 1 < HISTOGRAM_BUCKETS; bucket++) {
        assert_int_equal(histogram_bucket((int64_t)histogram_value(bucket)), bucket);
        assert_true(histogram_value(bucket) < histogram_value(bucket + 1));
    }
    for (int power = 10; power < 63; power++)
        for (int64_t step = 512; step < 1024; step++) {
            int64_t low = step << (power - 9);
            assert_int_equal(histogram_bucket(low), histogram_bucket(low - 1) + 1);
        }
}

static double draw_uniform(struct stream *stream)
{
    return 7.3e6 * stream_next_uniform(stream);
}

static double draw_exponential(struct stream *stream)
{
    return -4.7e7 * log(stream_next_uniform(stream));
}

static double draw_mostly_zero(struct stream *stream)
{
    return fmax(0, -2.9e9 * log(stream_next_uniform(stream)) - 3.1e9);
}

static double draw_heavy_tail(struct stream *stream)
{
    return fmin(9e18, 613 * pow(stream_next_uniform(stream), -1.7));
}

static double draw_constant(struct stream *stream)
{
    stream_next_bits(stream);
    return 577123457;
}

static double draw_two_humps(struct stream *stream)
{
    double spread = stream_next_uniform(stream);
    return (stream_next_uniform(stream) < 0.93 ? 1.3e3 : 8.7e11) * (1 + spread);
}

static double draw_small_count(struct stream *stream)
{
    return floor(-40 * log(stream_next_uniform(stream)));
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void quantiles_are_those_of_the_sorted_values(void **state)
{
    static double (*const shapes[])(struct stream *) = {
        draw_uniform,  draw_exponential, draw_mostly_zero, draw_heavy_tail,
        draw_constant, draw_two_humps,   draw_small_count};
    static const int per_mille[] = {1, 10, 250, 500, 513, 750, 900, 950, 990, 999};
    int64_t *values = arena_array(*state, VALUES, sizeof *values);
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++) {
        struct stream stream = stream_at((struct stream_key){4711, 3}, (uint32_t)shape, 0, 0);
        uint32_t *counts = arena_array(*state, HISTOGRAM_BUCKETS, sizeof *counts);
        for (int i = 0; i < VALUES; i++) {
            values[i] = (int64_t)shapes[shape](&stream);
            counts[histogram_bucket(values[i])]++;
        }
        qsort(values, VALUES, sizeof *values, compare);
        for (size_t i = 0; i < sizeof per_mille / sizeof per_mille[0]; i++) {
            int rank = (VALUES * per_mille[i] + 999) / 1000;
            double exact = (double)values[rank - 1];
            assert_within(histogram_quantile(counts, VALUES, per_mille[i] / 1000.0), exact,
                          0.002 * exact);
        }
    }
}

/* A million values spread evenly over one power of two: the bucket's width is 0.1-0.2 %, the error
 * of the interpolated quantile a thousand times less. */
static void quantiles_are_interpolated_within_a_bucket(void **state)
{
    enum { EVEN = 1000000 };
    uint32_t *counts = arena_array(*state, HISTOGRAM_BUCKETS, sizeof *counts);
    for (int64_t i = 0; i < EVEN; i++)
        counts[histogram_bucket((1 << 30) + i * 1000)]++;
    for (int percent = 1; percent < 100; percent++) {
        double exact = (1 << 30) + (EVEN / 100.0 * percent - 1) * 1000;
        assert_within(histogram_quantile(counts, EVEN, percent / 100.0), exact, 2e-6 * exact);
    }
}

/* In binary 0.07 * 100 is above 7: a rank taken from the bare product would be one too high. */
static void ranks_do_not_suffer_from_binary_fractions(void **state)
{
    uint32_t *counts = arena_array(*state, HISTOGRAM_BUCKETS, sizeof *counts);
    for (int value = 1; value <= 500; value++)
        counts[value] = 1;
    for (int rank = 1; rank < 500; rank++) {
        assert_true(histogram_quantile(counts, 500, rank / 500.0) == rank);
        assert_true(histogram_quantile(counts, 500, (rank + 0.001) / 500.0) == rank + 1);
    }
    assert_true(histogram_quantile(counts, 500, 1e-9) == 1);
    assert_true(histogram_quantile(counts, 500, 1 - 1e-16) == 500);
}

static void assert_same(const struct histogram *a, const struct histogram *b)
{
    assert_int_equal(a->total, b->total);
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
        assert_int_equal(histogram_count(a, bucket), histogram_count(b, bucket));
}

static void merging_in_any_order_gives_the_histogram_of_all_values(void **state)
{
    struct stream stream = stream_at((struct stream_key){97, 0}, 1, 0, 0);
    uint32_t *part[3], *all = arena_array(*state, HISTOGRAM_BUCKETS, sizeof *all);
    for (int i = 0; i < 3; i++)
        part[i] = arena_array(*state, HISTOGRAM_BUCKETS, sizeof *part[i]);
    for (int i = 0; i < VALUES; i++) {
        uint32_t bucket = histogram_bucket((int64_t)draw_exponential(&stream));
        all[bucket]++;
        part[i % 7 % 3][bucket]++;
    }
    struct histogram forth = {0}, back = {0}, copy;
    for (int i = 0; i < 3; i++) {
        histogram_merge(&forth, part[i], *state);
        histogram_merge(&back, part[2 - i], *state);
    }
    assert_int_equal(forth.total, VALUES);
    assert_same(&forth, &back);
    histogram_copy(&copy, &forth, *state);
    assert_same(&copy, &forth);
    histogram_add(&copy, HISTOGRAM_BUCKETS - 1, 2, *state);
    assert_int_equal(histogram_count(&copy, HISTOGRAM_BUCKETS - 1), 2);
    assert_int_equal(histogram_count(&forth, HISTOGRAM_BUCKETS - 1), 0);
    assert_true(histogram_merged_quantile(&forth, 0.95) == histogram_quantile(all, VALUES, 0.95));
}

static void merged_counts_go_beyond_32_bits(void **state)
{
    uint32_t *counts = arena_array(*state, HISTOGRAM_BUCKETS, sizeof *counts);
    counts[3] = UINT32_MAX;
    counts[5] = UINT32_MAX / 2;
    struct histogram sum = {0};
    for (int i = 0; i < 5; i++)
        histogram_merge(&sum, counts, *state);
    assert_true(sum.total == UINT64_C(5) * UINT32_MAX + UINT64_C(5) * (UINT32_MAX / 2));
    assert_true(histogram_merged_quantile(&sum, 0.66) == 3);
    assert_true(histogram_merged_quantile(&sum, 0.67) == 5);
}

/* Two values, an octave apart: two octaves are there, and nothing of what was never counted. */
static void what_was_never_counted_takes_no_memory(void **state)
{
    struct arena *arena = arena_open();
    uint32_t *counts = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *counts);
    struct histogram sum = {0};
    histogram_merge(&sum, histogram_empty, arena);
    histogram_merge(&sum, counts, arena);
    for (uint32_t octave = 0; octave < HISTOGRAM_OCTAVES; octave++)
        assert_null(sum.octaves[octave]);
    counts[histogram_bucket(3000)] = counts[histogram_bucket(6000)] = 1;
    histogram_merge(&sum, counts, arena);
    size_t there = 0;
    for (uint32_t octave = 0; octave < HISTOGRAM_OCTAVES; octave++)
        there += sum.octaves[octave] != NULL;
    assert_int_equal(there, 2);
    arena_close(arena);
}

static void a_quantile_of_nothing_is_nan(void **state)
{
    uint32_t *counts = arena_array(*state, HISTOGRAM_BUCKETS, sizeof *counts);
    struct histogram sum = {0};
    assert_true(isnan(histogram_quantile(counts, 0, 0.5)));
    assert_true(isnan(histogram_merged_quantile(&sum, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_has_a_bucket_of_its_own),
        cmocka_unit_test(extreme_values_are_within_0_2_percent),
        cmocka_unit_test_setup_teardown(quantiles_are_interpolated_within_a_bucket, setup,
                                        teardown),
        cmocka_unit_test(values_below_1024_are_exact),
        cmocka_unit_test(random_values_of_every_size_are_within_0_2_percent),
        cmocka_unit_test(buckets_are_in_order_and_hold_their_middle),
        cmocka_unit_test(quantiles_are_those_of_the_sorted_values),
        cmocka_unit_test(ranks_do_not_suffer_from_binary_fractions),
        cmocka_unit_test(merging_in_any_order_gives_the_histogram_of_all_values),
        cmocka_unit_test(merged_counts_go_beyond_32_bits),
        cmocka_unit_test(what_was_never_counted_takes_no_memory),
        cmocka_unit_test(a_quantile_of_nothing_is_nan),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
