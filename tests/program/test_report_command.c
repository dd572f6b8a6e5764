/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capsim report and capsim plot as a user runs them. */
#include "tests/support/page_check.h"
#include "tests/support/support.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
    char *folder, *scenario;
    char path[PATH_MAX];
};

static int open_place(void **state)
{
    static struct place place;
    place.folder = folder_make();
    place.scenario = source_path("inputs/scenarios/mmc.json");
    *state = &place;
    return 0;
}

static int close_place(void **state)
{
    struct place *place = *state;
    folder_remove(place->folder);
    free(place->scenario);
    return 0;
}

static const char *path_in(struct place *place, const char *name)
{
    snprintf(place->path, sizeof place->path, "%s/%s", place->folder, name);
    return place->path;
}

/* What the command printed, to be freed; it must end with that status and say nothing else. */
static char *printed(struct command_result result, int status)
{
    if (result.status != status || result.error[0] != '\0')
        fail_msg("status %d: %s", result.status, result.error);
    free(result.error);
    return result.output;
}

static void a_scenario_becomes_a_page_that_needs_nothing(void **state)
{
    const struct place *place = *state;
    char *page = printed(capsim_run("report", place->scenario, "--replications", "10", "--duration",
                                    "90s", "--quiet", NULL),
                         0);
    page_check_all(page);
    assert_non_null(strstr(page, "<figure id=\"picture-response\">"));
    assert_non_null(strstr(page, ">Where the time goes</a>"));
    assert_non_null(strstr(page, "<div id=\"verdict\">"));
    assert_non_null(strstr(page, "capsim report "));
    free(page);
}

/* The finding of size is there as size tells it, before the pictures. */
/* A pool of which 7 connections are enough, and 6 are not. */
static const char small[] =
    "{\"capsim\": 1, \"name\": \"small\", \"run\": {\"duration\": \"1min\", "
    "\"replications\": 4, \"warmup\": \"1s\"}, "
    "\"resources\": {\"db\": {\"kind\": \"connection_pool\", \"max\": 9, \"min\": 1}}, "
    "\"workloads\": {\"api\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": \"100/s\"}, "
    "\"steps\": [{\"hold\": \"db\", \"steps\": [{\"delay\": \"50ms\"}]}]}}, "
    "\"criteria\": [{\"name\": \"load\", \"expect\": \"db.utilization < 78%\"}]}";

static void with_vary_a_page_shows_the_smallest_size_and_how_less_fails(void **state)
{
    struct place *place = *state;
    char *path = strdup(path_in(place, "small.json"));
    file_write(path, small, strlen(small));
    char *page =
        printed(capsim_run("report", path, "--vary", "resources.db.max=4:12", "--quiet", NULL), 0);
    page_check_all(page);
    const char *found = strstr(page, "The smallest size that passes</h2>");
    assert_non_null(found);
    assert_non_null(strstr(found, "resources.db.max = 7 passes every criterion"));
    assert_non_null(strstr(found, " fails: load ("));
    assert_non_null(strstr(found, "<figure id=\"picture-"));
    assert_non_null(strstr(page, "<span>--vary</span> <span>resources.db.max=4:12</span>"));
    free(page);
    struct command_result twice = capsim_run("report", path, "--vary", "resources.db.max=4:12",
                                             "--vary", "resources.db.max=4:9", NULL);
    assert_int_equal(twice.status, 2);
    assert_non_null(strstr(twice.error, "'report' takes --vary once, got it 2 times"));
    command_result_free(&twice);
    free(path);
}

/* Claims about each 2 min of 20, near their limit: short replications leave the values beside the
 * smallest open. The page and size say the same. */
