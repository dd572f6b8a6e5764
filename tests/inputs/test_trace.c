/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces: read from files and played by the engine. */
#include "inputs/scenario/trace_file.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_fixture.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void write_rows(struct fixture *fixture, const char *text)
{
    file_write(arena_printf(fixture->arena, "%s/rows.csv", fixture->folder), text, strlen(text));
}

/* One replication of steps on trace `file`, in a pool of `max` with more keys. */
static struct once play(struct fixture *fixture, const char *file, const char *columns,
                        const char *pool, const char *steps, const char *duration)
{
    const char *text = arena_printf(
        fixture->arena,
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"db\": { \"kind\": "
        "\"connection_pool\", %s } }, \"workloads\": { \"w\": { \"arrivals\": { \"process\": "
        "\"trace\", \"file\": \"%s\", %s }, \"steps\": %s } },"
        "\"run\": { \"duration\": \"%s\" } }",
        pool, file, columns, steps, duration);
    return replicate_once(fixture_read_text(fixture, text), 0, fixture->arena);
}

#define MEASURED "\"columns\": { \"arrival\": \"arrival_s\", \"work\": \"service_s\" }"
#define OWN_WORK "[ { \"hold\": \"db\", \"steps\": [ { \"delay\": { \"trace\": \"work\" } } ] } ]"

/* ---- how it is played ---- */

static void rows_come_at_their_times_with_their_values(void **state)
{
    write_rows(*state, "who,work ms,at\r\na,500,0\r\n\r\n\"b, c\",1500,2000\r\nd,250,2000\r\n");
    struct once once = play(*state, "rows.csv",
                            "\"columns\": { \"arrival\": \"at\", \"w\": \"work ms\" }, \"unit\": "
                            "\"ms\"",
                            "\"max\": 9", "[ { \"delay\": { \"trace\": \"w\" } } ]", "10s");
    assert_within(once_value(&once, "w.arrival_rate"), 0.3, 1e-12);
    assert_within(once_value(&once, "w.response.mean"), 0.75, 1e-12);
    assert_within(once_value(&once, "w.response.max"), 1.5, 1e-12);
    assert_within(once_value(&once, "w.in_system"), 0.225, 1e-12);
}

/* Time 0 of a trace is the end of the warm-up. Of one that repeats each 1.3125 s, what comes before
 * is the end of the playing before, whose last row is at 1.375 - 1.3125 s. */
static void a_warm_up_lies_before_the_trace(void **state)
{
    write_rows(*state, "at,work\n0.5,0.1\n1.25,0.3\n1.375,0.2\n");
    const char *columns = "\"columns\": { \"arrival\": \"at\", \"work\": \"work\" }";
    struct fixture *fixture = *state;
    const char *duration = "2s\", \"warmup\": \"1s";
    struct once once = play(fixture, "rows.csv", columns, "\"max\": 9", OWN_WORK, duration);
    assert_within(once_value(&once, "w.arrival_rate") * 2, 3, 1e-9);
    assert_within(once_value(&once, "w.response.mean"), 0.2, 1e-12);
    columns = arena_printf(fixture->arena, "%s, \"repeat\": true", columns);
    for (int warmup = 1; warmup < 5; warmup++) {
        duration = arena_printf(fixture->arena, "10s\", \"warmup\": \"%ds", warmup);
        once = play(fixture, "rows.csv", columns, "\"max\": 9", OWN_WORK, duration);
        assert_within(once_value(&once, "w.arrival_rate") * 10, 8 + 7 + 8, 1e-9);
    }
}

/* Two rows, 1 s apart: one playing is 2 s long, and at twice the speed 1 s. */
static void a_trace_is_repeated_and_played_faster(void **state)
{
    write_rows(*state, "at,work\n0.25,0.1\n1.25,0.3\n");
    const char *columns = "\"columns\": { \"arrival\": \"at\", \"work\": \"work\" }";
    struct fixture *fixture = *state;
    const char *more = arena_printf(fixture->arena, "%s, \"repeat\": 3", columns);
    struct once three = play(fixture, "rows.csv", more, "\"max\": 9", OWN_WORK, "10s");
    assert_within(once_value(&three, "w.arrival_rate") * 10, 6, 1e-9);
    assert_within(once_value(&three, "w.response.mean"), 0.2, 1e-12);
    more = arena_printf(fixture->arena, "%s, \"repeat\": true, \"scale\": 2", columns);
    struct once endless = play(fixture, "rows.csv", more, "\"max\": 9", OWN_WORK, "200s");
    /* At 0.125 and 0.625 of each second. */
    assert_within(once_value(&endless, "w.arrival_rate"), 2, 1e-12);
    assert_within(once_value(&endless, "w.response.mean"), 0.2, 1e-12);
}

/* 200 rows a tick apart from 1 s on, each with its own number as work, in classes and batches. */
static void each_request_keeps_the_values_of_its_row(void **state)
{
    struct fixture *fixture = *state;
    char text[8192] = "at,work\n";
    for (int i = 0; i < 200; i++)
        sprintf(text + strlen(text), "%d,%d\n", 1000 + i, i);
    write_rows(fixture, text);
    const char *scenario =
        "{ \"capsim\": 1, \"name\": \"s\", \"workloads\": { \"w\": { \"arrivals\": { \"process\": "
        "\"trace\", \"file\": \"rows.csv\", \"unit\": \"ms\", \"batch\": 2, \"columns\": { "
        "\"arrival\": \"at\", \"work\": \"work\" } }, \"mix\": {"
        "\"a\": { \"share\": 0.5, \"steps\": [ { \"delay\": { \"trace\": \"work\" } } ] },"
        "\"b\": { \"share\": 0.5, \"steps\": [ { \"choose\": [ { \"share\": 1, \"steps\": ["
        "{ \"delay\": { \"dist\": \"uniform\", \"min\": \"0s\", \"max\": \"1ns\" } },"
        "{ \"delay\": { \"trace\": \"work\" } } ] } ] } ] } } } },"
        "\"run\": { \"duration\": \"100s\" } }";
    struct once once = replicate_once(fixture_read_text(fixture, scenario), 0, fixture->arena);
    assert_within(once_value(&once, "w.throughput") * 100, 400, 1e-9);
    assert_within(once_value(&once, "w.response.mean"), 0.0995, 2e-9);
    assert_within(once_value(&once, "w.response.max"), 0.199, 2e-9);
}

