/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/headline.h"
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

/* 0 in the interval: the sign is not known, however large the estimate. A known one keeps it. */
static void a_change_inside_its_noise_is_none(void **state)
{
    struct result result = *result_fixture_plain();
    struct result_difference differences[3];
    memcpy(differences, result.differences, sizeof differences);
    differences[2].estimate = result_fixture_estimate(0.00011, 0.00054);
    result.differences = differences;
    char *page = result_fixture_html(&result);
    assert_says(page, ">none (\u00b1\u00a00.00065\u00a0/s)</td>");
    assert_says(page, ">\u221256.27 \u00b1\u00a00.12\u00a0pp</td>");
    assert_says(page, ">Completed <span class=\"sub\">api.<wbr>throughput");
    assert_says(page, ">Wait, p95 <span class=\"sub\">db_");
    assert_says(page, "<td class=\"number key\" role=\"cell\" data-label=\"proposed\">");
    assert_null(strstr(page, "<td class=\"number key\" role=\"cell\" data-label=\"baseline\">"));
    free(page);
    differences[2].estimate = result_fixture_estimate(0, 0);
    page = result_fixture_html(&result);
    assert_says(page, ">none</td>");
    free(page);
}

/* The plain result with another verdict on its first criterion. */
static struct result judged_as(enum verdict verdict, struct result_setting settings[2],
                               struct result_criterion criteria[2])
{
    struct result result = *result_fixture_plain();
    memcpy(settings, result.settings, 2 * sizeof *settings);
    memcpy(criteria, settings[1].criteria, 2 * sizeof *criteria);
    criteria[0].verdict = result.verdict = settings[1].verdict = verdict;
    settings[1].criteria = criteria;
    result.settings = settings;
    return result;
}

static void an_undecided_page_shows_the_ways_to_a_verdict(void **state)
{
    struct result_setting settings[2];
    struct result_criterion criteria[2];
    struct result result = judged_as(VERDICT_UNDECIDED, settings, criteria);
    criteria[0].estimate = result_fixture_estimate(0.697, 0.007);
    criteria[0].estimate.standard_error = 0.0015;
    const struct figure picture = {.key = PAGE_DECISION_PICTURE "-1",
                                   .headline = "the limit lies in it",
                                   .alt = "it",
                                   .svg = "<svg id=\"x\"></svg>"};
    const struct outlook outlook = {
        .setting = "proposed", .enough = "56", .path = "resources.db_pool.max"};
    const struct page_extras extras = {.bars = &picture, .bar_count = 1, .outlook = &outlook};
    char *page = result_fixture_page(&result, &extras);
    page_check_all(page);
    assert_says(page, "<h2>What would decide it</h2>");
    assert_says(page, "id=\"picture-decision-1\"");
    assert_says(page, "<span>a way to a verdict</span>");
    assert_says(page, "Give it room: resources.db_pool.max = 56 holds.");
    assert_says(page, "<span>resources.db_pool.max=56</span></code>");
    assert_says(page, "Decide the limit: if 70.5\u00a0% is acceptable for pool utilization");
    assert_says(page, "<span>--replications</span>");
    free(page);
    page = result_fixture_html(result_fixture_plain());
    assert_null(strstr(page, "What would decide it"));
    assert_null(strstr(page, "a way to a verdict"));
    free(page);
}

/* p95 falls because what would have waited is refused. */
static void what_is_lower_because_requests_fail_says_so(void **state)
{
    struct result_setting settings[2];
    struct result_criterion criteria[2];
    struct arena *arena = arena_open();
    struct result result = judged_as(VERDICT_FAIL, settings, criteria);
    criteria[0].identity = metric_catalogue_identity("api.error_rate", arena);
    criteria[1].metric = "db_pool.utilization";
    criteria[1].estimate = result_fixture_estimate(0.1, 0.01);
    char *page = result_fixture_html(&result);
    assert_says(page, "; lower because requests fail</p>");
    free(page);
    criteria[0].verdict = VERDICT_PASS;
    page = result_fixture_html(&result);
    assert_null(strstr(page, "lower because requests fail"));
    free(page);
    arena_close(arena);
}

/* What is set has a before, too: that of the first setting's scenario. */
static void a_claim_about_what_is_set_shows_what_was_set(void **state)
{
    struct result_setting settings[2];
    struct result_criterion criteria[2];
    struct result result = judged_as(VERDICT_PASS, settings, criteria);
    criteria[0].is_configured = true;
    criteria[0].metric = "db_pool.max";
    criteria[0].unit = "";
    criteria[0].estimate = result_fixture_estimate(200, 0);
    struct configured_spec claim = {.criterion = {.metric = "db_pool.max"}, .value = 50};
    const struct setting_spec specs[] = {
        {.name = "baseline", .scenario = {.configured = &claim, .configured_count = 1}},
        {.name = "proposed"}};
    const struct scenario_set set = {.file = "pool.json",
                                     .text = "{}",
                                     .text_length = 2,
                                     .plain = "{}",
                                     .plain_length = 2,
                                     .settings = specs,
                                     .setting_count = 2};
    const struct page_extras extras = {.set = &set};
    char *page = result_fixture_page(&result, &extras);
    assert_says(page, "<span class=\"base\">50 \u2192</span> <span class=\"prop\">200</span>");
    free(page);
}

static void there_is_room_for_as_much_as_was_seen_to_pass(void **state)
{
    const struct figure bar = {.key = PAGE_ROOM_BAR, .alt = "50 today", .svg = "<svg></svg>"};
    struct outlook outlook = {
        .setting = "proposed", .load = 50000, .room = 186999, .noun = "customers"};
    const struct page_extras extras = {.bars = &bar, .bar_count = 1, .outlook = &outlook};
    char *page = result_fixture_page(result_fixture_plain(), &extras);
    assert_says(page, "aria-label=\"50 today\"");
    assert_says(page, "at least 3.73 \u00d7</b>");
    assert_says(page, "186,000</span>");
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
        cmocka_unit_test(a_change_inside_its_noise_is_none),
        cmocka_unit_test(an_undecided_page_shows_the_ways_to_a_verdict),
        cmocka_unit_test(what_is_lower_because_requests_fail_says_so),
        cmocka_unit_test(a_claim_about_what_is_set_shows_what_was_set),
        cmocka_unit_test(there_is_room_for_as_much_as_was_seen_to_pass),
        cmocka_unit_test(ids_are_unique_however_names_collide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
