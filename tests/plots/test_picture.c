/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli.h"
#include "plots/picture.h"
#include "plots/rasterizer.h"
#include "tests/support/page_check.h"
#include "tests/support/result_fixture.h"
#include "tests/support/scenario_builder.h"
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

/* A rehearsal of one window more than one, whose names are all `name`. */
static json_t *rehearsal_named(const char *name)
{
    json_t *series = json_array();
    for (int w = 0; w < 3; w++)
        json_array_append_new(series, json_pack("{s:s,s:s,s:f,s:f,s:f,s:f}", "metric", name, "unit",
                                                "1", "start", 60.0 * w, "mean", 0.5, "lowest", 0.4,
                                                "highest", 0.6));
    return json_pack("{s:i,s:o,s:[{s:s,s:s,s:f},{s:s,s:s,s:f}],s:[{s:s,s:s,s:s,s:f,s:f,s:f,s:f}]}",
                     "capsim_answer", 1, "series", series, "timeline", "phase", name, "metric",
                     "begin", "estimate", 0.0, "phase", name, "metric", "length", "estimate", 120.0,
                     "rules", "kind", "alert", "name", name, "when", name, "fired", 2.0,
                     "replications", 2.0, "first_median", 30.0, "firing_time", 60.0);
}

static json_t *breakdown_named(const char *name)
{
    return json_pack("{s:i,s:[{s:s,s:s,s:s,s:f,s:f}]}", "capsim_answer", 1, "breakdown", "workload",
                     name, "part", "step", "step", name, "mean", 0.1, "slowest", 0.3);
}

/* A sweep of a load. */
static json_t *load_named(const char *name)
{
    char key[400];
    snprintf(key, sizeof key, "workloads.%s.arrivals.rate", name);
    json_t *points = json_array(), *criteria = json_array();
    for (int x = 1; x < 4; x++) {
        char text[8];
        snprintf(text, sizeof text, "%d", 100 * x);
        const char *verdict = x < 3 ? "pass" : "fail";
        json_array_append_new(points, json_pack("{s:s,s:s}", key, text, "verdict", verdict));
        json_array_append_new(criteria, json_pack("{s:s,s:s,s:s,s:f,s:f,s:s}", "point", text,
                                                  "criterion", name, "verdict", verdict, "estimate",
                                                  0.3 * x, "margin", 0.7 - 0.3 * x, "unit", "1"));
    }
    return json_pack("{s:i,s:s,s:o,s:o}", "capsim_answer", 1, "kind", "sweep", "points", points,
                     "criteria", criteria);
}

static json_t *measured_named(const char *name)
{
    return json_pack("{s:i,s:s,s:[{s:s,s:s,s:f,s:f,s:f,s:f},{s:s,s:s,s:f,s:f,s:f,s:f}]}",
                     "capsim_answer", 1, "kind", "backtest", "values", "pair", name, "metric", name,
                     "measured", 0.25, "projected", 0.5, "one_run_low", 0.4, "one_run_high", 0.6,
                     "pair", name, "metric", "x", "measured", 3.0, "projected", 3.1, "one_run_low",
                     2.0, "one_run_high", 4.0);
}

static json_t *import_named(const char *name)
{
    json_t *facts = json_pack("{s:{s:f},s:s}", "rate", "value", 12.5, "arrivals", name);
    return json_pack("{s:i,s:s,s:o,s:[{s:s,s:f,s:f,s:f}],s:[{s:s,s:f,s:f,s:f}],s:[{s:f,s:f}],"
                     "s:[{s:s,s:f,s:f,s:f}]}",
                     "capsim_answer", 1, "kind", "import", "facts", facts, "rates", "source", name,
                     "start_s", 0.0, "end_s", 10.0, "rate", 12.5, "dispersion", "source", name,
                     "window_s", 1.0, "index", 1.2, "error", 0.1, "drafted_rate", "at_s", 0.0,
                     "rate", 12.5, "quantiles", "class", name, "probability", 0.5, "observed", 0.1,
                     "fitted", 0.2);
}

