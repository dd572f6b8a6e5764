/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every picture keeps to, whatever is drawn: no two texts overlap or leave it, nothing is cut,
 * what is beyond a scale has an arrow and its figure, and no line leads where nothing was seen. */
#include "inputs/scenario/scenario.h"
#include "plots/criterion_bar.h"
#include "plots/decision_picture.h"
#include "plots/model_diagram.h"
#include "plots/picture.h"
#include "plots/text_width.h"
#include "tests/support/page_check.h"
#include "tests/support/picture_scan.h"
#include "tests/support/random_findings.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A phone, the usual width, and a whole page. */
static const double widths[] = {PICTURE_PHONE, PICTURE_NARROW, PICTURE_WIDE};
enum { WIDTHS = sizeof widths / sizeof widths[0] };

/* Every kind that root can give, at every width; how many there are is added to drawn[kind]. */
static void check_all(const json_t *root, const char *name, size_t *drawn)
{
    for (size_t k = 0; k < PICTURE_KINDS; k++)
        for (size_t w = 0; w < WIDTHS; w++) {
            struct arena *arena = arena_open();
            const struct picture_request request = {
                .root = root, .width = widths[w], .arena = arena};
            const char *svg;
            size_t size;
            struct error err = {0};
            if (picture_draw(&picture_kinds[k], &request, &svg, &size, &err)) {
                const char *label =
                    arena_printf(arena, "%s, %s, %g wide", name, picture_kinds[k].name, widths[w]);
                picture_scan_check(svg, label, arena);
                page_check_picture(svg);
                drawn[k]++;
            }
            arena_close(arena);
        }
}

static void nothing_overlaps_or_is_cut_in_any_picture(void **state)
{
    size_t drawn[PICTURE_KINDS] = {0};
    for (uint64_t seed = 1; seed <= repetitions(60, 4); seed++)
        for (int kind = 0; kind < FINDINGS_KINDS; kind++) {
            char name[64];
            json_t *root = random_findings((enum findings_kind)kind, seed);
            snprintf(name, sizeof name, "findings %d of seed %d", kind, (int)seed);
            assert_non_null(root);
            check_all(root, name, drawn);
            json_decref(root);
        }
    for (size_t k = 0; k < PICTURE_KINDS; k++)
        if (drawn[k] == 0)
            fail_msg("no %s was drawn", picture_kinds[k].name);
}

/* ---- real scenarios ---- */

static void check_command(struct command_result result, const char *name, size_t *drawn)
{
    json_t *root = json_loads(result.output, 0, NULL);
    if (!root)
        fail_msg("%s: status %d: %s", name, result.status, result.error);
    check_all(root, name, drawn);
    json_decref(root);
    command_result_free(&result);
}

/* A warm-up of a second: what is drawn need not be right, only well drawn. */
static void check_run(const char *file, const char *duration, size_t *drawn)
{
    char *path = source_path(file);
    check_command(capsim_run("run", path, "-n", "2", "-d", duration, "--set", "run.warmup=1s",
                             "--quiet", "--format", "json", NULL),
                  file, drawn);
    free(path);
}

static void shipped_scenarios_draw_well(void **state)
{
    static const char *const runs[][2] = {{"inputs/scenarios/accubooks-pool.json", "5min"},
                                          {"inputs/scenarios/pganalytics-collectors.json", "5min"},
                                          {"inputs/scenarios/postgres-cores.json", "1min"},
                                          {"inputs/scenarios/checkout-services.json", "3s"},
                                          {"inputs/scenarios/mmc.json", "1min"},
                                          {"tests/plots/scenarios/shop.json", "3s"},
                                          {"tests/plots/scenarios/jobs.json", "1min"},
                                          {"tests/plots/scenarios/scrape.json", "1min"},
                                          {"tests/plots/scenarios/pgb.json", "3s"},
                                          {"tests/plots/scenarios/usl.json", "3s"}};
    size_t drawn[PICTURE_KINDS] = {0};
    for (size_t i = 0; i < repetitions(sizeof runs / sizeof runs[0], 2); i++)
        check_run(runs[i][0], runs[i][1], drawn);
    char *path = source_path("inputs/scenarios/accubooks-rollout.json");
    check_command(capsim_run("rehearse", path, "-n", "2", "--quiet", "--format", "json", NULL),
                  "rollout", drawn);
    free(path);
    path = source_path("inputs/scenarios/accubooks-pool.json");
    check_command(capsim_run("sweep", path, "--setting", "proposed", "--vary",
                             "resources.db_pool.max=50,200", "--vary",
                             "workloads.api.arrivals.customers=50000:250000:50000", "-n", "2", "-d",
                             "5min", "--quiet", "--format", "json", NULL),
                  "load", drawn);
    free(path);
}

