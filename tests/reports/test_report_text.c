/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/undecided.h"
#include "reports/text/layout.h"
#include "reports/text/text_table.h"
#include "reports/writers/command_report.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *text_of(const struct result *result)
{
    return result_fixture_text(result, 100, false);
}

static void assert_says(const char *text, const char *line)
{
    if (!strstr(text, line))
        fail_msg("\"%s\" is not in:\n%s", line, text);
}

static void the_verdict_comes_right_after_the_title(void **state)
{
    static const char start[] = "AccuBooks: PostgreSQL pool 50 -> 200 connections\n"
                                "\n"
                                "PASS  proposed: 2 of 2 criteria hold\n";
    char *text = text_of(result_fixture_plain());
    assert_memory_equal(text, start, sizeof start - 1);
    free(text);
}

static void a_criterion_shows_interval_margin_and_verdict(void **state)
{
    char *text = text_of(result_fixture_plain());
    assert_says(text, "  pool utilization  PASS     db_pool.utilization < 70%                    "
                      "18.756 ± 0.028 %  +51.2 pp\n");
    assert_says(text, "- p95 response: proposed - 1.05 x baseline = -23.00 ± 0.50 ms\n");
    free(text);
}

static void settings_stand_side_by_side(void **state)
{
    char *text = text_of(result_fixture_plain());
    assert_says(text, "  metric                         baseline                 proposed\n");
    assert_says(text, "  db_pool.utilization      75.02 ± 0.11 %         18.756 ± 0.028 %\n");
    assert_says(text, "  db_pool.timeout_rate                0 %  0 % (at most 0.00123 %)\n");
    assert_says(text, "  api.response.p95         385.1 ± 1.2 ms           381.4 ± 1.2 ms\n");
    assert_null(strstr(text, "db_pool.wait.sd"));
    free(text);
}

static void differences_are_shown_against_the_baseline(void **state)
{
    char *text = text_of(result_fixture_plain());
    assert_says(text, "  db_pool.utilization  -56.27 ± 0.12 pp\n");
    assert_says(text, "  api.throughput                   0 /s\n");
    free(text);
}

static void assumptions_name_their_source_or_its_absence(void **state)
{
    char *text = text_of(result_fixture_plain());
    assert_says(text, "  - workloads.api.arrivals = 500/s: 10% of customers active (source: load "
                      "test of 1 February 2026)\n");
    assert_says(text, "  - NO SOURCE  resources.db_pool.connect = lognormal(20ms, 0.5): assumed; "
                      "measure it\n");
    assert_says(text, "  resources.db_pool.checkout  0s\n");
    free(text);
}

static void a_warning_of_several_settings_is_said_once(void **state)
{
    static const char *const warnings[] = {"two laws fit", "only here"};
    struct result result = *result_fixture_plain();
    struct result_setting settings[2] = {result.settings[0], result.settings[1]};
    settings[0].warnings = warnings;
    settings[0].warning_count = 1;
    settings[1].warnings = warnings;
    settings[1].warning_count = 2;
    result.settings = settings;
    char *text = text_of(&result);
    assert_says(text, "\nWarnings\n  - baseline, proposed: two laws fit\n"
                      "  - proposed: only here\n\n");
    free(text);
}

static void a_long_piece_of_json_gives_way_to_its_note(void **state)
{
    static const struct assumption assumptions[] = {
        {"a", "[{\"delay\":{\"dist\":\"lognormal\",\"mean\":\"120ms\",\"cv\":0.6}}]", "a note", "s",
         false, NULL},
        {"b", "lognormal: mu -2.813, sigma 0.6678; mean 75ms, p95 180ms", "fitted", "s", false,
         NULL}};
    struct result result = *result_fixture_plain();
    result.assumptions = assumptions;
    result.assumption_count = 2;
    char *text = text_of(&result);
    assert_says(text, "  - a: a note (source: s)\n"
                      "  - b = lognormal: mu -2.813, sigma 0.6678; mean 75ms, p95 180ms: fitted "
                      "(source: s)\n");
    free(text);
}

static void self_checks_are_summed_up_by_the_worst(void **state)
{
    char *text = text_of(result_fixture_plain());
    assert_says(text, "All 3 hold; nearest to its tolerance: Little's law: db_pool (proposed), at "
                      "43.7 % of it.\n");
    free(text);
}

static void the_run_can_be_repeated_from_the_report(void **state)
{
    char *text = text_of(result_fixture_plain());
    assert_says(text, "seed 9223372036854775783");
    assert_says(text, "\n  capsim run accubooks-pool.json --set "
                      "'resources.db_pool.max=it'\\''s 200'\n");
    free(text);
}

static void a_failed_check_is_loud(void **state)
{
    char *text = text_of(result_fixture_hostile());
    const char *failed = strstr(text, "\nSELF-CHECK FAILED  ");
    assert_non_null(failed);
    assert_true(failed < strstr(text, "Criteria for"));
    assert_says(text, "SELF-CHECK FAILED  1 of 1: do not rely on these results\n");
    free(text);
}