static void a_page_says_the_smallest_size_that_size_says(void **state)
{
    static const char near[] =
        "{\"capsim\": 1, \"name\": \"near\", \"run\": {\"duration\": \"20min\", \"seed\": 2, "
        "\"replications\": [5, 40]}, \"resources\": {\"db\": {\"kind\": \"connection_pool\", "
        "\"max\": 40, \"min\": 1}}, \"workloads\": {\"api\": {\"arrivals\": {\"process\": "
        "\"poisson\", \"rate\": \"100/s\"}, \"steps\": [{\"hold\": \"db\", \"steps\": "
        "[{\"delay\": {\"dist\": \"exponential\", \"mean\": \"100ms\"}}]}]}}, "
        "\"settings\": {\"more\": {\"resources.db.max\": 60}}, "
        "\"criteria\": [{\"name\": \"load\", \"expect\": "
        "\"db.utilization < 65% in every 2min\"}]}";
    struct place *place = *state;
    char *path = strdup(path_in(place, "near.json")), said[64], shown[64];
    int smallest;
    file_write(path, near, strlen(near));
    char *size =
        printed(capsim_run("size", path, "--vary", "resources.db.max=1:60", "-q", NULL), 0);
    assert_int_equal(
        sscanf(strstr(size, "SMALLEST"), "SMALLEST  resources.db.max = %d passes", &smallest), 1);
    char *page = printed(capsim_run("report", path, "--quiet", NULL), 0);
    snprintf(said, sizeof said, "<p>%d would do. ", smallest);
    snprintf(shown, sizeof shown, "%s",
             strstr(page, " would do") ? strstr(page, " would do") - 8 : "");
    if (!strstr(page, said))
        fail_msg("not \"%s\": %s", said, shown);
    free(page);
    free(size);
    free(path);
}

/* The scenario is read once, whatever is done with it. */
/* Nine connections hold 100 requests/s; the page says how few would, and how much more would go,
 * unless it is to be quick; the same bytes on one thread and on three. */
static void a_page_says_how_little_would_do_unless_it_is_quick(void **state)
{
    struct place *place = *state;
    char *path = strdup(path_in(place, "beyond.json"));
    file_write(path, small, strlen(small));
    char *page = printed(
        capsim_run("report", path, "--duration", "10min", "--quiet", "--threads", "1", NULL), 0);
    page_check_all(page);
    assert_non_null(strstr(page, "<p>7 would do. "));
    assert_non_null(strstr(page, "room for growth"));
    assert_non_null(strstr(page, "load is the first limit"));
    char *again = printed(
        capsim_run("report", path, "--duration", "10min", "--quiet", "--threads", "3", NULL), 0);
    assert_string_equal(page, again);
    char *quick =
        printed(capsim_run("report", path, "--duration", "10min", "--quiet", "--quick", NULL), 0);
    assert_null(strstr(quick, "would do"));
    assert_null(strstr(quick, "room for growth"));
    free(quick);
    free(again);
    free(page);
    free(path);
}

/* Six do not hold: it says how many would. */
static void a_page_of_a_failure_says_how_much_would_hold(void **state)
{
    struct place *place = *state;
    char *path = strdup(path_in(place, "less.json"));
    file_write(path, small, strlen(small));
    char *page = printed(capsim_run("report", path, "--duration", "10min", "--quiet", "--set",
                                    "resources.db.max=6", NULL),
                         1);
    assert_non_null(strstr(page, " 7 would hold."));
    assert_null(strstr(page, "room for growth"));
    free(page);
    free(path);
}

static void standard_input_gives_the_page_that_the_file_gives(void **state)
{
    struct place *place = *state;
    char *path = strdup(path_in(place, "small.json"));
    file_write(path, small, strlen(small));
    char *of_file =
        printed(capsim_run("report", path, "--vary", "resources.db.max=4:12", "--quiet", NULL), 0);
    const char *const argv[] = {capsim_path(),           "report",  "-", "--vary",
                                "resources.db.max=4:12", "--quiet", NULL};
    char *of_input = printed(command_run(&(struct command){.argv = argv, .input = small}), 0);
    const char *heading = "The smallest size that passes</h2>", *after = "</section>";
    const char *one = strstr(of_file, heading), *other = strstr(of_input, heading);
    assert_true(one && other && strstr(one, after));
    assert_memory_equal(one, other, (size_t)(strstr(one, after) - one));
    free(of_input);
    free(of_file);
    free(path);
}

