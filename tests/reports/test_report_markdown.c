/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/command_report.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_says(const char *text, const char *line)
{
    if (!strstr(text, line))
        fail_msg("\"%s\" is not in:\n%s", line, text);
}

static void the_verdict_comes_right_after_the_title(void **state)
{
    static const char start[] = "# AccuBooks: PostgreSQL pool 50 -> 200 connections\n"
                                "\n"
                                "**PASS** proposed: 2 of 2 criteria hold\n";
    char *text = result_fixture_markdown(result_fixture_plain());
    assert_memory_equal(text, start, sizeof start - 1);
    free(text);
}

static void it_says_what_the_text_says_in_tables(void **state)
{
    char *text = result_fixture_markdown(result_fixture_plain());
    assert_says(text, "| criterion | verdict | expected | measured | margin |\n"
                      "| :--- | :--- | :--- | ---: | ---: |\n"
                      "| pool utilization | PASS | db_pool.utilization < 70% | 18.756 ± 0.028 % | "
                      "+51.2 pp |\n");
    assert_says(text, "| db_pool.utilization | 75.02 ± 0.11 % | 18.756 ± 0.028 % |\n");
    assert_says(text, "| db_pool.utilization | -56.27 ± 0.12 pp |\n");
    assert_says(text, "- **NO SOURCE** resources.db_pool.connect = lognormal(20ms, 0.5): assumed");
    assert_says(text, "```sh\ncapsim run accubooks-pool.json --set ");
    free(text);
}

/* Bars that are not escaped; an escaped bar is text inside a cell. */
static int bars_of(const char *line, size_t length)
{
    int bars = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\\')
            i++;
        else
            bars += line[i] == '|';
    }
    return bars;
}

static void assert_tables_are_whole(const struct result *result)
{
    char *text = result_fixture_markdown(result);
    int bars = 0, rows = 0;
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        int here = line[0] == '|' ? bars_of(line, strcspn(line, "\n")) : 0;
        if (bars > 0 && here > 0)
            assert_int_equal(here, bars);
        rows += here > 0;
        bars = here;
    }
    assert_true(rows > 10);
    free(text);
}

static void every_row_has_the_cells_of_its_table(void **state)
{
    assert_tables_are_whole(result_fixture_plain());
    assert_tables_are_whole(result_fixture_hostile());
}

static void markup_of_the_input_is_text(void **state)
{
    char *text = result_fixture_markdown(result_fixture_hostile());
    assert_says(text, "?\\[2Jname \\| with \\`ticks\\` \\<b> | **UNDECIDED** |");
    assert_says(text, "- workloads.\\*.steps = a-name-");
    assert_says(text, "...: a \\| b \\\\\\| c? (source: @<!-- -->someone, see \\#12 ?)\n");
    assert_says(text, "\n1\\. A \"description\" with ?");
    assert_says(text, "# \\# ");
    assert_null(strstr(text, " <b"));
    free(text);
}

/* Whatever stands at the beginning of a block stays a text. */
static void no_text_begins_a_list_a_heading_or_a_quotation(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {{"- x", "\n\\- x\n"},     {"+ x", "\n\\+ x\n"},
                 {"12. x", "\n12\\. x\n"}, {"3) x", "\n3\\) x\n"},
                 {"> x", "\n\\> x\n"},     {"## x", "\n\\## x\n"},
                 {"   -", "\n\\-\n"},      {"---", "\n\\---\n"},
                 {"***", "\n\\*\\*\\*\n"}, {"a_b _c_", "\na_b \\_c\\_\n"},
                 {"12 x", "\n12 x\n"},     {"&lt;", "\n\\&lt;\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct result result = *result_fixture_plain();
        result.description = cases[i].text;
        char *text = result_fixture_markdown(&result);
        assert_says(text, cases[i].written);
        free(text);
    }
}

static void a_command_with_backticks_stays_in_its_fence(void **state)
{
    char *text = result_fixture_markdown(result_fixture_hostile());
    assert_says(text, "\n````sh\ncapsim run $'-rf\\x0a\\xff.json' ");
    assert_says(text, " '```'\n````\n");
    free(text);
}

static void no_control_of_the_input_is_left(void **state)
{
    char *text = result_fixture_markdown(result_fixture_hostile());
    for (const char *byte = text; *byte; byte++)
        assert_true(*byte == '\n' || ((unsigned char)*byte >= 0x20 && *byte != 0x7f));
    assert_null(strstr(text, "\xE2\x80\xAE"));
    free(text);
}

static void a_full_disk_is_an_error(void **state)
{
    struct error err = {0};
    struct arena *arena = arena_open();
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(answer_write(answer_of_result(result_fixture_plain(), arena), REPORT_MARKDOWN,
                              NULL, NULL, full, &err));
    assert_int_equal(err.status, STATUS_IO);
    fclose(full);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_comes_right_after_the_title),
        cmocka_unit_test(it_says_what_the_text_says_in_tables),
        cmocka_unit_test(every_row_has_the_cells_of_its_table),
        cmocka_unit_test(markup_of_the_input_is_text),
        cmocka_unit_test(no_text_begins_a_list_a_heading_or_a_quotation),
        cmocka_unit_test(a_command_with_backticks_stays_in_its_fence),
        cmocka_unit_test(no_control_of_the_input_is_left),
        cmocka_unit_test(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
