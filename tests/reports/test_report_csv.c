/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/metric_tables.h"
#include "reports/writers/command_report.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CELLS = 512, COLUMNS = 11 };

/* The report as a CSV reader sees it. */
struct cells {
    char *text[MAX_CELLS];
    size_t count, rows;
};

static void keep_cell(void *bytes, size_t size, void *context)
{
    struct cells *cells = context;
    assert_true(cells->count < MAX_CELLS);
    cells->text[cells->count++] = strndup(bytes ? bytes : "", size);
}

static void end_row(int character, void *context)
{
    struct cells *cells = context;
    cells->rows++;
    assert_int_equal(cells->count, cells->rows * COLUMNS);
}

static struct cells read_back(const struct result *result)
{
    struct cells cells = {0};
    struct csv_parser parser;
    char *text = result_fixture_csv(result);
    size_t length = strlen(text);
    assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
    assert_int_equal(csv_parse(&parser, text, length, keep_cell, end_row, &cells), length);
    assert_int_equal(csv_fini(&parser, keep_cell, end_row, &cells), 0);
    csv_free(&parser);
    free(text);
    return cells;
}

static void free_cells(struct cells *cells)
{
    for (size_t i = 0; i < cells->count; i++)
        free(cells->text[i]);
}

static void the_first_row_names_the_columns(void **state)
{
    static const char header[] =
        "setting,metric,estimate,low,high,unit,replications,standard_error,flags,one_run_low,"
        "one_run_high\n";
    char *text = result_fixture_csv(result_fixture_plain());
    assert_memory_equal(text, header, sizeof header - 1);
    free(text);
}

static void every_metric_of_every_setting_is_a_row(void **state)
{
    const struct result *result = result_fixture_plain();
    struct cells cells = read_back(result);
    size_t row = 1;
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].metric_count; k++, row++) {
            const struct result_metric *metric = &result->settings[i].metrics[k];
            char **cell = cells.text + row * COLUMNS;
            assert_string_equal(cell[0], result->settings[i].name);
            assert_string_equal(cell[1], metric->name);
            assert_true(strtod(cell[2], NULL) == metric->estimate.estimate);
            assert_true(strtod(cell[3], NULL) == metric->estimate.low);
            assert_true(strtod(cell[4], NULL) == metric->estimate.high);
            assert_string_equal(cell[5], metric->unit);
            assert_string_equal(cell[6], "20");
        }
    assert_int_equal(cells.rows, row);
    free_cells(&cells);
}

static void what_was_not_observed_is_empty(void **state)
{
    struct cells cells = read_back(result_fixture_hostile());
    char **unseen = cells.text + 3 * COLUMNS;
    assert_string_equal(unseen[1], "api.response.p95");
    for (int column = 2; column <= 4; column++)
        assert_string_equal(unseen[column], "");
    assert_string_equal(unseen[8], "no_interval");
    free_cells(&cells);
}

static void flags_are_words(void **state)
{
    struct cells cells = read_back(result_fixture_hostile());
    assert_string_equal(cells.text[1 * COLUMNS + 8], "");
    assert_string_equal(cells.text[2 * COLUMNS + 8], "unresolved");
    assert_string_equal(cells.text[4 * COLUMNS + 8], "upper_bound");
    assert_string_equal(cells.text[9 * COLUMNS + 8], "unresolved unstable");
    free_cells(&cells);
}

static void where_one_real_run_would_be_comes_last(void **state)
{
    const struct result_setting *plain = &result_fixture_plain()->settings[0];
    struct prediction predictions[32] = {[1] = {.low = 0.25, .high = 0.5}};
    struct result_setting setting = *plain;
    struct result result = *result_fixture_plain();
    assert_true(plain->metric_count <= 32);
    setting.predictions = predictions;
    result.settings = &setting;
    result.setting_count = 1;
    struct cells cells = read_back(&result);
    assert_string_equal(cells.text[2 * COLUMNS + 9], "0.25");
    assert_string_equal(cells.text[2 * COLUMNS + 10], "0.5");
    free_cells(&cells);
    cells = read_back(result_fixture_hostile());
    assert_string_equal(cells.text[1 * COLUMNS + 9], "");
    assert_string_equal(cells.text[1 * COLUMNS + 10], "");
    free_cells(&cells);
}

static void a_text_is_never_a_formula(void **state)
{
    static const char *const dangerous[] = {"=1+1", "+1", "-1", "@x", "\t=1", "\r=1"};
    for (size_t i = 0; i < sizeof dangerous / sizeof dangerous[0]; i++) {
        struct result_metric metric = {
            .name = dangerous[i], .unit = "s", .estimate = result_fixture_estimate(-2.385, 0.1)};
        struct result_setting setting = {
            .name = dangerous[i], .metrics = &metric, .metric_count = 1};
        struct result result = *result_fixture_plain();
        result.settings = &setting;
        result.setting_count = 1;
        struct cells cells = read_back(&result);
        char **cell = cells.text + COLUMNS;
        assert_int_equal(cell[0][0], '\'');
        assert_string_equal(cell[0] + 1, dangerous[i]);
        assert_int_equal(cell[1][0], '\'');
        assert_string_equal(cell[2], "-2.385");
        free_cells(&cells);
    }
}

static void commas_quotes_and_line_ends_stay_inside_their_cell(void **state)
{
    static const char name[] = "a,b \"c\"\nd\r\ne";
    struct result_setting setting = result_fixture_plain()->settings[0];
    struct result result = *result_fixture_plain();
    setting.name = name;
    result.settings = &setting;
    result.setting_count = 1;
    struct cells cells = read_back(&result);
    assert_string_equal(cells.text[COLUMNS], name);
    free_cells(&cells);
}

static void a_full_disk_is_an_error(void **state)
{
    struct error err = {0};
    struct arena *arena = arena_open();
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(answer_write(answer_of_result(result_fixture_plain(), arena), REPORT_CSV, NULL,
                              NULL, full, &err));
    assert_int_equal(err.status, STATUS_IO);
    fclose(full);
    arena_close(arena);
}

static void only_what_a_reader_wants_first_is_key(void **state)
{
    struct arena *arena = arena_open();
    static const char *const key[] = {"db_pool.utilization",      "db_pool.wait.p95",
                                      "db_pool.wait.probability", "api.response.mean",
                                      "api.throughput",           "memory"};
    static const char *const others[] = {"db_pool.wait.sd",
                                         "db_pool.wait.p999",
                                         "api.report.response.p95",
                                         "api.step.query.p95",
                                         "memory.max",
                                         "db_pool.utilization.max",
                                         "db_pool."};
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
        assert_true(metric_catalogue_identity(key[i], arena)->is_shown);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(metric_catalogue_identity(others[i], arena)->is_shown);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_row_names_the_columns),
        cmocka_unit_test(every_metric_of_every_setting_is_a_row),
        cmocka_unit_test(what_was_not_observed_is_empty),
        cmocka_unit_test(flags_are_words),
        cmocka_unit_test(where_one_real_run_would_be_comes_last),
        cmocka_unit_test(a_text_is_never_a_formula),
        cmocka_unit_test(commas_quotes_and_line_ends_stay_inside_their_cell),
        cmocka_unit_test(a_full_disk_is_an_error),
        cmocka_unit_test(only_what_a_reader_wants_first_is_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