/* Something that the kind can draw, all of whose names are `name`. */
static json_t *findings_for(const char *kind, const char *name)
{
    static const struct {
        const char *kind;
        json_t *(*make)(const char *name);
    } others[] = {{"timeline", rehearsal_named}, {"time", breakdown_named},
                  {"load-curve", load_named},    {"diagonal", measured_named},
                  {"residuals", measured_named}, {"arrivals", import_named},
                  {"quantiles", import_named}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(kind, others[i].kind) == 0)
            return others[i].make(name);
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

/* Markup, entities, controls, and what an XML reader or a style sheet would act on. */
static void no_name_becomes_markup(void **state)
{
    static const char *const forms[] = {"<script>x</script>", "</text></svg><svg/onload=\"x\">",
                                        "\"/onload=\"x",      "'/onload='x",
                                        "&lt;&#x3c;&amp",     "]]><!-- --><![CDATA[",
                                        "a\n\t\033[31mb",     "</title></style>",
                                        "\u202eabc\u202c"};
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        for (size_t k = 0; k < PICTURE_KINDS; k++) {
            json_t *root = findings_for(picture_kinds[k].name, forms[i]);
            const char *svg = drawn(root, picture_kinds[k].name, arena);
            json_decref(root);
            page_check_picture(svg);
            assert_null(strstr(svg, "<script"));
            assert_null(strstr(svg, "\033"));
        }
    arena_close(arena);
}

static void names_are_shown_as_they_are(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = report_named("a<b>&'q' 5%d `x` ^2_3 \\n");
    const char *svg = drawn(root, "series", arena);
    assert_non_null(strstr(svg, "a&lt;b&gt;&amp;&#39;q&#39; 5%d `x` ^2_3 \\n"));
    svg = drawn(root, "criteria", arena);
    assert_non_null(strstr(svg, "a&lt;b&gt;&amp;&#39;q&#39; 5%d `x` ^2_3 \\n"));
    json_decref(root);
    arena_close(arena);
}

static void figures_of_a_page_share_no_id(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = report_named("api");
    struct page_extras extras = {0};
    picture_fill_page(root, NULL, arena, &extras);
    assert_int_equal(extras.figure_count, 7);
    assert_null(extras.no_figures);
    char *page = result_fixture_page(result_fixture_plain(), &extras);
    page_check_all(page);
    assert_non_null(strstr(page, "<figure id=\"picture-response\">"));
    free(page);
    json_decref(root);
    arena_close(arena);
}

/* 600 ms of work, 150 ms until a connection is there, 250 ms with it. */
static void waits_stand_where_a_request_waits(void **state)
{
    struct arena *arena = arena_open();
    struct step delays[] = {build_delay(law_constant(arena, 0.6)),
                            build_delay(law_constant(arena, 0.25))};
    delays[0].name = "render";
    delays[1].name = "ask";
    struct step steps[] = {delays[0], build_hold(arena, 0, &delays[1], 1)};
    struct class_spec class = build_class(arena, NULL, 1, 0, steps, 2);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1), &class, 1);
    struct pool_spec pool = build_pool("p", POOL_THREADS, 3);
    struct setting_spec setting = {.name = "only",
                                   .scenario = *build_scenario(arena, &pool, 1, &workload, 1, 600)};
    struct scenario_set set = {.settings = &setting, .setting_count = 1};
    json_t *root =
        parsed("{\"capsim_report\": 1, \"settings\": [{\"name\": \"only\", \"criteria\": [], "
               "\"metrics\": {\"p.wait.mean\": {\"estimate\": 0.15}, "
               "\"w.response.mean\": {\"estimate\": 1.0}, "
               "\"w.step.ask.mean\": {\"estimate\": 0.25, \"resource\": \"w\", "
               "\"metric\": \"step.ask\", \"statistic\": \"mean\"}, "
               "\"w.step.render.mean\": {\"estimate\": 0.6, \"resource\": \"w\", "
               "\"metric\": \"step.render\", \"statistic\": \"mean\"}}}]}");
    struct picture_request request = {.root = root, .set = &set, .arena = arena};
    struct picture picture;
    struct error err = {0};
    assert_true(picture_find_kind("time")->make(&request, &picture, &err));
    assert_non_null(strstr(picture.alt, "render 600\u00a0ms (60\u00a0%), wait for p "
                                        "150\u00a0ms (15\u00a0%), ask 250\u00a0ms (25\u00a0%)."));
    request.set = NULL;
    assert_true(picture_find_kind("time")->make(&request, &picture, &err));
    assert_non_null(strstr(picture.alt, "ask 250\u00a0ms (25\u00a0%), render 600\u00a0ms "
                                        "(60\u00a0%), waits and the rest 150\u00a0ms"));
    json_decref(root);
    arena_close(arena);
}