/* ---- the diagram of a model, and the bars of criteria ---- */

static const char *const model_files[] = {"inputs/scenarios/accubooks-pool.json",
                                          "inputs/scenarios/accubooks-full.json",
                                          "inputs/scenarios/accubooks-per-instance.json",
                                          "inputs/scenarios/accubooks-rollout.json",
                                          "inputs/scenarios/checkout-services.json",
                                          "inputs/scenarios/day-and-burst.json",
                                          "inputs/scenarios/load-test.json",
                                          "inputs/scenarios/mmc.json",
                                          "inputs/scenarios/mpi-dispatch.json",
                                          "inputs/scenarios/pganalytics-collectors.json",
                                          "inputs/scenarios/pool-dialects.json",
                                          "inputs/scenarios/postgres-cores.json",
                                          "tests/plots/scenarios/shop.json",
                                          "tests/plots/scenarios/jobs.json",
                                          "tests/plots/scenarios/scrape.json",
                                          "tests/plots/scenarios/pgb.json",
                                          "tests/plots/scenarios/usl.json"};

static void check_model(const struct scenario_request *request, const char *name)
{
    for (size_t w = 0; w < WIDTHS; w++) {
        struct arena *arena = arena_open();
        struct scenario_set set;
        struct error err = {0};
        if (!scenario_read(request, arena, &set, &err))
            fail_msg("%s: %s", name, err.message);
        const char *svg = model_diagram_draw(&set, NULL, widths[w], arena);
        assert_non_null(svg);
        picture_scan_check(svg, arena_printf(arena, "%s, %g wide", name, widths[w]), arena);
        assert_string_equal(svg, model_diagram_draw(&set, NULL, widths[w], arena));
        scenario_close(&set);
        arena_close(arena);
    }
}

static void every_model_is_drawn_without_overlaps(void **state)
{
    for (size_t i = 0; i < sizeof model_files / sizeof model_files[0]; i++) {
        char *path = source_path(model_files[i]);
        check_model(&(struct scenario_request){.file = path}, model_files[i]);
        free(path);
    }
}

/* `workloads` of them that use pools in turn, each with a name of its own; so long a name that it
 * is cut. */
static char *large_scenario(size_t workloads, size_t pools)
{
    struct arena *arena = arena_open();
    const char *text = "{\"capsim\": 1, \"name\": \"large\", \"resources\": {";
    for (size_t p = 0; p < pools; p++)
        text = arena_printf(arena,
                            "%s%s\"pool_%zu_with_a_name_that_nobody_can_read\": {\"kind\": "
                            "\"connection_pool\", \"max\": 1000000}",
                            text, p > 0 ? ", " : "", p);
    text = arena_printf(arena, "%s}, \"workloads\": {", text);
    for (size_t w = 0; w < workloads; w++) {
        text = arena_printf(arena,
                            "%s%s\"w%zu\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": "
                            "\"%zu/s\"}, \"steps\": [",
                            text, w > 0 ? ", " : "", w, w + 1);
        for (size_t k = 0; k < 3; k++)
            text = arena_printf(arena,
                                "%s%s{\"hold\": \"pool_%zu_with_a_name_that_nobody_can_read\", "
                                "\"steps\": [{\"delay\": \"1ms\", \"name\": \"s%zu\"}]}",
                                text, k > 0 ? ", " : "", (w * (k + 1) + k) % pools, k);
        text = arena_printf(arena, "%s]}", text);
    }
    char *copy = strdup(arena_printf(arena, "%s}, \"run\": {\"duration\": \"10s\"}}", text));
    arena_close(arena);
    return copy;
}

