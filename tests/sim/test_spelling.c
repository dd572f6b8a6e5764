/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/spelling.h"
#include "tests/support/support.h"
#include <string.h>

static const char *const keys[] = {
    "acquire_timeout", "connect_timeout", "idle_timeout", NULL, "max", "min", "wait"};
enum { KEYS = sizeof keys / sizeof keys[0] };

static void each_kind_of_slip_is_one_edit(void **state)
{
    assert_int_equal(spelling_distance("threads", "threads"), 0);
    assert_int_equal(spelling_distance("thread", "threads"), 1);
    assert_int_equal(spelling_distance("threeads", "threads"), 1);
    assert_int_equal(spelling_distance("threats", "threads"), 1);
    assert_int_equal(spelling_distance("thraeds", "threads"), 1);
    assert_int_equal(spelling_distance("", "max"), 3);
    assert_int_equal(spelling_distance("kitten", "sitting"), 3);
}

/* In a Turkish locale tolower('I') is not 'i'; the distance must not ask the locale. */
static void case_is_ignored(void **state)
{
    assert_int_equal(spelling_distance("MIN", "min"), 0);
}

static void the_nearest_name_is_found(void **state)
{
    assert_string_equal(spelling_nearest("aquire_timeout", keys, KEYS), "acquire_timeout");
    assert_string_equal(spelling_nearest("idle_timout", keys, KEYS), "idle_timeout");
    assert_string_equal(spelling_nearest("mni", keys, KEYS), "min");
}

static void the_first_of_equally_near_names_is_taken(void **state)
{
    assert_string_equal(spelling_nearest("mx", keys, KEYS), "max");
}

static void a_far_name_is_not_guessed(void **state)
{
    assert_null(spelling_nearest("retry", keys, KEYS));
    assert_null(spelling_nearest("", keys, KEYS));
    assert_null(spelling_nearest("max", keys, 0));
}

static void a_long_name_is_like_nothing(void **state)
{
    char name[MAX_SPELLING + 2];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const char *names[] = {name};
    assert_null(spelling_nearest(name, names, 1));
    name[MAX_SPELLING] = '\0';
    assert_ptr_equal(spelling_nearest(name, names, 1), name);
}

static void the_nearest_names_come_first_however_unlike(void **state)
{
    static const char *const names[] = {"max", "idle_timeout", "sweep", "acquire_timeout"};
    const char *nearest[3];
    assert_int_equal(spelling_rank("timout_ms", names, 4, nearest, 2), 2);
    assert_string_equal(nearest[0], "idle_timeout");
    assert_string_equal(nearest[1], "acquire_timeout");
    assert_int_equal(spelling_rank("", names, 4, nearest, 3), 3);
    assert_string_equal(nearest[0], "max");
    assert_string_equal(nearest[2], "sweep");
    assert_int_equal(spelling_rank("max", names, 1, nearest, 3), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_slip_is_one_edit),
        cmocka_unit_test(case_is_ignored),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(the_first_of_equally_near_names_is_taken),
        cmocka_unit_test(a_far_name_is_not_guessed),
        cmocka_unit_test(a_long_name_is_like_nothing),
        cmocka_unit_test(the_nearest_names_come_first_however_unlike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