/* A search that ends before anything fails says what is open beyond. */
static void a_load_curve_says_where_it_is_open(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = load_named("api");
    json_t *last = json_array_get(json_object_get(root, "points"), 2);
    json_object_set_new(last, "verdict", json_string("undecided"));
    json_object_set_new(json_array_get(json_object_get(root, "criteria"), 2), "verdict",
                        json_string("undecided"));
    json_object_set_new(root, "facts", json_pack("{s:s}", "setting", "proposed"));
    const struct figure *figure = picture_make_figure("load-curve", root, arena);
    assert_non_null(figure);
    assert_string_equal(figure->headline, "proposed holds 200; beyond that api is undecided");
    assert_null(picture_make_figure("timeline", root, arena));
    json_decref(root);
    arena_close(arena);
}

static void a_finding_is_the_headline(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = plain_report();
    struct page_extras extras = {0};
    picture_fill_page(root, NULL, arena, &extras);
    assert_string_equal(extras.figures[0].headline,
                        "All 2 criteria hold; nearest: p95 response, at 76.3\u00a0% of its limit");
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
    assert_string_equal(picture.headline, "size passes at 40size; 30size is undecided");
    /* margin and estimate add up to the limit at every point */
    assert_non_null(strstr(picture.content, "limit 70\u00a0%"));
    assert_false(picture_find_kind("heat")->make(&request, &picture, &err));
    assert_string_equal(err.message, "one value varies: kind sweep shows that");
    json_decref(root);
    arena_close(arena);
}

/* A sweep of count values, and for each of 2 others, of which one combination fails. */
static json_t *long_sweep(int count, int failing, bool is_heat)
{
    json_t *points = json_array(), *criteria = json_array();
    for (int x = 0; x < count; x++)
        for (int y = 0; y < (is_heat ? 2 : 1); y++) {
            char first[16], label[32];
            const char *verdict = x == failing && y == 0 ? "fail" : "pass";
            double value = x == failing && y == 0 ? 0.9 : 0.001 * x;
            snprintf(first, sizeof first, "%d", x);
            snprintf(label, sizeof label, is_heat ? "%d, %c" : "%d", x, 'a' + y);
            json_t *point = json_pack("{s:s}", "p.max", first);
            if (is_heat)
                json_object_set_new(point, "p.rule", json_string(y ? "b" : "a"));
            json_object_set_new(point, "verdict", json_string(verdict));
            json_array_append_new(points, point);
            json_array_append_new(criteria,
                                  json_pack("{s:s,s:s,s:s,s:f,s:f,s:f,s:f,s:s}", "point", label,
                                            "criterion", "busy", "verdict", verdict, "estimate",
                                            value, "low", value, "high", value, "margin",
                                            0.7 - value, "unit", "1"));
        }
    return json_pack("{s:i,s:s,s:{s:{s:i}},s:o,s:o}", "capsim_answer", 1, "kind", "sweep", "facts",
                     "points_planned", "value", count * (is_heat ? 2 : 1), "points", points,
                     "criteria", criteria);
}

