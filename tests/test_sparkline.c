#include "reports/sparkline.h"
#include "tests/support.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heights_are_eighths_of_the_top),
        cmocka_unit_test(many_values_share_a_block_as_their_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
