/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/sparkline.h"
#include "tests/support/support.h"
#include <math.h>

static void heights_are_eighths_of_the_top(void **state)
{
    static const double values[] = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, NAN, -1.0, 99.0};
    struct arena *arena = arena_open();
    assert_string_equal(sparkline_make(values, 12, 8.0, arena), "▁▂▃▄▅▆▇██ ▁█");
    assert_string_equal(sparkline_make(values, 0, 8.0, arena), "");
    arena_close(arena);
}

static void many_values_share_a_block_as_their_mean(void **state)
{
    double values[10 * SPARKLINE_WIDTH];
    struct arena *arena = arena_open();
    for (size_t i = 0; i < 10 * SPARKLINE_WIDTH; i++)
        values[i] = i < 5 * SPARKLINE_WIDTH ? (double)(i % 2) : 0.0;
    assert_string_equal(sparkline_make(values, 10 * SPARKLINE_WIDTH, 1.0, arena),
                        "▅▅▅▅▅▅▅▅▅▅▁▁▁▁▁▁▁▁▁▁");
    arena_close(arena);
}

static void a_share_is_a_bar_of_eighths(void **state)
{
    static const struct {
        double share;
        const char *bar;
    } cases[] = {{0, ""},         {1 / 64.0, "▏"}, {0.5, "████"},    {43 / 64.0, "█████▍"},
                 {1, "████████"}, {-0.2, ""},      {1.3, "████████"}};
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(sparkline_bar(cases[i].share, arena), cases[i].bar);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heights_are_eighths_of_the_top),
        cmocka_unit_test(many_values_share_a_block_as_their_mean),
        cmocka_unit_test(a_share_is_a_bar_of_eighths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
