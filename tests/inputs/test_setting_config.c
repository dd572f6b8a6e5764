/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/outlook_ranges.h"
#include "inputs/scenario/setting_config.h"
#include "tests/support/scenario_fixture.h"
#include "tests/support/support.h"
#include <string.h>

static const char text[] =
    "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"connection_pool\","
    " \"max\": 50, \"idle_timeout\": \"30s\" } },"
    " \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"3/s\" },"
    " \"steps\": [ { \"delay\": \"1s\" }, { \"hold\": \"p\", \"steps\": [ { \"delay\": \"9ms\" } ] "
    "} ] } },"
    " \"settings\": { \"proposed\": { \"resources.p.max\": 200, \"resources.p.min\": 20,"
    " \"resources.p.idle_timeout\": \"30s\", \"workloads.w.steps.0.delay\": \"2s\" } },"
    " \"run\": { \"duration\": \"1min\" } }";

static void the_changes_are_what_differs(void **state)
{
    struct fixture *fixture = *state;
    fixture_read_text(fixture, text);
    size_t count;
    const struct setting_change *changes =
        setting_config_changes(&fixture->set, 0, 1, fixture->arena, &count);
    assert_int_equal(count, 3); /* the idle timeout is what it was */
    assert_string_equal(changes[0].path, "resources.p.max");
    assert_string_equal(changes[0].before, "50");
    assert_string_equal(changes[0].after, "200");
    assert_string_equal(changes[1].path, "resources.p.min");
    assert_null(changes[1].before);
    assert_string_equal(changes[1].after, "20");
    assert_string_equal(changes[2].before, "\"1s\"");
    assert_string_equal(changes[2].after, "\"2s\"");
    changes = setting_config_changes(&fixture->set, 1, 0, fixture->arena, &count);
    assert_int_equal(count, 3);
    assert_string_equal(changes[1].before, "20");
    assert_null(changes[1].after);
}

static void a_configuration_has_its_overrides(void **state)
{
    struct fixture *fixture = *state;
    fixture_read_text(fixture, text);
    const char *before = setting_config_text(&fixture->set, 0, fixture->arena);
    const char *after = setting_config_text(&fixture->set, 1, fixture->arena);
    assert_non_null(strstr(before, "\"max\": 50"));
    assert_null(strstr(before, "\"min\""));
    assert_non_null(strstr(after, "\"max\": 200"));
    assert_non_null(strstr(after, "\"min\": 20"));
    assert_null(strstr(after, "workloads"));
    assert_null(strstr(after, "memory"));
}

/* What a page searches: from the pool's min up to what it has, or further; the rate four times. */
static void what_is_asked_next_is_a_range(void **state)
{
    struct fixture *fixture = *state;
    fixture_read_text(fixture, text);
    const struct scenario_set *set = &fixture->set;
    struct arena *arena = fixture->arena;
    assert_string_equal(outlook_range_of_size(set, 1, false, arena).vary, "resources.p.max=20:200");
    assert_string_equal(outlook_range_of_size(set, 1, true, arena).vary,
                        "resources.p.max=200:1600");
    assert_string_equal(outlook_range_of_size(set, 0, false, arena).vary, "resources.p.max=1:50");
    struct outlook_range load = outlook_range_of_load(set, 1, arena);
    assert_string_equal(load.vary, "workloads.w.arrivals.rate=3/s:12/s");
    assert_string_equal(load.noun, "requests/s");
    assert_true(load.now == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(the_changes_are_what_differs),
        fixture_test(a_configuration_has_its_overrides),
        fixture_test(what_is_asked_next_is_a_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
