/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace tells what happened, with the same events as a run. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/studies/trace.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <string.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* The rows as lines of text. */
struct lines {
    char text[20000];
    size_t length, most;
};

static bool keep_line(void *context, const struct trace_row *row, struct error *err)
{
    struct lines *lines = context;
    const char *station = row->station ? row->station : "-", *by = row->by ? row->by : "-";
    size_t room = sizeof lines->text - lines->length;
    long long at_ms = (long long)(row->time_ns / 1000000), queue = (long long)row->queue;
    const char *why = row->why ? row->why : "-";
    lines->length +=
        (size_t)snprintf(lines->text + lines->length, room, "%lld %s %s %s %lld %s %s\n", at_ms,
                         row->request, row->what, station, queue, by, why);
    assert_true(lines->length < sizeof lines->text);
    return lines->most == 0 || --lines->most > 0;
}

/* One of the pool at a time, for 30 ms; one comes each 20 ms and waits no longer than patience. */
static struct scenario *build_line(double patience_s)
{
    struct pool_spec pool = build_pool("pool", POOL_CONNECTIONS, 1);
    pool.acquire_timeout = patience_s > 0 ? law_constant(arena, patience_s) : NULL;
    return build_queue(arena, law_constant(arena, 0.02), law_constant(arena, 0.03), pool);
}

static struct trace_found trace(const struct scenario *scenario, const struct trace_query *query,
                                struct lines *lines)
{
    struct error err = {.status = STATUS_OK};
    struct trace_found found;
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    assert_true(trace_run(model, query, arena, keep_line, lines, &found, &err));
    return found;
}

static void a_request_is_followed_from_its_arrival_to_its_end(void **state)
{
    struct lines lines = {.length = 0};
    struct trace_query query = {.mode = TRACE_REQUEST, .group = "w", .number = 2};
    struct trace_found found = trace(build_line(0), &query, &lines);
    assert_true(found.has_request);
    assert_string_equal(lines.text, "40 w:2 arrives - -1 - -\n"
                                    "40 w:2 waits for pool 1 - -\n"
                                    "50 w:2 is granted pool 0 w:1 -\n"
                                    "50 w:2 delays - -1 - -\n"
                                    "80 w:2 ends the delay - -1 - -\n"
                                    "80 w:2 releases pool 0 - -\n"
                                    "80 w:2 completes - -1 - -\n");
}

static void the_first_that_fails_is_found_with_those_in_front_of_it(void **state)
{
    struct lines lines = {.length = 0};
    struct trace_query query = {.mode = TRACE_FIRST_FAILURE};
    struct trace_found found = trace(build_line(0.0255), &query, &lines);
    assert_true(found.has_request);
    assert_string_equal(lines.text, "80 w:4 arrives - -1 - -\n"
                                    "80 w:4 waits for pool 1 - -\n"
                                    "80 w:3 (holds) pool -1 - -\n"
                                    "105 w:4 fails pool 1 - its time was up in the queue\n");
}

static void nobody_is_found_where_none_fails(void **state)
{
    struct lines lines = {.length = 0};
    struct trace_query query = {.mode = TRACE_FIRST_FAILURE};
    assert_false(trace(build_line(0), &query, &lines).has_request);
    assert_int_equal(lines.length, 0);
}

static void a_refusal_has_its_reason(void **state)
{
    struct scenario *scenario = build_line(0);
    struct pool_spec pool = scenario->pools[0];
    struct lines lines = {.length = 0};
    struct trace_query query = {.mode = TRACE_FIRST_FAILURE};
    pool.queue_limit = 0;
    scenario->pools = &pool;
    trace(scenario, &query, &lines);
    assert_string_equal(lines.text,
                        "40 w:2 arrives - -1 - -\n"
                        "40 w:2 fails pool 0 - refused: the queue is full, or nothing can be "
                        "opened\n");
}

static void a_span_has_all_of_its_time_and_nothing_else(void **state)
{
    struct lines lines = {.length = 0};
    struct trace_query query = {.mode = TRACE_SPAN, .from_ns = 45000000, .to_ns = 60000000};
    trace(build_line(0), &query, &lines);
    assert_string_equal(lines.text, "50 w:1 ends the delay - -1 - -\n"
                                    "50 w:1 releases pool 0 - -\n"
                                    "50 w:2 is granted pool 0 w:1 -\n"
                                    "50 w:1 completes - -1 - -\n"
                                    "50 w:2 delays - -1 - -\n");
}

static void a_sink_that_has_enough_gets_no_more(void **state)
{
    struct lines lines = {.most = 2};
    struct trace_query query = {.mode = TRACE_SPAN, .to_ns = 1000000000};
    assert_int_equal(trace(build_line(0), &query, &lines).rows, 2);
}

static void a_trace_has_the_events_of_a_run(void **state)
{
    struct scenario *scenario = build_line(0.025);
    for (uint32_t replication = 0; replication < 3; replication++) {
        struct once once = replicate_once(scenario, replication, arena);
        struct lines lines = {.length = 0};
        struct trace_query query = {.mode = TRACE_REQUEST, .group = "w", .number = 3};
        query.replication = replication;
        struct trace_found found = trace(scenario, &query, &lines);
        assert_true(once.observation.event_hash != 0);
        assert_true(found.event_hash == once.observation.event_hash);
    }
}

static void an_unknown_workload_is_refused(void **state)
{
    struct error err = {.status = STATUS_OK};
    struct trace_found found;
    const struct model *model = model_compile(build_line(0), arena, &err);
    struct trace_query query = {.mode = TRACE_REQUEST, .group = "v", .number = 1};
    assert_false(trace_run(model, &query, arena, keep_line, NULL, &found, &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_non_null(strstr(err.message, "\"v\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_followed_from_its_arrival_to_its_end),
        cmocka_unit_test(the_first_that_fails_is_found_with_those_in_front_of_it),
        cmocka_unit_test(nobody_is_found_where_none_fails),
        cmocka_unit_test(a_refusal_has_its_reason),
        cmocka_unit_test(a_span_has_all_of_its_time_and_nothing_else),
        cmocka_unit_test(a_sink_that_has_enough_gets_no_more),
        cmocka_unit_test(a_trace_has_the_events_of_a_run),
        cmocka_unit_test(an_unknown_workload_is_refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
