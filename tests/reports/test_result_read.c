/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/result_read.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <stdlib.h>
#include <string.h>

static json_t *written(const struct result *result)
{
    char *text = result_fixture_json(result);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

/* The page shows all that is read back: equal pages mean that nothing was lost. */
static void assert_same_page(const struct result *result)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    json_t *root = written(result);
    const struct result *again = result_read(root, arena, &err);
    if (!again)
        fail_msg("%s: %s", err.pointer, err.message);
    json_decref(root); /* nothing of it may be needed any more */
    char *one = result_fixture_html(result), *two = result_fixture_html(again);
    assert_string_equal(one, two);
    free(one);
    free(two);
    char *text = result_fixture_text(result, 100, false);
    char *text_again = result_fixture_text(again, 100, false);
    assert_string_equal(text, text_again);
    free(text);
    free(text_again);
    arena_close(arena);
}

static void a_report_read_back_gives_the_same_page(void **state)
{
    assert_same_page(result_fixture_plain());
}

/* Bytes that are no UTF-8 became U+FFFD in the JSON: that is how they are read. */
static void so_does_the_worst_that_can_be_a_report(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    json_t *root = written(result_fixture_hostile());
    assert_same_page(result_read(root, arena, &err));
    json_decref(root);
    arena_close(arena);
}

/* path: keys and positions down to what is taken away or replaced. */
static void assert_refused(const char *path, const char *replacement, const char *pointer,
                           const char *message)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    json_t *root = written(result_fixture_plain()), *at = root;
    char *keys = strdup(path), *rest = keys, *key = strsep(&rest, "/");
    for (; rest; key = strsep(&rest, "/"))
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(key)) : json_object_get(at, key);
    if (replacement)
        json_object_set_new(at, key, json_loads(replacement, JSON_DECODE_ANY, NULL));
    else
        json_object_del(at, key);
    assert_null(result_read(root, arena, &err));
    assert_int_equal(err.status, STATUS_INPUT);
    assert_string_equal(err.pointer, pointer);
    assert_string_equal(err.message, message);
    free(keys);
    json_decref(root);
    arena_close(arena);
}

static void what_is_no_report_is_told_where(void **state)
{
    assert_refused("capsim_report", "2", "/capsim_report",
                   "must be 1, the format of reports that this version reads; got 2");
    assert_refused("settings", NULL, "/settings",
                   "is missing: must be a list; is this a report.json?");
    assert_refused("settings", "[]", "/settings", "must be a list of at least one setting; got []");
    assert_refused("settings/0/name", "5", "/settings/0/name", "must be a string; got 5");
    assert_refused("settings/1/metrics/memory/estimate", "\"x\"",
                   "/settings/1/metrics/memory/estimate", "must be a number or null; got \"x\"");
    assert_refused("settings/1/criteria/0/verdict", "\"maybe\"", "/settings/1/criteria/0/verdict",
                   "must be \"pass\", \"fail\", \"undecided\" or null; got \"maybe\"");
    assert_refused("settings/1/criteria/0/op", "\"=\"", "/settings/1/criteria/0/op",
                   "must be <, <=, >, >= or ==; got \"=\"");
    assert_refused("provenance/seed", "-1", "/provenance/seed", "must be a whole number; got -1");
    assert_refused("provenance/command", "[1]", "/provenance/command",
                   "must be a list of strings; got [1]");
}

static void unknown_keys_are_left_alone(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    json_t *root = written(result_fixture_plain());
    json_object_set_new(root, "later", json_true());
    assert_non_null(result_read(root, arena, &err));
    json_decref(root);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_read_back_gives_the_same_page),
        cmocka_unit_test(so_does_the_worst_that_can_be_a_report),
        cmocka_unit_test(what_is_no_report_is_told_where),
        cmocka_unit_test(unknown_keys_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
