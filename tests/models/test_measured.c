/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real pools on a real PostgreSQL, measured, and the same requests through the simulator
 * (tests/measured/values.json, which `make validate` runs from the command line).
 *
 * pg-pool 3.14.0 and PostgreSQL 15 on one machine; requests were sent at times drawn before and
 * slept in the database for times drawn before. tests/measured has, for each case, when each
 * request was sent and how long it was to sleep. The real system holds each connection longer than
 * that by a fraction of a millisecond (the round trip, the event loop), which matters near
 * saturation. That time, its means over the run, is a step of its own here and the only thing that
 * is taken from what came out, with the time to connect where connections are opened. Three runs of
 * case A differ by 1.5 % in their mean wait: nobody can be asked to come closer, and no mean wait
 * of a replay is further off. Where users or a load test are drawn instead, the measurement is one
 * run among many; of pgbench two rows are fitted and the others predicted. */
#include "tests/support/reference_cases.h"
#include "tests/support/replay_cases.h"
#include "tests/support/replicate_once.h"
#include "tests/support/support.h"

#include <math.h>

enum { MAX_VALUES = 8 };

/* The means of a case's values over its scenario's replications. */
static void simulate(const struct reference_case *one, double *means, struct arena *arena)
{
    struct arena *each = arena_open();
    struct scenario_set set;
    const struct scenario scenario = reference_case_read(one, arena, &set);
    size_t count = scenario.run.min_replications;
    assert_true(one->value_count <= MAX_VALUES);
    for (uint32_t r = 0; r < count; r++) {
        struct once once = replicate_once(&scenario, r, each);
        for (size_t v = 0; v < one->value_count; v++)
            means[v] += once_value(&once, one->values[v].metric) / (double)count;
        arena_reset(each);
    }
    scenario_close(&set);
    arena_close(each);
}

static void simulated_values_are_as_measured(void **state)
{
    struct arena *arena = arena_open();
    const struct reference_table table = reference_table_read("tests/measured", arena);
    for (size_t c = 0; c < table.case_count; c++) {
        const struct reference_case *one = &table.cases[c];
        double means[MAX_VALUES] = {0};
        simulate(one, means, arena);
        for (size_t v = 0; v < one->value_count; v++) {
            const struct reference *value = &one->values[v];
            print_message("%-8s %-32s %-16s measured %-10.6g simulated %-10.6g (%+.2f %%)\n",
                          one->scenario, value->name, value->metric, value->expected, means[v],
                          100 * (means[v] / value->expected - 1));
            assert_within(means[v], value->expected, value->within * fabs(value->expected));
        }
    }
    arena_close(arena);
}

static void a_replay_is_the_exact_queue_on_the_same_requests(void **state)
{
    struct arena *arena = arena_open();
    const struct reference_table table = replay_cases_make(arena);
    for (size_t c = 0; c < table.case_count; c++) {
        const struct reference_case *one = &table.cases[c];
        double means[MAX_VALUES] = {0};
        simulate(one, means, arena);
        for (size_t v = 0; v < one->value_count; v++)
            assert_within(means[v], one->values[v].expected, 1e-12 * one->values[v].expected);
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated_values_are_as_measured),
        cmocka_unit_test(a_replay_is_the_exact_queue_on_the_same_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