static void every_replication_plays_the_same_trace(void **state)
{
    struct fixture *fixture = *state;
    fixture_copy(fixture, "tests/measured/A.csv", "A.csv");
    struct once first = play(fixture, "A.csv", MEASURED, "\"max\": 5", OWN_WORK, "100s");
    struct once other = replicate_once(fixture_setting(fixture, 0), 7, fixture->arena);
    assert_true(once_value(&first, "db.wait.mean") == once_value(&other, "db.wait.mean"));
    assert_true(once_value(&first, "w.response.p99") == once_value(&other, "w.response.p99"));
}

/* The warning of a run of 10 s of rows.csv, or NULL. */
static const char *warning_of_run(struct fixture *fixture, const char *columns)
{
    size_t count;
    struct once once = play(fixture, "rows.csv", columns, "\"max\": 9", OWN_WORK, "10s");
    const char *const *warnings = model_warnings(once.model, &count);
    assert_true(count <= 1);
    return count > 0 ? warnings[0] : NULL;
}

static void a_trace_that_misses_the_run_is_told(void **state)
{
    const char *columns = "\"columns\": { \"arrival\": \"at\", \"work\": \"work\" }";
    const char *again = "\"repeat\": 3, \"columns\": { \"arrival\": \"at\", \"work\": \"work\" }";
    write_rows(*state, "at,work\n20,0.1\n21,0.1\n");
    assert_string_equal(
        warning_of_run(*state, columns),
        "w: the first arrival of rows.csv is at 20 s, when the run of 10 s is over: "
        "nothing arrives");
    write_rows(*state, "at,work\n2,0.1\n5,0.1\n");
    assert_string_equal(warning_of_run(*state, columns),
                        "w: the last arrival of rows.csv is at 5 s of a run of 10 s: averages "
                        "include the time after it");
    assert_null(warning_of_run(*state, again)); /* ends at 17 s */
    write_rows(*state, "at,work\n0,0.1\n9.95,0.1\n");
    assert_null(warning_of_run(*state, columns));
}

/* ---- the file ---- */

static void a_trace_is_an_input_with_its_hash(void **state)
{
    struct fixture *fixture = *state;
    write_rows(fixture, "at,work\n0.25,0.1\n1.25,0.3\n");
    play(fixture, "rows.csv", "\"columns\": { \"arrival\": \"at\", \"work\": \"work\" }",
         "\"max\": 9", OWN_WORK, "10s");
    assert_int_equal(fixture->set.input_count, 1);
    assert_string_equal(fixture->set.input_files[0], "rows.csv");
    assert_null(fixture->set.input_texts[0]);
    assert_int_equal(fixture->set.input_lengths[0], 26);
    assert_string_equal(fixture->set.input_hashes[0],
                        "2dfa76c9f93fef843351bc0498d67d314ca50a5270e89c19780acacef0f3f903");
}

/* What changes after the reading changes nothing: the rows were kept. */
static void a_file_that_changes_later_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    write_rows(fixture, "at,work\n0.25,0.1\n1.25,0.3\n");
    const char *columns = "\"columns\": { \"arrival\": \"at\", \"work\": \"work\" }";
    play(fixture, "rows.csv", columns, "\"max\": 9", OWN_WORK, "10s");
    write_rows(fixture, "nonsense");
    struct once once = replicate_once(fixture_setting(fixture, 0), 0, fixture->arena);
    assert_within(once_value(&once, "w.response.mean"), 0.2, 1e-12);
}

static void a_quote_that_is_never_closed_does_not_fill_the_memory(void **state)
{
    struct fixture *fixture = *state;
    char *path = arena_printf(fixture->arena, "%s/rows.csv", fixture->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("at,work\n0.5,\"0.2\n", file);
    for (int i = 0; i < 400000; i++)
        fputs("0.75,0.25\n", file);
    assert_int_equal(fclose(file), 0);
    const char *const columns[] = {"at", "work"};
    struct trace_request request = {path, "rows.csv", columns, 2, 1e9};
    struct arrival_trace trace;
    struct trace_facts facts;
    struct error err = {0};
    assert_false(trace_file_read(&request, fixture->arena, &trace, &facts, &err));
    assert_int_equal(err.status, STATUS_INPUT);
    assert_string_equal(err.message, "has a field longer than 1 MiB: a quote may not be closed");
    assert_string_equal(err.pointer, "row 2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_come_at_their_times_with_their_values),
        TEST(a_trace_is_repeated_and_played_faster),
        TEST(a_warm_up_lies_before_the_trace),
        TEST(each_request_keeps_the_values_of_its_row),
        TEST(every_replication_plays_the_same_trace),
        TEST(a_trace_that_misses_the_run_is_told),
        TEST(a_trace_is_an_input_with_its_hash),
        TEST(a_file_that_changes_later_changes_nothing),
        TEST(a_quote_that_is_never_closed_does_not_fill_the_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
