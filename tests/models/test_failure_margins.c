/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must happen before a request fails, and where that is not known. */
#include "models/engine/failure_margins.h"
#include "tests/support/scenario_fixture.h"
#include <math.h>
#include <string.h>

/* The margins of the failures of "w", or of what is asked for, in a scenario. */
struct found {
    const struct model *model;
    struct study_scope scope;
};

static struct found find(void **state, const char *resources, const char *workloads,
                         const char *resource, bool with_limited)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    struct found found = {0};
    const struct scenario *spec = fixture_read_text(
        fixture, arena_printf(fixture->arena,
                              "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { %s },"
                              " \"workloads\": { %s }, \"run\": { \"duration\": \"1h\" } }",
                              resources, workloads));
    found.model = model_compile(spec, fixture->arena, &err);
    if (!found.model)
        fail_msg("%s", err.message);
    failure_margins_find(found.model, resource, with_limited, &found.scope, fixture->arena);
    return found;
}

static const char *column_name(const struct found *found, int column)
{
    return found->model->metrics.columns[column].name;
}

#define WORKLOAD(extra, steps)                                                                     \
    "\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"5/s\" }," extra                \
    " \"steps\": [ " steps " ] }"
#define HELD(pool) "{ \"hold\": \"" pool "\", \"steps\": [ { \"delay\": \"100ms\" } ] }"
#define POOL_OF(name, extra) "\"" name "\": { \"kind\": \"connection_pool\", \"max\": 3" extra " }"

/* Its waits must come up to the time-out; while none waited, all three must be held. */
static void a_constant_time_out_is_a_wait_to_be_reached(void **state)
{
    struct found found = find(state, POOL_OF("p", ", \"acquire_timeout\": \"2s\""),
                              WORKLOAD("", HELD("p")), "w", false);
    assert_true(found.scope.has_margins);
    assert_int_equal(found.scope.margin_count, 1);
    const struct study_margin *margin = &found.scope.margins[0];
    assert_string_equal(column_name(&found, margin->column), "p.wait.max");
    assert_within(margin->limit, 2, 0);
    assert_false(margin->is_counted);
    assert_string_equal(column_name(&found, margin->fallback), "p.busy.max");
    assert_within(margin->fallback_limit, 3, 0);
}

/* One more than fit must be there. */
static void a_queue_limit_is_counted(void **state)
{
    struct found found =
        find(state, "\"p\": { \"kind\": \"thread_pool\", \"threads\": 3, \"queue_limit\": 7 }",
             WORKLOAD("", HELD("p")), "w", false);
    assert_int_equal(found.scope.margin_count, 1);
    assert_string_equal(column_name(&found, found.scope.margins[0].column), "p.queue.max");
    assert_within(found.scope.margins[0].limit, 8, 0);
    assert_true(found.scope.margins[0].is_counted);
}

static void a_deadline_is_a_response_to_be_reached(void **state)
{
    struct found found =
        find(state, POOL_OF("p", ""), WORKLOAD("\"deadline\": \"3s\",", HELD("p")), "w", false);
    assert_int_equal(found.scope.margin_count, 1);
    assert_string_equal(column_name(&found, found.scope.margins[0].column), "w.response.max");
    assert_within(found.scope.margins[0].limit, 3, 0);
    assert_int_equal(found.scope.margins[0].fallback, COLUMN_NONE);
}

static void what_cannot_fail_has_no_margin_and_is_known(void **state)
{
    struct found found = find(state, POOL_OF("p", ""), WORKLOAD("", HELD("p")), "w", false);
    assert_true(found.scope.has_margins);
    assert_int_equal(found.scope.margin_count, 0);
}

