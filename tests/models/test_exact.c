/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine against closed forms and other exact values: every case of tests/exact/values.json
 * that 30 replications decide, simulated and compared as one family (exact_gate.h). `make validate`
 * runs the same scenarios through the command line, with its own seeds and the others besides. */
#include "tests/support/exact_gate.h"
#include "tests/support/reference_cases.h"
#include "tests/support/support.h"

/* What the scenarios of values.json have, unless they look at instants or at variances. */
enum { FILE_REPLICATIONS = 30, MAX_VALUES = 16 };

/* The gate has twice as many replications as the file, half as long. */
static void compare_case(const struct reference_case *one, struct arena *arena)
{
    struct gate_value values[MAX_VALUES];
    struct scenario_set set;
    struct scenario scenario = reference_case_read(one, arena, &set);
    bool is_decided = scenario.run.min_replications == FILE_REPLICATIONS;
    assert_true(one->value_count <= MAX_VALUES);
    for (size_t i = 0; i < one->value_count; i++) {
        const struct reference *value = &one->values[i];
        values[i] = (struct gate_value){value->metric, value->expected, value->scale};
        is_decided = is_decided && value->window == REFERENCE_WHOLE_RUN;
    }
    if (is_decided)
        gate_run(one->set_count == 0 ? one->scenario
                                     : arena_printf(arena, "%s %s", one->scenario, one->sets[0]),
                 &scenario, 0.5e-9 * (double)scenario.run.duration_ns, values, one->value_count);
    scenario_close(&set);
}

static void simulated_values_agree_with_exact_ones(void **state)
{
    struct arena *arena = arena_open();
    struct reference_table table = reference_table_read("tests/exact", arena);
    for (size_t i = 0; i < table.case_count; i++)
        if (!table.cases[i].is_long)
            compare_case(&table.cases[i], arena);
    arena_close(arena);
    gate_assert_agreement();
}

static void standard_errors_are_as_large_as_the_errors(void **state)
{
    gate_assert_spread();
}

static void each_row_is_simulated_or_has_a_reason(void **state)
{
    struct arena *arena = arena_open();
    struct reference_table table = reference_table_read("tests/exact", arena);
    assert_true(table.rows_run > 400);
    assert_int_equal(table.rows_run + table.rows_omitted, table.row_count);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated_values_agree_with_exact_ones),
        cmocka_unit_test(standard_errors_are_as_large_as_the_errors),
        cmocka_unit_test(each_row_is_simulated_or_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