static void large_models_keep_the_busiest_and_say_so(void **state)
{
    static const size_t sizes[][2] = {{1, 1}, {5, 2}, {4, 9}, {30, 7}, {60, 60}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *text = large_scenario(sizes[i][0], sizes[i][1]);
        const struct scenario_request request = {
            .file = "large.json", .text = text, .text_length = strlen(text)};
        check_model(&request, "large");
        free(text);
    }
    struct arena *arena = arena_open();
    char *text = large_scenario(30, 7);
    struct scenario_set set;
    struct error err = {0};
    assert_true(scenario_read(
        &(struct scenario_request){.file = "large.json", .text = text, .text_length = strlen(text)},
        arena, &set, &err));
    assert_non_null(strstr(model_diagram_draw(&set, NULL, PICTURE_WIDE, arena), "+ 26 more"));
    scenario_close(&set);
    arena_close(arena);
    free(text);
}

/* From nothing to a thousand times the limit, either way round. */
static void bars_of_criteria_keep_their_texts_apart(void **state)
{
    static const double values[] = {0.0, 1e-9, 0.5, 0.99, 1.0, 1.3, 3.0, 1e3, 1e9, NAN};
    static const double limits[] = {0.0, 1e-3, 0.7, 500.0, 123456789.0};
    static const char *const units[] = {"1", "s", "1/s", "B", ""};
    for (size_t v = 0; v < sizeof values / sizeof values[0]; v++)
        for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++)
            for (int kind = 0; kind < 20; kind++) {
                struct arena *arena = arena_open();
                double value = values[v] * (limits[l] > 0.0 ? limits[l] : 1.0);
                struct result_criterion criterion = {
                    .name = "c",
                    .expect = "c < 1",
                    .unit = units[kind % 5],
                    .has_limit = true,
                    .limit = limits[l],
                    .op = kind % 2 == 0 ? COMPARISON_LESS : COMPARISON_GREATER,
                    .verdict = kind % 4 < 2 ? VERDICT_UNDECIDED : VERDICT_PASS,
                    .estimate = result_fixture_estimate(value, 0.1 * value)};
                const char *svg = criterion_bar_draw(&criterion, kind < 10 ? NAN : value, arena);
                picture_scan_check(
                    svg, arena_printf(arena, "%g of %g, kind %d", value, limits[l], kind), arena);
                arena_close(arena);
            }
}

/* ---- what is drawn is what was found ---- */

/* Left and right of the limit, near it and not so near, of either kind. */
static void what_would_decide_keeps_its_texts_apart(void **state)
{
    static const double limits[] = {0.7, 0.01, 12.5, 3600};
    for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++)
        for (int way = -3; way <= 3; way++)
            for (int is_lower = 0; is_lower < 2; is_lower++) {
                struct arena *arena = arena_open();
                double half = 0.05 * limits[l], value = limits[l] + 0.3 * way * half;
                struct result_criterion criterion = {
                    .name = "pool utilization of the largest pool",
                    .unit = "s",
                    .verdict = VERDICT_UNDECIDED,
                    .has_limit = true,
                    .op = is_lower ? COMPARISON_GREATER : COMPARISON_LESS,
                    .limit = limits[l],
                    .estimate = result_fixture_estimate(value, half)};
                const struct result_setting setting = {
                    .criteria = &criterion, .criterion_count = 1, .replications = 3};
                struct figure figure;
                assert_true(decision_picture_make(&setting, arena, &figure));
                picture_scan_check(figure.svg, arena_printf(arena, "%g, %d", limits[l], way),
                                   arena);
                criterion.verdict = VERDICT_PASS;
                assert_false(decision_picture_make(&setting, arena, &figure));
                arena_close(arena);
            }
}