/* 200 values, 4 at a place: the place of 131 is 128 ... 131. */
static void values_that_share_a_mark_pass_only_together(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    struct picture picture;
    json_t *root = long_sweep(200, 131, false);
    struct picture_request request = {.root = root, .arena = arena};
    assert_true(picture_find_kind("sweep")->make(&request, &picture, &err));
    assert_string_equal(picture.headline, "p.max passes from 0 to 127");
    assert_non_null(strstr(picture.alt, "124 ... 127: pass. 128 ... 131: fail, busy. 132"));
    assert_non_null(strstr(picture.content, "each mark is the worst of up to 4 values"));
    json_decref(root);
    request.root = root = long_sweep(200, 3, false);
    assert_true(picture_find_kind("sweep")->make(&request, &picture, &err));
    assert_string_equal(picture.headline, "p.max passes from 4 to 199; 0 ... 3 fails: busy");
    json_decref(root);
    request.root = root = long_sweep(200, 131, true);
    assert_true(picture_find_kind("heat")->make(&request, &picture, &err));
    assert_string_equal(picture.headline, "399 of 400 combinations pass; what fails most is busy");
    assert_non_null(strstr(picture.content, "each field is the worst of up to 4 combinations"));
    json_decref(root);
    arena_close(arena);
}

/* What is missing at a place that others share may have failed. */
static void a_place_with_a_point_missing_is_not_drawn(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    struct picture picture;
    json_t *root = long_sweep(200, 131, false);
    const struct picture_request request = {.root = root, .arena = arena};
    json_array_remove(json_object_get(root, "points"), 131);
    assert_false(picture_find_kind("sweep")->make(&request, &picture, &err));
    assert_string_equal(err.message, "not all points were finished, and they are too many to be "
                                     "drawn one by one");
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

/* A page needs no program: its pictures are drawn here. */
static void without_a_rasterizer_only_png_is_missing(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = plain_report();
    struct page_extras extras = {0};
    struct picture_request request = {.root = root, .arena = arena};
    const char *bytes;
    size_t size;
    struct error err = {0};
    char *path = strdup(getenv("PATH"));
    setenv("PATH", "/nowhere", 1);
    picture_fill_page(root, NULL, arena, &extras);
    assert_true(picture_draw(picture_find_kind("criteria"), &request, &bytes, &size, &err));
    request.format = PICTURE_PNG;
    assert_false(picture_draw(picture_find_kind("criteria"), &request, &bytes, &size, &err));
    assert_false(rasterizer_is_installed());
    setenv("PATH", path, 1);
    free(path);
    assert_true(extras.figure_count > 0);
    assert_null(extras.no_figures);
    assert_int_equal(err.status, STATUS_IO);
    assert_string_equal(err.message, RASTERIZER_MISSING);
    json_decref(root);
    arena_close(arena);
}

static void what_a_rasterizer_refuses_is_an_error(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    const char *picture;
    size_t size;
    if (!rasterizer_is_installed())
        skip();
    assert_false(rasterizer_draw("no picture of that kind\n", arena, &picture, &size, &err));
    assert_int_equal(err.status, STATUS_IO);
    assert_non_null(strstr(err.message, RASTERIZER " failed: "));
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
        cmocka_unit_test(no_name_becomes_markup),
        cmocka_unit_test(names_are_shown_as_they_are),
        cmocka_unit_test(figures_of_a_page_share_no_id),
        cmocka_unit_test(a_finding_is_the_headline),
        cmocka_unit_test(waits_stand_where_a_request_waits),
        cmocka_unit_test(a_load_curve_says_where_it_is_open),
        cmocka_unit_test(a_sweep_says_what_passes_and_why_the_next_fails),
        cmocka_unit_test(values_that_share_a_mark_pass_only_together),
        cmocka_unit_test(a_place_with_a_point_missing_is_not_drawn),
        cmocka_unit_test(what_a_report_lacks_is_said),
        cmocka_unit_test(without_a_rasterizer_only_png_is_missing),
        cmocka_unit_test(what_a_rasterizer_refuses_is_an_error),
        cmocka_unit_test(the_help_lists_every_kind),
        cmocka_unit_test(a_png_is_a_png),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
