/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page keeps what it was made from: it is verified by itself, and whatever was edited is found.
 * */
#include "tests/support/evidence_place.h"
#include "tests/support/page_check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A pool whose hold times are in a file beside it. */
static const char scenario[] =
    "{\"capsim\": 1, // a comment & <b>signs</b>\t\"'\r\n \"name\": \"kept\", \"run\": "
    "{\"duration\": "
    "\"1min\", \"replications\": 3, \"warmup\": \"1s\"}, \"resources\": {\"db\": {\"kind\": "
    "\"connection_pool\", \"max\": 9}}, \"workloads\": {\"api\": {\"arrivals\": {\"process\": "
    "\"poisson\", \"rate\": \"100/s\"}, \"steps\": [{\"hold\": \"db\", \"steps\": [{\"delay\": "
    "{\"dist\": \"empirical\", \"file\": \"times.txt\", \"unit\": \"ms\"}}]}]}}, \"criteria\": "
    "[{\"name\": \"load\", \"expect\": \"db.utilization < 78%\"}]}";
static const char times[] = "20\n30\n25\n22\n41\n";

/* A scenario and its file, and a page of it that a subcommand made. */
static void make_page(const struct evidence_place *place, const char *subcommand)
{
    file_write(place_path(place, "../kept.json"), scenario, strlen(scenario));
    file_write(place_path(place, "../times.txt"), times, strlen(times));
    struct command_result made = capsim_run(subcommand, place_path(place, "../kept.json"),
                                            "--format", "html", "--quiet", NULL);
    if (made.status != 0)
        fail_msg("status %d: %s", made.status, made.error);
    file_write(place_path(place, "../kept.html"), made.output, strlen(made.output));
    page_check_all(made.output);
    command_result_free(&made);
}

static void assert_said(const char *path, const char *beside, int status, const char *said)
{
    struct command_result result = capsim_run("verify", path, beside, NULL);
    if (result.status != status || (!strstr(result.output, said) && !strstr(result.error, said)))
        fail_msg("status %d: %s%s", result.status, result.output, result.error);
    command_result_free(&result);
}

/* Replaces the first `old` of the page, which has one. */
static void edit(const struct evidence_place *place, const char *old, const char *new)
{
    char *text = file_read(place_path(place, "../kept.html"), NULL), *at = strstr(text, old);
    if (!at)
        fail_msg("the page has no \"%s\"", old);
    size_t size = strlen(text) + strlen(new) + 1;
    char *edited = malloc(size);
    snprintf(edited, size, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    file_write(place_path(place, "../kept.html"), edited, strlen(edited));
    free(edited);
    free(text);
}

static void a_page_is_verified_by_itself(void **state)
{
    const struct evidence_place *place = *state;
    static const char *const subcommands[] = {"run", "why"};
    for (size_t i = 0; i < 2; i++) {
        make_page(place, subcommands[i]);
        unlink(place_path(place, "../kept.json"));
        unlink(place_path(place, "../times.txt"));
        assert_said(place_path(place, "../kept.html"), NULL, 0, "identical: ");
    }
}

static void what_is_edited_in_a_page_is_found(void **state)
{
    static const char *const edits[][2] = {
        {"PASS</span>", "FAIL</span>"},
        {"<span class=\"prop\">", "<span class=\"prop\">1"},
        {"fill=\"#0a5ab4\"", "fill=\"#0a5ab5\""},
        {"</body>", "<p>approved</p></body>"},
    };
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        make_page(*state, "run");
        edit(*state, edits[i][0], edits[i][1]);
        assert_said(place_path(*state, "../kept.html"), NULL, 1, "edited: ");
    }
}

static void a_copy_that_was_edited_is_told(void **state)
{
    make_page(*state, "run");
    edit(*state, "&#34;max&#34;: 9", "&#34;max&#34;: 8");
    assert_said(place_path(*state, "../kept.html"), NULL, 1, "input changed: the copy of ");
    make_page(*state, "run");
    edit(*state, "41\n</pre>", "40\n</pre>");
    assert_said(place_path(*state, "../kept.html"), NULL, 1,
                "input changed: the copy of times.txt");
}

/* Named beside it the files there count, not the copies. */
static void a_scenario_beside_a_page_is_the_one_that_is_read(void **state)
{
    const struct evidence_place *place = *state;
    make_page(place, "run");
    assert_said(place_path(place, "../kept.html"), place_path(place, "../kept.json"), 0,
                "identical: ");
    file_write(place_path(place, "../times.txt"), "1\n2\n", 4);
    assert_said(place_path(place, "../kept.html"), place_path(place, "../kept.json"), 1,
                "input changed: ");
}

/* A page comes from anybody: what it has no copy of is not read, wherever it may be. */
static void a_page_says_nobody_what_to_read(void **state)
{
    const struct evidence_place *place = *state;
    make_page(place, "run");
    edit(place, "<pre class=\"copy\">times.txt</pre>", "<pre class=\"copy\">other.txt</pre>");
    assert_said(place_path(place, "../kept.html"), NULL, 2, "has no copy of \"times.txt\"");
    make_page(place, "run");
    edit(place, "<pre class=\"source\">{", "<pre class=\"source\">&#0;{");
    assert_said(place_path(place, "../kept.html"), NULL, 2, "are not as capsim writes them");
    file_write(place_path(place, "../kept.html"), "<!DOCTYPE html>\n<p>nothing</p>", 29);
    assert_said(place_path(place, "../kept.html"), NULL, 2, "keeps no record");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_verified_by_itself),
        cmocka_unit_test(what_is_edited_in_a_page_is_found),
        cmocka_unit_test(a_copy_that_was_edited_is_told),
        cmocka_unit_test(a_scenario_beside_a_page_is_the_one_that_is_read),
        cmocka_unit_test(a_page_says_nobody_what_to_read),
    };
    return cmocka_run_group_tests(tests, place_open, place_close);
}
