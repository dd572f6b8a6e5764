/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/error.h"
#include "tests/support/support.h"
#include <string.h>

static void the_first_error_is_kept(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_set(&err, STATUS_INPUT, "must be at least %d, got %d", 1, 0));
    assert_false(error_set(&err, STATUS_IO, "later"));
    assert_int_equal(err.status, STATUS_INPUT);
    assert_string_equal(err.message, "must be at least 1, got 0");
    assert_non_null(strstr(err.raised_in, "test_error.c:"));
}

static void what_is_known_is_shown(void **state)
{
    (void)state;
    char text[1200];
    struct error err = {.message = "must be at least 1, got 0"};
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "must be at least 1, got 0");
    error_set_file(&err, "orders.json");
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "orders.json: must be at least 1, got 0");
    err.line = 12;
    err.column = 27;
    strcpy(err.pointer, "/pools/0/max");
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "orders.json:12:27: /pools/0/max: must be at least 1, got 0");
}

static void control_characters_are_shown_as_question_marks(void **state)
{
    (void)state;
    struct error err = {0};
    error_set(&err, STATUS_INPUT, "unknown name \"%s\"", "a\nb\033[31m\x7f");
    assert_string_equal(err.message, "unknown name \"a?b?[31m?\"");
    error_set_file(&err, "evil\r.json");
    assert_string_equal(err.file, "evil?.json");
}

/* A terminal that does not expect UTF-8 takes the byte 9B for the start of a command. */
static void what_is_not_utf8_is_shown_as_question_marks(void **state)
{
    (void)state;
    struct error err = {0};
    error_set(&err, STATUS_INPUT, "\"%s\"",
              "caf\xC3\xA9 \x9B"
              "2J\xE9 \xC2\x9B \xE2\x80\xAE \xE2\x80");
    assert_string_equal(err.message, "\"caf\xC3\xA9 ?2J? ?? ??? ??\"");
    error_set_file(&err, "a\x9B\xFF.json");
    assert_string_equal(err.file, "a??.json");
}

static void a_long_path_keeps_its_tail(void **state)
{
    (void)state;
    char path[2000];
    memset(path, 'd', sizeof path);
    strcpy(path + 1980, "/orders.json");
    struct error err = {0};
    error_set_file(&err, path);
    assert_int_equal(strlen(err.file), sizeof err.file - 1);
    assert_int_equal(strncmp(err.file, "...d", 4), 0);
    assert_string_equal(err.file + strlen(err.file) - 12, "/orders.json");
}

/* The message ends before the character that would be cut, not inside it. */
static void a_long_message_ends_on_a_whole_character(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char text[900] = "aaa";
        text[shift] = '\0';
        for (int i = 0; i < 200; i++)
            strcat(text, "\xF0\x9F\x90\x98");
        struct error err = {0};
        error_set(&err, STATUS_INPUT, "%s", text);
        assert_int_equal((strlen(err.message) - shift) % 4, 0);
        assert_true(strlen(err.message) > sizeof err.message - 8);
    }
}

static void exit_codes_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(error_exit_code(STATUS_OK), 0);
    assert_int_equal(error_exit_code(STATUS_USAGE), 2);
    assert_int_equal(error_exit_code(STATUS_INPUT), 2);
    assert_int_equal(error_exit_code(STATUS_MODEL), 2);
    assert_int_equal(error_exit_code(STATUS_IO), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_is_kept),
        cmocka_unit_test(what_is_known_is_shown),
        cmocka_unit_test(control_characters_are_shown_as_question_marks),
        cmocka_unit_test(what_is_not_utf8_is_shown_as_question_marks),
        cmocka_unit_test(a_long_path_keeps_its_tail),
        cmocka_unit_test(a_long_message_ends_on_a_whole_character),
        cmocka_unit_test(exit_codes_are_those_of_the_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
