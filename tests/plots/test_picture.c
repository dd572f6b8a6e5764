/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli.h"
#include "plots/gnuplot.h"
#include "plots/picture.h"
#include "tests/support/page_check.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *parsed(const char *text)
{
    json_error_t where;
    json_t *root = json_loads(text, 0, &where);
    if (!root)
        fail_msg("%s in: %s", where.text, text);
    return root;
}

/* The plain fixture's report, which has what every kind but series needs. */
static json_t *plain_report(void)
{
    char *text = result_fixture_json(result_fixture_plain());
    json_t *root = parsed(text);
    free(text);
    return root;
}

/* A report with all that any kind draws. Every name in it is `name`. */
static json_t *report_named(const char *name)
{
    const char *const metrics[] = {"p50", "p75", "p90", "p95", "p99", "p999"};
    json_t *found = json_object(), *values = json_array();
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        for (int k = 0; k < 3; k++) {
            char key[512];
            const char *const times[] = {"response", "wait", "cycle"};
            snprintf(key, sizeof key, "%s.%s.%s", name, times[k], metrics[i]);
            double value = 0.125 + 0.25 * (double)i;
            json_object_set_new(found, key,
                                json_pack("{s:f,s:f,s:f,s:s}", "estimate", value, "low",
                                          value - 0.01, "high", value + 0.02, "unit", "s"));
        }
    char connections[512];
    snprintf(connections, sizeof connections, "%s.connections", name);
    for (int k = 0; k < 3; k++)
        json_array_append_new(values, json_pack("{s:s,s:s,s:s,s:[f,f],s:[f,f],s:[f,f]}", "setting",
                                                name, "metric", k == 2 ? connections : name, "unit",
                                                "s", "estimate", 1.0, 2.0, "band_low", 0.5, 1.5,
                                                "band_high", 1.5, 2.5));
    json_t *criterion =
        json_pack("{s:s,s:s,s:f,s:s,s:f,s:f,s:f,s:s}", "name", name, "expect", "x < 1", "limit",
                  1.0, "op", "<", "estimate", 0.5, "low", 0.4, "high", 0.6, "verdict", "pass");
    json_t *base = json_pack("{s:s,s:O,s:[]}", "name", name, "metrics", found, "criteria");
    json_object_set_new(json_object_get(base, "metrics"), "memory",
                        json_pack("{s:f}", "estimate", 2.0));
    json_t *judged =
        json_pack("{s:s,s:o,s:[o]}", "name", name, "metrics", found, "criteria", criterion);
    return json_pack("{s:i,s:[o,o],s:{s:f,s:o},s:[{s:s,s:s,s:s,s:f}]}", "capsim_report", 1,
                     "settings", base, judged, "series", "window_s", 60.0, "values", values,
                     "differences", "metric", "memory", "from", name, "to", name, "estimate", 1.0);
}

/* An answer of a sweep over one value, or two; everything in it that can be is called `name`. */
static json_t *sweep_named(const char *name, bool is_heat)
{
    json_t *points = json_array(), *criteria = json_array();
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < (is_heat ? 3 : 1); y++) {
            char first[300], second[300], label[700], other[300];
            snprintf(first, sizeof first, "%d%s", 20 + 10 * x, name);
            snprintf(second, sizeof second, "%d%s", 5 + y, name);
            snprintf(other, sizeof other, "%s.other", name);
            snprintf(label, sizeof label, is_heat ? "%s, %s" : "%s", first, second);
            const char *verdict = x + y > 1 ? "pass" : x + y == 1 ? "undecided" : "fail";
            json_t *point = json_pack("{s:s}", name, first);
            if (is_heat)
                json_object_set_new(point, other, json_string(second));
            json_object_set_new(point, "verdict", json_string(verdict));
            json_array_append_new(points, point);
            double value = 0.9 - 0.2 * (x + y);
            json_array_append_new(criteria,
                                  json_pack("{s:s,s:s,s:s,s:f,s:f,s:f,s:f,s:s}", "point", label,
                                            "criterion", name, "verdict", verdict, "estimate",
                                            value, "low", value - 0.05, "high", value + 0.05,
                                            "margin", 0.7 - value, "unit", "1"));
        }
    return json_pack("{s:i,s:s,s:o,s:o}", "capsim_answer", 1, "kind", "sweep", "points", points,
                     "criteria", criteria);
}

