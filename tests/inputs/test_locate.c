/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/locate.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static const char text[] = "{\n"
                           "  \"a\": 1, \"b\\u0062\": { \"c/d\": [10, {\"x\": \"}]\"},\n"
                           "    [ ], 13] },\r\n"
                           "  \"\u00e9\": { \"e~f\": -1.5e3, \"\": true },\n"
                           "  \"quote\\\"\": null\n"
                           "}\n";

static void assert_place(const char *pointer, enum locate_part part, int line, int column)
{
    struct locate_place place = {0};
    if (!locate_pointer(text, strlen(text), pointer, part, &place))
        fail_msg("%s was not found", pointer);
    if (place.line != line || place.column != column)
        fail_msg("%s at %d:%d, not %d:%d", pointer, place.line, place.column, line, column);
}

static void values_are_found(void **state)
{
    assert_place("", LOCATE_VALUE, 1, 1);
    assert_place("/a", LOCATE_VALUE, 2, 8);
    assert_place("/bb", LOCATE_VALUE, 2, 22);
    assert_place("/bb/c~1d", LOCATE_VALUE, 2, 31);
    assert_place("/bb/c~1d/0", LOCATE_VALUE, 2, 32);
    assert_place("/bb/c~1d/1/x", LOCATE_VALUE, 2, 42);
    assert_place("/bb/c~1d/2", LOCATE_VALUE, 3, 5);
    assert_place("/bb/c~1d/3", LOCATE_VALUE, 3, 10);
    assert_place("/quote\"", LOCATE_VALUE, 5, 14);
}

static void keys_are_found(void **state)
{
    assert_place("/a", LOCATE_KEY, 2, 3);
    assert_place("/bb", LOCATE_KEY, 2, 11);
    assert_place("/bb/c~1d", LOCATE_KEY, 2, 24);
    assert_place("/bb/c~1d/1", LOCATE_KEY, 2, 36);
}

static void columns_count_characters(void **state)
{
    assert_place("/\u00e9", LOCATE_VALUE, 4, 8);
    assert_place("/\u00e9/e~0f", LOCATE_VALUE, 4, 17);
    assert_place("/\u00e9/", LOCATE_VALUE, 4, 29);
}

static void what_is_missing_is_placed_at_its_parent(void **state)
{
    static const struct {
        const char *pointer;
        int line, column;
    } cases[] = {{"/b", 1, 1},           {"/bb/zz", 2, 22},
                 {"/bb/c~1d/4", 2, 31},  {"/bb/c~1d/x", 2, 31},
                 {"/a/b/c", 2, 8},       {"/bb/c~1d/2/0", 3, 5},
                 {"/bb/c~1d/-1", 2, 31}, {"/bb/c~1d/99999999999999999999", 2, 31}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct locate_place place = {0};
        assert_false(locate_pointer(text, strlen(text), cases[i].pointer, LOCATE_VALUE, &place));
        assert_int_equal(place.line, cases[i].line);
        assert_int_equal(place.column, cases[i].column);
    }
}

/* Each byte of broken text, and each of its beginnings, must be survived. */
static void broken_text_is_followed_as_far_as_it_goes(void **state)
{
    for (size_t length = 0; length <= strlen(text); length++) {
        char *cut = malloc(length + 1); /* of exactly that size, for the sanitizer to watch */
        struct locate_place place;
        memcpy(cut, text, length);
        locate_pointer(cut, length, "/bb/c~1d/1/x", LOCATE_KEY, &place);
        assert_true(place.line >= 1 && place.column >= 1);
        struct arena *arena = arena_open();
        for (size_t offset = 0; offset <= length; offset++)
            locate_offset(cut, length, offset, arena, &place);
        arena_close(arena);
        free(cut);
    }
}

static void assert_offset(const char *mark, const char *pointer, int line, int column)
{
    struct arena *arena = arena_open();
    struct locate_place place;
    size_t offset = (size_t)(strstr(text, mark) - text);
    assert_string_equal(locate_offset(text, strlen(text), offset, arena, &place), pointer);
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
    arena_close(arena);
}

static void an_offset_becomes_a_pointer(void **state)
{
    assert_offset("1, ", "/a", 2, 8);
    assert_offset("u0062", "/bb", 2, 11);
    assert_offset("0, {", "/bb/c~1d/0", 2, 32);
    assert_offset("}]\"", "/bb/c~1d/1/x", 2, 42);
    assert_offset("13]", "/bb/c~1d/3", 3, 10);
    assert_offset("-1.5", "/\u00e9/e~0f", 4, 17);
    assert_offset("true", "/\u00e9/", 4, 29);
    assert_offset("null", "/quote\"", 5, 14);
}

/* A million levels: a recursive scan would need more than the stack. */
static void nesting_needs_no_stack(void **state)
{
    size_t length = 1000000;
    char *deep = malloc(length);
    struct arena *arena = arena_open();
    struct locate_place place;
    memset(deep, '[', length);
    assert_false(locate_pointer(deep, length, "/1", LOCATE_VALUE, &place));
    locate_offset(deep, length, length - 1, arena, &place);
    assert_int_equal(place.column, 1000000);
    arena_close(arena);
    free(deep);
}

static void brackets_are_counted_outside_of_texts(void **state)
{
    static const char nested[] = "{\"[[[\": [\n 1, {\"\\\"[[\": []}, [[\n]]]}";
    struct locate_place place = {0};
    assert_false(locate_too_deep(nested, strlen(nested), 4, &place));
    assert_true(locate_too_deep(nested, strlen(nested), 3, &place));
    assert_int_equal(place.line, 2);
    assert_int_equal(place.column, 14);
    assert_true(locate_too_deep("[[", 2, 1, &place));
    assert_false(locate_too_deep("[\"[[", 4, 1, &place));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found),
        cmocka_unit_test(keys_are_found),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(what_is_missing_is_placed_at_its_parent),
        cmocka_unit_test(broken_text_is_followed_as_far_as_it_goes),
        cmocka_unit_test(an_offset_becomes_a_pointer),
        cmocka_unit_test(nesting_needs_no_stack),
        cmocka_unit_test(brackets_are_counted_outside_of_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
