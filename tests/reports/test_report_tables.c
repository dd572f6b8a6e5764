/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/report_tables.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

static const char *text_at(const struct table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].name, column) == 0)
            return table_cell_at(table, row, i)->text;
    fail_msg("no column %s", column);
    return NULL;
}

static double number_at(const struct table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (strcmp(table->columns[i].name, column) == 0 && !table_cell_at(table, row, i)->text)
            return table_cell_at(table, row, i)->number;
    fail_msg("no number in column %s", column);
    return NAN;
}

static void criteria_have_their_limit_and_margin(void **state)
{
    struct arena *arena = arena_open();
    const struct table *table = report_tables_criteria(result_fixture_plain(), arena);
    assert_int_equal(table->row_count, 2);
    assert_string_equal(text_at(table, 0, "setting"), "proposed");
    assert_string_equal(text_at(table, 0, "criterion"), "pool utilization");
    assert_string_equal(text_at(table, 0, "verdict"), "pass");
    assert_within(number_at(table, 0, "estimate"), 0.1875625, 0.0);
    assert_within(number_at(table, 0, "limit"), 0.7, 0.0);
    assert_within(number_at(table, 0, "margin"), 0.5124375, 0.0);
    arena_close(arena);
}

static void every_difference_assumption_and_check_has_a_row(void **state)
{
    struct arena *arena = arena_open();
    const struct result *result = result_fixture_plain();
    const struct table *differences = report_tables_differences(result, arena);
    assert_int_equal(differences->row_count, result->difference_count);
    assert_string_equal(text_at(differences, 0, "metric"), result->differences[0].metric);
    const struct table *assumptions = report_tables_assumptions(result, arena);
    assert_int_equal(assumptions->row_count, result->assumption_count);
    assert_string_equal(text_at(assumptions, result->assumption_count - 1, "default"), "yes");
    const struct table *checks = report_tables_checks(result, arena);
    assert_int_equal(checks->row_count, 3);
    assert_string_equal(text_at(checks, 2, "holds"), "yes");
    assert_within(number_at(checks, 2, "expected"), 37.6, 0.0);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(criteria_have_their_limit_and_margin),
        cmocka_unit_test(every_difference_assumption_and_check_has_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