/* Something that the kind can draw, all of whose names are `name`. */
static json_t *findings_for(const char *kind, const char *name)
{
    if (strcmp(kind, "sweep") == 0)
        return sweep_named(name, false);
    return strcmp(kind, "heat") == 0 ? sweep_named(name, true) : report_named(name);
}

static const char *drawn(const json_t *root, const char *kind, struct arena *arena)
{
    const struct picture_request request = {.root = root, .arena = arena};
    const char *bytes;
    size_t size;
    struct error err = {0};
    if (!picture_draw(picture_find_kind(kind), &request, &bytes, &size, &err))
        fail_msg("%s: %s", kind, err.message);
    assert_int_equal(strlen(bytes), size);
    return bytes;
}

static void every_kind_draws_the_same_bytes_again(void **state)
{
    struct arena *arena = arena_open();
    for (size_t i = 0; i < PICTURE_KINDS; i++) {
        json_t *root = findings_for(picture_kinds[i].name, "api");
        const char *one = drawn(root, picture_kinds[i].name, arena);
        assert_string_equal(one, drawn(root, picture_kinds[i].name, arena));
        page_check_picture(one);
        json_decref(root);
    }
    arena_close(arena);
}

/* Were any of it run, there would be a file. */
static void no_name_reaches_gnuplot_as_code(void **state)
{
    static const char *const forms[] = {
        "`touch %s`",
        "'; system('touch %s'); print '",
        "\\'; system(\"touch %s\") #",
        "\"; system(\"touch %s\"); \"",
        "a\n!touch %s\nb",
        "END\nsystem('touch %s')\n$curve0 << END",
        "@x $x %%s %%d `system(\"touch %s\")` {/Bold b}",
        "''`touch %s`''",
        "%%{`touch %s`}\\",
    };
    char *folder = folder_make();
    struct arena *arena = arena_open();
    const char *canary = arena_printf(arena, "%s/ran", folder);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char name[256];
        memset(name, 0, sizeof name);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(name, sizeof name, forms[i], canary);
#pragma GCC diagnostic pop
        for (size_t k = 0; k < PICTURE_KINDS; k++) {
            json_t *root = findings_for(picture_kinds[k].name, name);
            const char *svg = drawn(root, picture_kinds[k].name, arena);
            json_decref(root);
            page_check_picture(svg);
            if (access(canary, F_OK) == 0)
                fail_msg("%s ran: %s", picture_kinds[k].name, name);
        }
    }
    arena_close(arena);
    folder_remove(folder);
}

static void names_are_shown_as_they_are(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = report_named("a<b>&'q' 5%d `x` ^2_3 \\n");
    const char *svg = drawn(root, "series", arena);
    assert_non_null(strstr(svg, "a&lt;b&gt;&amp;\u2019q\u2019 5%d `x` ^2_3 \\n"));
    svg = drawn(root, "criteria", arena);
    assert_non_null(strstr(svg, "a&lt;b&gt;&amp;\u2019q\u2019 5%d `x` ^2_3 \\n"));
    json_decref(root);
    arena_close(arena);
}

static void figures_of_a_page_share_no_id(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = report_named("api");
    struct page_extras extras = {0};
    picture_fill_page(root, arena, &extras);
    assert_int_equal(extras.figure_count, 3);
    assert_null(extras.no_figures);
    char *page = result_fixture_page(result_fixture_plain(), &extras);
    page_check_all(page);
    assert_non_null(strstr(page, "<figure id=\"picture-criteria\">"));
    free(page);
    json_decref(root);
    arena_close(arena);
}

static void a_finding_is_the_headline(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = plain_report();
    struct page_extras extras = {0};
    picture_fill_page(root, arena, &extras);
    assert_string_equal(extras.figures[0].headline,
                        "2 of 2 criteria hold; nearest: p95 response at 76.28 % of its limit");
    json_decref(root);
    arena_close(arena);
}

