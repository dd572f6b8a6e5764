/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/table.h"
#include "reports/text/text_table.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct table_column columns[] = {
    {"name", NULL, false}, {"empty", NULL, false}, {"value", "s", true}};

static void rows_keep_their_cells_while_the_table_grows(void **state)
{
    struct arena *arena = arena_open();
    struct table *table = table_make(columns, 3, arena);
    for (int i = 0; i < 1000; i++) {
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(arena_printf(arena, "row %d", i));
        row[2] = table_number(2.385 * i);
    }
    assert_int_equal(table->row_count, 1000);
    for (size_t i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "row %zu", i);
        assert_string_equal(table_cell_at(table, i, 0)->text, name);
        assert_string_equal(table_cell_at(table, i, 1)->text, "");
        assert_null(table_cell_at(table, i, 2)->text);
        assert_true(table_cell_at(table, i, 2)->number == 2.385 * (double)i);
    }
    arena_close(arena);
}

static void empty_columns_can_be_dropped(void **state)
{
    struct arena *arena = arena_open();
    struct table *table = table_make(columns, 3, arena);
    for (int i = 0; i < 20; i++) {
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(i == 7 ? "seven" : NULL);
        row[2] = table_number(i);
    }
    table_drop_empty_columns(table);
    assert_int_equal(table->column_count, 2);
    assert_string_equal(table->columns[1].name, "value");
    assert_string_equal(table_cell_at(table, 7, 0)->text, "seven");
    assert_true(table_cell_at(table, 19, 1)->number == 19.0);
    table_add_row(table)[1] = table_number(20.0);
    assert_true(table_cell_at(table, 20, 1)->number == 20.0);
    arena_close(arena);
}

static char *text_of(const struct table *table, int width, struct arena *arena)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    text_table_write(table, width, false, arena, out);
    fclose(out);
    return text;
}

static void numbers_are_exact_and_flush_right(void **state)
{
    struct arena *arena = arena_open();
    struct table *table = table_make(columns, 3, arena);
    struct table_cell *row = table_add_row(table);
    row[0] = table_text("a");
    row[2] = table_number(2.385);
    row = table_add_row(table);
    row[0] = table_text("b");
    row[2] = table_number(NAN);
    char *text = text_of(table, 100, arena);
    assert_string_equal(text, "  name  empty  value\n"
                              "  ----  -----  -----\n"
                              "  a            2.385\n"
                              "  b\n");
    free(text);
    arena_close(arena);
}

/* 3 columns of 17 do not fit into 40: the numbers stay whole and the first column is repeated. */
static void a_table_too_wide_is_cut(void **state)
{
    static const struct table_column wide[] = {
        {"metric", NULL, false}, {"baseline", NULL, true}, {"proposed", NULL, true}};
    struct arena *arena = arena_open();
    struct table *table = table_make(wide, 3, arena);
    struct table_cell *row = table_add_row(table);
    row[0] = table_text("db_pool.open");
    row[1] = table_text("12345.678 ± 0.012");
    row[2] = table_text("98765.432 ± 0.098");
    char *text = text_of(table, TEXT_TABLE_NARROWEST, arena);
    assert_string_equal(text, "  metric                 baseline\n"
                              "  ------------  -----------------\n"
                              "  db_pool.open  12345.678 ± 0.012\n"
                              "\n"
                              "  metric                 proposed\n"
                              "  ------------  -----------------\n"
                              "  db_pool.open  98765.432 ± 0.098\n");
    free(text);
    arena_close(arena);
}

static void a_long_text_is_broken_inside_its_column(void **state)
{
    static const struct table_column two[] = {{"key", NULL, false}, {"note", NULL, false}};
    struct arena *arena = arena_open();
    struct table *table = table_make(two, 2, arena);
    struct table_cell *row = table_add_row(table);
    row[0] = table_text("connect");
    row[1] = table_text("assumed; measure it before the change is made");
    char *text = text_of(table, TEXT_TABLE_NARROWEST, arena);
    assert_string_equal(text, "  key      note\n"
                              "  -------  -----------------------------\n"
                              "  connect  assumed; measure it before\n"
                              "           the change is made\n");
    free(text);
    arena_close(arena);
}

/* Numbers would need one column; their heading keeps its word. */
static void a_heading_is_not_broken_inside_a_word(void **state)
{
    static const struct table_column three[] = {{"criterion", NULL, false},
                                                {"short replications", NULL, true},
                                                {"x.wait.mean", NULL, true}};
    struct arena *arena = arena_open();
    struct table *table = table_make(three, 3, arena);
    struct table_cell *row = table_add_row(table);
    row[0] = table_text("expected wait");
    row[1] = table_text("5");
    row[2] = table_text("10");
    char *text = text_of(table, TEXT_TABLE_NARROWEST, arena);
    assert_string_equal(text, "  criterion            short     x.wait.\n"
                              "                replications        mean\n"
                              "  ------------  ------------  ----------\n"
                              "  expected                 5          10\n"
                              "  wait\n");
    free(text);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_keep_their_cells_while_the_table_grows),
        cmocka_unit_test(empty_columns_can_be_dropped),
        cmocka_unit_test(numbers_are_exact_and_flush_right),
        cmocka_unit_test(a_table_too_wide_is_cut),
        cmocka_unit_test(a_long_text_is_broken_inside_its_column),
        cmocka_unit_test(a_heading_is_not_broken_inside_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
