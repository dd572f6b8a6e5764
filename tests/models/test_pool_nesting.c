/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/pool_nesting.h"
#include "tests/support/scenario_fixture.h"

#include <string.h>

#define INNER "{ \"hold\": \"p\", \"steps\": [ { \"delay\": \"1ms\" } ] }"
#define NESTED "[ { \"hold\": \"p\", \"steps\": [ " INNER " ] } ]"
#define POOL_OF(max)                                                                               \
    "{ \"p\": { \"kind\": \"connection_pool\", \"max\": " max ", \"acquire_timeout\": \"1s\" }, "  \
    "\"gate\": { \"kind\": \"thread_pool\", \"threads\": 8 } }"
#define CLOSED "{ \"process\": \"closed\", \"customers\": 50, \"think\": \"10ms\" }"

static struct pool_nesting nesting_of(struct fixture *fixture, const char *arrivals,
                                      const char *steps)
{
    return pool_nesting_of(fixture_read_system(fixture, POOL_OF("10"), arrivals, steps), 0);
}

static void fifty_requests_with_two_each_need_fifty_one(void **state)
{
    struct pool_nesting nesting = nesting_of(*state, CLOSED, NESTED);
    assert_int_equal(nesting.requests, 50);
    assert_int_equal(nesting.depth, 2);
    assert_int_equal(nesting.size, 51);
}

static void three_at_once_need_two_for_each_and_one_more(void **state)
{
    struct pool_nesting nesting =
        nesting_of(*state, CLOSED, "[ { \"hold\": \"p\", \"steps\": " NESTED " } ]");
    assert_int_equal(nesting.depth, 3);
    assert_int_equal(nesting.size, 101);
}

static void a_pool_around_bounds_the_requests(void **state)
{
    struct pool_nesting nesting =
        nesting_of(*state, POISSON, "[ { \"hold\": \"gate\", \"steps\": " NESTED " } ]");
    assert_int_equal(nesting.requests, 8);
    assert_int_equal(nesting.size, 9);
}

static void without_a_bound_no_size_is_enough(void **state)
{
    struct pool_nesting nesting = nesting_of(*state, POISSON, NESTED);
    assert_true(nesting.size == POOL_NESTING_UNBOUNDED);
}

static void one_after_the_other_is_not_nested(void **state)
{
    struct pool_nesting nesting = nesting_of(*state, CLOSED, "[ " INNER ", " INNER " ]");
    assert_int_equal(nesting.depth, 0);
    assert_int_equal(nesting.size, 1);
}

static void a_pool_that_is_too_small_is_told_and_one_that_is_large_enough_is_not(void **state)
{
    const struct scenario *scenario = fixture_read_system(*state, POOL_OF("50"), CLOSED, NESTED);
    int told = 0;
    for (size_t i = 0; i < scenario->warning_count; i++)
        told += strstr(scenario->warnings[i], POOL_NESTING_WORDS) != NULL;
    assert_int_equal(told, 1);
    scenario = fixture_read_system(*state, POOL_OF("51"), CLOSED, NESTED);
    for (size_t i = 0; i < scenario->warning_count; i++)
        assert_null(strstr(scenario->warnings[i], POOL_NESTING_WORDS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(fifty_requests_with_two_each_need_fifty_one),
        fixture_test(three_at_once_need_two_for_each_and_one_more),
        fixture_test(a_pool_around_bounds_the_requests),
        fixture_test(without_a_bound_no_size_is_enough),
        fixture_test(one_after_the_other_is_not_nested),
        fixture_test(a_pool_that_is_too_small_is_told_and_one_that_is_large_enough_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
