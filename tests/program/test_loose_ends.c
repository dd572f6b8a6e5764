/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a report says of requests that were not served to their end. */
#include "tests/support/scenario_fixture.h"
#include <string.h>

/* A request each second for 2 s of a processor that has room for all. */
static const char text[] =
    "{ \"capsim\": 1, \"name\": \"s\","
    "\"resources\": { \"core\": { \"kind\": \"cpu\", \"cores\": %d } },"
    "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"renewal\", \"interarrival\": \"1s\" "
    "},"
    "  %s \"steps\": [ { \"work\": \"core\", \"demand\": \"2s\" } ] } },"
    "\"run\": { \"duration\": \"1min\", \"warmup\": \"10s\", \"replications\": 2 } }";

static struct command_result run(void **state, int cores, const char *deadline)
{
    struct fixture *fixture = *state;
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    const char *made = arena_printf(fixture->arena, text, cores, deadline);
    file_write(path, made, strlen(made));
    return capsim_run("run", path, "--format", "json", "--quiet", NULL);
}

static void work_that_ended_with_its_caller_is_assumed_with_its_share(void **state)
{
    struct command_result result = run(state, 9, "\"deadline\": \"1500ms\",");
    assert_non_null(strstr(result.output, "\"key\": \"workloads.w.deadline\""));
    assert_non_null(strstr(result.output, "a real database goes on with it; here to 100 % of "
                                          "requests (baseline)"));
    command_result_free(&result);
}

static void where_it_never_happens_nothing_is_assumed(void **state)
{
    struct command_result result = run(state, 9, "\"deadline\": \"2500ms\",");
    assert_null(strstr(result.output, "a real database"));
    command_result_free(&result);
    result = run(state, 9, "");
    assert_null(strstr(result.output, "a real database"));
    command_result_free(&result);
}

/* All share one core: from the second on none ends in the minute, nor in the next. */
static void what_had_not_ended_is_told(void **state)
{
    struct command_result result = run(state, 1, "");
    assert_non_null(strstr(result.output,
                           "of the requests had not ended when they were followed no "
                           "longer"));
    command_result_free(&result);
    result = run(state, 9, "");
    assert_null(strstr(result.output, "had not ended"));
    command_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(work_that_ended_with_its_caller_is_assumed_with_its_share),
        fixture_test(where_it_never_happens_nothing_is_assumed),
        fixture_test(what_had_not_ended_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