static const struct scan_path *path_of(const struct picture_scan *scan, const char *kind)
{
    for (size_t i = 0; i < scan->path_count; i++)
        if (strcmp(scan->paths[i].kind, kind) == 0)
            return &scan->paths[i];
    fail_msg("no %s", kind);
    return NULL;
}

static struct picture_scan scan_of(const json_t *root, const char *kind, struct arena *arena)
{
    const struct picture_request request = {.root = root, .arena = arena};
    const char *svg;
    size_t size;
    struct error err = {0};
    if (!picture_draw(picture_find_kind(kind), &request, &svg, &size, &err))
        fail_msg("%s: %s", kind, err.message);
    return picture_scan(svg, arena);
}

static bool has_text(const struct picture_scan *scan, const char *text)
{
    for (size_t i = 0; i < scan->text_count; i++)
        if (strstr(scan->texts[i].text, text))
            return true;
    return false;
}

static double rightmost(const struct scan_path *path)
{
    double x = -INFINITY;
    for (size_t i = 0; i < path->count; i++)
        x = fmax(x, path->points[i].x);
    return x;
}

/* Ten windows; the simulation ended in the sixth, and of the third nothing is known. */
static void shading_and_line_end_where_the_simulation_ended(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = json_pack("{s:[{s:s,s:{},s:[]}],s:{s:f,s:[{s:s,s:s,s:s,s:[f,f,n,f,f,f,n,n,n,n],"
                             "s:[f,f,n,f,f,f,n,n,n,n],s:[f,f,n,f,f,f,n,n,n,n]}]}}",
                             "settings", "name", "a", "metrics", "criteria", "series", "window_s",
                             60.0, "values", "setting", "a", "metric", "pool.queue", "unit", "",
                             "estimate", 2.0, 3.0, 4.0, 5.0, 6.0, "band_low", 1.0, 2.0, 3.0, 4.0,
                             5.0, "band_high", 3.0, 4.0, 5.0, 6.0, 7.0);
    struct picture_scan scan = scan_of(root, "series", arena);
    const struct scan_path *curve = path_of(&scan, "curve");
    assert_int_equal(curve->count, 5);
    assert_true(curve->is_begin[0] && !curve->is_begin[1] && curve->is_begin[2]);
    double step = curve->points[1].x - curve->points[0].x;
    assert_within(curve->points[4].x, curve->points[0].x + 5.0 * step, 0.5);
    double last = -INFINITY;
    for (size_t i = 0; i < scan.path_count; i++)
        if (strcmp(scan.paths[i].kind, "band") == 0)
            last = fmax(last, rightmost(&scan.paths[i]));
    assert_within(last, curve->points[4].x, 0.11);
    json_decref(root);
    arena_close(arena);
}

/* 3.1 s and 14.8 s, once drawn at the same place, stand at theirs. */
static void values_far_apart_stand_apart(void **state)
{
    static const double found[] = {0.02, 0.3, 3.1, 14.8};
    struct arena *arena = arena_open();
    json_t *points = json_array(), *criteria = json_array();
    for (int i = 0; i < 4; i++) {
        char text[8];
        snprintf(text, sizeof text, "%d", 40 - 10 * i);
        json_array_append_new(points, json_pack("{s:s,s:s}", "resources.pool.max", text, "verdict",
                                                i < 1 ? "pass" : "fail"));
        json_array_append_new(criteria,
                              json_pack("{s:s,s:s,s:s,s:f,s:f,s:f,s:f,s:s}", "point", text,
                                        "criterion", "wait", "verdict", i < 1 ? "pass" : "fail",
                                        "estimate", found[i], "low", found[i], "high", found[i],
                                        "margin", 0.1 - found[i], "unit", "s"));
    }
    json_t *root =
        json_pack("{s:i,s:o,s:o}", "capsim_answer", 1, "points", points, "criteria", criteria);
    struct picture_scan scan = scan_of(root, "sweep", arena);
    assert_true(has_text(&scan, "limit 0.1\u00a0s"));
    assert_true(has_text(&scan, "wait, s (log)"));
    double highest = INFINITY, second = INFINITY;
    for (size_t i = 0; i < scan.path_count; i++) /* a cross is two strokes: M L M L */
        if (scan.paths[i].count == 4 && scan.paths[i].is_begin[2]) {
            double y = scan.paths[i].points[0].y;
            second = fmin(fmax(y, highest), second);
            highest = fmin(highest, y);
        }
    assert_true(second - highest > 10.0);
    json_decref(root);
    arena_close(arena);
}

