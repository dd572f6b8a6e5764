/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_vary.h"
#include "tests/support/support.h"
#include <string.h>

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

/* All values of a sweep with commas between. */
static const char *values(struct arena *arena, const char *text, bool is_log)
{
    struct vary vary;
    struct error err = {0};
    const char *list = "";
    if (!vary_read(text, is_log, arena, &vary, &err))
        fail_msg("%s: %s", text, err.message);
    for (size_t i = 0; i < vary.count; i++)
        list = arena_printf(arena, "%s%s%s", list, i > 0 ? "," : "", vary_value(&vary, i, arena));
    return list;
}

static void a_range_is_written_as_a_person_would(void **state)
{
    assert_string_equal(values(*state, "a.b=40:200:40", false), "40,80,120,160,200");
    assert_string_equal(values(*state, "a=1:4", false), "1,2,3,4");
    assert_string_equal(values(*state, "a=0.1:0.5:0.1", false), "0.1,0.2,0.3,0.4,0.5");
    assert_string_equal(values(*state, "a=500ms:2s:500ms", false), "500ms,1000ms,1500ms,2000ms");
    assert_string_equal(values(*state, "a=1s:1min:20s", false), "1s,21s,41s");
    assert_string_equal(values(*state, "a=40%:60%:10%", false), "40%,50%,60%");
    assert_string_equal(values(*state, "a=1/s:120/min:30/min", false), "60/min,90/min,120/min");
    assert_string_equal(values(*state, "a=1MB:2MB:500KB", false), "1000KB,1500KB,2000KB");
    assert_string_equal(values(*state, "a=1MiB:3MiB", false), "1MiB,2MiB,3MiB");
    assert_string_equal(values(*state, "a=-2:2:2", false), "-2,0,2");
}

static void without_a_step_there_are_eleven_values(void **state)
{
    assert_string_equal(values(*state, "a=0:100", false), "0,10,20,30,40,50,60,70,80,90,100");
    assert_string_equal(values(*state, "a=1:12", false), "1,2,3,4,5,7,8,9,10,11,12");
}

static void log_spacing_is_by_equal_factors(void **state)
{
    assert_string_equal(values(*state, "a=1:1000:10", true), "1,10,100,1000");
    assert_string_equal(values(*state, "a=1:1024", true), "1,2,4,8,16,32,64,128,256,512,1024");
    assert_string_equal(values(*state, "a=1ms:8ms:2", true), "1ms,2ms,4ms,8ms");
    assert_string_equal(values(*state, "a=1ms:2ms:1.5", true), "1ms,1.5ms");
    assert_string_equal(values(*state, "a=1:3:1.1", true), "1,2,3");
}

static void a_list_takes_anything(void **state)
{
    assert_string_equal(values(*state, "a=fifo,lifo,2,75ms", false), "fifo,lifo,2,75ms");
    assert_string_equal(values(*state, "a=7", false), "7");
    assert_string_equal(values(*state, "a=b=c,d", false), "b=c,d");
}

static void refuse(struct arena *arena, const char *text, bool is_log, const char *message)
{
    struct vary vary;
    struct error err = {0};
    assert_false(vary_read(text, is_log, arena, &vary, &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_string_equal(err.message, message);
    assert_string_equal(err.file, arena_printf(arena, "--vary %s", text));
}

static void a_mistake_is_named(void **state)
{
    static const char form[] = "must be PATH=LOW:HIGH[:STEP], such as "
                               "resources.db_pool.max=40:200:20, or PATH=VALUE,VALUE...";
    refuse(*state, "a", false, form);
    refuse(*state, "=1:2", false, form);
    refuse(*state, "a=", false, form);
    refuse(*state, "a=1:2x", false,
           "HIGH must be a number of at most 15 digits, with its unit where one is due, such as "
           "40, 75ms, 500/s, 50MB or 70%; got \"2x\"");
    refuse(*state, "a=1:2:", false,
           "STEP must be a number of at most 15 digits, with its unit where one is due, such as "
           "40, 75ms, 500/s, 50MB or 70%; got \"\"");
    refuse(*state, "a=1:2s", false, "the units do not go together: none and s");
    refuse(*state, "a=1KB:1MiB", false, "the units do not go together: KB and MiB");
    refuse(*state, "a=200:20", false, "LOW must be below HIGH");
    refuse(*state, "a=5:5", false, "LOW must be below HIGH");
    refuse(*state, "a=1:5:0", false, "STEP must be above 0");
    refuse(*state, "a=1:5:-1", false, "STEP must be above 0");
    refuse(*state, "a=1:5:5", false, "STEP is longer than from LOW to HIGH");
    refuse(*state, "a=1:20000:1", false, "has 20000 values; at most 10000 are possible");
    refuse(*state, "a=1,,2", false, "a value between two commas is empty");
    refuse(*state, "a=1,2,1", false, "has 1 twice");
    refuse(*state, "a=0:5", true, "with --log LOW must be above 0");
    refuse(*state, "a=1:5:1", true, "with --log STEP is a factor above 1, such as 1:1000:10");
    refuse(*state, "a=1:5:2ms", true, "with --log STEP is a factor above 1, such as 1:1000:10");
    refuse(*state, "a=1,2", true, "with --log it must be a range LOW:HIGH[:FACTOR]");
    refuse(*state, "a=99999999999999s:1ns", false, "the numbers are too far apart");
}

static void a_search_looks_at_every_last_digit(void **state)
{
    struct vary vary;
    struct error err = {0};
    assert_true(vary_read_range("a=1:1000000", *state, &vary, &err));
    assert_int_equal(vary.count, 1000000);
    assert_string_equal(vary_value(&vary, 999999, *state), "1000000");
    assert_true(vary_read_range("a=100ms:10s", *state, &vary, &err));
    assert_int_equal(vary.count, 9901);
    assert_string_equal(vary_value(&vary, 9900, *state), "10000ms");
    assert_true(vary_read_range("a=1:10:4", *state, &vary, &err));
    assert_int_equal(vary.count, 3);
    assert_string_equal(vary_value(&vary, 2, *state), "9");
    assert_false(vary_read_range("a=1,2", *state, &vary, &err));
    assert_string_equal(err.message, "must be a range LOW:HIGH[:STEP] of numbers or durations");
    err = (struct error){0};
    assert_false(vary_read_range("a=0.001:9999999", *state, &vary, &err));
    assert_string_equal(err.message, "has more than 10^9 values: give a longer STEP");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_range_is_written_as_a_person_would, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_step_there_are_eleven_values, setup, teardown),
        cmocka_unit_test_setup_teardown(log_spacing_is_by_equal_factors, setup, teardown),
        cmocka_unit_test_setup_teardown(a_list_takes_anything, setup, teardown),
        cmocka_unit_test_setup_teardown(a_mistake_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_search_looks_at_every_last_digit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