/* Of each of these the margin cannot be told. */
static void what_may_fail_in_other_ways_is_not_known(void **state)
{
    static const struct {
        const char *resources, *workloads;
        bool with_limited;
    } cases[] = {
        {POOL_OF("p", ", \"acquire_timeout\": { \"dist\": \"exponential\", \"mean\": \"2s\" }"),
         WORKLOAD("", HELD("p")), false},
        {POOL_OF("p", ""),
         WORKLOAD(
             "", "{ \"hold\": \"p\", \"timeout\": \"1s\", \"steps\": [ { \"delay\": \"1ms\" } ] }"),
         false},
        {POOL_OF("p",
                 "") ", \"l\": { \"kind\": \"rate_limiter\", \"rate\": \"9/s\", \"burst\": 3 }",
         WORKLOAD("", "{ \"pass\": \"l\" }, " HELD("p")), true},
        {POOL_OF("p", ", \"connect\": { \"dist\": \"exponential\", \"mean\": \"1s\" },"
                      " \"connect_timeout\": \"2s\""),
         WORKLOAD("", HELD("p")), false},
        {POOL_OF("p", ", \"database\": \"d\"") ", \"d\": { \"kind\": \"database\", \"cores\": 1,"
                                               " \"max_connections\": 5, \"reserved\": 3 }",
         WORKLOAD("", HELD("p")), false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct found found =
            find(state, cases[i].resources, cases[i].workloads, "w", cases[i].with_limited);
        if (found.scope.has_margins)
            fail_msg("case %zu is known", i);
    }
}

/* Refusals of a limiter are none of them unless they are asked for; enough connections fit. */
static void what_is_not_asked_for_does_not_matter(void **state)
{
    static const char limited[] = WORKLOAD("", "{ \"pass\": \"l\" }, " HELD("p"));
    struct found found = find(
        state,
        POOL_OF("p", "") ", \"l\": { \"kind\": \"rate_limiter\", \"rate\": \"9/s\", \"burst\": 3 }",
        limited, "w", false);
    assert_true(found.scope.has_margins);
    found = find(state,
                 POOL_OF("p", ", \"database\": \"d\"") ", \"d\": { \"kind\": \"database\","
                                                       " \"cores\": 1, \"max_connections\": 6,"
                                                       " \"reserved\": 3 }",
                 WORKLOAD("", HELD("p")), "w", false);
    assert_true(found.scope.has_margins);
}

/* Two pools and two workloads apart: each has its own. */
static void what_is_not_connected_has_margins_of_its_own(void **state)
{
    static const char workloads[] = WORKLOAD(
        "", HELD("p")) ", \"v\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"5/s\" },"
                       " \"steps\": [ " HELD("q") " ] }";
    static const char pools[] = POOL_OF("p", ", \"acquire_timeout\": \"2s\"") ", " POOL_OF(
        "q", ", \"acquire_timeout\": { \"dist\": \"exponential\", \"mean\": \"2s\" }");
    assert_true(find(state, pools, workloads, "w", false).scope.has_margins);
    assert_false(find(state, pools, workloads, "v", false).scope.has_margins);
}

/* What a buffer drops is no failure of a request; where it counts, all but what one put takes must
 * be full first. Exponential sizes of 100 B may be more than 1 KB: nothing is known. */
static void a_buffer_drops_when_a_put_finds_no_room(void **state)
{
    static const struct {
        const char *size;
        double limit; /* 0: it is not known */
    } cases[] = {{"\"1B\"", 1000},
                 {"\"600B\"", 401},
                 {"{ \"dist\": \"uniform\", \"min\": \"1B\", \"max\": \"501B\" }", 500},
                 {"{ \"dist\": \"exponential\", \"mean\": \"100B\" }", 0}};
    const char *resources =
        POOL_OF("p", "") ", \"b\": { \"kind\": \"buffer\", \"capacity\": \"1KB\" }";
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *workloads = arena_printf(
            fixture->arena,
            WORKLOAD("", "{ \"choose\": [ { \"share\": \"50%%\", \"steps\": [ { \"put\": "
                         "\"b\", \"size\": %s } ] }, { \"share\": \"50%%\", \"steps\": "
                         "[] } ] }, { \"drain\": \"b\" }, " HELD("p")),
            cases[i].size);
        struct found failures = find(state, resources, workloads, "w", false);
        assert_true(failures.scope.has_margins && failures.scope.margin_count == 0);
        struct found dropped = find(state, resources, workloads, "w", true);
        if (dropped.scope.has_margins != (cases[i].limit > 0))
            fail_msg("case %zu", i);
        if (cases[i].limit > 0)
            assert_within(dropped.scope.margins[0].limit, cases[i].limit, 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_constant_time_out_is_a_wait_to_be_reached),
        fixture_test(a_queue_limit_is_counted),
        fixture_test(a_deadline_is_a_response_to_be_reached),
        fixture_test(what_cannot_fail_has_no_margin_and_is_known),
        fixture_test(what_may_fail_in_other_ways_is_not_known),
        fixture_test(a_buffer_drops_when_a_put_finds_no_room),
        fixture_test(what_is_not_asked_for_does_not_matter),
        fixture_test(what_is_not_connected_has_margins_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
