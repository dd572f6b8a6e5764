/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include "sim/stats/warmup.h"
#include "tests/support/support.h"
#include <math.h>

enum { LENGTH = 1000 };

/* The rule as its papers write it, with a fresh mean for every d. */
static size_t twin_mser5(const double *series, size_t count, double *smallest)
{
    double batch[LENGTH / 5];
    size_t batches = count / 5, best = 0;
    for (size_t i = 0; i < batches; i++)
        batch[i] = (series[5 * i] + series[5 * i + 1] + series[5 * i + 2] + series[5 * i + 3] +
                    series[5 * i + 4]) /
                   5;
    *smallest = INFINITY;
    for (size_t d = 0; d <= batches / 2; d++) {
        double mean = 0, squares = 0, kept = (double)(batches - d);
        for (size_t i = d; i < batches; i++)
            mean += batch[i] / kept;
        for (size_t i = d; i < batches; i++)
            squares += (batch[i] - mean) * (batch[i] - mean);
        if (squares / (kept * kept) < *smallest) {
            *smallest = squares / (kept * kept);
            best = d;
        }
    }
    return 5 * best;
}

static void a_ramp_is_cut_off_exactly(void **state)
{
    double series[LENGTH], mser;
    bool has_settled;
    for (int i = 0; i < 100; i++)
        series[i] = 50 - 40.0 * i / 100;
    for (int i = 100; i < LENGTH; i++)
        series[i] = i % 2 == 0 ? 11 : 9;
    size_t truncation = warmup_mser5(series, LENGTH, &has_settled, &mser);
    assert_true(has_settled);
    assert_within((double)truncation, exact_value("mser5", "truncation_point"), 0);
    assert_within(mser, exact_value("mser5", "mser_value"), 1e-12);
}

static void random_series_are_cut_where_the_slow_twin_cuts(void **state)
{
    for (uint32_t seed = 0; seed < 200; seed++) {
        struct stream stream = stream_at((struct stream_key){seed, 0}, 1, 0, 0);
        size_t count = 20 + (size_t)(980 * stream_next_uniform(&stream));
        double series[LENGTH], scale = 300 * stream_next_uniform(&stream), level = 0, mser, twin;
        for (size_t i = 0; i < count; i++) {
            level = 0.7 * level + stream_next_uniform(&stream);
            series[i] = 1e4 + level + 5 * exp(-(double)i / scale);
        }
        bool has_settled;
        size_t expected = twin_mser5(series, count, &twin);
        assert_int_equal(warmup_mser5(series, count, &has_settled, &mser), expected);
        assert_within(mser, twin, 1e-9 * twin);
        assert_int_equal(has_settled, expected < count / 5 / 2 * 5);
    }
}

static void a_constant_series_needs_no_warmup(void **state)
{
    double series[LENGTH];
    bool has_settled;
    for (int i = 0; i < LENGTH; i++)
        series[i] = 0.1;
    assert_int_equal(warmup_mser5(series, LENGTH, &has_settled, NULL), 0);
    assert_true(has_settled);
}

static void a_growing_series_never_settles(void **state)
{
    double series[LENGTH];
    bool has_settled = true;
    for (int i = 0; i < LENGTH; i++)
        series[i] = 2.385 * i;
    assert_int_equal(warmup_mser5(series, LENGTH, &has_settled, NULL), LENGTH / 2);
    assert_false(has_settled);
}

static void a_short_series_never_settles(void **state)
{
    double series[20] = {0};
    for (size_t count = 0; count < 20; count++) {
        bool has_settled = true;
        assert_true(warmup_mser5(series, count, &has_settled, NULL) <= count / 2);
        assert_false(has_settled);
    }
    bool has_settled = false;
    assert_int_equal(warmup_mser5(series, 20, &has_settled, NULL), 0);
    assert_true(has_settled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ramp_is_cut_off_exactly),
        cmocka_unit_test(random_series_are_cut_where_the_slow_twin_cuts),
        cmocka_unit_test(a_constant_series_needs_no_warmup),
        cmocka_unit_test(a_growing_series_never_settles),
        cmocka_unit_test(a_short_series_never_settles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
