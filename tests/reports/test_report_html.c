/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page_parts.h"
#include "tests/support/page_check.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <stdlib.h>
#include <string.h>

static void assert_says(const char *page, const char *text)
{
    if (!strstr(page, text))
        fail_msg("\"%s\" is not in the page", text);
}

static void the_parts_come_in_the_order_of_a_reader_who_decides(void **state)
{
    static const char *const order[] = {"<h1>AccuBooks",
                                        "<nav aria-label=\"Contents\">",
                                        "<div id=\"verdict\">",
                                        "PASS</span> Proposed holds its load</h2>",
                                        "All 2 criteria hold; the nearest limit is p95 response",
                                        "<div class=\"tiles\">",
                                        "<ul class=\"chips\">",
                                        "1 input without a source",
                                        "3 of 3 self-checks hold",
                                        "<main>",
                                        "<h2>Pictures",
                                        "<h2>Settings compared",
                                        "<h2>Every criterion holds, with its whole interval",
                                        "<h2>Warnings",
                                        "<h2>Inputs: 1 with a source, 1 without a source",
                                        "<h2>Checks and defaults",
                                        "<h2>Provenance",
                                        "<pre class=\"command\"><code><span>capsim</span>",
                                        "<h2>Sign-off",
                                        "<h2>Every metric"};
    static const struct page_extras extras = {.no_figures = "no pictures here"};
    char *page = result_fixture_page(result_fixture_plain(), &extras);
    const char *at = page;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        at = strstr(at, order[i]);
        if (!at)
            fail_msg("\"%s\" is missing or comes too early", order[i]);
    }
    page_check_all(page);
    assert_says(page, "no pictures here");
    free(page);
}

static void every_figure_can_be_cited(void **state)
{
    char *page = result_fixture_html(result_fixture_plain());
    assert_says(page, "id=\"metric-db_pool.wait.p95\">");
    assert_says(page, "id=\"criterion-proposed-pool-utilization\"");
    assert_says(page, "id=\"check-proposed-Little-s-law--db_pool\"");
    assert_says(page, "id=\"all-db_pool.wait.sd\">");
    free(page);
}

static void nothing_of_a_hostile_scenario_becomes_markup(void **state)
{
    char *page = result_fixture_html(result_fixture_hostile());
    page_check_all(page);
    assert_says(page, "name | with `ticks` &lt;b&gt;");
    assert_null(strstr(page, "<b>"));
    for (const char *at = page; *at != '\0'; at++)
        assert_true(*at == '\n' || (unsigned char)*at >= ' ');
    free(page);
}

static void what_is_assumed_stands_before_what_was_measured(void **state)
{
    char *page = result_fixture_html(result_fixture_plain());
    const char *assumed = strstr(page, ">no source</td>");
    const char *sourced = strstr(page, ">load test of 1 February 2026</td>");
    assert_non_null(assumed);
    assert_non_null(sourced);
    assert_true(assumed < sourced);
    free(page);
}

static void the_same_result_gives_the_same_bytes(void **state)
{
    char *one = result_fixture_html(result_fixture_plain());
    char *two = result_fixture_html(result_fixture_plain());
    assert_string_equal(one, two);
    free(one);
    free(two);
}

static void figures_stand_under_their_headlines_with_words(void **state)
{
    static const struct figure figure = {
        .key = "wait", .headline = "95 % wait < 1 ms", .alt = "a \"curve\"", .svg = "<svg></svg>"};
    static const struct page_extras extras = {.figures = &figure, .figure_count = 1};
    char *page = result_fixture_page(result_fixture_plain(), &extras);
    page_check_all(page);
    assert_says(page, "<h2>95 % wait &lt; 1 ms</h2>\n<figure id=\"picture-wait\">");
    assert_says(page, "role=\"img\" aria-label=\"a &quot;curve&quot;\"><svg></svg></div>");
    free(page);
}

static void ids_are_unique_however_names_collide(void **state)
{
    struct arena *arena = arena_open();
    struct html html = html_begin(stderr, arena);
    assert_string_equal(html_id(&html, "a b"), "a-b");
    assert_string_equal(html_id(&html, "a/b"), "a-b-2");
    assert_string_equal(html_id(&html, "a-b-2"), "a-b-2-2");
    assert_string_equal(html_id(&html, "db_pool.wait.p95"), "db_pool.wait.p95");
    assert_string_equal(html_id(&html, "\xff\n<"), "---");
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_come_in_the_order_of_a_reader_who_decides),
        cmocka_unit_test(every_figure_can_be_cited),
        cmocka_unit_test(nothing_of_a_hostile_scenario_becomes_markup),
        cmocka_unit_test(what_is_assumed_stands_before_what_was_measured),
        cmocka_unit_test(the_same_result_gives_the_same_bytes),
        cmocka_unit_test(figures_stand_under_their_headlines_with_words),
        cmocka_unit_test(ids_are_unique_however_names_collide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