static void a_sweep_says_what_passes_and_why_the_next_fails(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = sweep_named("size", false);
    struct picture picture;
    const struct picture_request request = {.root = root, .arena = arena};
    struct error err = {0};
    assert_true(picture_find_kind("sweep")->make(&request, &picture, &err));
    assert_string_equal(picture.headline, "size passes from 40size to 40size; 30size is undecided");
    /* margin and estimate add up to the limit at every point */
    assert_non_null(strstr(picture.script, "'limit 70 %'"));
    assert_false(picture_find_kind("heat")->make(&request, &picture, &err));
    assert_string_equal(err.message, "one value varies: kind sweep shows that");
    json_decref(root);
    arena_close(arena);
}

static void what_a_report_lacks_is_said(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = plain_report(), *empty = parsed("{\"settings\": 5}");
    const struct picture_request request = {.root = root, .arena = arena};
    const char *bytes;
    size_t size;
    struct error err = {0};
    assert_false(picture_draw(picture_find_kind("series"), &request, &bytes, &size, &err));
    assert_int_equal(err.status, STATUS_INPUT);
    assert_string_equal(err.message, "it has no series: give --series METRIC to run");
    assert_string_equal(picture_list_kinds(empty, arena), "");
    assert_null(picture_find_kind("pie"));
    json_decref(root);
    json_decref(empty);
    arena_close(arena);
}

static void without_gnuplot_the_page_says_what_is_missing(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = plain_report();
    struct page_extras extras = {0};
    char *path = strdup(getenv("PATH"));
    setenv("PATH", "/nowhere", 1);
    picture_fill_page(root, arena, &extras);
    assert_false(gnuplot_is_installed());
    setenv("PATH", path, 1);
    free(path);
    assert_int_equal(extras.figure_count, 0);
    assert_string_equal(
        extras.no_figures,
        "The pictures are missing: gnuplot is not installed (Debian: gnuplot-nox).");
    json_decref(root);
    arena_close(arena);
}

static void a_script_that_gnuplot_refuses_is_an_error(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    char *picture;
    size_t size;
    assert_false(gnuplot_draw("plot nothing of that kind\n", arena, &picture, &size, &err));
    assert_int_equal(err.status, STATUS_IO);
    assert_non_null(strstr(err.message, "gnuplot failed: "));
    arena_close(arena);
}

static void the_help_lists_every_kind(void **state)
{
    for (size_t i = 0; i < PICTURE_KINDS; i++) {
        char line[64];
        snprintf(line, sizeof line, "\n%s: ", picture_kinds[i].name);
        if (!strstr(cli_subcommands[CLI_PLOT].details, line))
            fail_msg("%s is not in the help of plot", picture_kinds[i].name);
    }
}

static void a_png_is_a_png(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = report_named("api");
    const struct picture_request request = {.root = root, .format = PICTURE_PNG, .arena = arena};
    const char *bytes;
    size_t size;
    struct error err = {0};
    assert_true(picture_draw(picture_find_kind("wait"), &request, &bytes, &size, &err));
    assert_memory_equal(bytes, "\x89PNG\r\n", 6);
    json_decref(root);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_draws_the_same_bytes_again),
        cmocka_unit_test(no_name_reaches_gnuplot_as_code),
        cmocka_unit_test(names_are_shown_as_they_are),
        cmocka_unit_test(figures_of_a_page_share_no_id),
        cmocka_unit_test(a_finding_is_the_headline),
        cmocka_unit_test(a_sweep_says_what_passes_and_why_the_next_fails),
        cmocka_unit_test(what_a_report_lacks_is_said),
        cmocka_unit_test(without_gnuplot_the_page_says_what_is_missing),
        cmocka_unit_test(a_script_that_gnuplot_refuses_is_an_error),
        cmocka_unit_test(the_help_lists_every_kind),
        cmocka_unit_test(a_png_is_a_png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