static void reservations_stand_before_the_numbers(void **state)
{
    char *text = text_of(result_fixture_hostile());
    assert_says(text, "\nINTERRUPTED  these are the results of the replications that were");
    assert_says(text, "\nUNSTABLE  +unstable: there is no steady state");
    assert_says(text, "\nNO INTERVALS  1 replication: nothing can be decided\n");
    assert_true(strstr(text, "UNSTABLE") < strstr(text, "Criteria for"));
    free(text);
}

/* =cmd()|x.utilization is 90 ± 10 % in the stable setting. */
static void an_unstable_setting_claims_no_interval(void **state)
{
    char *text = text_of(result_fixture_hostile());
    const char *row = strstr(text, "  =cmd()|x.utilization ");
    assert_non_null(row);
    const char *end = strchr(row, '\n');
    assert_memory_equal(end - 4, "90 %", 4);
    assert_non_null(memmem(row, (size_t)(end - row), "90 ± 10 %", strlen("90 ± 10 %")));
    assert_null(memmem(end - 12, 12, "±", strlen("±")));
    free(text);
}

/* Columns of a line, the escapes of colours left out. */
static int columns_of(char *line)
{
    char *to = line;
    for (const char *from = line; *from != '\0';) {
        if (strncmp(from, "\033[", 2) == 0)
            from += strcspn(from, "m") + 1;
        else
            *to++ = *from++;
    }
    *to = '\0';
    return layout_width(line);
}

static void assert_fits(const struct result *result, int width, bool has_colour)
{
    char *text = result_fixture_text(result, width, has_colour), *rest = text;
    int limit = width > TEXT_TABLE_NARROWEST ? width : TEXT_TABLE_NARROWEST;
    bool is_command = false;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        is_command = is_command || strncmp(line, "  capsim run", 12) == 0;
        int columns = columns_of(line);
        if (!is_command && columns > limit)
            fail_msg("%d columns of %d: %s", columns, limit, line);
    }
    assert_true(is_command);
    free(text);
}

static void no_line_is_wider_than_the_screen(void **state)
{
    static const int widths[] = {-1, 0, 1, 40, 41, 47, 60, 79, 80, 100, 137, 1000};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        assert_fits(result_fixture_plain(), widths[i], false);
        assert_fits(result_fixture_hostile(), widths[i], false);
        assert_fits(result_fixture_hostile(), widths[i], true);
    }
}

/* Cut tables and broken lines lose no number. */
static void a_narrow_screen_shows_every_number(void **state)
{
    static const char *const numbers[] = {"18.756 ± 0.028 %", "75.02 ± 0.11 %", "+119 ms",
                                          "0 % (at most 0.00123 %)", "62.139 ± 0.040 MB"};
    char *text = result_fixture_text(result_fixture_plain(), 40, false);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_says(text, numbers[i]);
    free(text);
}

static void no_control_of_the_input_reaches_the_terminal(void **state)
{
    char *text = text_of(result_fixture_hostile());
    for (const char *byte = text; *byte; byte++)
        assert_true(*byte == '\n' || ((unsigned char)*byte >= 0x20 && *byte != 0x7f));
    assert_null(strstr(text, "\xE2\x80\xAE"));
    free(text);
}

static void colours_are_the_only_escapes(void **state)
{
    static const char *const allowed[] = {"\033[31m", "\033[32m", "\033[33m", "\033[0m"};
    char *text = result_fixture_text(result_fixture_hostile(), 100, true);
    size_t seen = 0;
    for (const char *escape = strchr(text, '\033'); escape; escape = strchr(escape + 1, '\033')) {
        bool is_allowed = false;
        for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
            is_allowed = is_allowed || strncmp(escape, allowed[i], strlen(allowed[i])) == 0;
        assert_true(is_allowed);
        seen++;
    }
    assert_true(seen > 0);
    free(text);
    text = result_fixture_text(result_fixture_plain(), 100, true);
    assert_says(text, "\033[32mPASS\033[0m  proposed");
    free(text);
}

static void several_judged_settings_have_a_verdict_over_all(void **state)
{
    struct result_setting settings[2];
    struct result result = *result_fixture_plain();
    settings[0] = settings[1] = result.settings[1];
    settings[1].name = "larger";
    result.settings = settings;
    char *text = text_of(&result);
    assert_says(text, "\nPASS  over all settings judged\nPASS  proposed: 2 of 2 criteria hold\n"
                      "PASS  larger: 2 of 2 criteria hold\n");
    free(text);
}

static void without_criteria_there_is_no_verdict(void **state)
{
    struct result result = *result_fixture_plain();
    result.setting_count = 1;
    result.verdict = VERDICT_NONE;
    char *text = text_of(&result);
    assert_says(text, "\nNO VERDICT  no criterion applies to what was run\n");
    free(text);
}

static struct result_criterion undecided(double value, double half_width, double limit)
{
    return (struct result_criterion){.name = "x",
                                     .expect = "x < 1",
                                     .unit = "s",
                                     .estimate = result_fixture_estimate(value, half_width),
                                     .verdict = VERDICT_UNDECIDED,
                                     .has_limit = true,
                                     .limit = limit};
}