/* > 5 %: 1 % uses five times what there is, 100 % of > 99 % nothing. */
static void a_lower_limit_is_turned_round(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = json_pack(
        "{s:[{s:s,s:{},s:[{s:s,s:s,s:s,s:f,s:f,s:s,s:s},{s:s,s:s,s:s,s:f,s:f,s:s,s:s}]}]}",
        "settings", "name", "a", "metrics", "criteria", "name", "sampling", "expect", "x > 5%",
        "op", ">", "limit", 0.05, "estimate", 0.01, "unit", "1", "verdict", "fail", "name",
        "success", "expect", "y > 99%", "op", ">", "limit", 0.99, "estimate", 1.0, "unit", "1",
        "verdict", "pass");
    struct picture picture;
    struct error err = {0};
    const struct picture_request request = {.root = root, .arena = arena};
    assert_true(picture_find_kind("criteria")->make(&request, &picture, &err));
    assert_string_equal(picture.headline, "1 of 2 criteria fails; worst: sampling, 1\u00a0% where "
                                          "more than 5\u00a0% is asked");
    assert_non_null(strstr(picture.alt, "sampling: 500\u00a0%"));
    assert_non_null(strstr(picture.alt, "success: 0\u00a0%"));
    struct picture_scan scan = scan_of(root, "criteria", arena);
    path_of(&scan, "beyond");
    assert_true(has_text(&scan, "1 \u00b7 >\u00a05\u00a0%") ||
                has_text(&scan, "1\u00a0% \u00b7 >\u00a05\u00a0%"));
    json_decref(root);
    arena_close(arena);
}

/* A curve of waits leaves zero where waiting begins: at 3 % of the requests, not at p95. */
static void a_wait_curve_leaves_zero_at_the_share_that_waits(void **state)
{
    struct arena *arena = arena_open();
    json_t *root = json_pack("{s:[{s:s,s:[],s:{s:{s:f},s:{s:f},s:{s:f},s:{s:f}}}]}", "settings",
                             "name", "a", "criteria", "metrics", "pool.wait.probability",
                             "estimate", 0.03, "pool.wait.p95", "estimate", 0.0, "pool.wait.p99",
                             "estimate", 0.006, "pool.wait.p999", "estimate", 0.017);
    struct picture_scan scan = scan_of(root, "wait", arena);
    const struct scan_path *curve = path_of(&scan, "curve");
    assert_int_equal(curve->count, 4);
    assert_true(curve->is_begin[1] && !curve->is_begin[2]);
    assert_within(curve->points[1].x, curve->points[0].x, 0.11);
    assert_true(curve->points[1].y > curve->points[0].y && curve->points[1].y < curve->points[2].y);
    json_decref(root);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_overlaps_or_is_cut_in_any_picture),
        cmocka_unit_test(shipped_scenarios_draw_well),
        cmocka_unit_test(every_model_is_drawn_without_overlaps),
        cmocka_unit_test(large_models_keep_the_busiest_and_say_so),
        cmocka_unit_test(bars_of_criteria_keep_their_texts_apart),
        cmocka_unit_test(what_would_decide_keeps_its_texts_apart),
        cmocka_unit_test(shading_and_line_end_where_the_simulation_ended),
        cmocka_unit_test(values_far_apart_stand_apart),
        cmocka_unit_test(a_lower_limit_is_turned_round),
        cmocka_unit_test(a_wait_curve_leaves_zero_at_the_share_that_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
