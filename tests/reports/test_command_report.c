/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/command_report.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const command[] = {"capsim", "sweep", "queue.json", "--vary", "x=1:2"};

/* An answer with a fact of each kind and a table of two rows, the second without a number. */
static struct answer *make_answer(struct arena *arena, double first_wait_s)
{
    static const struct setting_spec setting = {
        .name = "baseline",
        .scenario = {.name = "queue", .title = "A =queue=", .run = {.seed = 7}}};
    static const struct scenario_set set = {.file = "queue.json",
                                            .text = "{}",
                                            .text_length = 2,
                                            .settings = &setting,
                                            .setting_count = 1};
    static const struct table_column columns[] = {{"point", NULL, false}, {"wait", "s", true}};
    struct answer *answer = answer_begin("sweep", &set, command, 5, arena);
    answer_add_number(answer, "smallest", 40.0, "");
    answer_add_text(answer, "varied", "x");
    struct table *table = answer_add_table(answer, "points", columns, 2);
    struct table_cell *row = table_add_row(table);
    row[0] = table_text("=1");
    row[1] = table_number(first_wait_s);
    row = table_add_row(table);
    row[0] = table_text("2");
    row[1] = table_number(NAN);
    document_add_statement(answer->document, TONE_GOOD, "PASS", "1 is enough");
    answer->verdict = VERDICT_PASS;
    answer_finish(answer);
    return answer;
}

static char *written(const struct answer *answer, enum report_format format)
{
    char *text;
    size_t size;
    struct error err = {0};
    FILE *out = open_memstream(&text, &size);
    assert_true(answer_write(answer, format, NULL, NULL, out, &err));
    fclose(out);
    return text;
}

static void json_has_facts_tables_units_and_grounds(void **state)
{
    struct arena *arena = arena_open();
    char *text = written(make_answer(arena, 0.25), REPORT_JSON);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const char *kind, *fact, *unit, *point, *verdict, *digest;
    double smallest, wait;
    assert_int_equal(
        json_unpack(root, "{s:s,s:{s:{s:F},s:s},s:[{s:s,s:F},{}],s:{s:{s:s}},s:s,s:{s:s}}", "kind",
                    &kind, "facts", "smallest", "value", &smallest, "varied", &fact, "points",
                    "point", &point, "wait", &wait, "units", "points", "wait", &unit, "verdict",
                    &verdict, "provenance", "digest", &digest),
        0);
    assert_string_equal(kind, "sweep");
    assert_true(smallest == 40.0 && wait == 0.25);
    assert_string_equal(fact, "x");
    assert_string_equal(point, "=1");
    assert_string_equal(unit, "s");
    assert_string_equal(verdict, "pass");
    assert_int_equal(strlen(digest), 64);
    json_t *second = json_array_get(json_object_get(root, "points"), 1);
    assert_true(json_is_null(json_object_get(second, "wait")));
    json_decref(root);
    free(text);
    arena_close(arena);
}

static void csv_is_the_first_table_with_formulas_disarmed(void **state)
{
    struct arena *arena = arena_open();
    char *text = written(make_answer(arena, 0.25), REPORT_CSV);
    assert_string_equal(text, "point,wait\n'=1,0.25\n2,\n");
    free(text);
    arena_close(arena);
}

static void people_read_the_findings_then_the_command_that_repeats_them(void **state)
{
    struct arena *arena = arena_open();
    char *text = written(make_answer(arena, 0.25), REPORT_MARKDOWN);
    const char *finding = strstr(text, "**PASS** 1 is enough");
    const char *repeat = strstr(text, "capsim sweep queue.json --vary x=1:2");
    assert_true(finding && repeat && finding < repeat);
    free(text);
    arena_close(arena);
}

static void the_digest_changes_with_any_number(void **state)
{
    struct arena *arena = arena_open();
    const struct answer *one = make_answer(arena, 0.25), *same = make_answer(arena, 0.25),
                        *other = make_answer(arena, nextafter(0.25, 1.0));
    assert_string_equal(one->grounds->digest, same->grounds->digest);
    assert_string_not_equal(one->grounds->digest, other->grounds->digest);
    arena_close(arena);
}

static void a_folder_gets_every_format_and_table(void **state)
{
    static const char *const names[] = {"sweep.html", "sweep.json", "sweep.txt",
                                        "sweep.md",   "points.csv", "run.json"};
    struct arena *arena = arena_open();
    struct error err = {0};
    char *folder = folder_make();
    assert_true(
        answer_folder(make_answer(arena, 0.25), NULL, result_fixture_facts(), folder, &err));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *text = file_read(arena_printf(arena, "%s/%s", folder, names[i]), NULL);
        assert_true(strlen(text) > 0);
        free(text);
    }
    folder_remove(folder);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_facts_tables_units_and_grounds),
        cmocka_unit_test(csv_is_the_first_table_with_formulas_disarmed),
        cmocka_unit_test(people_read_the_findings_then_the_command_that_repeats_them),
        cmocka_unit_test(the_digest_changes_with_any_number),
        cmocka_unit_test(a_folder_gets_every_format_and_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