/* 20 replications leave 1.2 +- 0.3, standard error 0.1433, and a limit of 1.45 or 1.745 standard
 * errors: 17.7 times as many reach 2.093 of them nine times in ten. */
static void undecided_tells_what_would_decide_it(void **state)
{
    struct arena *arena = arena_open();
    struct result_criterion criterion = undecided(1.2, 0.3, 1.45);
    assert_string_equal(undecided_advice(&criterion, arena),
                        "about 360 replications would probably decide it (20 were run)");
    criterion = undecided(1.2, 0.3, 1.2);
    assert_non_null(strstr(undecided_advice(&criterion, arena), "so near the limit"));
    criterion.estimate.is_unresolved = true;
    assert_non_null(strstr(undecided_advice(&criterion, arena), "a longer run.duration"));
    criterion.estimate.has_interval = false;
    assert_non_null(strstr(undecided_advice(&criterion, arena), "without a steady state"));
    criterion.estimate.replications = 1;
    assert_non_null(strstr(undecided_advice(&criterion, arena), "run at least two"));
    criterion.estimate.estimate = NAN;
    assert_non_null(strstr(undecided_advice(&criterion, arena), "nothing was observed"));
    arena_close(arena);
}

/* The bound of what neither setting showed shrinks as 1 / n, to the 0.01 % that is no worse. */
static void what_neither_setting_showed_needs_a_bound_or_a_limit(void **state)
{
    struct arena *arena = arena_open();
    struct result_criterion criterion = undecided(0, 0, 0);
    criterion.has_limit = false;
    criterion.no_worse_than = "baseline";
    criterion.estimate.high = 0.002;
    criterion.estimate.is_upper_bound = true;
    criterion.difference = result_fixture_estimate(0, 0);
    criterion.difference.standard_error = 0;
    assert_string_equal(undecided_advice(&criterion, arena),
                        "neither setting showed any, though up to 0.2 % may be, and 0.01 % is no "
                        "worse; about 400 replications would probably decide it (20 were run)");
    criterion.estimate.high = 0.2;
    assert_non_null(strstr(undecided_advice(&criterion, arena),
                           "a limit in \"expect\" would say what is enough"));
    arena_close(arena);
}

/* The bound 3.9e-3 of an event never seen shrinks as 1/n: to 1e-3 with 78 replications. */
static void an_unseen_event_needs_replications_in_proportion(void **state)
{
    struct arena *arena = arena_open();
    struct result_criterion criterion = undecided(0.0, 0.0, 0.001);
    criterion.estimate.high = 0.0039;
    criterion.estimate.is_upper_bound = true;
    assert_string_equal(undecided_advice(&criterion, arena),
                        "about 78 replications would probably decide it (20 were run)");
    arena_close(arena);
}

/* The limit is met; only the comparison is open, by 1.674 standard errors of 2.093. */
static void an_open_comparison_counts_as_well(void **state)
{
    struct arena *arena = arena_open();
    struct result_criterion criterion = undecided(0.2, 0.01, 1.0);
    criterion.no_worse_than = "baseline";
    criterion.difference = result_fixture_estimate(-0.4, 0.5);
    assert_string_equal(undecided_advice(&criterion, arena),
                        "about 500 replications would probably decide it (20 were run)");
    arena_close(arena);
}

static void a_full_disk_is_an_error(void **state)
{
    struct error err = {0};
    struct arena *arena = arena_open();
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(answer_write(answer_of_result(result_fixture_plain(), arena), REPORT_TEXT, NULL,
                              NULL, full, &err));
    assert_int_equal(err.status, STATUS_IO);
    fclose(full);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_comes_right_after_the_title),
        cmocka_unit_test(a_criterion_shows_interval_margin_and_verdict),
        cmocka_unit_test(settings_stand_side_by_side),
        cmocka_unit_test(differences_are_shown_against_the_baseline),
        cmocka_unit_test(assumptions_name_their_source_or_its_absence),
        cmocka_unit_test(a_warning_of_several_settings_is_said_once),
        cmocka_unit_test(a_long_piece_of_json_gives_way_to_its_note),
        cmocka_unit_test(self_checks_are_summed_up_by_the_worst),
        cmocka_unit_test(the_run_can_be_repeated_from_the_report),
        cmocka_unit_test(a_failed_check_is_loud),
        cmocka_unit_test(reservations_stand_before_the_numbers),
        cmocka_unit_test(an_unstable_setting_claims_no_interval),
        cmocka_unit_test(no_line_is_wider_than_the_screen),
        cmocka_unit_test(a_narrow_screen_shows_every_number),
        cmocka_unit_test(no_control_of_the_input_reaches_the_terminal),
        cmocka_unit_test(colours_are_the_only_escapes),
        cmocka_unit_test(several_judged_settings_have_a_verdict_over_all),
        cmocka_unit_test(without_criteria_there_is_no_verdict),
        cmocka_unit_test(undecided_tells_what_would_decide_it),
        cmocka_unit_test(what_neither_setting_showed_needs_a_bound_or_a_limit),
        cmocka_unit_test(an_unseen_event_needs_replications_in_proportion),
        cmocka_unit_test(an_open_comparison_counts_as_well),
        cmocka_unit_test(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