/* From a heading on up to another. */
static char *between(const char *page, const char *from, const char *to)
{
    const char *start = strstr(page, from), *end = start ? strstr(start, to) : NULL;
    if (!end)
        fail_msg("no %s before a %s", from, to);
    return strndup(start, (size_t)(end - start));
}

/* A report has no copy of its scenario, which names things in the verdict and stands in the page of
 * the run; all figures are the same. */
static void the_page_of_a_report_has_the_figures_of_its_run(void **state)
{
    struct place *place = *state;
    const char *out = strdup(path_in(place, "out"));
    free(printed(capsim_run("run", place->scenario, "--replications", "10", "--duration", "90s",
                            "--series", "pool.utilization", "--quiet", "--out", out, NULL),
                 0));
    char *written = file_read(path_in(place, "out/report.html"), NULL);
    char *json = strdup(path_in(place, "out/report.json"));
    char *again = printed(capsim_run("report", json, NULL), 0);
    char *one = between(written, "<section id=\"response-time\"", "<section id=\"provenance\"");
    char *other = between(again, "<section id=\"response-time\"", "<section id=\"provenance\"");
    assert_string_equal(one, other);
    page_check_all(written);
    page_check_all(again);
    free(printed(capsim_run("report", json, "--out", path_in(place, "one.html"), NULL), 0));
    char *saved = file_read(path_in(place, "one.html"), NULL);
    assert_string_equal(again, saved);
    char *picture = printed(capsim_run("plot", json, "--kind", "series", NULL), 0);
    page_check_picture(picture);
    free(picture);
    free(saved);
    free(other);
    free(one);
    free(again);
    free(written);
    free(json);
    free((char *)out);
}

static void without_any_program_a_page_has_its_pictures(void **state)
{
    const struct place *place = *state;
    const char *const argv[] = {capsim_path(), "run", place->scenario, "--replications", "2",
                                "--duration",  "90s", "--format",      "html",           "--quiet",
                                NULL};
    const char *const environment[] = {"PATH=/nowhere", NULL};
    struct command_result result =
        command_run(&(struct command){.argv = argv, .environment = environment});
    assert_int_equal(result.status == 0 || result.status == 3, 1);
    assert_string_equal(result.error, "");
    page_check_all(result.output);
    assert_non_null(strstr(result.output, "<figure id=\"picture-"));
    command_result_free(&result);
}

static void without_a_rasterizer_plot_says_what_png_needs(void **state)
{
    char *report = source_path("tests/golden/mmc_json/stdout");
    const char *const argv[] = {capsim_path(), "plot", report, "--out", "/nowhere.png", NULL};
    const char *const environment[] = {"PATH=/nowhere", NULL};
    struct command_result result =
        command_run(&(struct command){.argv = argv, .environment = environment});
    assert_int_equal(result.status, 4);
    assert_string_equal(result.output, "");
    assert_string_equal(result.error,
                        "capsim: a PNG needs rsvg-convert, which is not installed (Debian: "
                        "librsvg2-bin); SVG needs nothing\n");
    command_result_free(&result);
    free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_becomes_a_page_that_needs_nothing),
        cmocka_unit_test(with_vary_a_page_shows_the_smallest_size_and_how_less_fails),
        cmocka_unit_test(a_page_says_the_smallest_size_that_size_says),
        cmocka_unit_test(a_page_says_how_little_would_do_unless_it_is_quick),
        cmocka_unit_test(a_page_of_a_failure_says_how_much_would_hold),
        cmocka_unit_test(standard_input_gives_the_page_that_the_file_gives),
        cmocka_unit_test(the_page_of_a_report_has_the_figures_of_its_run),
        cmocka_unit_test(without_any_program_a_page_has_its_pictures),
        cmocka_unit_test(without_a_rasterizer_plot_says_what_png_needs),
    };
    return cmocka_run_group_tests(tests, open_place, close_place);
}
