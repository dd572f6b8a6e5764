/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/file_difference.h"
#include "tests/support/support.h"
#include <string.h>

static struct arena *arena;
static struct file_differences found;
static const struct file_blank blank = {"?", "?"};

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

static void the_same_bytes_do_not_differ(void **state)
{
    file_difference_json("{\"a\": [1, 2.5]}", "{\"a\": [1, 2.5]}", arena, &found);
    assert_int_equal(found.count, 0);
    assert_false(found.has_same_values);
    file_difference_text("a\nb\n", "a\nb\n", NULL, arena, &found);
    assert_int_equal(found.count, 0);
}

static void each_value_that_differs_is_named(void **state)
{
    file_difference_json("{\"a\": [1, {\"b/c\": 2}], \"gone\": true, \"t\": \"x\"}",
                         "{\"a\": [1, {\"b/c\": 2.0}, null], \"t\": \"y\", \"new\": {}}", arena,
                         &found);
    assert_int_equal(found.count, 5);
    assert_string_equal(found.list[0].where, "/a/1/b~1c");
    assert_string_equal(found.list[0].kept, "2");
    assert_string_equal(found.list[0].now, "2.0");
    assert_string_equal(found.list[1].where, "/a/2");
    assert_null(found.list[1].kept);
    assert_string_equal(found.list[2].where, "/t");
    assert_string_equal(found.list[3].where, "/new");
    assert_string_equal(found.list[4].where, "/gone");
    assert_null(found.list[4].now);
}

static void the_last_digit_counts(void **state)
{
    file_difference_json("[0.1875625]", "[0.1875626]", arena, &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.list[0].kept, "0.1875625");
}

static void other_blanks_between_the_same_values_are_noticed(void **state)
{
    file_difference_json("{\"a\":1}", "{ \"a\": 1 }\n", arena, &found);
    assert_int_equal(found.count, 0);
    assert_true(found.has_same_values);
}

static void broken_json_is_compared_as_text(void **state)
{
    file_difference_json("{\"a\": 1\n", "{\"a\": 1 }\n", arena, &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.list[0].where, "line 1");
}

static void lines_are_compared_in_their_order(void **state)
{
    file_difference_text("one\ntwo\n", "one\n2\nthree\n", NULL, arena, &found);
    assert_int_equal(found.count, 2);
    assert_string_equal(found.list[0].where, "line 2");
    assert_string_equal(found.list[0].kept, "two");
    assert_string_equal(found.list[0].now, "2");
    assert_null(found.list[1].kept);
    file_difference_text("one", "one\n\n", NULL, arena, &found);
    assert_int_equal(found.count, 1);
}

/* ? is the blank. */
static void what_is_filled_in_is_no_difference(void **state)
{
    file_difference_text("| p95 | 366 ms | 371 ms | passed |\n- by: Ann\n- on: ?\n",
                         "| p95 | 366 ms | ? | ? |\n- by: ?\n- on: ?\n", &blank, arena, &found);
    assert_int_equal(found.count, 0);
    assert_int_equal(found.blanks, 4);
    assert_int_equal(found.filled, 3);
}

static void a_figure_beside_a_blank_may_not_be_edited(void **state)
{
    file_difference_text("| p95 | 306 ms | 371 ms | passed |\n", "| p95 | 366 ms | ? | ? |\n",
                         &blank, arena, &found);
    assert_int_equal(found.count, 1);
    file_difference_text("| p95 | 366 ms | 371 ms | passed | and more\n",
                         "| p95 | 366 ms | ? | ? |\n", &blank, arena, &found);
    assert_int_equal(found.count, 1);
}

static void a_section_may_be_written_at_length(void **state)
{
    file_difference_text("# Incidents\n\nNone.\n\nReally none.\n\n# Next\nx\n",
                         "# Incidents\n\n?\n\n# Next\ny\n", &blank, arena, &found);
    assert_int_equal(found.filled, 1);
    assert_int_equal(found.count, 1); /* x, y */
    assert_string_equal(found.list[0].kept, "x");
}

static void a_missing_line_feed_at_the_end_is_a_difference(void **state)
{
    file_difference_text("a\nb", "a\nb\n", NULL, arena, &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.list[0].where, "line 2");
    assert_string_equal(found.list[0].kept, "no line feed at its end");
    file_difference_text("a\n?", "a\n?\n", &blank, arena, &found);
    assert_int_equal(found.count, 1);
}

static void there_may_be_more_differences_than_are_listed(void **state)
{
    char kept[1000] = "", now[1000] = "";
    for (int i = 0; i < 150; i++) {
        strcat(kept, "a\n");
        strcat(now, "b\n");
    }
    file_difference_text(kept, now, NULL, arena, &found);
    assert_int_equal(found.count, 150);
    assert_string_equal(found.list[MAX_FILE_DIFFERENCES - 1].where, "line 100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_do_not_differ),
        cmocka_unit_test(each_value_that_differs_is_named),
        cmocka_unit_test(the_last_digit_counts),
        cmocka_unit_test(other_blanks_between_the_same_values_are_noticed),
        cmocka_unit_test(broken_json_is_compared_as_text),
        cmocka_unit_test(lines_are_compared_in_their_order),
        cmocka_unit_test(what_is_filled_in_is_no_difference),
        cmocka_unit_test(a_figure_beside_a_blank_may_not_be_edited),
        cmocka_unit_test(a_section_may_be_written_at_length),
        cmocka_unit_test(a_missing_line_feed_at_the_end_is_a_difference),
        cmocka_unit_test(there_may_be_more_differences_than_are_listed),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
